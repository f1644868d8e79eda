"""A kept report made ready for a page: charts beside their tables, and two reports side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moothall.core.council import current
from moothall.events import counting
from moothall.events.models import Event
from moothall.reports import privacy
from moothall.reports.charts import Chart, chart
from moothall.reports.tables import Cell

LONGEST_QUOTE = 240


@dataclass(frozen=True)
class Line:
    """A row of a table, with the words of the item that it is about, if they may be given."""

    cells: tuple[tuple[str, bool], ...]
    """Each with whether its column holds numbers."""
    quote: str = ""


@dataclass(frozen=True)
class Shown:
    """A table with its chart. ``is_number`` says of each column whether it holds numbers."""

    table: Mapping[str, Any]
    chart: Chart | None
    lines: tuple[Line, ...]
    heads: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Part:
    """A section of the report."""

    section: Mapping[str, Any]
    tables: tuple[Shown, ...]


@dataclass(frozen=True)
class Compared:
    """One counter of two events."""

    label: str
    means: str
    here: str
    there: str


def parts(figures: Mapping[str, Any], quotes: Mapping[int, str]) -> list[Part]:
    """The sections, with the words of the items in ``quotes``."""
    return [Part(each, tuple(_shown(table, quotes) for table in each["tables"])) for each in figures["sections"]]


def _shown(table: Mapping[str, Any], quotes: Mapping[int, str]) -> Shown:
    items = table["items"] or [0] * len(table["rows"])
    numeric = [all(not isinstance(row[place], str) for row in table["rows"]) for place in range(len(table["columns"]))]
    lines = tuple(
        Line(tuple(zip(map(words, row), numeric, strict=True)), quotes.get(item, ""))
        for row, item in zip(table["rows"], items, strict=True)
    )
    return Shown(table, chart(table), lines, tuple(zip(table["columns"], numeric, strict=True)))


def words(cell: Cell, unit: str = "") -> str:
    """A value as it is read; a dash where there was nothing to count."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else f"{cell:,.10g}{unit}"


def quotes(event: Event, figures: Mapping[str, Any]) -> dict[int, str]:
    """What the items that tables are about say today, where it may be given and they still count."""
    wanted = [item for section in figures["sections"] for table in section["tables"] for item in table["items"]]
    if not wanted:
        return {}
    redactor = privacy.redactor(event)
    found = counting.counted(event).filter(pk__in=wanted)
    return {each.pk: _short(redactor.words(each.text)) for each in found if privacy.agreed(each)}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"


def comparison(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[Compared]:
    """The counters that both have, side by side."""
    others = {counter["key"]: counter for counter in _counters(there)}
    return [
        Compared(
            counter["label"],
            counter["means"],
            words(counter["number"], counter["unit"]),
            words(others[counter["key"]]["number"], counter["unit"]),
        )
        for counter in _counters(here)
        if counter["key"] in others
    ]


def _counters(figures: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [counter for section in figures["sections"] for counter in section["counters"]]


def colour() -> str:
    """The one hue of all charts: the council's."""
    return current().colour
