"""The arithmetic of an event's hours: real hours whatever the clocks do, gaps, nights, and how long somebody works.

All of it is pure. Moments are aware; lengths are real time: 24 hours across a change of the clocks are 24 hours.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from moothall.core import localtime

HOUR = timedelta(hours=1)
BREAK = timedelta(minutes=15)
"""A shorter pause between two shifts is no break."""
LONGEST_WITHOUT_BREAK = timedelta(hours=6)
"""After this long at work an adult is due a break (Working Time Regulations 1998, regulation 12)."""
NIGHT_BEGINS, NIGHT_ENDS = time(23), time(6)
"""Night time, as the Working Time Regulations 1998, regulation 2, have it where nothing else is agreed."""
WORTH_A_WARNING = timedelta(hours=1)
"""A gap in the night that is shorter is none that anybody notices."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, order=True)
class Span:
    """From a moment up to another, which is no more part of it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return utc(self.end) - utc(self.start)

    def within(self, other: "Span") -> "Span | None":
        """The part of it that lies in ``other``; ``None`` if none does."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def utc(moment: datetime) -> datetime:
    """``moment`` on a clock that never changes: two moments of one zone are subtracted by their wall clocks else."""
    return moment.astimezone(UTC)


# --- Clocks -----------------------------------------------------------------------------------------------------------


def comes_twice(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the clocks of ``zone`` show ``at`` twice on ``day``."""
    here = datetime.combine(day, at, zone)
    first, second = here.replace(fold=0).utcoffset(), here.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def moment(day: date, at: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The moment, in UTC, at which the clocks of ``zone`` show ``at`` on ``day``; of two, the first unless ``second``.

    Raises ``localtime.NoSuchTime`` for a time that the clocks jump over.
    """
    wall = datetime.combine(day, at)
    found = wall.replace(tzinfo=zone, fold=int(second and comes_twice(day, at, zone))).astimezone(UTC)
    shown = found.astimezone(zone).replace(tzinfo=None, fold=0)
    if shown != wall:
        raise localtime.NoSuchTime(wall, shown)
    return found


def after(start: datetime, hours: int) -> datetime:
    """So many real hours later, in UTC."""
    return utc(start) + hours * HOUR


def words(at: datetime, zone: ZoneInfo) -> str:
    """ "Sunday 25 October 2026, 05:00 GMT (UTC+00:00)" """
    here = at.astimezone(zone)
    offset = f"{here:%z}"
    return f"{localtime.day_words(here)}, {here:%H:%M} {here:%Z} (UTC{offset[:3]}:{offset[3:5]})"


def clock_words(at: datetime, zone: ZoneInfo) -> str:
    """ "Sun 05:00"; in the hour that comes twice also which: "Sun 01:30 BST"."""
    here = at.astimezone(zone)
    twice = f" {here:%Z}" if comes_twice(here.date(), here.time().replace(fold=0), zone) else ""
    return f"{here:%a %H:%M}{twice}"


def length_words(length: timedelta) -> str:
    """ "24 hours", "1 hour 30 minutes", "45 minutes" """
    minutes = round(length.total_seconds() / 60)
    parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said) or "no time"


def change_of_clocks(whole: Span, zone: ZoneInfo) -> str:
    """What the clocks do in ``whole``, in a sentence; empty if they do nothing."""
    before, then = whole.start.astimezone(zone).utcoffset(), whole.end.astimezone(zone).utcoffset()
    if before is None or then is None or before == then:
        return ""
    way = "back" if before > then else "forward"
    return f"The clocks go {way} while it runs. It still lasts {length_words(whole.length)}."


def hours(whole: Span) -> list[Span]:
    """The hours of ``whole`` from its start on; the last may be shorter."""
    found, start, end = [], utc(whole.start), utc(whole.end)
    while start < end:
        found.append(Span(start, min(start + HOUR, end)))
        start += HOUR
    return found


def steps(whole: Span) -> list[datetime]:
    """The moments to choose from in ``whole``, both ends included: each quarter of an hour, and fewer in a long one."""
    days = whole.length / timedelta(days=1)
    step = timedelta(minutes=15 if days <= 2 else 30 if days <= 4 else 60)
    start, end = utc(whole.start), utc(whole.end)
    number = -(-(end - start) // step)
    return [*(start + step * each for each in range(number)), end]


# --- Gaps -------------------------------------------------------------------------------------------------------------


def merged(spans: Iterable[Span], tolerance: timedelta = timedelta(0)) -> list[Span]:
    """What these cover together, in order; those that are no further apart than ``tolerance`` are one."""
    found: list[Span] = []
    for span in sorted(Span(utc(each.start), utc(each.end)) for each in spans):
        if found and span.start - found[-1].end <= tolerance:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def gaps(whole: Span, spans: Iterable[Span]) -> list[Span]:
    """The parts of ``whole`` in which none of ``spans`` is."""
    found, reached = [], utc(whole.start)
    for span in merged(spans):
        if span.start > reached:
            found.append(Span(reached, min(span.start, utc(whole.end))))
        reached = max(reached, span.end)
        if reached >= whole.end:
            return found
    return [*found, Span(reached, utc(whole.end))]


def nights(whole: Span, zone: ZoneInfo) -> list[Span]:
    """The nights of ``whole``, cut where it begins and ends."""
    day, last = (each.astimezone(zone).date() for each in (whole.start, whole.end))
    day -= timedelta(days=1)
    found = []
    while day <= last:
        night = Span(_about(day, NIGHT_BEGINS, zone), _about(day + timedelta(days=1), NIGHT_ENDS, zone))
        if part := night.within(whole):
            found.append(part)
        day += timedelta(days=1)
    return found


def _about(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment; if the clocks jump over it, that at which they land."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def night_gaps(whole: Span, spans: Sequence[Span], zone: ZoneInfo) -> list[Span]:
    """The stretches of its nights in which nothing is, if they are worth a warning."""
    parts = [part for gap in gaps(whole, spans) for night in nights(whole, zone) if (part := gap.within(night))]
    return [part for part in parts if part.length >= WORTH_A_WARNING]


@dataclass(frozen=True)
class Cell:
    """One hour of one service. ``slots`` are what is in it, by number in the list that was given."""

    hour: Span
    slots: tuple[int, ...]


def matrix(whole: Span, slots: Sequence[tuple[Key, Span]], rows: Iterable[Key]) -> dict[Key, list[Cell]]:
    """For each of ``rows`` its hours, each with the slots that touch it."""
    return {
        row: [
            Cell(
                hour,
                tuple(number for number, (key, span) in enumerate(slots) if key == row and span.within(hour)),
            )
            for hour in hours(whole)
        ]
        for row in rows
    }


# --- Shifts -----------------------------------------------------------------------------------------------------------


def overlaps(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """The pairs of one person's spans, by number, that are at the same time."""
    in_order = sorted(range(len(spans)), key=lambda number: spans[number])
    return [
        (one, other)
        for place, one in enumerate(in_order)
        for other in in_order[place + 1 :]
        if spans[one].within(spans[other])
    ]


def longest_without_break(spans: Iterable[Span]) -> timedelta:
    """The longest that somebody with these shifts works with no break of at least ``BREAK``."""
    together = merged(spans, BREAK - timedelta(microseconds=1))
    return max((each.length for each in together), default=timedelta(0))


def too_long(shifts: Mapping[Key, Iterable[Span]]) -> dict[Key, timedelta]:
    """Whoever works longer without a break than they should, and how long."""
    found = {who: longest_without_break(spans) for who, spans in shifts.items()}
    return {who: length for who, length in found.items() if length > LONGEST_WITHOUT_BREAK}


# --- Rehearsing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tempo:
    """An event's time mapped to its rehearsal's: from ``origin`` to ``begins``, ``speed`` times faster."""

    origin: datetime
    begins: datetime
    speed: int

    def at(self, moment: datetime) -> datetime:
        """When in the rehearsal that moment of the event comes."""
        return utc(self.begins) + (utc(moment) - utc(self.origin)) / self.speed

    def back(self, moment: datetime) -> datetime:
        """Which moment of the event that moment of the rehearsal stands for."""
        return utc(self.origin) + (utc(moment) - utc(self.begins)) * self.speed
