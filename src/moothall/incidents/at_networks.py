"""What has to be done at the networks themselves, in words: Moothall has no way of doing it.

Menus move, and the words on them mostly stay: where a network words it differently, its own help pages go before this.
"""

from dataclasses import dataclass

from moothall.channels import known

HACKED_ADVICE = "If you are locked out, look for “hacked account” on its help pages."


@dataclass(frozen=True)
class AtNetwork:
    """``secure``: how to put everybody else out. ``report``: how to report an account that passes for ours."""

    secure: tuple[str, ...]
    report: tuple[str, ...]


META = (
    "Open the Accounts Centre, then “Password and security”.",
    "Change the password. Under “Where you’re logged in”, choose every device that is not yours and log it out.",
    "Turn on two-factor authentication there.",
)

NETWORKS = {
    "mastodon": AtNetwork(
        (
            "Open “Preferences”, then “Account”. Change the password.",
            "On the same page, under “Sessions”, revoke every session but your own.",
            "Under “Authorised apps”, revoke every app that you do not know.",
            "Under “Two-factor auth”, turn it on.",
            "If you are locked out, write to the server’s administrators. Its “About” page has their address.",
        ),
        (
            "Open the account’s profile on our server, then its menu (three dots), and choose “Report”.",
            "Choose “It violates server rules”, then the rule on impersonation, and paste the text.",
            "Tick the box that forwards the report to the other server.",
            "Write to the administrators of its server as well. The server’s “About” page has their address.",
        ),
    ),
    "bluesky": AtNetwork(
        (
            "Open “Settings”, then “Account”. Change the password.",
            "Under “Privacy and security”, then “App passwords”, delete all of them. Moothall uses one: make it a new "
            "one when the account is safe.",
            "On the same page, turn on two-factor authentication by e-mail.",
            "If the handle is a domain of ours, see that its DNS entry still points to our account.",
        ),
        (
            "Open the account’s profile, then its menu (three dots), and choose “Report account”.",
            "Choose “Misleading”, then “Impersonation”, and paste the text.",
        ),
    ),
    "x": AtNetwork(
        (
            "Open “Settings and privacy”, then “Your account”. Change the password.",
            "Under “Security and account access”, then “Apps and sessions”, log out of all other sessions.",
            "In the same place, under “Connected apps”, revoke every app that you do not know.",
            "Under “Delegate”, remove everybody whom you do not know. Turn on two-factor authentication.",
        ),
        (
            "Look for “Report impersonation” in X’s help centre: it has a form of its own for organisations.",
            "Send it from an e-mail address of the council’s own domain, and paste the text.",
        ),
    ),
    "facebook": AtNetwork(
        (
            "Open the page as its administrator. Under “Page access”, remove everybody whom you do not know.",
            "In Meta Business Suite, under “People” and “Partners”, do the same.",
            "Each person who has access: do the following on your own account.",
            *META,
        ),
        (
            "Open the page or the profile, then its menu (three dots), and choose “Report”.",
            "Choose that it is fake and pretends to be somebody else, and paste the text where there is room.",
        ),
    ),
    "instagram": AtNetwork(
        (*META, "Under “Website permissions”, then “Apps and websites”, remove every app that you do not know."),
        (
            "Open the account’s profile, then its menu (three dots), and choose “Report”, then “Report account”.",
            "Choose that it pretends to be somebody else. The help centre also has a form for organisations: paste the "
            "text there.",
        ),
    ),
    "threads": AtNetwork(
        ("Threads is signed in to with Instagram. Do this for the Instagram account.", *META),
        (
            "Open the account’s profile, then its menu (three dots), and choose “Report”.",
            "Choose that it pretends to be somebody else.",
        ),
    ),
    "youtube": AtNetwork(
        (
            "Open the Google account that owns the channel, then “Security”. Change the password.",
            "Under “Your devices”, sign out every device that is not yours.",
            "Under “Your connections to third-party apps”, remove what you do not know. Turn on 2-Step Verification.",
            "In YouTube Studio, under “Settings”, then “Permissions”, remove everybody whom you do not know.",
        ),
        (
            "Open the channel, then the “more” link in its description, and choose “Report user”, then impersonation.",
            "Paste the text where it asks for details.",
        ),
    ),
    "linkedin": AtNetwork(
        (
            "Open the page as its administrator. Under “Settings”, then “Manage admins”, remove everybody whom you do "
            "not know.",
            "Each administrator: on your own account, under “Sign in and security”, change the password, end the "
            "sessions under “Where you’re signed in”, and turn on two-step verification.",
        ),
        (
            "Open the page or the profile, then its menu (“More” or three dots), and choose “Report”.",
            "Choose that it is fake, or that it impersonates somebody, and paste the text where there is room.",
        ),
    ),
    "tiktok": AtNetwork(
        (
            "Open “Settings and privacy”, then “Account”. Change the password.",
            "Under “Security and permissions”, then “Manage devices”, remove every device that is not yours.",
            "In the same place, remove apps that you do not know, and turn on 2-step verification.",
        ),
        (
            "Open the account’s profile, then the share button, and choose “Report”, then “Report account”.",
            "Choose that it pretends to be somebody else, and paste the text where there is room.",
        ),
    ),
}
ANY = AtNetwork(
    (
        "Change the account’s password.",
        "Sign out all other devices and sessions.",
        "Remove every app and every person that you do not know.",
        "Turn on 2-step sign-in.",
    ),
    (
        "Open the account’s profile, and look for “Report” in its menu.",
        "Choose that it pretends to be somebody else, and paste the text where there is room.",
    ),
)
OUR_OWN = (
    "This account is on Moothall’s own pages: it has no password of its own. Whoever posted on it was signed in to "
    "Moothall.",
    "Ask an administrator who may write for this service, under Settings, People. Take roles away from whoever should "
    "not have them.",
    "If somebody’s sign-in was stolen, IT security ends it where your staff sign in.",
)


def secure(network: str) -> tuple[str, ...]:
    """The steps by which everybody else is put out of an account on this network."""
    if not known.has_own_sign_in(network):
        return OUR_OWN
    steps = NETWORKS.get(network, ANY).secure
    return steps if any("locked out" in each for each in steps) else (*steps, HACKED_ADVICE)


def report(network: str) -> tuple[str, ...]:
    """The steps by which an account on this network is reported for passing for another."""
    return NETWORKS.get(network, ANY).report
