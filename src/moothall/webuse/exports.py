"""A table of figures as CSV: the same suppressed numbers as on its page."""

import csv
import io

from moothall.webuse.charts import Gap
from moothall.webuse.figure_tables import Table, Value


def table_csv(table: Table) -> str:
    """The table with commas (RFC 4180). What is hidden says ``hidden``, and what was never read is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_guarded(row.label), *map(_text, row.values)] for row in table.rows)
    return out.getvalue()


def _text(value: Value) -> str:
    if value is Gap.UNREAD:
        return ""
    return value.value if isinstance(value, Gap) else str(value)


def _guarded(text: str) -> str:
    """A spreadsheet takes a cell that begins with one of these for a formula, which may do harm."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
