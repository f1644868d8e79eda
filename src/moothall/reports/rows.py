"""What the figures are counted from: plain rows, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from moothall.events.models import Door
from moothall.events.running import Span


@dataclass(frozen=True)
class Said:
    """One item."""

    number: int
    at: datetime
    door: str
    """``events.models.Door``."""
    network: str
    """Its name."""
    account: tuple[str, str]
    """Network and remote id of whoever said it."""
    followers: int | None = None
    """How many follow that account, where its network tells."""
    person: int | None = None
    """The member of staff whose account that is, where they linked it."""
    service: str = ""
    """Its name; empty: not known."""
    is_shown: bool = True
    """Whether it stands on the wall."""
    is_gone: bool = False
    """Deleted there: counted nowhere but among those."""
    is_pinned: bool = False
    is_featured: bool = False
    language: str = ""
    tags: tuple[str, ...] = ()
    """Folded, without the sign."""
    pictures: int = 0
    described: int = 0
    """How many of the pictures have a description."""

    @property
    def is_official(self) -> bool:
        return self.door == Door.OFFICIAL


THANKED, GONE = "thanked", "gone"
"""What becomes of a contribution that is an item, beside the states: thanked for as it is, or deleted by its author."""


@dataclass(frozen=True)
class Told:
    """One contribution."""

    at: datetime
    """When it reached the desk."""
    way: str
    """The name of the door through which it came."""
    person: int | None
    """Who told it, if they are of the staff."""
    state: str
    """``contributions.models.State``, ``THANKED`` or ``GONE``."""
    answered_at: datetime | None = None
    published_at: datetime | None = None
    service: str = ""


@dataclass(frozen=True)
class OnShift:
    """Somebody's hours at the desk."""

    person: int
    span: Span


@dataclass(frozen=True)
class Frame:
    """The event itself."""

    name: str
    slug: str
    whole: Span
    until: datetime
    """Its end, or now if that is earlier: what is counted reaches so far."""
    zone: ZoneInfo
    main_tag: str = ""
    services: tuple[str, ...] = ()
    """The names of those that it should cover."""
    tags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By folded tag: how it is written, and in words what kind it is."""

    @property
    def span(self) -> Span:
        """What is counted over."""
        return Span(self.whole.start, max(self.until, self.whole.start))


@dataclass(frozen=True)
class Rows:
    """All that one report is counted from."""

    frame: Frame
    said: tuple[Said, ...] = ()
    told: tuple[Told, ...] = ()
    shifts: tuple[OnShift, ...] = ()
