"""That there is a case, nobody can tell from the records: not by what is found, and not by what is missing."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records import addresses, queries, secret
from moothall.records.models import Record
from moothall.records.queries import Filters
from tests import factories
from tests.records import kinds
from tests.records.making import file_of, keep

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
CASE = "Zebedee Quill"
"""Nobody but those on the case has heard of them."""


@pytest.fixture
def cora(db: None) -> User:
    """The monitoring officer."""
    return factories.person((Role.MONITORING_OFFICER, None), name="Cora Crane")


def live_through(*, with_a_case: bool) -> None:
    """Some days in a council; with a case that runs through them, or without."""
    for number in range(60):
        at = NOON + timedelta(hours=number)
        keep("post.saved", f"post:{number}", by="Alice Archer", at=at, why="as agreed")
        if with_a_case:
            keep("case.looked", "case:C-17", by=CASE, at=at, why="the concern", after={"person": CASE})
    keep("webuse.held", "purpose-key:security", at=NOON, after={"from": "2026-10-01", "case": "C-17"})


PLACES = [
    {},
    {"kind": "case"},
    {"kind": "case.looked"},
    {"kind": "post"},
    {"who": "Zebedee"},
    {"who": CASE},
    {"about": "case:C-17"},
    {"words": "concern"},
    {"since": "2026-10-06", "until": "2026-10-07"},
]


def without_addresses(text: str) -> str:
    """A page without what differs each time: one's token, and the sealed numbers of records in addresses."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r"[\w-]{32}", "", text)


def everything_shown(browser: Client) -> list[str]:
    """All that the pages and files of records say, page after page."""
    said = []
    for filters in PLACES:
        address = reverse("records")
        answer = browser.get(address, filters)
        while True:
            page = answer.content.decode()
            said.append(without_addresses(page))
            older = re.search(r'href="(\?[^"]*older=[^"]+)" rel="next"', page)
            if older is None:
                break
            answer = browser.get(address + older[1].replace("&amp;", "&"))
        file = file_of(browser.post(reverse("export-records"), filters))
        said += [line for line in file.splitlines() if "records.exported" not in line]
    return said


@contextmanager
def undone() -> Iterator[None]:
    """Nothing that is kept in here stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_house_with_a_case_looks_like_one_without(
    cora: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(cora)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=30))  # files are themselves on record
    said: list[list[str]] = []
    for with_a_case in (False, True):
        with undone():
            live_through(with_a_case=with_a_case)
            said.append(everything_shown(browser))
    without_it, with_it = said
    assert len(with_it) > 100
    assert with_it == without_it


def test_what_is_shown_names_no_case(cora: User, signed_in: Any) -> None:
    live_through(with_a_case=True)
    pages = "".join(everything_shown(signed_in(cora)))
    typed = [value for filters in PLACES for value in filters.values()]
    for value in typed:  # what one asked for stands in the form again
        pages = pages.replace(f'value="{value}"', "")
    assert "C-17" not in pages
    assert "Zebedee" not in pages
    assert "2026-10-01" in pages, "That data were held is shown; for which case is not."


def test_a_secret_record_has_no_page(cora: User, signed_in: Any) -> None:
    hidden, open_one = keep("case.looked", "case:C-17", by=CASE), keep("post.saved")
    browser = signed_in(cora)
    assert browser.get(reverse("record", args=[addresses.address_of(hidden.number)])).status_code == 404
    assert browser.get(reverse("records"), {"older": addresses.address_of(hidden.number)}).status_code == 404
    assert browser.get(reverse("record", args=[addresses.address_of(open_one.number)])).status_code == 200
    assert browser.get(reverse("record", args=[str(hidden.number)])).status_code == 404
    assert browser.get(reverse("record", args=[hidden.hash])).status_code == 404
    assert queries.at(hidden.number) is None
    assert list(secret.shown()) == [open_one]


def test_neither_numbers_nor_hashes_are_on_a_page_or_in_a_file(cora: User, signed_in: Any) -> None:
    for number in range(30):
        keep("case.looked", f"case:{number}", by=CASE)
    record = keep("post.saved", "post:1", by="Alice Archer", at=NOON)
    assert record.number > 30
    browser = signed_in(cora)
    texts = [
        browser.get(reverse("records")).content.decode(),
        browser.get(reverse("record", args=[addresses.address_of(record.number)])).content.decode(),
        file_of(browser.post(reverse("export-records"))),
    ]
    for text in texts:
        assert record.hash not in text
        assert record.previous not in text
        assert not re.search(rf"\b{record.number}\b", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))


def test_a_refused_look_is_found_like_any_other_act(cora: User, signed_in: Any) -> None:
    keep("access.refused", "concerns", by="Charlie Clay", at=NOON)
    page = signed_in(cora).get(reverse("records"), {"kind": "access.refused"}).content.decode()
    assert "Charlie Clay" in page
    assert "asked for something that they may not see" in page


def test_addresses_tell_nothing_and_cannot_be_made_up() -> None:
    made = [addresses.address_of(number) for number in range(1, 500)]
    assert len(set(made)) == len(made)
    assert [addresses.number_at(each) for each in made] == list(range(1, 500))
    assert {len(each) for each in made} == {32}
    swapped = made[0][:-1] + ("A" if made[0][-1] != "A" else "B")
    for wrong in ("", "1", "x" * 32, "é" * 32, swapped, made[0][:16] + made[1][16:]):
        assert addresses.number_at(wrong) is None


def test_only_the_rule_says_what_pages_of_records_begin_with() -> None:
    """No other file that makes these pages asks the table of records itself."""
    for name in ("views", "forms", "exports", "shown", "refs", "words"):
        tree = ast.parse((kinds.SOURCE / "records" / f"{name}.py").read_text())
        asked = [each for each in ast.walk(tree) if isinstance(each, ast.Attribute) and each.attr == "objects"]
        assert not asked, name
    searched = (kinds.SOURCE / "records" / "queries.py").read_text().partition("# --- Searching")[2]
    assert "objects" not in searched
    assert "secret.shown()" in searched
    assert queries.search(Filters(kinds=("case.looked",)), most=9) == []
    assert not Record.objects.exists()


def test_an_opening_is_shown_and_those_who_approved_it_are_not(cora: User, signed_in: Any) -> None:
    names = ["Hugo Hale", "Moira Moss"]
    for kind in ("webuse.opened", "webuse.opening_refused"):
        keep(kind, "pseudonym:0af3", by="Ivo Ince", at=NOON, after={"approved by": names, "shares": ["HR"]})
    browser = signed_in(cora)
    record = Record.objects.get(kind="webuse.opened")
    texts = [
        browser.get(reverse("records")).content.decode(),
        browser.get(reverse("record", args=[addresses.address_of(record.number)])).content.decode(),
        file_of(browser.post(reverse("export-records"))),
    ]
    for text in texts:
        assert "Ivo Ince" in text
        assert "opened the name behind a pseudonym" in text
        assert not any(name in text for name in names)
        assert "pproved by" not in text
