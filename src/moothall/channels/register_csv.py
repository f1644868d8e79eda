"""The register as CSV: one set of columns, out and in, with nothing lost on the way. Pure.

A spreadsheet takes a cell that begins with = + - @ for a formula, which may do harm. Such a cell is written with an
apostrophe before it, and so is one that begins with apostrophes and then such a sign; reading takes that one apostrophe
off again. So every text comes back exactly as it was.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex
from django.core.exceptions import ValidationError

from moothall.channels import facts
from moothall.channels.models import Channel

LARGEST = 2**20
"""Bytes of a file that are taken."""
SEPARATORS = ",;\t"

csv.field_size_limit(LARGEST)  # a long cell is its row's own problem, and no reason to refuse the file

_TO_GUARD = regex.compile(r"'*[=+\-@\t\r]")
_GUARDED = regex.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Row:
    """A row of a file. ``number`` is the line on which it begins; ``problem`` is set where it could not be read."""

    number: int
    cells: dict[str, str]
    problem: str = ""


def guard(text: str) -> str:
    """``text`` as a spreadsheet will take it for text."""
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def write(rows: Iterable[dict[str, str]], columns: Iterable[str]) -> str:
    """Rows as CSV with commas (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns))
    writer.writeheader()
    writer.writerows({name: guard(text) for name, text in row.items()} for row in rows)
    return out.getvalue()


def export(channels: Iterable[Channel]) -> str:
    """The register as a file to keep, or to change and import again."""
    return write((facts.as_text(channel) for channel in channels), facts.COLUMNS)


def decode(data: bytes) -> str:
    """The text of an uploaded file. Raises ``ValidationError``."""
    if len(data) > LARGEST:
        raise ValidationError("This file is larger than 1 MB. Split it and import the parts one after the other.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            "This file is not in UTF-8. In Excel, save it as “CSV UTF-8 (comma delimited)” and choose it again."
        ) from error


def read(text: str) -> list[Row]:
    """The rows of a file. Raises ``ValidationError`` where it is not such a file as a whole."""
    lines = _lines(text)
    _, names, problem = next(lines, (1, [], ""))
    if problem:
        raise ValidationError(problem)
    header = [name.strip().lower() for name in names]
    _check_header(header)
    return [Row(number, {}, problem) if problem else _row(number, header, cells) for number, cells, problem in lines]


def _lines(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Where each line begins, its cells, and what is wrong where it cannot be read. Empty lines are left out.

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
            yield number, [], f"This is not CSV ({error}). Look at its quotation marks.{swallowed}"
        else:
            if any(cell.strip() for cell in cells):
                yield number, cells, ""


def _separator(text: str) -> str:
    """What stands between the names in the first line: none of them has such a sign in it."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise ValidationError("This file is empty. Its first line must name the columns.")
    unknown = [name for name in header if name not in facts.COLUMNS]
    if unknown:
        raise ValidationError(
            f"There is no column “{unknown[0]}”. The first line must name some of these: {', '.join(facts.COLUMNS)}."
        )
    if doubled := [name for name in header if header.count(name) > 1]:
        raise ValidationError(f"The column “{doubled[0]}” is there twice. Take one away.")
    if "slug" not in header and not {"network", "handle"} <= set(header):
        raise ValidationError("Say which channel each row is about: add a column “slug”, or “network” and “handle”.")


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) > len(header) and any(cells[len(header) :]):
        return Row(number, {}, f"It has {len(cells)} cells, and the first line names {len(header)} columns.")
    values = dict(zip(header, map(unguard, cells), strict=False))
    if len(cells) < len(header):
        return Row(number, values, f"It has only {len(cells)} cells, and the first line names {len(header)} columns.")
    if any("\0" in text for text in values.values()):
        return Row(number, values, "It has a sign in it that cannot be kept (NUL).")
    return Row(number, values)
