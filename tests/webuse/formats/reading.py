"""Reading lines as the engine does: all at once, by Polars."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from moothall.webuse.formats.base import CannotRead, Clock, Format, Pattern

HERE = ZoneInfo("Europe/London")

Groups = dict[str, str]


def groups(pattern: Pattern, lines: Sequence[str]) -> list[Groups | None]:
    """The groups of each line, without those that are absent; ``None`` for a reject."""
    frame = pl.DataFrame({"line": lines}, schema={"line": pl.String})
    taken = frame.lazy().select(pl.col("line").str.extract_groups(pattern.regex).struct.unnest())
    rows = taken.collect(engine="streaming").rows(named=True)
    found = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return [each or None for each in found]


def read(kind: Format, first: Pattern, lines: Sequence[str]) -> list[Groups | None]:
    """The groups of each line that is no directive, with ``at``, its time in UTC; directives change the pattern."""
    pattern: Pattern | None = first
    rows: list[Groups | None] = []
    for line in lines:
        if line.startswith("#"):
            try:
                pattern = kind.follow(line) or pattern
            except CannotRead:
                pattern = None
            continue
        row = groups(pattern, [line])[0] if pattern else None
        if row and pattern:
            row["at"] = moment(pattern, row)
        rows.append(row)
    return rows


def moment(pattern: Pattern, row: Groups) -> str:
    """The time of a line in UTC; empty if it is none."""
    if pattern.clock is Clock.EPOCH:
        try:
            return datetime.fromtimestamp(int(row["time"]), UTC).strftime("%F %T")
        except (ValueError, OSError):
            return ""
    text = pl.Series([f"{row['date']} {row['time']}" if "date" in row else row["time"]])
    if pattern.clock is Clock.WITH_ZONE:
        times = text.str.to_datetime(pattern.time_format, strict=False, time_zone="UTC")
    else:
        zone = "UTC" if pattern.clock is Clock.UTC else HERE.key
        naive = text.str.to_datetime(pattern.time_format, strict=False)
        times = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    return times[0].strftime("%F %T") if times[0] else ""
