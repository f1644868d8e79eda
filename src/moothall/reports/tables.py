"""One counted thing and one counted table, as they are kept in a report: words and numbers, and what they mean."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Cell = str | int | float | None
"""``None``: there is nothing to count it from."""


@dataclass(frozen=True)
class Counter:
    """A number that two events can be compared by."""

    key: str
    label: str
    number: int | float | None
    means: str
    unit: str = ""
    """Stands right behind the number: ``%``, `` minutes``."""


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns, with the picture that is drawn of them.

    ``chart`` is ``bars`` (the first column names a bar, ``of`` the column of its length), ``hours`` (the same, over the
    hours in their order), ``strips`` (each column after the first is a strip of hours) or empty: the table is enough.
    """

    key: str
    title: str
    means: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: str = ""
    of: int = 1
    unit: str = ""
    note: str = ""
    """What there is to say of these very numbers, in a sentence or two."""
    items: tuple[int, ...] = ()
    """The items that the rows are about, by row, if they are about items."""


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    key: str
    title: str
    counters: tuple[Counter, ...] = ()
    tables: tuple[Table, ...] = ()
    advice: tuple[str, ...] = field(default=())

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it: with lists, before it is kept as well as after."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


def table(
    key: str, title: str, means: str, columns: Sequence[str], rows: Iterable[Iterable[Cell]], **more: Any
) -> Table:
    """A table of whatever rows come."""
    return Table(key, title, means, tuple(columns), tuple(tuple(row) for row in rows), **more)
