"""The protocol every network speaks, and the frozen values that cross it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
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
    animations: bool = True
    """Whether an animated GIF moves there; elsewhere its first frame goes out."""
    animation_pixels: int | None = None
    """Largest width times height of an animated GIF, where the network has such a limit."""
    videos: int = 0
    """How many videos a post may have; it has no pictures then."""
    video_bytes: int = 0
    video_seconds: float | None = None
    video_pixels: int | None = None
    """Largest width times height of a video, where the network has such a limit."""
    captions: bool = False
    """Whether a video's captions file goes out with it."""


@dataclass(frozen=True)
class Rate:
    """How much an account may do in any stretch as long as ``per``: ``number`` of ``unit``.

    A post takes ``a_post`` of them, each of its pictures and videos ``an_upload`` besides. Most networks count anew at
    fixed times; whoever keeps within every stretch keeps within those.
    """

    unit: str
    """In words, for many of them: "posts", "uploads"."""
    number: int
    per: timedelta
    a_post: int
    an_upload: int
    source: str
    """Where the network says so, in words."""


@dataclass(frozen=True)
class Field:
    """One thing a person fills in: to connect a channel, or about a post on one network alone."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


class MediaKind(StrEnum):
    IMAGE = "image"
    ANIMATION = "animation"
    """A GIF that moves; ``Media.still`` is its first frame."""
    VIDEO = "video"


@dataclass(frozen=True)
class Media:
    """A picture or a video, already checked and re-encoded by us. ``alt`` is empty only for a decorative picture."""

    path: Path
    content_type: str
    width: int
    height: int
    size: int
    alt: str = ""
    kind: MediaKind = MediaKind.IMAGE
    seconds: float = 0.0
    """How long it moves."""
    still: Path | None = None
    """One frame of what moves, as a JPEG."""
    captions: Path | None = None
    """A video's captions, as WebVTT."""
    captions_language: str = "en"


@dataclass(frozen=True)
class Card:
    """What a network shows of a link where it does not look for itself. ``image`` is a JPEG, already checked by us."""

    url: str
    title: str
    description: str = ""
    image: Path | None = None


@dataclass(frozen=True)
class Reply:
    """To what a part of a thread replies: the remote ids of the thread's first part and of the part before."""

    root: str
    parent: str


@dataclass(frozen=True)
class Draft:
    """One variant, or one part of its thread, as a network will carry it.

    ``dated`` is the moment of the delivery's first attempt (aware). It stays the same when a delivery is tried again,
    so that a second sending writes the same post; a post found on the network from before it is not ours.
    """

    text: str
    media: tuple[Media, ...] = ()
    language: str = "en"
    dated: datetime | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    """Values of the network's ``post_fields``; one that is missing has its field's default."""
    card: Card | None = None
    reply: Reply | None = None


class SessionKeeper(Protocol):
    """Where the session of an account is kept for all threads and processes, on a network that signs in for a while.

    What a session holds is the adapter's own business; it is secret.
    """

    def load(self) -> Mapping[str, str]:
        """The session as it was last kept; empty if there is none. Raises ``Temporary``."""

    def turn(self) -> AbstractContextManager[None]:
        """Within this, nobody else signs in or renews the session. Raises ``Temporary`` if another's turn does not end.

        It holds no transaction open: the network may be asked within it.
        """

    def store(self, session: Mapping[str, str]) -> None:
        """Keep this session, if the turn is still ours. Call it within the turn. Raises nothing: it may be lost."""


@dataclass(frozen=True)
class Account:
    """A channel as an adapter sees it. ``ref`` is our own reference, for the networks that Moothall itself serves."""

    ref: str
    handle: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Limits | None = None
    keeper: SessionKeeper | None = field(default=None, repr=False, compare=False)
    """Without one, a session is kept by the process alone."""


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
    post_fields: tuple[Field, ...]
    """What can be said about a post on this network alone: a content warning, who sees it, who may reply…"""
    find_is_authoritative: bool
    """True if ``find`` answering ``None`` proves that nothing was posted, or if sending again with the same key cannot
    make a second post: then a delivery that was not found may be sent again without asking a person."""

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        """What this network would refuse or change about ``draft``. Pure: no network, no database, no clock."""

    def length(self, draft: Draft, limits: Limits) -> int:
        """How much of ``limits.characters`` the draft takes, counted the network's way. Pure."""

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
class LimitsRates(Protocol):
    """A network that takes only so much from an account in a while."""

    def rates(self, account: Account) -> tuple[Rate, ...]:
        """What it takes from ``account``. Pure."""


@runtime_checkable
class ShowsProfile(Protocol):
    """A network on which we decide how a channel presents itself."""

    def show_profile(self, account: Account, profile: Profile) -> None:
        """Present the account so. One that ``identify`` has never met is no error: there is nothing to show yet."""


@dataclass(frozen=True)
class App:
    """Moothall as a server knows it since it registered there."""

    client_id: str
    client_secret: str = field(repr=False)


@runtime_checkable
class Authorises(Protocol):
    """A network on whose servers a person signs in and allows Moothall in, so that nobody copies a token by hand.

    Servers are given as ``server_address`` returns them. This is OAuth's authorisation-code flow (RFC 6749) with PKCE
    (RFC 7636). Methods raise the errors of ``moothall.networks.errors``.
    """

    scopes: str
    """What Moothall asks leave for, as OAuth writes it."""
    will_do: tuple[str, ...]
    """The same in words that finish "Moothall will be able to …"."""

    def server_address(self, typed: str) -> str:
        """The address of the server that a person means. Pure. Raises ``Rejected``."""

    def register(self, server: str, redirect_uri: str) -> App:
        """Register Moothall with the server as an application that comes back to ``redirect_uri``."""

    def knows(self, server: str, app: App) -> bool:
        """Whether the server still knows the application."""

    def sign_in_url(self, server: str, app: App, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the person goes to allow it. ``verifier`` itself stays with us. Pure."""

    def redeem(self, server: str, app: App, redirect_uri: str, code: str, verifier: str) -> Mapping[str, str]:
        """The credentials for the code with which the person came back."""


@runtime_checkable
class SignsOut(Protocol):
    """A network to which we can say that we are leaving, so that what we held is worth nothing to anybody."""

    def sign_out(self, account: Account) -> None:
        """End the session, or give back the token. For a token got through ``Authorises``, the credentials hold its
        application's ``client_id`` and ``client_secret`` too. Takes seconds at most; raises a ``NetworkError``."""
