"""What a page of the calendar shows, put together for one reader: cells of days or hours, with what is in them."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.core import clock, localtime, states
from moothall.planning import queries
from moothall.planning.clashes import TOO_CLOSE, Said, clashes, gaps, run_words
from moothall.planning.forms import fields_of
from moothall.planning.periods import Hour, Period, View, clock_changes, hour_of, hours
from moothall.planning.queries import Planned, Sight
from moothall.publishing.models import Pause, Post
from moothall.publishing.status import Status

MOST = {View.MONTH: 3, View.WEEK: 2, View.DAY: 20}
"""How many posts a cell shows, a day's in a month, else an hour's, before it says how many more there are."""
MOVABLE = (Status.DRAFT, Status.AWAITING_APPROVAL, Status.REFUSED, Status.SCHEDULED)
DAYS_TO_FILL = timedelta(days=14)
MOST_GAPS = 6

Place = tuple[date, Hour | None]


class OnChannels(TypedDict):
    """What is said of the channels of an item."""

    edge: str
    """The capacity of the first, whose colour the item's edge has."""
    capacities: str
    """ "Service, Persona" """
    networks: str
    """ "Bluesky, Newsroom" """
    names: str


class Item(OnChannels):
    """One post at one moment, as the page shows it. A dictionary, because a week has hundreds, and a template finds
    what is in one twice as fast as an attribute."""

    post: int
    title: str
    service: str
    state: str
    icon: str
    tone: str
    words: str
    """Its moment in full."""
    at: str
    """Its moment for machines."""
    day: str
    time: str
    which: str
    """Its moment as the fields of a move."""
    has_clash: bool
    may_move: bool


@dataclass(frozen=True)
class Cell:
    """A day of a month, or an hour of a day, to which a post can be moved unless it does not ``exist``."""

    day: date
    hour: Hour | None
    exists: bool = True
    is_paused: bool = False
    items: list[Item] = field(default_factory=list)
    more: int = 0

    @property
    def time(self) -> str:
        return f"{self.hour.at:%H:%M}" if self.hour else ""

    @property
    def which(self) -> str:
        """As a move says it: ``first`` or ``second`` in an hour that comes twice."""
        if self.hour is None or not self.exists or not localtime.comes_twice(self.day, self.hour.at):
            return ""
        return "second" if self.hour.is_second else "first"

    @property
    def words(self) -> str:
        """ "Sunday 25 October, 01:00 again" """
        day = f"{self.day:%A} {self.day.day} {self.day:%B}"
        return f"{day}, {self.hour.words}" if self.hour else day

    @property
    def is_missing(self) -> bool:
        """Whether it is an hour that the clocks jump over, and not just the second coming that only another day has."""
        return not self.exists and self.hour is not None and not self.hour.is_second


@dataclass(frozen=True)
class Day:
    """One day with its cells: one in a month, else its hours."""

    day: date
    cells: list[Cell]
    is_today: bool
    is_outside: bool
    """Of another month than the one that is shown."""
    pauses: list[str]

    @property
    def words(self) -> str:
        return f"{self.day:%A} {self.day.day} {self.day:%B}"

    @property
    def is_empty(self) -> bool:
        return not any(each.items for each in self.cells)


@dataclass(frozen=True)
class Gap:
    """The days on which a channel has nothing planned."""

    channel: Channel
    runs: list[tuple[date, date]]

    @property
    def words(self) -> str:
        """ "Libraries on Bluesky: Tue 24 to Thu 26 Nov" """
        return f"{self.channel}: {', '.join(run_words(*each) for each in self.runs)}"


@dataclass(frozen=True)
class Page:
    """One page of the calendar."""

    period: Period
    days: list[Day]
    hours: list[Hour]
    changes: list[str]
    gaps: list[Gap]
    more_gaps: int
    number: int
    """How many posts it shows or counts."""
    clashes: int
    """How many of these clash."""


def page(sight: Sight, period: Period, chosen: dict[str, Any]) -> Page:
    """The calendar as one person may see it. What does not match the choice still counts for clashes and gaps."""
    now = clock.now()
    start, end = period.starts_at, period.ends_at
    around = queries.planned(sight.services, start - TOO_CLOSE, end + TOO_CLOSE)
    inside = [each for each in around if start <= each.moment < end]
    channels = sight.channels | _other_channels(inside, sight.channels)
    crowded = clashes(said for each in around if not each.is_off for said in each.said)
    seen = [each for each in inside if _is_chosen(each, chosen, channels)]
    rows = [] if period.view == View.MONTH else hours(period.days)
    placed = _placed(seen, period)
    most = MOST[period.view]
    posts = queries.details(each.post for some in placed.values() for each in some[:most])
    show = _Show(sight.user, channels, crowded, posts, most)
    pauses = _pauses(sight.user, period, chosen)
    gaps_found = _gaps(sight.channels.values(), period, inside, chosen, now)
    return Page(
        period=period,
        days=[_day(day, period, rows, placed, pauses, show, now) for day in period.days],
        hours=rows,
        changes=clock_changes(period.days),
        gaps=gaps_found[:MOST_GAPS],
        more_gaps=max(len(gaps_found) - MOST_GAPS, 0),
        number=len(seen),
        clashes=sum(any(said in crowded for said in each.said) for each in seen) if crowded else 0,
    )


def _other_channels(seen: Iterable[Planned], known: Collection[int]) -> dict[int, Channel]:
    """Channels that are spoken on and can be chosen no more: closed ones, say."""
    unknown = {channel for each in seen for channel in each.channels if channel not in known}
    return Channel.objects.in_bulk(unknown) if unknown else {}


def _is_chosen(each: Planned, chosen: dict[str, Any], channels: dict[int, Channel]) -> bool:
    if "state" in chosen:
        if each.status != chosen["state"]:
            return False
    elif each.is_off:
        return False
    return (
        ("service" not in chosen or each.service == chosen["service"].pk)
        and ("person" not in chosen or each.author == chosen["person"].pk)
        and ("network" not in chosen or any(channels[pk].network == chosen["network"] for pk in each.channels))
        and ("channel" not in chosen or chosen["channel"] in each.channels)
    )


# --- Cells ------------------------------------------------------------------------------------------------------------


def _placed(seen: Iterable[Planned], period: Period) -> dict[Place, list[Planned]]:
    """What is in each cell, by its day and hour."""
    found: dict[Place, list[Planned]] = {}
    starts = {day: localtime.hours_of(day) for day in period.days} if period.view != View.MONTH else {}
    named = {day: [hour_of(start) for start in of_day] for day, of_day in starts.items()}
    for each in seen:
        day = localtime.local(each.moment).date()
        hour = named[day][bisect_right(starts[day], each.moment) - 1] if starts else None
        found.setdefault((day, hour), []).append(each)
    return found


def _day(
    day: date,
    period: Period,
    rows: Sequence[Hour],
    placed: Mapping[Place, list[Planned]],
    pauses: Sequence[Pause],
    show: "_Show",
    now: datetime,
) -> Day:
    """A day with one cell, or with one for each of ``rows``, so that a week's hours stand beside each other."""
    there = {hour_of(start) for start in localtime.hours_of(day)} if rows else set()
    cells = [Cell(day, each, each in there) for each in rows] or [Cell(day, None)]
    return Day(
        day=day,
        cells=[show.cell(each, placed.get((day, each.hour), []), _is_paused(each, pauses, now)) for each in cells],
        is_today=day == localtime.local(now).date(),
        is_outside=period.view == View.MONTH and day.month != period.day.month,
        pauses=[_pause_words(each, day, now) for each in pauses if _overlaps(each, *_span(day), now)],
    )


@dataclass(frozen=True)
class _Show:
    """What it takes to show planned posts."""

    user: User
    channels: dict[int, Channel]
    crowded: set[Said]
    posts: dict[int, Post]
    most: int
    said_of: dict[tuple[int, ...], OnChannels] = field(default_factory=dict)
    """What is said of some channels: most are spoken on more than once."""

    def cell(self, cell: Cell, planned: list[Planned], is_paused: bool) -> Cell:
        items = [self._item(each) for each in planned[: self.most]]
        return Cell(cell.day, cell.hour, cell.exists, is_paused, items, max(len(planned) - self.most, 0))

    def _item(self, planned: Planned) -> Item:
        post, look = self.posts[planned.post], states.of_state(planned.status)
        return {
            "post": post.pk,
            "title": str(post),
            "service": post.service.name,
            "state": look.word,
            "icon": look.icon,
            "tone": look.tone,
            "words": localtime.words(planned.moment),
            "at": planned.moment.isoformat(),
            "has_clash": bool(self.crowded) and any(each in self.crowded for each in planned.said),
            "may_move": planned.status in MOVABLE and self.user.may("post.write", post),
            **fields_of(planned.moment),
            **self._on(planned.channels),
        }

    def _on(self, pks: tuple[int, ...]) -> OnChannels:
        if pks not in self.said_of:
            on = sorted((self.channels[pk] for pk in pks), key=str)
            self.said_of[pks] = OnChannels(
                edge=on[0].capacity if on else "",
                capacities=", ".join(dict.fromkeys(each.get_capacity_display() for each in on)),
                networks=", ".join(dict.fromkeys(each.network_label for each in on)) or "No channel yet",
                names=", ".join(map(str, on)),
            )
        return self.said_of[pks]


# --- Pauses -----------------------------------------------------------------------------------------------------------


def _pauses(user: User, period: Period, chosen: dict[str, Any]) -> list[Pause]:
    """The pauses of the services that are shown."""
    found = queries.pauses(period.starts_at, period.ends_at)
    if "service" not in chosen:
        return [
            each
            for each in found
            if each.is_everything or any(user.may("post.see", service) for service in each.services.all())
        ]
    return [each for each in found if each.is_everything or chosen["service"] in each.services.all()]


def _span(day: date) -> tuple[datetime, datetime]:
    return localtime.start_of(day), localtime.start_of(day + timedelta(days=1))


def _overlaps(pause: Pause, start: datetime, end: datetime, now: datetime) -> bool:
    """Whether a pause has part of the time from ``start`` to ``end``. One that is on has lasted until now."""
    return pause.began_at < end and (pause.ended_at or now) > start


def _is_paused(cell: Cell, pauses: Sequence[Pause], now: datetime) -> bool:
    if not pauses or not cell.exists:
        return False
    start, end = _span(cell.day)
    if cell.hour:
        start = localtime.from_wall(cell.day, cell.hour.at, second=cell.hour.is_second)
        end = start + timedelta(hours=1)
    return any(_overlaps(each, start, end, now) for each in pauses)


def _pause_words(pause: Pause, day: date, now: datetime) -> str:
    """ "All posts paused from 10:00 to 14:30: a death in the royal family" """
    start, end = _span(day)
    whose = "All posts" if pause.is_everything else ", ".join(str(each) for each in pause.services.all())
    since = f" from {localtime.local(pause.began_at):%H:%M}" if pause.began_at > start else ""
    until = f" to {localtime.local(pause.ended_at):%H:%M}" if pause.ended_at and pause.ended_at < end else ""
    still = " until now" if pause.ended_at is None and now < end else ""
    return f"{whose} paused{since}{until}{still}: {pause.reason}"


# --- Gaps -------------------------------------------------------------------------------------------------------------


def _gaps(
    own: Iterable[Channel], period: Period, inside: Iterable[Planned], chosen: dict[str, Any], now: datetime
) -> list[Gap]:
    """The gaps in the days shown, as far as they are of the next two weeks. Other choices than of channels leave none:
    a channel is not empty because one person wrote nothing for it."""
    today = localtime.local(now).date()
    days = [each for each in period.days if today <= each < today + DAYS_TO_FILL]
    if not days or "person" in chosen or "state" in chosen:
        return []
    channels = {
        each.pk: each
        for each in own
        if getattr(each, "has_gaps", False)
        and ("service" not in chosen or each.service_id == chosen["service"].pk)
        and ("network" not in chosen or each.network == chosen["network"])
        and ("channel" not in chosen or each.pk == chosen["channel"])
    }
    first, after = _span(days[0])[0], _span(days[-1])[1]
    planned: dict[int, set[date]] = {}
    for each in inside:
        if first <= each.moment < after and not each.is_off:
            day = localtime.local(each.moment).date()
            for channel in each.channels:
                planned.setdefault(channel, set()).add(day)
    return [Gap(channels[pk], runs) for pk, runs in gaps(channels, days, planned).items()]
