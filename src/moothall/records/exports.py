"""Records as CSV: what the page shows and no more, so neither numbers nor hashes."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

import regex
from asgiref.sync import sync_to_async

from moothall.records import queries
from moothall.records.models import Record
from moothall.records.queries import Filters
from moothall.records.shown import Change, show

COLUMNS = ("when", "who", "kind", "what", "about", "called", "why", "before", "after")
AT_ONCE = 1_000
"""Records that are read and written together: so many are in memory, however long the file is."""

_FORMULA = regex.compile(r"'*[=+\-@\t\r]")


async def lines(filters: Filters) -> AsyncIterator[str]:
    """The file (RFC 4180), a piece at a time."""
    yield _csv([COLUMNS])
    last: Record | None = None
    while True:
        found = await sync_to_async(queries.search)(filters, older_than=last, most=AT_ONCE)
        if found:
            yield await sync_to_async(_written)(found)
        if len(found) < AT_ONCE:
            return
        last = found[-1]


def _written(records: list[Record]) -> str:
    return _csv(
        (
            each.record.at.isoformat(timespec="seconds"),
            each.record.actor_name,
            each.record.kind,
            each.what,
            each.record.ref,
            each.called,
            each.record.why,
            _listed((change, change.before) for change in each.changes),
            _listed((change, change.after) for change in each.changes),
        )
        for each in show(records)
    )


def _listed(values: Iterable[tuple[Change, str | None]]) -> str:
    """ "Title: Story time; Days: 5" """
    return "; ".join(f"{change.label}: {value}" for change, value in values if value is not None)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def _guarded(text: str) -> str:
    """A spreadsheet takes a cell that begins with one of these for a formula, which may do harm."""
    return f"'{text}" if _FORMULA.match(text) else text
