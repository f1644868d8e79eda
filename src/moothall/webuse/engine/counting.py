"""From the rows of a day to who did what: one row a person and subject. And from those to the people of each unit.

Distinct people and minutes do not add up over parts of a day, so a day is counted anew from all its rows, and a week
from its days. People are pseudonyms throughout; the figures that leave here are numbers of people in a unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

import polars as pl

from moothall.webuse.categories.names import BACKGROUND, PRIVATE, SOCIAL
from moothall.webuse.subjects import ALL, BLOCKED, DOMAIN, SOCIAL_AT_WORK, SOCIAL_OFF_WORK

DOMAINS_SHOWN = 300
"""So many domains of a week, those with most people, are counted by unit."""

PEOPLE = {"person": pl.Binary, "unit": pl.Int32, "subject": pl.String, "minutes": pl.UInt32}
"""A day's people: each person once for each subject. ``minutes`` are distinct minutes of browsing."""
DOMAINS = {"person": pl.Binary, "unit": pl.Int32, "domain": pl.String, "category": pl.String}
"""A day's people by registrable domain, each once."""
HOURS = {"hour": pl.Int32, "unit": pl.Int32, "people": pl.UInt32}
"""How many people of a unit were there in each local hour, 0 to 23."""
VOLUME = {"hour": pl.Int32, "hits": pl.UInt64, "bytes": pl.UInt64, "people": pl.UInt32}
"""What went through in each local hour, whoever it was."""


@dataclass(frozen=True)
class WorkingTime:
    """When people are at work, as the council's policy says it: local time, Monday to Friday."""

    zone: str
    begins: time = time(9)
    ends: time = time(17)


@dataclass(frozen=True)
class Day:
    """What a day came to: columns as in ``PEOPLE``, ``DOMAINS``, ``HOURS`` and ``VOLUME``."""

    people: pl.DataFrame
    domains: pl.DataFrame
    hours: pl.DataFrame
    volume: pl.DataFrame


def count_day(rows: pl.LazyFrame, at_work: WorkingTime) -> Day:
    """Count the rows (columns as in ``keeping.ROWS``) of one day."""
    named = rows.filter(pl.col("person").is_not_null())
    by_hour = (
        named.group_by("person", "hour", "category")
        .agg(pl.col("minutes").bitwise_or(), pl.col("blocked").any(), pl.col("unit").max())
        .with_columns(*_local(at_work))
        .collect(engine="streaming")
        .lazy()
    )
    units = by_hour.group_by("person").agg(pl.col("unit").sort_by("hour", "unit").last())
    at_social = by_hour.filter(pl.col("category") == SOCIAL)
    subjects = [
        _whole(by_hour).with_columns(pl.lit(ALL).alias("subject")),
        _summed(by_hour, pl.col("category")),
        _summed(by_hour.filter("blocked").with_columns(pl.lit(0, pl.UInt64).alias("minutes")), pl.lit(BLOCKED)),
        _summed(at_social.filter("works"), pl.lit(SOCIAL_AT_WORK)),
        _summed(at_social.filter(~pl.col("works")), pl.lit(SOCIAL_OFF_WORK)),
    ]
    people = pl.concat([each.select("person", "subject", "minutes") for each in subjects]).join(units, on="person")
    open_to_all = named.filter(~pl.col("category").is_in([BACKGROUND, PRIVATE]))
    domains = open_to_all.select("person", "domain", "category").unique().join(units, on="person")
    present = by_hour.select("person", pl.col("clock").alias("hour")).unique().join(units, on="person")
    hours = present.group_by("hour", "unit").agg(pl.len().alias("people"))
    volume = (
        rows.with_columns(*_local(at_work))
        .group_by(pl.col("clock").alias("hour"))
        .agg(pl.col("hits").sum(), pl.col("bytes").sum(), pl.col("person").drop_nulls().n_unique().alias("people"))
    )
    frames: list[tuple[pl.LazyFrame, Mapping[str, type[pl.DataType]]]] = [
        (people, PEOPLE),
        (domains, DOMAINS),
        (hours, HOURS),
        (volume, VOLUME),
    ]
    shaped = [frame.select(pl.col(name).cast(kind) for name, kind in columns.items()) for frame, columns in frames]
    return Day(*pl.collect_all(shaped, engine="streaming"))


def _local(at_work: WorkingTime) -> tuple[pl.Expr, pl.Expr]:
    """The local hour of the day as ``clock``, and whether people are at work then as ``works``."""
    moment = (pl.col("hour").cast(pl.Int64) * 3_600_000).cast(pl.Datetime("ms", "UTC"))
    local = moment.dt.convert_time_zone(at_work.zone)
    at_work_then = local.dt.time().is_between(at_work.begins, at_work.ends, closed="left")
    return local.dt.hour().alias("clock"), (at_work_then & (local.dt.weekday() <= 5)).alias("works")


def _whole(by_hour: pl.LazyFrame) -> pl.LazyFrame:
    """Each person's minutes of a day, whatever they looked at: a minute on two sites is one."""
    hours = by_hour.group_by("person", "hour").agg(pl.col("minutes").bitwise_or())
    return hours.group_by("person").agg(_minutes())


def _summed(by_hour: pl.LazyFrame, subject: pl.Expr) -> pl.LazyFrame:
    return by_hour.with_columns(subject.alias("subject")).group_by("person", "subject").agg(_minutes())


def _minutes() -> pl.Expr:
    return pl.col("minutes").bitwise_count_ones().sum().cast(pl.UInt32)


@dataclass(frozen=True)
class Week:
    """What a week came to: columns as in ``PEOPLE``, and those of ``DOMAINS`` for the domains with most people."""

    people: pl.DataFrame
    domains: pl.DataFrame


def count_week(people: pl.LazyFrame, domains: pl.LazyFrame) -> Week:
    """Count a week from the frames of its days together, with their ``day``. Who moved is where they came to."""
    units = people.group_by("person").agg(pl.col("unit").sort_by("day").last())
    summed = people.group_by("person", "subject").agg(pl.col("minutes").sum()).join(units, on="person")
    reached = domains.group_by("person", "domain").agg(pl.col("category").first())
    most = reached.group_by("domain").agg(pl.len().alias("people")).sort("people", "domain", descending=[True, False])
    by_domain = reached.join(most.head(DOMAINS_SHOWN).select("domain"), on="domain").join(units, on="person")
    return Week(*pl.collect_all([summed.select(*PEOPLE), by_domain.select(*DOMAINS)], engine="streaming"))


Cells = dict[str, dict[int, tuple[int, int | None]]]
"""By subject and unit: how many people, and, where they are counted, the minutes of all of them together."""


def cells(people: pl.DataFrame) -> Cells:
    """The cells of a frame with the columns of ``PEOPLE``."""
    counted = people.lazy().group_by("subject", "unit").agg(pl.len().alias("people"), pl.col("minutes").sum()).collect()
    return _cells(counted.select("subject", "unit", "people", "minutes"))


def domain_cells(domains: pl.DataFrame) -> Cells:
    """The same of a frame with the columns of ``DOMAINS``."""
    counted = domains.lazy().group_by("domain", "unit").agg(pl.len().alias("people")).collect()
    subject = (pl.lit(DOMAIN) + pl.col("domain")).alias("subject")
    return _cells(counted.select(subject, "unit", "people", pl.lit(None, pl.UInt32).alias("minutes")))


def _cells(counted: pl.DataFrame) -> Cells:
    found: Cells = {}
    for subject, unit, people, minutes in counted.iter_rows():
        found.setdefault(subject, {})[unit] = (people, minutes)
    return found
