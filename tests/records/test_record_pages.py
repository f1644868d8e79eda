"""The pages of records: who may open them, what they say, and the file that is taken away."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.records import exports, views
from moothall.records.addresses import address_of
from moothall.records.models import Record
from tests import factories
from tests.records.making import file_of, keep

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)


@pytest.fixture
def cora(db: None) -> User:
    """The monitoring officer."""
    return factories.person((Role.MONITORING_OFFICER, None), name="Cora Crane")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(answer), newline="")))


def test_a_record_is_told_in_words(cora: User, signed_in: Any) -> None:
    rowan = factories.person(name="Rowan Pike")
    record = keep(
        "person.roles",
        f"user:{rowan.pk}",
        by="Alder Finch",
        at=NOON,
        why="New to the desk",
        before={"roles": []},
        after={"roles": ["desk"]},
    )
    browser = signed_in(cora)
    for page in (
        text_of(browser.get(reverse("records"))),
        text_of(browser.get(reverse("record", args=[address_of(record.number)]))),
    ):
        for said in ("Alder Finch", "changed a person’s roles", "Rowan Pike", "New to the desk", "nothing", "desk"):
            assert said in page
        assert "2026, 13:00" in page, "By our clocks."


def test_what_was_typed_elsewhere_is_harmless_here(cora: User, signed_in: Any) -> None:
    bad = "<script>alert(1)</script>"
    record = keep("post.saved", f"post:{bad}"[:100], by=bad, why=bad, after={bad: bad})
    browser = signed_in(cora)
    for address in (reverse("records"), reverse("record", args=[address_of(record.number)])):
        assert "<script>alert" not in browser.get(address).content.decode()


def test_those_who_may_not_search_find_no_page(signed_in: Any, client: Client) -> None:
    address = address_of(keep().number)
    administrator = signed_in(factories.person((Role.ADMINISTRATOR, None), (Role.DESK, None), (Role.HR, None)))
    for browser, status in ((administrator, 403), (client, 302)):
        assert browser.get(reverse("records")).status_code == status
        assert browser.get(reverse("record", args=[address])).status_code == status
        assert browser.post(reverse("export-records")).status_code == status
    assert not Record.objects.filter(kind="records.exported").exists()


def test_older_records_are_a_page_away_and_filters_stay(
    cora: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "RECORDS_A_PAGE", 3)
    for number in range(7):
        keep("post.saved", f"post:{number}", by="Alice Archer", at=NOON + timedelta(minutes=number))
        keep("media.added", f"asset:{number}", by="Alice Archer", at=NOON)
    browser, seen, address = signed_in(cora), list[str](), "?kind=post"
    while address:
        answer = browser.get(reverse("records") + address)
        seen += [each.record.ref for each in answer.context["records"]]
        older = answer.context["older"]
        address = f"?kind=post&older={older}" if older else ""
    assert seen == [f"post:{number}" for number in reversed(range(7))]
    assert "kind=post&amp;older=" in browser.get(reverse("records") + "?kind=post").content.decode()
    assert 'href="?kind=post"' in answer.content.decode(), "The way back to the newest."


@pytest.mark.parametrize("wrong", ["x", "", "1"])
def test_an_address_that_was_never_given_leads_nowhere(cora: User, signed_in: Any, wrong: str) -> None:
    assert signed_in(cora).get(reverse("records"), {"older": wrong}).status_code == 404


def test_empty_pages_say_why(cora: User, signed_in: Any) -> None:
    browser = signed_in(cora)
    assert "Nothing is on record yet." in text_of(browser.get(reverse("records")))
    keep()
    nothing = text_of(browser.get(reverse("records"), {"who": "Nobody"}))
    assert "No record is like that." in nothing
    assert "Download" not in nothing


def test_a_bad_day_in_the_address_is_passed_over(cora: User, signed_in: Any) -> None:
    keep("post.saved", by="Alice Archer")
    assert "Alice Archer" in text_of(signed_in(cora).get(reverse("records"), {"since": "yesterday"}))


# --- The file ---------------------------------------------------------------------------------------------------------


def test_the_file_holds_what_is_found_and_that_it_was_taken_is_on_record(cora: User, signed_in: Any) -> None:
    keep("post.approved", "post:1", by="Alice Archer", at=NOON, why="Good", before={"days": 1}, after={"days": 2})
    keep("media.added", "asset:1", by="Alice Archer", at=NOON)
    answer = signed_in(cora).post(reverse("export-records"), {"kind": "post", "who": "alice"})
    assert rows_of(answer) == [
        {
            "when": "2026-10-06T12:00:00+00:00",
            "who": "Alice Archer",
            "kind": "post.approved",
            "what": "approved a post",
            "about": "post:1",
            "called": "",
            "why": "Good",
            "before": "Days: 1",
            "after": "Days: 2",
        }
    ]
    record = Record.objects.get(kind="records.exported")
    assert (record.actor_id, record.after) == (cora.pk, {"kind": "post", "who": "alice"})
    assert answer["Content-Type"].startswith("text/csv")


def test_the_form_for_the_file_asks_for_what_the_page_shows(cora: User, signed_in: Any) -> None:
    keep("post.approved", "post:1", by="Alice Archer", at=NOON)
    chosen = {"kind": "post", "since": "2026-10-06", "who": "alice"}
    page = text_of(signed_in(cora).get(reverse("records"), {**chosen, "until": "no day"}))
    for name, value in chosen.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert '<input type="hidden" name="until"' not in page


def test_no_cell_of_the_file_is_a_formula(cora: User, signed_in: Any) -> None:
    for bad in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"):
        keep("post.saved", f"post:{bad}", by=bad, why=bad, after={bad: bad})
    for row in rows_of(signed_in(cora).post(reverse("export-records"), {"kind": "post"})):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row["who"].startswith("'")


def test_a_long_file_comes_in_pieces_and_lacks_nothing(
    cora: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 4)
    for number in range(12):
        keep("post.saved", f"post:{number}", at=NOON)
        keep("case.looked", f"case:{number}", at=NOON)
    found = rows_of(signed_in(cora).post(reverse("export-records"), {"kind": "post"}))
    assert [row["about"] for row in found] == [f"post:{number}" for number in reversed(range(12))]


def test_a_file_cannot_be_taken_by_following_a_link(cora: User, signed_in: Any) -> None:
    assert signed_in(cora).get(reverse("export-records")).status_code == 405
    assert not Record.objects.exists()
