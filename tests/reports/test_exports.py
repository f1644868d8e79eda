"""Open data: whole, harmless in a spreadsheet, and silent about whoever did not agree."""

import csv
import io
import json
import shutil
import subprocess
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from moothall.accounts.roles import Role
from moothall.core import pdf
from moothall.events.models import Door, Sensitivity, Slot
from moothall.reports import actions, exports
from moothall.reports.privacy import SOMEBODY, Redactor
from tests import factories
from tests.reports.conftest import Day


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def released(day: Day) -> Any:
    alice = factories.person((Role.DESK, None))
    report = actions.make(alice, day.event)
    actions.release(alice, report)
    return report


def everything(day: Day) -> str:
    """All that anybody can download, and the page."""
    charlie = Client()
    names = ["figures", "items", "slots", *exports.tables(day.event.reports.get().figures)]
    addresses = [reverse("event-report-csv", args=[day.event.slug, name]) for name in names]
    addresses += [reverse(name, args=[day.event.slug]) for name in ("event-report", "event-report-activities")]
    answers = [charlie.get(address) for address in addresses]
    assert {each.status_code for each in answers} == {200}
    return "\n".join(each.content.decode() for each in answers)


def test_items_tell_who_agreed_and_only_count_the_others(busy_day: Day) -> None:
    found = rows(exports.items_csv(busy_day.event))
    assert len(found) == 13
    ours = [each for each in found if each["who"] == "Official"]
    assert ours[0]["words"] == "Story time number 0"
    assert (ours[0]["pictures"], ours[0]["described"]) == ("2", "1")
    named, unnamed = [each for each in found if each["who"] == "Staff"]
    assert (named["named"], named["words"]) == ("Graham Tolliver", "Gritting at dawn")
    silent = [unnamed, *(each for each in found if each["who"] == "Public")]
    assert not any(each[name] for each in silent for name in ("named", "words", "address", "service"))
    assert all(each["said"].endswith(":00:00+00:00") for each in silent), "the hour alone"


def test_figures_come_with_what_they_mean(busy_day: Day) -> None:
    found = rows(exports.figures_csv(released(busy_day).figures))
    assert {"section": "What was said", "row": "Items", "value": "13"}.items() <= found[0].items()
    assert all(each["means"] for each in found)


def test_a_cell_is_never_a_formula(busy_day: Day) -> None:
    busy_day.say(500, "=HYPERLINK(“evil”)", Door.OFFICIAL)
    words = [each["words"] for each in rows(exports.items_csv(busy_day.event))]
    assert "'=HYPERLINK(“evil”)" in words


def test_the_running_order_names_nobody(busy_day: Day) -> None:
    owner = factories.person(name="Owen Thistle")
    for minutes, sensitivity in ((0, Sensitivity.NONE), (60, Sensitivity.NEVER)):
        Slot.objects.create(
            event=busy_day.event,
            service=factories.service("Libraries"),
            starts_at=busy_day.at(minutes),
            ends_at=busy_day.at(minutes + 60),
            theme="The refuge in Mill Street" if minutes else "Story time",
            owner=owner,
            sensitivity=sensitivity,
        )
    text = exports.slots_csv(busy_day.event)
    first, second = rows(text)
    assert (first["theme"], first["official_items"]) == ("Story time", "2")
    assert second["theme"] == ""
    assert "Owen" not in text


def test_activities_are_an_ordered_collection_of_what_we_said(busy_day: Day) -> None:
    released(busy_day)
    answer = Client().get(reverse("event-report-activities", args=["a-day"]))
    made = json.loads(answer.content)
    assert answer["Content-Type"] == "application/activity+json"
    assert made["type"] == "OrderedCollection"
    assert made["totalItems"] == len(made["orderedItems"]) == 7
    first = made["orderedItems"][0]
    assert (first["type"], first["attributedTo"]["type"]) == ("Note", "Organization")
    assert first["attachment"][0] == {"type": "Image", "url": "https://social.example/p.jpg", "name": "A shelf"}
    assert [
        each["attributedTo"]["name"] for each in made["orderedItems"] if each["attributedTo"]["type"] == "Person"
    ] == ["Graham Tolliver"]
    assert "<script>" not in exports.activities(busy_day.event)["orderedItems"][0]["content"]


def test_our_words_lose_the_names_of_those_who_did_not_agree(busy_day: Day) -> None:
    busy_day.say(300, "Nice", author_name="Juniper Wold", author_handle="juniper@social.example")
    busy_day.say(
        310,
        "Thank you, Juniper Wold (@juniper@social.example, @else@where.example)! Ask @libraries.",
        Door.OFFICIAL,
        author_handle="libraries",
    )
    (note,) = [each for each in exports.activities(busy_day.event)["orderedItems"] if "Thank you" in each["content"]]
    assert note["content"] == f"<p>Thank you, {SOMEBODY} ({SOMEBODY}, {SOMEBODY})! Ask @libraries.</p>"


secret = st.text(st.sampled_from("qxzjvk"), min_size=9, max_size=20)
"""Letters that our own words do not have beside each other."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(secret, secret, secret, secret, secret, secret),
    st.sampled_from([Door.STAFF, Door.PUBLIC]),
    st.sampled_from(["{}", "@{}", "Thanks to {}!", "({})", "@{}@social.example said it", "see https://a.example/@{}"]),
)
@example(("qxqxqxqxqx", "zzzzzzzzzz", "jjjjjjjjjj", "vvvvvvvvvv", "kkkkkkkkkk", "zxzxzxzxzx"), Door.PUBLIC, "@{}")
@pytest.mark.django_db
def test_nobody_who_did_not_agree_is_in_anything_we_give(
    day: Day, secrets: tuple[str, ...], door: Door, mention: str
) -> None:
    handle, name, author_id, words, alt, teller = secrets
    day.event.items.all().delete()
    day.event.reports.all().delete()
    day.event.contributions.all().delete()
    author_url = f"https://social.example/@{handle}"
    media = [{"kind": "image", "url": f"https://social.example/{handle}.jpg", "alt": alt}]
    day.say(
        5, f"{words} by {name}", door, author_handle=handle, author_name=name, author_id=author_id,
        author_url=author_url, media=media, is_featured=True,
    )  # fmt: skip
    person = factories.person(name=teller)
    day.event.contributions.create(contributor=person, words=words, once=uuid.uuid4(), told_at=day.at(9))
    for minutes, what in enumerate((handle, name, author_id, teller)):
        picture = [{"kind": "image", "url": "https://ours.example/p.jpg", "alt": mention.format(what)}]
        day.say(
            20 + minutes, mention.format(what), Door.OFFICIAL, author_handle="libraries", media=picture, is_pinned=True
        )
    released(day)
    given_away = everything(day)
    assert not [each for each in secrets if each in given_away]


@given(st.text(), st.lists(st.text(min_size=1), max_size=4), st.lists(st.text(), max_size=4))
def test_redacting_finds_nothing_more_the_second_time(text: str, handles: list[str], names: list[str]) -> None:
    redactor = Redactor.of(handles, [*names], ["libraries"])
    once = redactor.words(text)
    assert once == text or SOMEBODY in once


# --- On paper ---------------------------------------------------------------------------------------------------------


def test_the_pdf_is_made_once_and_kept(busy_day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    report = released(busy_day)
    address = reverse("event-report-pdf", args=["a-day"])
    answer = Client().get(address)
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    monkeypatch.setattr(pdf, "make", lambda *_: pytest.fail("it was made before"))
    assert Client().get(address).content == answer.content
    report.refresh_from_db()
    assert bytes(report.pdf) == answer.content
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True)
        assert "What was said" in done.stdout.decode()


def test_a_pdf_asks_nobody_for_anything(tmp_path: Any) -> None:
    (tmp_path / "outside.css").write_text("p::before { content: 'FETCHED' }")
    html = f"""<p>Words</p><img src="http://127.0.0.1:9/a.png"><img src="file:///etc/hostname">
    <link rel="stylesheet" href="file://{tmp_path}/outside.css"><link rel="stylesheet" href="moothall:paper.css">"""
    made = pdf.make(html, {})
    assert made.startswith(b"%PDF")
    assert len(made) < len(pdf.make(f"<style>p::before {{ content: 'FETCHED' }}</style>{html}", {}))


def test_where_libraries_are_missing_the_page_says_which(busy_day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> bytes:
        raise pdf.CannotMake(pdf.WITHOUT_LIBRARIES)

    released(busy_day)
    monkeypatch.setattr(pdf, "make", fails)
    answer = Client().get(reverse("event-report-pdf", args=["a-day"]))
    assert answer.status_code == 503
    assert "This machine cannot make one" in answer.content.decode()
    assert "libpango" not in answer.content.decode(), "that is for staff"
