"""Tables that an office's program made, read by the names in their first line. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from moothall.core import csv_lines
from moothall.core.csv_lines import Line


@dataclass(frozen=True)
class Row:
    """A row. ``number`` is that of its line; ``cells`` has every column asked for, or ``problem`` says what to do."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def rows(text: str, required: Collection[str], optional: Collection[str]) -> Iterator[Row]:
    """The rows of CSV with commas, semicolons or tabs. If its first line will not do, that is the only row."""
    lines = csv_lines.lines(text.removeprefix("\ufeff"))
    first = next(lines, Line(1, []))
    header = [name.strip().lower() for name in first.cells]
    if problem := first.problem or _header_problem(header, required, optional):
        yield Row(first.number, problem=problem)
        return
    blank = dict.fromkeys((*required, *optional), "")
    for line in lines:
        cells = [cell.strip() for cell in line.cells]
        if line.problem:
            yield Row(line.number, problem=line.problem)
        elif any(cells[len(header) :]):
            problem = f"It has {len(cells)} cells, and the first line names {len(header)} columns."
            yield Row(line.number, problem=problem)
        else:
            yield Row(line.number, blank | dict(zip(header, cells, strict=False)))


def _header_problem(header: list[str], required: Collection[str], optional: Collection[str]) -> str:
    known = (*required, *optional)
    if missing := [name for name in required if name not in header]:
        return f"There is no column “{missing[0]}”. Name the columns in the first line: {', '.join(known)}."
    if unknown := [name for name in header if name not in known]:
        return f"There is no use for a column “{unknown[0]}”. The columns are: {', '.join(known)}."
    if doubled := [name for name in header if header.count(name) > 1]:
        return f"The column “{doubled[0]}” is there twice. Take one away."
    return ""
