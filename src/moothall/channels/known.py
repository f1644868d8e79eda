"""Every network a channel can be on: those that Moothall drives, and those on which it can only list one.

A council's register is of use only if it is whole, so it also holds the accounts on networks that have no adapter.
"""

from dataclasses import dataclass

import regex
from django.core.exceptions import ValidationError

from moothall.networks import registry
from moothall.networks.text import is_handle
from moothall.newsroom import network as newsroom

PRACTICE = "rehearsal"
"""The network that nobody outside can see: its channels are never shown to the public."""


@dataclass(frozen=True)
class HandleRule:
    """What a network's handles look like; ``words`` finishes "A handle there has …"."""

    pattern: regex.Pattern[str]
    words: str


@dataclass(frozen=True)
class ListedNetwork:
    """A network without an adapter. ``url`` is the address of an account, with ``{}`` for its handle."""

    label: str
    url: str
    rule: HandleRule


def _rule(pattern: str, words: str) -> HandleRule:
    return HandleRule(regex.compile(pattern, regex.IGNORECASE | regex.ASCII), words)


LISTED = {
    "x": ListedNetwork("X", "https://x.com/{}", _rule(r"\w{1,15}", "letters, digits and _, at most 15 of them")),
    "facebook": ListedNetwork(
        "Facebook",
        "https://www.facebook.com/{}",
        _rule(r"[a-z0-9.-]{1,100}", "letters, digits, full stops and hyphens"),
    ),
    "instagram": ListedNetwork(
        "Instagram", "https://www.instagram.com/{}", _rule(r"[\w.]{1,30}", "letters, digits, _ and full stops")
    ),
    "threads": ListedNetwork(
        "Threads", "https://www.threads.com/@{}", _rule(r"[\w.]{1,30}", "letters, digits, _ and full stops")
    ),
    "youtube": ListedNetwork(
        "YouTube",
        "https://www.youtube.com/@{}",
        _rule(r"[\w.-]{3,30}", "3 to 30 letters, digits, _, full stops and hyphens"),
    ),
    "linkedin": ListedNetwork(
        "LinkedIn", "https://www.linkedin.com/company/{}", _rule(r"[\w-]{1,100}", "letters, digits and hyphens")
    ),
    "tiktok": ListedNetwork(
        "TikTok", "https://www.tiktok.com/@{}", _rule(r"[\w.]{2,24}", "2 to 24 letters, digits, _ and full stops")
    ),
}
"""By slug. An adapter of the same slug in ``settings.NETWORKS`` takes its place."""

_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d+)?"
HANDLE_RULES = {
    "newsroom": HandleRule(newsroom.HANDLE, newsroom.HANDLE_WORDS),
    "mastodon": _rule(rf"\w+(?:[\w.-]*\w)?@{_HOST}", "a name, an @ and a server, such as libraries@social.example"),
}
"""What an adapter does not say of its network. Bluesky's rule is the AT Protocol's own (``networks.text``)."""
ANY_HANDLE = _rule(r"[^\s/?#]{1,253}", "no spaces and none of / ? #")


def label(slug: str) -> str:
    """The network's name; the slug itself of a network that the settings no longer name."""
    if is_drivable(slug):
        return registry.network(slug).label
    return LISTED[slug].label if slug in LISTED else slug


def choices() -> list[tuple[str, str]]:
    """Networks as form choices, those that Moothall drives first."""
    return registry.choices() + [(slug, each.label) for slug, each in LISTED.items() if not is_drivable(slug)]


def is_known(slug: str) -> bool:
    return is_drivable(slug) or slug in LISTED


def is_drivable(slug: str) -> bool:
    """Whether Moothall has an adapter for the network."""
    return slug in registry.networks()


def has_own_sign_in(slug: str) -> bool:
    """Whether people sign in to the network itself, so that its accounts can be stolen: not on Moothall's own two."""
    return not is_drivable(slug) or any(field.secret for field in registry.network(slug).credential_fields)


def profile_url(slug: str, handle: str) -> str:
    """The public address of the account; empty if the handle alone does not tell, or the public cannot see it."""
    if slug == PRACTICE:
        return ""
    if is_drivable(slug):
        return registry.network(slug).profile_url(handle)
    return LISTED[slug].url.format(handle) if slug in LISTED else ""


def clean_handle(slug: str, text: str) -> str:
    """``text`` as the register keeps a handle on this network: without its leading @. Raises ``ValidationError``."""
    handle = text.strip().removeprefix("@")
    if slug == "bluesky":
        if not is_handle(handle):
            raise ValidationError(
                "A handle on Bluesky is a host name, such as libraries.exampleshire.example.", code="handle"
            )
        return handle
    rule = HANDLE_RULES.get(slug) or (LISTED[slug].rule if slug in LISTED else ANY_HANDLE)
    if not rule.pattern.fullmatch(handle):
        raise ValidationError(f"A handle on {label(slug)} has {rule.words}.", code="handle")
    return handle


def same_handle(one: str, other: str) -> bool:
    """Whether two spellings mean the same account: a leading @ and capitals make no difference."""
    return one.strip().removeprefix("@").lower() == other.strip().removeprefix("@").lower()
