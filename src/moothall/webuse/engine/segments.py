"""One piece of a log, from bytes to files of rows: what a process, or a machine of a cluster, does by itself.

It writes files that count for nothing yet, and returns what must be known to make them count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from moothall.webuse.engine.dataset import Dataset
from moothall.webuse.engine.keeping import Lookups, keep
from moothall.webuse.engine.reading import Rejects, read
from moothall.webuse.formats.base import Pattern


@dataclass(frozen=True)
class Segment:
    """Whole lines of a log, each run of them with the pattern that reads it. ``prefix`` begins its files' names."""

    prefix: str
    stem: str
    runs: Sequence[tuple[Pattern, bytes]]
    overlong: int = 0


@dataclass(frozen=True)
class Written:
    """One file of rows. ``day`` is its local day, as ISO; ``size`` its bytes on the disk."""

    name: str
    day: str
    rows: int
    hits: int
    bytes: int
    size: int


@dataclass(frozen=True)
class Digest:
    """What a segment came to."""

    files: list[Written]
    names: dict[int, dict[bytes, str]]
    """By period, the names behind the pseudonyms in it."""
    lines: int
    rejects: Rejects


def digest(segment: Segment, lookups: Lookups, dataset: Dataset) -> Digest:
    """Read a segment and write its rows. Raises ``OSError`` if they cannot be written: then they count for nothing."""
    reads = [read(data, pattern, lookups.zone, lookups.latest) for pattern, data in segment.runs]
    rejects = Rejects()
    for each in reads:
        rejects.join(each.rejects)
    rejects.note_overlong(segment.overlong)
    lines = sum(each.lines for each in reads) + segment.overlong
    requests = [each.requests for each in reads if not each.requests.is_empty()]
    if not requests:
        return Digest([], {}, lines, rejects)
    kept = keep(pl.concat(requests), lookups)
    files = [_write(rows, segment, dataset) for rows in kept.rows.partition_by("day", maintain_order=False)]
    return Digest(files, kept.names, lines, rejects)


def _write(rows: pl.DataFrame, segment: Segment, dataset: Dataset) -> Written:
    day = rows["day"][0].isoformat()
    name = f"{segment.prefix}/{day}/{segment.stem}.parquet"
    return Written(
        name=name,
        day=day,
        rows=rows.height,
        hits=int(rows["hits"].sum()),
        bytes=int(rows["bytes"].sum()),
        size=dataset.write(name, rows),
    )
