"""From requests to the rows that are kept: who becomes a pseudonym in a unit, and a host a domain in a category.

Everything is looked up once for each distinct user, address and host. What is not in ``ROWS`` is gone after this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from moothall.webuse.categories.matching import Match, Matcher
from moothall.webuse.categories.names import BACKGROUND, UNCLASSIFIED
from moothall.webuse.mapping import Placing, normal_user
from moothall.webuse.seals.pseudonyms import period_of

ROWS = {
    "day": pl.Date,
    "hour": pl.Int32,
    "person": pl.Binary,
    "unit": pl.Int32,
    "domain": pl.String,
    "category": pl.String,
    "blocked": pl.Boolean,
    "hits": pl.UInt32,
    "bytes": pl.UInt64,
    "minutes": pl.UInt64,
}
"""What is kept. ``day`` is local, ``hour`` counts from 1970 in UTC; ``person`` is a pseudonym, or null where the line
named nobody; ``unit`` is a unit's id, or ``UNMAPPED``; ``minutes`` has a bit for each minute of browsing."""

UNMAPPED = 0
"""The unit of whoever no list places."""
NOT_A_DOMAIN = Match("(not a domain)", UNCLASSIFIED)


class Pseudonyms(Protocol):
    """The keys of the periods."""

    def of(self, name: str, period: int) -> bytes:
        """The pseudonym of a user in a period of four weeks."""


@dataclass(frozen=True)
class Lookups:
    """What the council says of users, addresses and hosts, and the keys of its pseudonyms."""

    zone: str
    placing: Placing
    matcher: Matcher
    pseudonyms: Pseudonyms


@dataclass(frozen=True)
class Kept:
    """Rows (columns as in ``ROWS``), and the names behind their pseudonyms, by period, to be sealed."""

    rows: pl.DataFrame
    names: dict[int, dict[bytes, str]]


def keep(requests: pl.DataFrame, lookups: Lookups) -> Kept:
    """What is kept of requests (columns as in ``reading.REQUESTS``)."""
    moment = (pl.col("hour").cast(pl.Int64) * 3_600_000).cast(pl.Datetime("ms", "UTC"))
    dated = requests.with_columns(moment.dt.convert_time_zone(lookups.zone).dt.date().alias("day"))
    people, names = _people(dated, lookups)
    hosts = _hosts(dated["host"].unique(), lookups.matcher)
    is_browsing = pl.col("category") != BACKGROUND
    found = (
        dated.lazy()
        .join(people.lazy(), on=["user", "client", "day"], how="left", nulls_equal=True)
        .join(hosts.lazy(), on="host", how="left")
        .with_columns(pl.when(is_browsing).then("minutes").otherwise(pl.lit(0, pl.UInt64)).alias("minutes"))
    )
    return Kept(merged(found).collect(engine="streaming"), names)


def merged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row (columns as in ``ROWS``) for those that differ in nothing but counts."""
    apart = [name for name in ROWS if name not in ("hits", "bytes", "minutes")]
    summed = rows.group_by(apart).agg(pl.col("hits").sum(), pl.col("bytes").sum(), pl.col("minutes").bitwise_or())
    return summed.select(pl.col(name).cast(kind) for name, kind in ROWS.items())


def _people(dated: pl.DataFrame, lookups: Lookups) -> tuple[pl.DataFrame, dict[int, dict[bytes, str]]]:
    """For each user at an address on a day: pseudonym and unit. And the names behind the pseudonyms, by period."""
    distinct = dated.select("user", "client", "day").unique()
    names: dict[int, dict[bytes, str]] = {}
    known: dict[tuple[str, int], bytes] = {}
    people, units = [], []
    for user, client, day in distinct.iter_rows():
        name = normal_user(user)
        person = None
        if name:
            period = period_of(day)
            person = known.get((name, period))
            if person is None:
                person = known[name, period] = lookups.pseudonyms.of(name, period)
                names.setdefault(period, {})[person] = name
        people.append(person)
        units.append(_unit(name, client, day, lookups.placing))
    found = distinct.with_columns(
        pl.Series("person", people, pl.Binary), pl.Series("unit", units, pl.Int32), pl.col("client")
    )
    return found, names


def _unit(name: str, client: str | None, day: date, placing: Placing) -> int:
    unit = placing.unit_of_user(name, day) if name else None
    if unit is None and client:
        unit = placing.unit_of_address(client, day)
    return UNMAPPED if unit is None else unit


def _hosts(hosts: pl.Series, matcher: Matcher) -> pl.DataFrame:
    classify: Callable[[str], Match | None] = matcher.classify
    matches = [classify(host) or NOT_A_DOMAIN for host in hosts]
    return pl.DataFrame(
        {"host": hosts, "domain": [each.domain for each in matches], "category": [each.category for each in matches]},
        schema={"host": pl.String, "domain": pl.String, "category": pl.String},
    )
