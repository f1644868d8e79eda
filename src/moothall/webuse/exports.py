"""A table of figures as CSV: the same suppressed numbers as on its page."""

from moothall.core.csv_lines import written
from moothall.webuse.charts import Gap
from moothall.webuse.figure_tables import Table, Value


def table_csv(table: Table) -> str:
    """The table with commas (RFC 4180). What is hidden says ``hidden``, and what was never read is empty."""
    return written([table.columns, *([row.label, *map(_text, row.values)] for row in table.rows)])


def _text(value: Value) -> str:
    if value is Gap.UNREAD:
        return ""
    return value.value if isinstance(value, Gap) else str(value)
