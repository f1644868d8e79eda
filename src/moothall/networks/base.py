"""The protocol every network speaks, and the frozen values that cross it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Limits:
    """What a network, or one server of it, accepts in a post."""

    characters: int
    """Longest text, counted the network's own way."""
    bytes: int | None = None
    """Longest text in UTF-8 bytes, where the network has such a limit as well."""
    url_characters: int | None = None
    """What each link counts as; ``None``: as long as it is."""
    images: int = 4
    image_bytes: int = 10_000_000
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp")
    alt_characters: int = 1_500
    image_pixels: int | None = None
    """Largest width times height, where the network has such a limit."""


@dataclass(frozen=True)
class Field:
    """One thing a person fills in to connect a channel."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


@dataclass(frozen=True)
class Media:
    """A picture, already checked and re-encoded by us. ``alt`` is empty only for a decorative one."""

    path: Path
    content_type: str
    width: int
    height: int
    size: int
    alt: str = ""


@dataclass(frozen=True)
class Draft:
    """One variant as a network will carry it.

    ``dated`` is the moment of the delivery's first attempt (aware). It stays the same when a delivery is tried again,
    so that a second sending writes the same post; a post found on the network from before it is not ours.
    """

    text: str
    media: tuple[Media, ...] = ()
    language: str = "en"
    dated: datetime | None = None


@dataclass(frozen=True)
class Account:
    """A channel as an adapter sees it. ``ref`` is our own reference, for the networks that Moothall itself serves."""

    ref: str
    handle: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Limits | None = None


@dataclass(frozen=True)
class Identity:
    """Whom the network says a set of credentials belongs to, and what that server accepts."""

    remote_id: str
    handle: str
    display_name: str
    url: str
    limits: Limits


@dataclass(frozen=True)
class Profile:
    """How a channel presents itself, for the networks that let us say so."""

    display_name: str
    summary: str
    capacity: str
    service: str
    is_public: bool
    """Whether the public may see the channel at all."""
    is_closed: bool
    """Whether it has ended: nothing more will come from it."""
    picture: Path | None = None
    picture_alt: str = ""


@dataclass(frozen=True)
class Published:
    """A post that stands on a network."""

    remote_id: str
    url: str


@dataclass(frozen=True)
class Problem:
    """Something a network would refuse (``blocking``) or change about a draft, in a plain sentence."""

    code: str
    message: str
    blocking: bool = True


class Network(Protocol):
    """One network. Implementations are stateless to their callers and safe to use from several threads.

    Every method that talks to the network raises only the errors of ``moothall.networks.errors``.
    """

    slug: str
    label: str
    limits: Limits
    """The limits where no server has told us its own."""
    credential_fields: tuple[Field, ...]
    find_is_authoritative: bool
    """True if ``find`` answering ``None`` proves that nothing was posted, or if sending again with the same key cannot
    make a second post: then a delivery that was not found may be sent again without asking a person."""

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        """What this network would refuse about ``draft``. Pure: no network, no database, no clock."""

    def profile_url(self, handle: str) -> str:
        """The public address of the account ``handle``; empty if the handle alone does not tell. Pure."""

    def identify(self, account: Account) -> Identity:
        """Test the credentials with a real call."""

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        """Post ``draft`` once. ``key`` is the delivery's own, a TID (see ``keys.py``), the same on each attempt."""

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        """Look for the post that ``publish(account, draft, key)`` may have made.

        ``not_these`` are remote ids known to belong to other deliveries: two posts may have the same words.
        """

    def delete(self, account: Account, remote_id: str) -> None:
        """Take a post down. A post that is already gone is no error."""


@runtime_checkable
class ShowsProfile(Protocol):
    """A network on which we decide how a channel presents itself."""

    def show_profile(self, account: Account, profile: Profile) -> None:
        """Present the account so. One that ``identify`` has never met is no error: there is nothing to show yet."""
