"""From the bytes of a log to requests that are counted: one row for each hour, user, host and outcome.

All lines go through one regular expression, and only what is counted comes out: paths, queries and referrers never
leave this module. A line that cannot be read is a reject, with its reason and its shape.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import polars as pl

from moothall.webuse.formats.base import Clock, Pattern

LONGEST_LINE = 64 * 1024
"""Bytes. A longer line is a reject, whatever is in it."""
KEEP_ALIVE_BYTES = 10_000
"""A tunnel (CONNECT) that carried less than this only kept itself alive: it is no minute of browsing."""
SAMPLES = 3
"""So many rejects of one reason are kept as samples."""
SAMPLE_LENGTH = 160
TUNNEL: Final = pl.lit("CONNECT")
FIRST_MOMENT, LAST_MOMENT = 946_684_800, 4_102_444_800
"""Seconds since 1970: the years 2000 to 2099. A time outside them is a fault of the line."""
MOST_BYTES = 2**40
"""Of one line. More is a fault of the line: sums of such would go beyond what a database can hold."""

REQUESTS = {
    "hour": pl.Int32,
    "user": pl.String,
    "client": pl.String,
    "host": pl.String,
    "blocked": pl.Boolean,
    "hits": pl.UInt32,
    "bytes": pl.UInt64,
    "minutes": pl.UInt64,
}
"""What comes out. ``hour`` counts hours since 1970 in UTC; ``minutes`` has a bit for each minute of browsing in it.
``client`` is an address from which the user came."""


class Reason(StrEnum):
    """Why a line was not read."""

    EMPTY = "empty"
    TOO_LONG = "longer than 64 kB"
    BINARY = "not text"
    OTHER = "not as this format writes it"
    TIME = "its time cannot be"
    NUMBER = "its number of bytes cannot be"


@dataclass
class Rejects:
    """How many lines were not read, by reason, and some of them as shapes."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: Reason, lines: Iterable[str], count: int) -> None:
        """Note ``count`` lines of which ``lines`` are the first."""
        self.counts[reason] += count
        samples = self.samples.setdefault(reason, [])
        samples += [shape(line) for line in list(lines)[: SAMPLES - len(samples)]]

    def note_overlong(self, count: int) -> None:
        """Note lines that were passed over unread, for they had no end."""
        if count:
            self.add(Reason.TOO_LONG, (), count)

    def join(self, other: "Rejects") -> None:
        """Take in those of other lines."""
        self.counts.update(other.counts)
        for reason, shapes in other.samples.items():
            mine = self.samples.setdefault(reason, [])
            mine += shapes[: SAMPLES - len(mine)]

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class Read:
    """What some lines came to: ``requests`` has the columns of ``REQUESTS``."""

    requests: pl.DataFrame
    lines: int
    rejects: Rejects


def shape(line: str) -> str:
    """The line with every letter as ``a``, every digit as ``9``, all that is unprintable as a dot: nobody's secret."""
    short = "".join(sign if sign.isprintable() else "." for sign in line[:SAMPLE_LENGTH])
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", short))


def read(data: bytes, pattern: Pattern, zone: str, latest: int = LAST_MOMENT) -> Read:
    """Read whole lines. ``zone``: the council's time zone, for clocks that name none.

    A line that says it is of a time after ``latest``, in seconds since 1970, is a reject: it would be kept until then.
    """
    rejects = Rejects()
    lines = _lines(data)
    lines = _without(lines, pl.col("line").str.len_bytes() > LONGEST_LINE, Reason.TOO_LONG, rejects)
    parsed = _taken(lines, pattern).with_columns(*_parsed(pattern, zone, latest)).collect(engine="streaming")
    total = parsed.height + rejects.total
    if parsed.select(pl.col("second", "size").is_null().any()).row(0) != (False, False):
        parsed = _sound(parsed, rejects)
    return Read(_reduced(parsed, pattern), total, rejects)


def _taken(lines: pl.DataFrame, pattern: Pattern) -> pl.LazyFrame:
    """The lines with a column for each group of the pattern; nulls where it does not match."""
    if not pattern.quick:
        return _groups(lines.lazy(), pattern.regex)
    is_tunnel = pl.col("tunnel").is_not_null()
    quick = (
        _groups(lines.lazy(), pattern.quick)
        .with_columns(pl.coalesce("host", "tunnel").alias("host"), pl.when(is_tunnel).then(TUNNEL).alias("method"))
        .drop("tunnel")
        .collect(engine="streaming")
    )
    missed = quick["host"].is_null()
    if not missed.any():
        return quick.lazy()
    rest = _groups(quick.lazy().filter(missed).select("line"), pattern.regex)
    return pl.concat([quick.lazy().filter(~missed), rest.select(quick.columns)])


def _groups(lines: pl.LazyFrame, regex: str) -> pl.LazyFrame:
    return lines.with_columns(pl.col("line").str.extract_groups(regex).alias("parts")).unnest("parts")


def _lines(data: bytes) -> pl.DataFrame:
    try:
        return pl.read_lines(io.BytesIO(data))
    except pl.exceptions.ComputeError:  # bytes that are not UTF-8: a line has them, and is judged by its own
        return pl.read_lines(io.BytesIO(data.decode("utf-8", "replace").encode()))


def _without(lines: pl.DataFrame, bad: pl.Expr, reason: Reason, rejects: Rejects) -> pl.DataFrame:
    """The lines that are not ``bad``; the others are noted."""
    refused = lines.filter(bad)
    if refused.is_empty():
        return lines
    rejects.add(reason, refused["line"].head(SAMPLES), refused.height)
    return lines.filter(~bad)


def _parsed(pattern: Pattern, zone: str, latest: int) -> list[pl.Expr]:
    second, size = _second(pattern, zone), _size(pattern)
    return [
        pl.when(second.is_between(FIRST_MOMENT, latest)).then(second).alias("second"),
        pl.when(size.is_between(0, MOST_BYTES)).then(size).alias("size"),
    ]


def _size(pattern: Pattern) -> pl.Expr:
    """Bytes; none where the format has none, or the line says ``-``."""
    if not _has(pattern, "bytes"):
        return pl.lit(0, pl.Int64)
    written = pl.col("bytes")
    return pl.when(written == "-").then(pl.lit("0")).otherwise(written).cast(pl.Int64, strict=False)


def _second(pattern: Pattern, zone: str) -> pl.Expr:
    """Seconds since 1970."""
    time = pl.concat_str("date", "time", separator=" ") if _has(pattern, "date") else pl.col("time")
    match pattern.clock:
        case Clock.EPOCH:
            return time.str.extract(r"^(\d{1,12})").cast(pl.Int64, strict=False)
        case Clock.WITH_ZONE:
            moment = time.str.to_datetime(pattern.time_format, strict=False, time_zone="UTC")
        case Clock.UTC:
            moment = time.str.to_datetime(pattern.time_format, strict=False)
        case Clock.LOCAL:
            # The hour that the clocks go over in spring never was: such a time is a fault of the line.
            local = time.str.to_datetime(pattern.time_format, strict=False)
            moment = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return moment.dt.epoch("s")


def _has(pattern: Pattern, group: str) -> bool:
    return f"<{group}>" in pattern.regex


def _sound(parsed: pl.DataFrame, rejects: Rejects) -> pl.DataFrame:
    """The rows of which all is known; why the others are not is noted."""
    unmatched = pl.col("time").is_null()
    for reason, bad in (
        (Reason.EMPTY, unmatched & (pl.col("line").str.strip_chars() == "")),
        (Reason.BINARY, unmatched & pl.col("line").str.contains(r"[\x00-\x08\x0e-\x1f\u{fffd}]")),
        (Reason.OTHER, unmatched),
        (Reason.TIME, pl.col("second").is_null()),
        (Reason.NUMBER, pl.col("size").is_null()),
    ):
        parsed = _without(parsed, bad, reason, rejects)
    return parsed


def _reduced(parsed: pl.DataFrame, pattern: Pattern) -> pl.DataFrame:
    """One row for each hour, user (or address, where there is none), host and outcome."""
    nobody = pl.col("user").fill_null("-").is_in(["-", ""]) if _has(pattern, "user") else pl.lit(True)
    client = pl.col("client") if _has(pattern, "client") else pl.lit(None, pl.String)
    tells_tunnels = _has(pattern, "method") and _has(pattern, "bytes")
    is_tunnel = (pl.col("method") == TUNNEL).fill_null(False) if tells_tunnels else pl.lit(False)
    blocked = _blocked(pattern)
    counts = ~blocked & ~(is_tunnel & (pl.col("size") < KEEP_ALIVE_BYTES))
    minute = (pl.col("second") // 60 % 60).cast(pl.UInt8)
    return (
        parsed.lazy()
        .select(
            (pl.col("second") // 3600).cast(pl.Int32).alias("hour"),
            (pl.col("user") if _has(pattern, "user") else pl.lit("-")).alias("user"),
            client.alias("client"),
            pl.when(nobody).then(client).alias("instead"),
            "host",
            blocked.alias("blocked"),
            pl.col("size").cast(pl.UInt64).alias("bytes"),
            pl.when(counts).then(minute).alias("minute"),
        )
        .group_by("hour", "user", "instead", "host", "blocked")
        .agg(pl.col("client").first(), pl.len().cast(pl.UInt32).alias("hits"), pl.col("bytes").sum(), _minutes())
        .collect(engine="streaming")
        .select(*REQUESTS)
    )


def _blocked(pattern: Pattern) -> pl.Expr:
    blocked = pl.lit(False)
    if pattern.blocked and _has(pattern, "action"):
        blocked |= pl.col("action").str.contains(pattern.blocked)
    if pattern.blocked_statuses and _has(pattern, "status"):
        blocked |= pl.col("status").is_in(sorted(pattern.blocked_statuses))
    return blocked.fill_null(False)


def _minutes() -> pl.Expr:
    """The minutes of a group as bits."""
    bit = pl.lit(2, pl.UInt64).pow(pl.col("minute")).cast(pl.UInt64)
    return bit.bitwise_or().fill_null(0).alias("minutes")
