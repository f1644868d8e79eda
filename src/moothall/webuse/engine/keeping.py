"""From requests to the rows that are kept: who becomes a pseudonym in a unit, and a host a domain in a category.

Everything is looked up once for each distinct user, address and host. What is not in ``ROWS`` is gone after this.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

import polars as pl

from moothall.webuse.categories.matching import Match, Matcher
from moothall.webuse.categories.names import BACKGROUND, UNCLASSIFIED
from moothall.webuse.engine.reading import LAST_MOMENT
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
MOST_KNOWN = 500_000
"""So many hosts, and so many users, are remembered."""
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
    latest: int = LAST_MOMENT
    """No line can be of a later time than this, in seconds since 1970."""
    hosts: dict[str, Match] = field(default_factory=dict, repr=False, compare=False)
    """What was looked up before."""
    people: dict[tuple[str, str | None, date], "Placed"] = field(default_factory=dict, repr=False, compare=False)
    """The same of users at addresses."""


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
    hosts = _hosts(dated["host"].unique(), lookups)
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


class Placed(NamedTuple):
    """Who a user is: pseudonym, name and period (none for nobody), and the unit."""

    person: bytes | None
    name: str
    period: int
    unit: int


def _people(dated: pl.DataFrame, lookups: Lookups) -> tuple[pl.DataFrame, dict[int, dict[bytes, str]]]:
    """For each user at an address on a day: pseudonym and unit. And the names behind the pseudonyms, by period."""
    distinct = dated.select("user", "client", "day").unique()
    names: dict[int, dict[bytes, str]] = {}
    people, units = [], []
    known = _room(lookups.people)
    for user, client, day in distinct.iter_rows():
        placed = known.get((user, client, day))
        if placed is None:
            placed = known[user, client, day] = _placed(user, client, day, lookups)
        if placed.person is not None:
            names.setdefault(placed.period, {})[placed.person] = placed.name
        people.append(placed.person)
        units.append(placed.unit)
    return distinct.with_columns(pl.Series("person", people, pl.Binary), pl.Series("unit", units, pl.Int32)), names


def _placed(user: str, client: str | None, day: date, lookups: Lookups) -> Placed:
    name, period = normal_user(user), period_of(day)
    unit = lookups.placing.unit_of_user(name, day) if name else None
    if unit is None and client:
        unit = lookups.placing.unit_of_address(client, day)
    person = lookups.pseudonyms.of(name, period) if name else None
    return Placed(person, name, period, UNMAPPED if unit is None else unit)


def _hosts(hosts: pl.Series, lookups: Lookups) -> pl.DataFrame:
    known = _room(lookups.hosts)
    matches = []
    for host in hosts:
        match = known.get(host)
        if match is None:
            match = known[host] = lookups.matcher.classify(host) or NOT_A_DOMAIN
        matches.append(match)
    return pl.DataFrame(
        {"host": hosts, "domain": [each.domain for each in matches], "category": [each.category for each in matches]},
        schema={"host": pl.String, "domain": pl.String, "category": pl.String},
    )


def _room(known: dict[Any, Any]) -> dict[Any, Any]:
    """The memory of what was looked up, emptied if it has grown too large."""
    if len(known) > MOST_KNOWN:
        known.clear()
    return known
