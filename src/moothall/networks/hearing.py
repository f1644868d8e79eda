"""What is said on a network by anybody, and the abilities with which it is collected: streams and searches.

Everything here came from strangers. ``html`` is untrusted, every address may be hostile, and every moment may be a lie.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from moothall.networks.base import Account
from moothall.networks.errors import Temporary


class CursorLost(Temporary):
    """The server does not know the place that we came from. Go on from now, and search for what was missed."""


@dataclass(frozen=True)
class RemoteAuthor:
    """Who said it. ``remote_id`` never changes (a DID, an account's URL); a handle may."""

    remote_id: str
    handle: str
    name: str = ""
    url: str = ""
    picture: str = ""
    """The address of the picture there; nothing is fetched from it by a reader's browser."""
    followers: int | None = None
    """How many accounts follow it, as its network says; ``None``: it does not say."""


@dataclass(frozen=True)
class RemoteMedia:
    """A picture or video as its network describes it: nothing of it has been fetched."""

    kind: str
    """``networks.base.MediaKind``."""
    url: str
    preview: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class RemoteItem:
    """One thing said on a network, as it stands there now."""

    remote_id: str
    url: str
    author: RemoteAuthor
    text: str
    html: str = ""
    """Untrusted; empty where the network has plain text alone."""
    said_at: datetime | None = None
    """As its author's server says; ``None`` if it says nothing that can be read."""
    edited_at: datetime | None = None
    language: str = ""
    tags: tuple[str, ...] = ()
    """The hashtags that the network itself says it has, without the sign."""
    media: tuple[RemoteMedia, ...] = ()
    links: tuple[str, ...] = ()
    warning: str = ""
    """The content warning over it."""
    reply_to: str = ""
    aliases: tuple[str, ...] = ()
    """Other ids under which this network may speak of it: a server's own number, made unique with its address."""
    is_public: bool = True
    """Whether its author let everyone see it."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Signal:
    """One thing that a stream brings. At most one of ``item`` and ``gone`` is set; with neither, it only moves on."""

    item: RemoteItem | None = None
    """New or edited."""
    gone: str = ""
    """The remote id of what was deleted, or an alias of it."""
    gone_author: str = ""
    """The remote id of an author all of whose items are gone."""
    cursor: str = ""
    """Where to go on after this; empty if the stream has no such place, and what was missed is searched for."""
    has_missed: bool = False
    """The server no longer has all that came since the cursor: what was missed is to be searched for."""


@dataclass
class Wanted:
    """What a stream looks for. Its owner changes it while the stream runs."""

    tags: Collection[str] = frozenset()
    """Hashtags, folded as ``text.fold_tag`` folds them."""
    authors: set[str] = field(default_factory=set)
    """The remote ids of authors of whom we hold something: their deletions and edits are wanted too."""


@dataclass(frozen=True)
class Source:
    """Where one listens. ``address`` is a server's or a stream's; ``account`` is whom one signs in as, if one must."""

    address: str
    way: str
    """One of the network's ``ways``."""
    account: Account | None = None


@dataclass(frozen=True)
class Searched:
    """A search's answer, oldest first. ``cursor`` goes into the next search."""

    items: tuple[RemoteItem, ...]
    cursor: str


@runtime_checkable
class SearchesHashtag(Protocol):
    """A network whose hashtags can be asked for. Methods raise the errors of ``moothall.networks.errors``."""

    def search(self, source: Source, tag: str, cursor: str) -> Searched:
        """What was said with ``tag`` since ``cursor`` (empty: lately). May give again what it gave before.

        A search goes back by some 5,000 items at most: what a hashtag brings in hours.
        """

    def standing(self, source: Source, remote_ids: Collection[str]) -> dict[str, RemoteItem | None]:
        """What became of these items: as they stand now, ``None`` if deleted. One that cannot be told is left out."""


@runtime_checkable
class StreamsHashtag(Protocol):
    """A network that says at once when something is said."""

    ways: tuple[tuple[str, str], ...]
    """Ways to listen, each with its label; the first is the usual one."""
    places: tuple[tuple[str, str], ...]
    """Where one usually listens, by way; a way for which everybody has an address of their own is not there."""

    def stream(self, source: Source, wanted: Wanted, cursor: str) -> AsyncIterator[Signal]:
        """What is said from ``cursor`` on (empty: from now on), until the connection ends or the caller closes it.

        Its first signal says that the connection stands; others that say nothing, that it still does. An author whose
        item it gives is at once one of ``wanted.authors``.
        Ends by raising an error of ``moothall.networks.errors``; the caller decides when to connect again.
        """
