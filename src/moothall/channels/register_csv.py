"""The register as CSV: one set of columns, out and in, with nothing lost on the way. Pure.

A spreadsheet takes a cell that begins with = + - @ for a formula, which may do harm. Such a cell is written with an
apostrophe before it, and so is one that begins with apostrophes and then such a sign; reading takes that one apostrophe
off again. So every text comes back exactly as it was.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from moothall.channels import facts
from moothall.channels.models import Channel
from moothall.core import csv_lines
from moothall.core.csv_lines import Line, guard, unguard

LARGEST = 2**20
"""Bytes of a file that are taken."""


@dataclass(frozen=True)
class Row:
    """A row of a file. ``number`` is the line on which it begins; ``problem`` is set where it could not be read."""

    number: int
    cells: dict[str, str]
    problem: str = ""


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
    lines = csv_lines.lines(text)
    first = next(lines, Line(1, []))
    if first.problem:
        raise ValidationError(first.problem)
    header = [name.strip().lower() for name in first.cells]
    _check_header(header)
    return [
        Row(line.number, {}, line.problem) if line.problem else _row(line.number, header, line.cells) for line in lines
    ]


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
