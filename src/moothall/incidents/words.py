"""The words that are ready before anybody needs them: holding statements, and the report of an impostor. Pure."""

from moothall.channels import addresses, known
from moothall.channels.models import Channel
from moothall.incidents.models import Incident
from moothall.incidents.plays import play

HOSTS = {
    "bsky.app": "bluesky",
    "x.com": "x",
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "threads.com": "threads",
    "youtube.com": "youtube",
    "linkedin.com": "linkedin",
    "tiktok.com": "tiktok",
}
"""Which network an address is of, by its host as ``channels.addresses`` reads it."""


def account(channel: Channel) -> str:
    """ "libraries on Bluesky": without its @, which would make a mention of it."""
    return f"{channel.handle} on {channel.network_label}"


def unlinked(address: str) -> str:
    """The address as people can read it, and no network makes a link or a mention of it."""
    return address.strip().removeprefix("https://").removeprefix("http://").removeprefix("www.").lstrip("@＠")


def network_of(incident: Incident) -> str:
    """The network on which the incident is: the impostor's where its address tells, else the channel's, or empty."""
    found = addresses.parse(incident.impostor_address) if incident.impostor_address else None
    if found is not None and found.host in HOSTS:
        return HOSTS[found.host]
    if found is not None and found.path.startswith("/@"):
        return "mastodon"
    return incident.channel.network if incident.channel else ""


def statement(incident: Incident, *, directory: str, check: str) -> str:
    """The holding statement with its words filled in. ``directory`` and ``check`` are addresses of public pages."""
    return play(incident.kind).statement.format(
        account=account(incident.channel) if incident.channel else "",
        impostor=unlinked(incident.impostor_address),
        directory=directory,
        check=check,
    )


def report(incident: Incident, *, council: str, directory: str, check: str) -> str:
    """What to tell the network about an impostor."""
    channel = incident.channel
    ours = f"Our account: {channel.url or account(channel)}\n" if channel else ""
    passes_for = f"{channel.display_name}, an official account of {council}" if channel else council
    where = f" on {known.label(network)}" if (network := network_of(incident)) else ""
    return (
        f"This account{where} passes for {passes_for}. It is not ours, and it does not say that it is a parody.\n\n"
        f"The account: {incident.impostor_address}\n"
        f"{ours}"
        f"All our official accounts: {directory}\n"
        f"Where anybody can check an account: {check}\n\n"
        f"We are a public body. People who take this account for ours may act on false advice, or hand over money or "
        f"personal details. Please remove it, and tell us your case number.\n\n"
        f"{council}"
    )
