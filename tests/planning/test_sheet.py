"""Reading a file of posts: any file is read or refused in words, and cells mean what people write in them."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.core.csv_lines import Line
from moothall.planning import post_cells, sheet
from moothall.planning.post_cells import Column
from moothall.planning.sheet import Sheet

WORKBOOK = sheet.as_xlsx([["text"], ["Hello"]])
plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40)
formulas = st.sampled_from(
    ["=1+1", "@SUM(A1)", "+44 1234", "-", '=HYPERLINK("x")', 'a "b", c;d\te', "one\n---\ntwo", "'"]
)
words = formulas | plain


# --- Reading a table --------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.tuples(words, words), max_size=5))
def test_any_text_in_any_cell_comes_back(rows: list[tuple[str, str]]) -> None:
    written = [list(row) for row in rows if any(cell.strip() for cell in row)]
    file = [["text", "campaign"], *written]
    assert [line.cells for line in sheet.read(sheet.as_csv(file)).lines] == written
    assert [line.cells for line in sheet.read(sheet.as_xlsx(file)).lines] == written


def read_or_refuse(data: bytes) -> None:
    said: list[str] = []
    found = Sheet([], [])
    try:
        found = sheet.read(data)
    except ValidationError as error:
        said = error.messages
    assert found.header or all(message.endswith(".") for message in said)
    assert all(line.problem or len(line.cells) == len(found.header) for line in found.lines)
    assert "\0" not in "".join(cell for line in found.lines for cell in line.cells)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b"text\n" + tail))
def test_whatever_the_bytes_are_they_are_read_or_refused_in_words(data: bytes) -> None:
    read_or_refuse(data)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_in_words(data: st.DataObject) -> None:
    whole = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(whole[: data.draw(st.integers(4, len(whole)))]))


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]))
def test_a_workbook_with_a_foreign_part_is_read_or_refused_in_words(part: bytes, name: str) -> None:
    read_or_refuse(with_part(name, part))


def with_part(name: str, content: bytes) -> bytes:
    """A workbook one of whose parts is replaced."""
    whole = zipfile.ZipFile(io.BytesIO(WORKBOOK))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for each in whole.namelist():
            made.writestr(each, content if each == name else whole.read(each))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_every_office_are_read(encoding: str, separator: str) -> None:
    text = separator.join(["Text", "Date"]) + "\r\n" + separator.join(["“Café” – £5", "6/10/2026"]) + "\r\n"
    found = sheet.read(text.encode(encoding))
    assert (found.header, found.lines) == (["Text", "Date"], [Line(2, ["“Café” – £5", "6/10/2026"])])


def test_what_cannot_be_read_says_what_to_do_instead() -> None:
    refused = {
        b"": "empty",
        b"\n\n": "empty",
        b"\xd0\xcf\x11\xe0 old": "old Excel file",
        b"PK\x03\x04 broken": "save it anew",
        "text\nhello".encode("utf-16"): "CSV UTF-8",
        b"text\n\x81": "CSV UTF-8",
        b"text\n" + b"a\n" * 501: "more than 500 rows",
        b"a," * 101 + b"a\nb": "more than 100 columns",
        b"a" * (sheet.LARGEST + 1): "larger than 5 MB",
    }
    for data, why in refused.items():
        with pytest.raises(ValidationError, match=why):
            sheet.read(data)
    assert len(sheet.read(b"text\n" + b"a\n\n" * 500).lines) == 500


def test_a_small_file_that_unpacks_into_a_large_one_is_refused_before_it_is() -> None:
    bomb = with_part("xl/worksheets/sheet1.xml", b" " * (sheet.UNPACKED + 1))
    assert len(bomb) < 200_000
    with pytest.raises(ValidationError, match="too large"):
        sheet.read(bomb)
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with pytest.raises(ValidationError, match="Save it anew"):
        sheet.read(with_part("xl/worksheets/sheet1.xml", entities))
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far += b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    with pytest.raises(ValidationError, match="empty rows"):
        sheet.read(with_part("xl/worksheets/sheet1.xml", far))


def test_cells_of_a_workbook_come_out_as_people_see_them() -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "date", "time", "number", "formula", "both"])
    moment = datetime(2026, 10, 6, 14, 30)
    book.active.append(["=1+1", date(2026, 10, 6), time(14, 30), 7.0, "=1+1", moment])
    book.active["A2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    (line,) = sheet.read(out.getvalue()).lines
    assert line.cells[:4] == ["=1+1", "2026-10-06", "14:30", "7"]
    assert line.cells[4] == ""  # a real formula without a value that was worked out is no text
    assert line.cells[5] == "2026-10-06 14:30"


# --- Reading cells ----------------------------------------------------------------------------------------------------


def test_columns_are_known_by_many_names() -> None:
    found = post_cells.read_header(
        ["Second  Language", "POST", "Pictures ", "text: Roads", "Words for libraries", "Notes"]
    )
    assert found.places == {Column.SECOND_LANGUAGE: 0, Column.TEXT: 1, Column.PICTURES: 2}
    assert (found.own, found.ignored) == ({"roads": 3, "libraries": 4}, ["Notes"])
    for header, why in (
        (["text", "Words"], "there twice"),
        (["text: a", "text (a)"], "there twice"),
        (["date", "x"], "no column “text”"),
    ):
        with pytest.raises(ValidationError, match=why):
            post_cells.read_header(header)


@pytest.mark.parametrize(
    "day", ["2026-10-06", "6/10/2026", "06.10.26", "6 October 2026", "Tuesday, 6th Oct 2026", "Tue 6 October 2026"]
)
@pytest.mark.parametrize("at", ["14:30", "2.30pm", "2:30 p.m.", "14:30:00"])
def test_days_and_times_are_read_as_people_write_them(day: str, at: str) -> None:
    assert post_cells.moment(day, at) == (date(2026, 10, 6), time(14, 30))
    assert post_cells.moment(f"{day} {at}", "") == (date(2026, 10, 6), time(14, 30))


def test_times_with_a_name_and_times_that_are_none() -> None:
    assert post_cells.moment("2026-10-06", "noon") == (date(2026, 10, 6), time(12))
    assert post_cells.moment("2026-10-06", "12am") == (date(2026, 10, 6), time(0))
    assert post_cells.moment(" ", "") is None
    for day, at in (
        ("2026-10-06", ""),
        ("", "10:00"),
        ("32/1/2026", "10:00"),
        ("2026-10-06", "14"),
        ("6/10/26", "25:00"),
    ):
        with pytest.raises(ValidationError):
            post_cells.moment(day, at)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_cell_of_a_time_breaks_anything(day: str, at: str) -> None:
    columns: set[str] = set()
    try:
        post_cells.moment(day, at)
    except ValidationError as error:
        columns = set(error.message_dict)
    assert columns <= {Column.DATE, Column.TIME}
