"""Records as CSV: what the page shows and no more, so neither numbers nor hashes."""

from collections.abc import AsyncIterator, Iterable

from asgiref.sync import sync_to_async

from moothall.core.csv_lines import written
from moothall.records import queries
from moothall.records.models import Record
from moothall.records.queries import Filters
from moothall.records.shown import Change, show

COLUMNS = ("when", "who", "kind", "what", "about", "called", "why", "before", "after")
AT_ONCE = 1_000
"""Records that are read and written together: so many are in memory, however long the file is."""


async def lines(filters: Filters) -> AsyncIterator[str]:
    """The file (RFC 4180), a piece at a time."""
    yield written([COLUMNS])
    last: Record | None = None
    while True:
        found = await sync_to_async(queries.search)(filters, older_than=last, most=AT_ONCE)
        if found:
            yield await sync_to_async(_written)(found)
        if len(found) < AT_ONCE:
            return
        last = found[-1]


def _written(records: list[Record]) -> str:
    return written(
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
