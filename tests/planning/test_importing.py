"""Several posts from one file: any file is read or refused in words, and exactly what was shown is made, once."""

import io
import time as stopwatch
import zipfile
from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.library.models import Asset
from moothall.planning import example_posts, importing, importing_actions, post_cells, sheet
from moothall.planning.models import PostFile
from moothall.planning.post_cells import Column
from moothall.planning.sheet import Line, Sheet
from moothall.publishing import actions as post_actions
from moothall.publishing.content import of_post
from moothall.publishing.models import Post
from moothall.publishing.status import Status, statuses
from moothall.records.models import Record
from tests import factories
from tests.planning.conftest import Clock

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
WORKBOOK = sheet.as_xlsx([["text"], ["Hello"]])
plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40)
formulas = st.sampled_from(
    ["=1+1", "@SUM(A1)", "+44 1234", "-", '=HYPERLINK("x")', 'a "b", c;d\te', "one\n---\ntwo", "'"]
)
words = formulas | plain


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, slug="libraries", handle="libraries", display_name="Libraries")


@pytest.fixture
def welsh(libraries: Service) -> Channel:
    return factories.connected(
        service=libraries, slug="llyfrgelloedd", handle="llyfrgelloedd", display_name="Llyfrgelloedd", language="cy"
    )


@pytest.fixture
def roads(highways: Service) -> Channel:
    return factories.connected(service=highways, slug="roads", handle="roads", display_name="Roads")


@pytest.fixture(autouse=True)
def early_october(clock: Clock) -> None:
    clock.set(MONDAY)


def picture(by: User, alt: str, name: str, of: Service) -> Asset:
    made = factories.asset(by, alt, service=of)
    Asset.objects.filter(pk=made.pk).update(original_name=name)
    return made


def table(*rows: str, header: str = "channels,text,date,time") -> Sheet:
    return sheet.read("\n".join([header, *rows]).encode())


def mistakes(by: User, of: Sheet) -> list[str]:
    return [f"{each.column}: {each.message}" for row in importing.plan(by, of).rows for each in row.mistakes]


def confirm(by: User, of: Sheet, **values: Any) -> PostFile:
    kept = importing_actions.keep(by, "posts.csv", of)
    importing_actions.make(by, kept, importing.plan(by, of).digest, **values)
    return kept


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


# --- What would be made -----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_each_rows_draft_and_writes_nothing(
    alice: User, channel: Channel, welsh: Channel, libraries: Service
) -> None:
    shelf = picture(alice, "A shelf of books", "Shelf.JPG", libraries)
    header = "Service,Channels,Text,Date,Time,Second language,Second text,Pictures,Campaign,text: llyfrgelloedd"
    file = table(
        "Libraries,libraries; LLYFRGELLOEDD,Story time.,6/10/2026,10am,Welsh,Amser stori.,shelf.jpg,Autumn,",
        f",libraries;llyfrgelloedd,Books.,,,,,{shelf.pk},,Llyfrau.",
        header=header,
    )
    records = Record.objects.count()
    first, second = importing.plan(alice, file).rows
    assert first.content
    assert second.content
    assert first.content.scheduled_for == datetime(2026, 10, 6, 9, tzinfo=UTC)  # ten on our clocks
    assert [each.words for each in first.rendered] == [["Story time."], ["Amser stori."]]
    assert [(each.asset, each.alt) for each in first.content.enclosed] == [(shelf, "A shelf of books")]
    assert (first.content.campaign, second.content.scheduled_for) == ("Autumn", None)
    assert [each.words for each in second.rendered] == [["Books."], ["Llyfrau."]]
    assert not any(problem.blocking for row in (first, second) for _, problem in row.remarks)
    assert (Post.objects.count(), Record.objects.count()) == (0, records)


def test_alice_may_write_for_her_channels_bob_for_his_and_charlie_for_none(
    alice: User, bob: User, charlie: User, dana: User, channel: Channel, roads: Channel
) -> None:
    file = table("libraries,Books,,", "roads,Gritting,,")
    assert [row.content is not None for row in importing.plan(alice, file).rows] == [True, False]
    assert [row.content is not None for row in importing.plan(bob, file).rows] == [False, True]
    assert [row.content is not None for row in importing.plan(dana, file).rows] == [True, True]
    with pytest.raises(PermissionDenied):
        importing.plan(charlie, file)
    assert "no live channel with the short name “roads” for which you may write" in mistakes(alice, file)[0]
    kept = importing_actions.keep(alice, "posts.csv", file)
    for somebody in (bob, dana):
        with pytest.raises(PermissionDenied):
            importing_actions.make(somebody, kept, importing.plan(somebody, file).digest)
    assert not Post.objects.exists()


def test_mistakes_are_told_by_row_and_column(alice: User, dana: User, channel: Channel, welsh: Channel) -> None:
    picture(dana, "Mud", "mud.jpg", factories.service("Highways"))
    for _ in "ab":
        picture(alice, "Twin", "twin.jpg", channel.service)
    header = "channels,text,date,time,service,language,second language,second text,pictures,text: llyfrgelloedd"
    file = table(
        "librarys,Hello,,,,,,,,",
        "libraries,,,,,,,,,",
        "libraries,Hello,2026-03-28,1:30,,,,,,",
        "libraries,Hello,2027-03-28,1:30,,,,,,",
        "libraries,Hello,2036-03-28,1:30,,,,,,",
        "libraries,Hello,soon,1:30,Highways,Klingon,,,,",
        "libraries,Hello,,,,,,Helo,,",
        "libraries,Hello,,,,en,English,Helo,,",
        "libraries,Hello,,,,,,,mud.jpg,",
        "libraries,Hello,,,,,,,twin.jpg,",
        "libraries,Hello,,,,,,,,Helo",
        "libraries,Hello,,,,,,,,,,extra",
        header=header,
    )
    assert [message[:60] for message in mistakes(alice, file)] == [
        each[:60]
        for each in (
            "channels: There is no live channel with the short name “librarys” for which you may write.",
            "text: There are no words in this row.",
            "date: Saturday 28 March 2026, 01:30 (UK time) has passed. Choose a later time, or leave it empty.",
            "time: The clocks go forward that night: 01:30 does not exist on Sunday 28 March 2027.",
            "date: Choose a day of the next 5 years.",
            "service: There is no service “Highways” for which you may write.",
            "language: We do not know the language “Klingon”. Use one of: English, Welsh",
            "date: We cannot read “soon” as a date. Write it as 2026-10-06 or 6/10/2026.",
            "second language: Say which language the second text is in.",
            "second language: This is the first language too. Name another, or leave it empty.",
            "pictures: The media library has no “mud.jpg” that is open to you.",
            "pictures: Several are called “twin.jpg”. Give the number of one: ",
            "text: llyfrgelloedd: Llyfrgelloedd on Newsroom is not among the row’s channels.",
            ": It has more cells than the first line names columns. Look at its separators.",
        )
    ]
    assert "Did you mean “libraries”?" in mistakes(alice, file)[0]


def test_a_column_for_an_unknown_channel_is_refused_as_a_whole(alice: User, channel: Channel, roads: Channel) -> None:
    with pytest.raises(ValidationError, match="short name “roads”"):
        importing.plan(alice, table("libraries,Hello,x", header="channels,text,text: roads"))


# --- Making it --------------------------------------------------------------------------------------------------------


def test_confirming_makes_what_was_shown_and_only_once(alice: User, channel: Channel) -> None:
    file = table("libraries,=1+1,6/10/2026,10:00", "nowhere,Hello,,", "libraries,Books.,,")
    digest = importing.plan(alice, file).digest
    kept = importing_actions.keep(alice, "posts.csv", file)
    again = PostFile.objects.get(pk=kept.pk)
    for each in (kept, again):  # two clicks, both of which read the file before the other was done
        importing_actions.make(alice, each, digest)
    first, second = Post.objects.order_by("pk")
    assert (first.text, first.scheduled_for, first.author) == ("=1+1", datetime(2026, 10, 6, 9, tzinfo=UTC), alice)
    assert (second.text, second.timing) == ("Books.", "at_once")
    assert list(of_post(first).variants) == [channel]
    assert (
        kept.outcome
        == again.outcome
        == {
            "2": {"post": first.pk, "trouble": []},
            "4": {"post": second.pk, "trouble": []},
        }
    )
    assert set(statuses(Post.objects.all()).values()) == {Status.DRAFT}


def test_what_has_changed_since_is_shown_again(alice: User, channel: Channel, clock: Clock) -> None:
    file = table("libraries,Hello,5/10/2026,10:30")
    digest = importing.plan(alice, file).digest
    kept = importing_actions.keep(alice, "posts.csv", file)
    clock.advance(minutes=45)  # the time has passed now
    with pytest.raises(importing_actions.StalePlan):
        importing_actions.make(alice, kept, digest)
    clock.advance(minutes=45)
    with pytest.raises(ValidationError, match="more than an hour old"):
        importing_actions.make(alice, kept, digest)
    assert not Post.objects.exists()
    clock.advance(days=8)
    importing_actions.keep(alice, "later.csv", table("libraries,Hello,,"))
    assert [each.name for each in PostFile.objects.all()] == ["later.csv"]


def test_sending_for_approval_leaves_what_is_not_ready_a_draft(alice: User, channel: Channel, welsh: Channel) -> None:
    factories.person((Role.APPROVER, channel.service))
    file = table("libraries,Hello,,", "libraries;llyfrgelloedd,Hello,,", ",No channel,,")
    kept = confirm(alice, file, send=True)
    found = statuses(Post.objects.all())
    assert [found[each["post"]] for each in kept.outcome.values()] == ["awaiting_approval", "draft", "draft"]
    assert [bool(each["trouble"]) for each in kept.outcome.values()] == [False, True, True]
    assert "Choose at least one channel." in kept.outcome["4"]["trouble"]


def test_one_row_that_fails_does_not_take_the_others_with_it(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = post_actions.save_post

    def save_or_fail(actor: User, post: Any, content: Any, **values: Any) -> Post:
        if content.text == "Bad":
            raise ValidationError("The channel was closed at the same moment.")
        return save(actor, post, content, **values)

    monkeypatch.setattr(post_actions, "save_post", save_or_fail)
    kept = confirm(alice, table("libraries,Good,,", "libraries,Bad,,", "libraries,Better,,"))
    assert [each["trouble"] for each in kept.outcome.values()] == [
        [],
        ["The channel was closed at the same moment."],
        [],
    ]
    assert [post.text for post in Post.objects.order_by("pk")] == ["Good", "Better"]


def test_two_hundred_rows_take_a_bounded_time_and_few_queries(alice: User, channel: Channel, welsh: Channel) -> None:
    picture(alice, "Books", "books.jpg", channel.service)
    header = "channels,text,date,time,second language,second text,pictures"
    row = "libraries;llyfrgelloedd,Post {},2026-11-01,10:00,cy,Neges {},books.jpg"
    file = table(*(row.format(number, number) for number in range(200)), header=header)
    began = stopwatch.monotonic()
    with CaptureQueriesContext(connection) as looked:
        plan = importing.plan(alice, file)
    assert len(plan.to_make) == 200
    assert len(looked) <= 10 + 2 * 200
    kept = importing_actions.keep(alice, "posts.csv", file)
    with CaptureQueriesContext(connection) as made:
        importing_actions.make(alice, kept, plan.digest)
    assert Post.objects.count() == 200
    assert len(made) <= 20 + 45 * 200
    assert stopwatch.monotonic() - began < 60


# --- Pages ------------------------------------------------------------------------------------------------------------


def upload(content: bytes, name: str = "posts.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def test_the_pages_from_the_template_to_the_posts(
    alice: User, bob: User, charlie: User, channel: Channel, signed_in: Any
) -> None:
    browser, address = signed_in(alice), reverse("several-posts")
    for kind in ("csv", "xlsx"):
        template = browser.get(reverse("several-posts-template", args=[kind])).content
        look = browser.post(address, upload(template, f"posts.{kind}"))
        page = browser.get(look["Location"]).content.decode()
        assert "Make 1 draft" in page
        assert "characters" in page
    file = b"channels;text;Notes\nlibraries;Hello;x\nnowhere;Bye;y\n"
    look = browser.post(address, upload(file))["Location"]
    page = browser.get(look).content.decode()
    assert "passed over: Notes" in page
    assert "no live channel with the short name “nowhere”" in page
    assert not Post.objects.exists()
    kept = PostFile.objects.latest("pk")
    for stranger, says in ((bob, 404), (charlie, 403)):
        assert signed_in(stranger).get(look).status_code == says
        assert signed_in(stranger).post(reverse("several-posts-make", args=[kept.token])).status_code == says
    digest = importing.plan(alice, importing_actions.sheet_of(kept)).digest
    for _ in "ab":
        done = browser.post(reverse("several-posts-make", args=[kept.token]), {"digest": digest})
    page = browser.get(done["Location"]).content.decode()
    assert reverse("post", args=[Post.objects.get().pk]) in page
    assert "1 post made, 1 row left out" in page
    (wrong,) = sheet.read(browser.get(reverse("several-posts-left-out", args=[kept.token])).content).lines
    assert wrong.cells[1:] == ["nowhere", "Bye", "y"]
    assert "channels: There is no live channel" in wrong.cells[0]


def test_a_file_that_cannot_be_read_is_complained_of_on_its_page(alice: User, channel: Channel, signed_in: Any) -> None:
    browser = signed_in(alice)
    for content, why in (
        (b"PK\x03\x04", "save it anew"),
        (b"date\n1/1/2027", "no column “text”"),
        (b"\0", "CSV UTF-8"),
    ):
        assert why in browser.post(reverse("several-posts"), upload(content)).content.decode()
    assert "Choose “CSV file" in browser.post(reverse("several-posts")).content.decode()
    assert not PostFile.objects.exists()


def test_the_template_explains_every_column() -> None:
    assert set(example_posts.MEANINGS) == set(Column)
