"""Reading the rota: who is on, who comes, and what is wrong with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from moothall.accounts.models import User
from moothall.events import event_queries, running
from moothall.events.models import Event, Shift
from moothall.events.running import Span
from moothall.events.running_queries import span_words


@dataclass(frozen=True)
class Row:
    """A shift as the rota lists it."""

    shift: Shift
    begins: str
    ends: str
    length: str
    is_on: bool
    may_hand_over: bool


@dataclass(frozen=True)
class Rota:
    """A rota as its page shows it. ``gaps`` and the rest are sentences, each a thing to put right."""

    rows: list[Row]
    on_now: list[Row]
    coming: list[Row]
    notes: list[Shift]
    """What was handed over, the latest first."""
    gaps: list[str]
    overlaps: list[str]
    too_long: list[str]


def rota(user: User, event: Event, now: datetime) -> Rota:
    """The rota as ``user`` sees it."""
    shifts = list(event.shifts.select_related("person"))
    rows = [_row(user, event, each, now) for each in shifts]
    coming = [row for row in rows if row.shift.starts_at > now]
    spans = [Span(each.starts_at, each.ends_at) for each in shifts]
    by_person: dict[User, list[Shift]] = defaultdict(list)
    for each in shifts:
        by_person[each.person].append(each)
    return Rota(
        rows=rows,
        on_now=[row for row in rows if row.is_on],
        coming=[row for row in coming if row.shift.starts_at == coming[0].shift.starts_at],
        notes=sorted((each for each in shifts if each.handed_over_at), key=_handed_over_at, reverse=True),
        gaps=[span_words(event, gap) for gap in running.gaps(event_queries.span(event), spans)],
        overlaps=[words for person, of in by_person.items() for words in _overlaps(event, person, of)],
        too_long=_too_long(by_person),
    )


def _row(user: User, event: Event, shift: Shift, now: datetime) -> Row:
    span = Span(shift.starts_at, shift.ends_at)
    return Row(
        shift,
        running.clock_words(span.start, event.tz),
        running.clock_words(span.end, event.tz),
        running.length_words(span.length),
        span.start <= now < span.end,
        shift.person_id == user.pk or user.may("event.manage"),
    )


def _handed_over_at(shift: Shift) -> datetime:
    return shift.handed_over_at or shift.ends_at


def _overlaps(event: Event, person: User, shifts: list[Shift]) -> list[str]:
    spans = [Span(each.starts_at, each.ends_at) for each in shifts]
    found = []
    for one, other in running.overlaps(spans):
        if both := spans[one].within(spans[other]):
            found.append(f"{person} is on two shifts at once: {span_words(event, both)}.")
    return found


def _too_long(by_person: dict[User, list[Shift]]) -> list[str]:
    spans = {person: [Span(each.starts_at, each.ends_at) for each in of] for person, of in by_person.items()}
    most = running.length_words(running.LONGEST_WITHOUT_BREAK)
    return [
        f"{person} is on for {running.length_words(length)} without a break. Plan one after {most} at the latest."
        for person, length in running.too_long(spans).items()
    ]
