"""CSV: the lines of a file that any office's program may have made, and lines that none takes for formulas. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

SEPARATORS = ",;\t"

_TO_GUARD = regex.compile(r"'*[=+\-@\t\r]")
_GUARDED = regex.compile(r"'+[=+\-@\t\r]")

csv.field_size_limit(2**31 - 1)  # a long cell is its row's own problem; the size of files is bounded where they come in


@dataclass(frozen=True)
class Line:
    """A row of a table. ``number`` is that of its line in the file; ``problem`` says why it cannot be read."""

    number: int
    cells: list[str]
    problem: str = ""


def lines(text: str) -> Iterator[Line]:
    """The lines of ``text`` that are not empty.

    A text in quotation marks goes on over the ends of lines, so a mark that is never closed swallows all that follows.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num
            swallowed = f" Everything up to line {last} was taken for a part of it." if last > number else ""
            yield Line(number, [], f"This is not CSV ({error}). Look at its quotation marks.{swallowed}")
        else:
            if any(cell.strip() for cell in cells):
                yield Line(number, cells)


def _separator(text: str) -> str:
    """What stands between the names in the first line: none of them has such a sign in it."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def guard(text: str) -> str:
    """``text`` as a spreadsheet will take it for text: what begins with = + - @ is a formula to it, and may do harm."""
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows with commas (RFC 4180), each cell guarded."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue()
