"""Reading a table out of a file, CSV or an Excel workbook, and writing one. Knows nothing of posts.

Whatever the file is, a cell comes out as text: dates and times of a workbook in ISO form, numbers without a needless
".0", and what looks like a formula as the text that it is. A file is hostile: sizes are bounded before anything is
unpacked, and whatever goes wrong in reading is a ``ValidationError`` that says what to do.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
import regex
from django.core.exceptions import ValidationError
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from moothall.core import csv_lines
from moothall.core.csv_lines import Line

LARGEST = 5 * 2**20
"""Bytes of a file that are taken."""
MOST_ROWS = 500
MOST_LINES = 20_000
"""Lines of a sheet that are looked at, the empty ones among them."""
MOST_COLUMNS = 100
LONGEST_CELL = 32_767
"""As many signs as a cell of Excel holds."""
UNPACKED = 50 * 2**20
"""Bytes that a workbook may have unpacked."""
MOST_PARTS = 1_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
"""Excel writes none; in one lie the entities that grow as they are read."""
_UNKEPT = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What neither a database nor a workbook keeps."""


@dataclass(frozen=True)
class Sheet:
    """A table: what its first line says, and the lines after it that are not empty, each with as many cells."""

    header: list[str]
    lines: list[Line]


def read(data: bytes) -> Sheet:
    """The table in a file's bytes. Raises ``ValidationError`` where it is none as a whole."""
    if len(data) > LARGEST:
        raise ValidationError("This file is larger than 5 MB. Split it, and import the parts one after the other.")
    if data.startswith(_OLE):
        raise ValidationError("This is an old Excel file, or has a password. Save it as “Excel workbook (.xlsx)”.")
    found = _workbook(data) if data.startswith(_ZIP) else csv_lines.lines(_decoded(data))
    lines = list(islice(found, MOST_ROWS + 2))
    if not lines or not any(cell.strip() for cell in lines[0].cells):
        raise ValidationError(lines[0].problem if lines and lines[0].problem else "This file is empty.")
    if len(lines) > MOST_ROWS + 1:
        raise ValidationError(
            f"This file has more than {MOST_ROWS} rows. Split it, and import one part after the other."
        )
    header = [_UNKEPT.sub("", cell).strip() for cell in lines[0].cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise ValidationError(f"This file has more than {MOST_COLUMNS} columns. Take away those that you do not need.")
    return Sheet(header, [_fitted(each, header) for each in lines[1:]])


def _fitted(line: Line, header: Sequence[str]) -> Line:
    """``line`` with as many cells as the header, and with what is wrong with them."""
    if line.problem:
        return line
    cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in line.cells]
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    cells = (cells + [""] * len(header))[: len(header)]
    if extra:
        return Line(line.number, cells, "It has more cells than the first line names columns. Look at its separators.")
    if any(_UNKEPT.search(cell) for cell in cells):
        cells = [_UNKEPT.sub("", cell) for cell in cells]
        return Line(line.number, cells, "It has a control character in it. Write its words anew.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return Line(line.number, cells, f"It has a cell of more than {LONGEST_CELL:,} characters.")
    return Line(line.number, cells)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """UTF-8, with or without a byte order mark, or else what older Excels write in this country: Windows-1252."""
    if b"\0" in data:
        raise ValidationError(
            "This is no CSV file that we can read. In Excel, save it as “CSV UTF-8” or as a workbook."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ValidationError("We cannot read the letters in this file. In Excel, save it as “CSV UTF-8”.") from error


# --- Workbooks --------------------------------------------------------------------------------------------------------


def _workbook(data: bytes) -> Iterator[Line]:
    """The lines of a workbook's first sheet that are not empty."""
    try:
        _check_parts(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise ValidationError("This workbook has no sheet with cells.")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
        rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
        for number, row in enumerate(rows, start=1):
            if number > MOST_LINES:
                raise ValidationError("The sheet goes on for ever. Delete the empty rows below your posts.")
            cells = [_cell(value) for value in row]
            if any(cell.strip() for cell in cells):
                yield Line(number, cells)
    except ValidationError:
        raise
    except Exception as error:  # openpyxl hands on whatever its parsers raise
        raise ValidationError(
            "We cannot read this workbook. Open it in Excel and save it anew as “Excel workbook (.xlsx)”, or as CSV."
        ) from error


def _check_parts(data: bytes) -> None:
    """Refuse what would grow out of bounds: a part's declared size is the most that is ever unpacked of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if len(listed) > MOST_PARTS or sum(each.file_size for each in listed) > UNPACKED:
            raise ValidationError("This workbook is too large. Keep only the sheet with the posts, and save it anew.")
        for each in listed:
            content = parts.read(each)
            if any(doctype in content for doctype in _DOCTYPES):
                raise ValidationError(
                    "This workbook was not made by a spreadsheet that we trust. Save it anew in Excel."
                )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value)


# --- Writing ----------------------------------------------------------------------------------------------------------


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV with commas, in UTF-8 with the mark without which Excel takes it for something else."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a workbook whose cells are all text. Raises ``ValidationError`` for signs that no workbook can hold."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Posts")
    try:
        for row in rows:
            sheet.append([_text_cell(sheet, text) for text in row])
    except IllegalCharacterError as error:
        raise ValidationError("There is a control character in the text, which no workbook can hold.") from error
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # “=1+1” is what somebody wrote, and nothing to work out
    cell.number_format = "@"
    return cell
