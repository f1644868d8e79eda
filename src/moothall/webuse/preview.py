"""What would be kept of some lines, beside them: for an operator who wants to see it before anything is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from moothall.webuse.categories.names import CATEGORIES
from moothall.webuse.engine.keeping import UNMAPPED, Lookups, keep
from moothall.webuse.engine.reading import read
from moothall.webuse.formats.base import Pattern
from moothall.webuse.importing import importer
from moothall.webuse.importing.logs import Log

LINES = 10
WIDTH = 150


@dataclass(frozen=True)
class Shown:
    """A line, and what would be kept of it, or why it would be refused."""

    line: str
    kept: str
    is_reject: bool


class NoPseudonyms:
    """Stands in for the keys: nothing is kept, so nobody needs a real pseudonym."""

    def of(self, name: str, period: int) -> bytes:
        return bytes(16)


def label(path: Path, slug: str, pattern: Pattern | None) -> str:
    """What the file is read as. Raises ``importer.UnknownFormat``."""
    log = Log(path)
    head = log.head()
    if head is None:
        return "nothing: it has no whole line yet"
    of, _ = importer.reader(log, head, slug, pattern)
    return of.label if of else "your own format string"


def lines(
    path: Path, lookups: Lookups, units: dict[int, str], slug: str = "", pattern: Pattern | None = None
) -> Iterator[Shown]:
    """The first lines of the file. Raises ``importer.UnknownFormat``."""
    log = Log(path)
    head = log.head()
    if head is None:
        return
    of, found = importer.reader(log, head, slug, pattern)
    shown = 0
    for line in head.lines():
        if of and line.startswith("#"):
            found = of.follow(line.strip()) or found
            continue
        yield _shown(line, found, lookups, units)
        shown += 1
        if shown == LINES:
            return


def _shown(line: str, pattern: Pattern, lookups: Lookups, units: dict[int, str]) -> Shown:
    done = read(line.encode() + b"\n", pattern, lookups.zone, lookups.latest)
    printable = "".join(sign if sign.isprintable() else "." for sign in line)  # the terminal must not obey it
    short = printable if len(line) <= WIDTH else printable[: WIDTH - 1] + "…"
    if done.rejects.total:
        return Shown(short, ", ".join(done.rejects.counts), is_reject=True)
    row = keep(done.requests, lookups).rows.row(0, named=True)
    hour = datetime.fromtimestamp(row["hour"] * 3600, UTC)
    unit = units.get(row["unit"], "") if row["unit"] != UNMAPPED else "no unit"
    who = "a pseudonym" if row["person"] else "nobody"
    what = row["domain"] or "no domain"
    kept = f"{hour:%Y-%m-%d %H} UTC, {what}, {CATEGORIES[row['category']].label}, {unit}, {who}, {row['bytes']:,} bytes"
    return Shown(short, f"{kept}, blocked" if row["blocked"] else kept, is_reject=False)
