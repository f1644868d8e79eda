"""Counting anew what has changed, and keeping of it what may be shown: nothing else ever reaches the database."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db.models import Sum

from moothall.core.database import writing
from moothall.webuse import shown, suppression
from moothall.webuse.engine import counting
from moothall.webuse.engine.counting import WorkingTime
from moothall.webuse.engine.dataset import Dataset
from moothall.webuse.engine.days import DayFiles, count_files
from moothall.webuse.importing.sources import mark_stale
from moothall.webuse.models import Figure, Grain, Part, StaleDay, Volume
from moothall.webuse.models.figures import COUNCIL, UNMAPPED
from moothall.webuse.subjects import DOMAIN, monday_of
from moothall.webuse.suppression import Node

COUNTED = "counted"
"""What the names of the files begin with that hold the counted people of a day, beside its rows."""
WHAT = ("people", "domains", "hours")
"""The frames of a day that are kept, as ``counting.Day`` names them."""

Step = Callable[[str], None]
Runs = Callable[[Callable[[DayFiles], pl.DataFrame], Iterable[DayFiles]], Iterator[pl.DataFrame]]


@dataclass(frozen=True)
class Counting:
    """What counting works with.

    ``structure``: the units as they are now; ``k``: fewer people than these are hidden; ``today`` is local. ``runs``
    counts days: one after the other, or many at once on a cluster.
    """

    purpose_key: str
    dataset: Dataset
    at_work: WorkingTime
    structure: shown.Structure
    k: int
    today: date
    runs: Runs = map


def refresh(given: Counting, step: Step = lambda what: None) -> int:
    """Count the days whose rows have changed, and publish their weeks. Returns how many days.

    ``step`` hears what is counted. What changes meanwhile stays stale, and is counted by the next call. A week of which
    retention has deleted rows stays as it was published: counted from the rest it would be too small.
    """
    if not StaleDay.objects.filter(purpose_key=given.purpose_key).exists():
        return 0
    days = _days(given)  # asked for first: of a day that comes in from now on there is nothing counted yet
    stale = list(StaleDay.objects.filter(purpose_key=given.purpose_key))
    whole = {monday for monday in {monday_of(each.day) for each in stale} if _is_whole(given, monday)}
    counted = [each.day for each in stale if monday_of(each.day) in whole]
    volumes = given.runs(count_files, (_files(given, day) for day in counted))
    for day, volume in zip(counted, volumes, strict=True):
        step(day.isoformat())
        _keep(given, day, volume)
        days.add(day)
    for monday in sorted(whole):
        step(f"week of {monday.isoformat()}")
        _publish(given, monday, days, [each for each in stale if monday_of(each.day) == monday])
    _done([each for each in stale if monday_of(each.day) not in whole])
    return len(stale)


def _publish(given: Counting, monday: date, days: Collection[date], stale: Iterable[StaleDay]) -> None:
    """Publish the week that begins on ``monday``, of which these ``days`` are counted."""
    counted = [day for number in range(7) if (day := monday + timedelta(days=number)) in days]
    facts = list(shown.facts(_counted(given, monday, counted), given.structure, given.k))
    with writing():
        _replace(given.purpose_key, monday, facts)
        _done(stale)


def _done(stale: Iterable[StaleDay]) -> None:
    """Days are stale no more, unless they became so again."""
    for each in stale:
        StaleDay.objects.filter(pk=each.pk, mark=each.mark).delete()


def publish_all(given: Counting) -> None:
    """Say that every week must be published anew, as when the staff structure or the least number has changed."""
    with writing():
        mark_stale(given.purpose_key, sorted(_days(given)))


def count_anew(day: date) -> None:
    """Say that a day must be counted again, for whatever purposes it was read."""
    with writing():
        for key in set(Part.objects.filter(day=day).order_by().values_list("purpose_key", flat=True)):
            mark_stale(key, [day])


def counted_files(purpose_key: str, day: date) -> list[str]:
    """The files of a day's counted people, which are there as long as its rows."""
    return [_file(purpose_key, day, what) for what in WHAT]


def _days(given: Counting) -> set[date]:
    """The days of which there are rows."""
    return set(Part.objects.filter(purpose_key=given.purpose_key).order_by().values_list("day", flat=True).distinct())


def _is_whole(given: Counting, monday: date) -> bool:
    """Whether all rows are still there of which the week's figures were made."""
    week = (monday, monday + timedelta(days=6))
    key = given.purpose_key
    parts = Part.objects.filter(purpose_key=key, day__range=week).order_by().values_list("day")
    rows: dict[date, int] = dict(parts.annotate(Sum("hits")))
    published = Figure.objects.filter(purpose_key=key, grain=Grain.DAY, starts__range=week).order_by()
    totals = Volume.objects.filter(purpose_key=key, day__range=week, hour=-1).values_list("day", "hits")
    return set(published.values_list("starts", flat=True).distinct()) <= rows.keys() and all(
        rows.get(day, 0) >= hits for day, hits in totals
    )


def _files(given: Counting, day: date) -> DayFiles:
    """A day that is to be counted from all its rows. Its people are kept beside them for its week."""
    names = Part.objects.filter(purpose_key=given.purpose_key, day=day).values_list("name", flat=True)
    counted = {what: _file(given.purpose_key, day, what) for what in WHAT}
    return DayFiles(given.dataset, given.at_work, tuple(names), counted)


def _keep(given: Counting, day: date, volume: pl.DataFrame) -> None:
    """Keep of what went through on a day what may be shown."""
    volumes = _volumes(given, day, volume)
    with writing():
        Volume.objects.filter(purpose_key=given.purpose_key, day=day).delete()
        Volume.objects.bulk_create(volumes)


def _file(purpose_key: str, day: date, what: str) -> str:
    return f"{purpose_key}/{day.isoformat()}/{COUNTED}-{what}.parquet"


def _volumes(given: Counting, day: date, volume: pl.DataFrame) -> list[Volume]:
    """The traffic of a day that is over. Of a running one, each reload would show what somebody did since the last."""
    if day >= given.today:
        return []
    hours = volume.sort("hour")
    people, hits, sizes = hours["people"].to_list(), hours["hits"].to_list(), hours["bytes"].to_list()
    made = [
        Volume(purpose_key=given.purpose_key, day=day, hour=hour, hits=hit, bytes=size)
        for hour, hit, size in zip(
            hours["hour"],
            suppression.publish_series(people, hits, given.k),
            suppression.publish_series(people, sizes, given.k),
            strict=True,
        )
        if hit is not None and size is not None
    ]
    if max(people, default=0) >= given.k:
        made.append(Volume(purpose_key=given.purpose_key, day=day, hour=-1, hits=sum(hits), bytes=sum(sizes)))
    return made


def _counted(given: Counting, monday: date, days: Sequence[date]) -> shown.Counted:
    """All that was counted of these days of a week, put together."""
    people = {day: _read(given, day, "people").collect() for day in days}
    domains = [_read(given, day, "domains") for day in days]
    dated = pl.concat([frame.lazy().with_columns(pl.lit(day).alias("day")) for day, frame in people.items()])
    whole = counting.count_week(dated, pl.concat(domains))
    of_domain = whole.domains.group_by("domain").agg(pl.col("category").unique())
    return shown.Counted(
        starts=monday,
        week=counting.cells(whole.people),
        domains=counting.domain_cells(whole.domains),
        of_domain={DOMAIN + name: found[0] for name, found in of_domain.iter_rows() if len(found) == 1},
        days={day: counting.cells(frame) for day, frame in people.items()},
        hours={day: _by_hour(_read(given, day, "hours").collect()) for day in days},
    )


def _read(given: Counting, day: date, what: str) -> pl.LazyFrame:
    return given.dataset.read([_file(given.purpose_key, day, what)])


def _by_hour(hours: pl.DataFrame) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for hour, unit, people in hours.iter_rows():
        found.setdefault(hour, {})[unit] = people
    return found


def _replace(purpose_key: str, monday: date, facts: Iterable[shown.Fact]) -> None:
    """Let the week's figures be these. Only what differs is written: most of a week stays as it was an hour ago."""
    fields = ("grain", "starts", "hour", "node", "subject", "people", "minutes")
    week = Figure.objects.filter(purpose_key=purpose_key, starts__range=(monday, monday + timedelta(days=6)))
    held = {tuple(row): pk for pk, *row in week.values_list("pk", *fields)}
    wanted = {
        (each.grain, each.starts, each.hour, number(each.node), each.subject, each.people, each.minutes)
        for each in facts
    }
    gone = [pk for row, pk in held.items() if row not in wanted]
    for begin in range(0, len(gone), 500):
        Figure.objects.filter(pk__in=gone[begin : begin + 500]).delete()
    new = wanted - held.keys()
    Figure.objects.bulk_create(
        [Figure(purpose_key=purpose_key, **dict(zip(fields, row, strict=True))) for row in new], batch_size=2000
    )


def number(node: Node) -> int:
    """How a node of the tree is written in ``Figure.node``."""
    if isinstance(node, int):
        return node
    if node == suppression.COUNCIL:
        return COUNCIL
    return UNMAPPED if node == suppression.UNMAPPED else -int(node.rpartition(" ")[2])
