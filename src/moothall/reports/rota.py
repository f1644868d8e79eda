"""What the rota would change: how much came in each hour, who was there for it, and what follows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from moothall.contributions.models import State
from moothall.events.running import Span, clock_words, hours
from moothall.reports import arithmetic
from moothall.reports.arithmetic import by_hour, hour_words
from moothall.reports.rows import Frame, Rows
from moothall.reports.tables import Counter, Section, table

BUSY_FACTOR = 2
"""An hour is busy if each person had so many times as much as in the event on average."""
BUSY_AT_LEAST = 6
"""Less than this for one person in one hour is no trouble, whatever the average."""
MOST_BUSY = 3


@dataclass(frozen=True)
class DeskHour:
    """One hour at the desk. ``people`` is an average: somebody who came at half past is half a person."""

    span: Span
    told: int
    found: int
    people: float

    @property
    def came(self) -> int:
        return self.told + self.found

    @property
    def each(self) -> float | None:
        """How much came for each person; ``None`` where nobody was there."""
        return round(self.came / self.people, 1) if self.people else None


def section(rows: Rows) -> Section:
    """The part of the report about the desk."""
    frame, desk = rows.frame, desk_hours(rows)
    empty = [hour for hour in desk if not hour.people]
    return Section(
        "rota",
        "What the rota would change",
        (
            Counter(
                "empty",
                "Hours without anybody",
                len(empty) if rows.shifts else None,
                "Hours of the event in which nobody was on shift at all.",
            ),
        ),
        (
            table(
                "rota",
                "What came for each person on shift, hour by hour",
                "Told: contributions that reached the desk. Found: items of staff and public that were collected, "
                "shown or not. On shift: people, on average over the hour. Nothing is drawn where nobody was there.",
                ("Hour", "For each person", "Told", "Found", "On shift"),
                [
                    (hour_words(each.span.start, frame.zone), each.each, each.told, each.found, each.people)
                    for each in desk
                ],
                chart="hours",
            ),
        ),
        tuple(advice(desk, frame)) if rows.shifts else ("There was no rota, so there is nothing to compare with.",),
    )


def desk_hours(rows: Rows) -> list[DeskHour]:
    """The hours of the event, each with what came and who was there."""
    span = rows.frame.span
    let_in = [each.at for each in rows.told if each.state != State.REFUSED]
    told, found = by_hour(let_in, span), by_hour((each.at for each in rows.said if not each.is_official), span)
    shifts = [each.span for each in rows.shifts]
    return [
        DeskHour(hour, told[number], found[number], arithmetic.on_hand(shifts, hour))
        for number, hour in enumerate(hours(span))
    ]


def advice(desk: Sequence[DeskHour], frame: Frame) -> list[str]:
    """What to change next time, in sentences; one that says so where nothing is to be changed."""
    said = [*_where_nobody_was(desk, frame), *_where_it_was_busy(desk, frame)]
    return said or ["Somebody was there in every hour, and nobody had much more to do than the others."]


def _where_nobody_was(desk: Sequence[DeskHour], frame: Frame) -> list[str]:
    said = []
    for is_empty, run in groupby(desk, key=lambda hour: not hour.people):
        stretch = list(run)
        if not is_empty:
            continue
        came = sum(hour.came for hour in stretch)
        when = _between(Span(stretch[0].span.start, stretch[-1].span.end), frame)
        if came:
            said.append(f"Nobody was on shift from {when}, and {_things(came)} came. Put somebody there.")
        else:
            said.append(f"Nobody was on shift from {when}. Nothing came either.")
    return said


def _where_it_was_busy(desk: Sequence[DeskHour], frame: Frame) -> list[str]:
    staffed = [hour for hour in desk if hour.people]
    people = sum(hour.people for hour in staffed)
    average = sum(hour.came for hour in staffed) / people if people else 0
    limit = max(BUSY_AT_LEAST, BUSY_FACTOR * average)
    busy = sorted((hour for hour in staffed if (hour.each or 0) >= limit), key=lambda hour: -(hour.each or 0))
    quiet = min(staffed, key=lambda hour: (hour.each or 0, -hour.people), default=None)
    said = []
    for hour in busy[:MOST_BUSY]:
        eased = round(hour.came / (hour.people + 1), 1)
        said.append(
            f"From {_between(hour.span, frame)} {_things(hour.came)} came for {_people(hour.people)}. One more "
            f"would have had {eased:g} each."
        )
    if said and quiet and quiet.people >= 2 and quiet not in busy[:MOST_BUSY]:
        said.append(
            f"There were {_people(quiet.people)} from {_between(quiet.span, frame)}, and {_things(quiet.came)} came: "
            "one of them could be there in a busier hour."
        )
    return said


def _between(span: Span, frame: Frame) -> str:
    return f"{clock_words(span.start, frame.zone)} to {clock_words(span.end, frame.zone)}"


def _things(number: int) -> str:
    return {0: "nothing", 1: "one thing"}.get(number, f"{number} things")


def _people(number: float) -> str:
    return "one person" if number == 1 else f"{number:g} people"
