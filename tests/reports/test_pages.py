"""Making a report, releasing it, and who reads it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.core import clock, pdf
from moothall.events import counting
from moothall.events.models import Door, Event
from moothall.records.models import Record
from moothall.reports import actions, charts, exports, queries
from moothall.reports.figures import figures
from tests import factories
from tests.reports.conftest import NOON, Day


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    """Alice of the desk may make reports, Bob may read them, Charlie is anybody."""
    return SimpleNamespace(alice=factories.person((Role.DESK, None)), bob=factories.person())


def page(event: Event, client: Client, **query: Any) -> Any:
    return client.get(reverse("event-report", args=[event.slug]), query)


def test_the_wall_and_the_report_count_alike(busy_day: Day) -> None:
    wall = counting.count(busy_day.event, clock.now())
    made = figures(queries.rows(busy_day.event, clock.now()))
    found = {each["key"]: each["number"] for section in made["sections"] for each in section["counters"]}
    for name in ("items", "official", "contributors", "services", "hours", "networks", "reach"):
        assert found[name] == getattr(wall, name), name


def test_a_report_never_changes_and_a_new_one_is_made_beside_it(busy_day: Day, people: SimpleNamespace) -> None:
    first = actions.make(people.alice, busy_day.event)
    before = dict(first.figures)
    busy_day.say(400, "One more", Door.OFFICIAL)
    second = actions.make(people.alice, busy_day.event)
    first.refresh_from_db()
    assert first.figures["sections"] == before["sections"]
    assert second.figures["sections"][0]["counters"][0]["number"] == 14
    assert list(busy_day.event.reports.all()) == [second, first]
    assert Record.objects.filter(kind="report.made").count() == 2


def test_it_is_made_when_the_event_is_over_and_by_whoever_may(day: Day, people: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        actions.make(people.bob, day.event)
    Event.objects.filter(pk=day.event.pk).update(ends_at=clock.now() + timedelta(hours=1))
    day.event.refresh_from_db()
    with pytest.raises(ValidationError, match="not over"):
        actions.make(people.alice, day.event)


def test_the_public_reads_what_was_released(busy_day: Day, people: SimpleNamespace, signed_in: Any) -> None:
    charlie, bob = Client(), signed_in(people.bob)
    first = actions.make(people.alice, busy_day.event)
    assert page(busy_day.event, charlie).status_code == 404
    assert "Only staff can read" in page(busy_day.event, bob).content.decode()
    actions.release(people.alice, first)
    second = actions.make(people.alice, busy_day.event)
    shown = page(busy_day.event, charlie)
    assert shown.status_code == 200
    assert shown.context["report"] == first
    assert not shown.cookies, "the public's pages set none"
    assert page(busy_day.event, bob).context["report"] == second
    assert page(busy_day.event, bob, made=first.pk).context["report"] == first
    assert page(busy_day.event, charlie, made=second.pk).context["report"] == first
    actions.release(people.alice, second)
    assert page(busy_day.event, charlie).context["report"] == second
    actions.withdraw(people.alice, second)
    assert page(busy_day.event, charlie).status_code == 404


def test_an_event_for_staff_stays_with_them(busy_day: Day, people: SimpleNamespace, signed_in: Any) -> None:
    Event.objects.update(is_public=False)
    actions.release(people.alice, actions.make(people.alice, busy_day.event))
    assert page(busy_day.event, Client()).status_code == 404
    assert page(busy_day.event, signed_in(people.bob)).status_code == 200


def test_staff_see_how_it_goes_so_far(people: SimpleNamespace, signed_in: Any) -> None:
    day = Day(clock.now() - timedelta(hours=3, minutes=10))
    day.say(30, "Hello", Door.OFFICIAL)
    shown = page(day.event, signed_in(people.bob))
    assert "So far" in shown.content.decode()
    assert len(exports.tables(shown.context["figures"])["official-hours"]["rows"]) == 4
    assert page(day.event, Client()).status_code == 404


def test_one_click_makes_and_releases_it(busy_day: Day, people: SimpleNamespace, signed_in: Any) -> None:
    alice = signed_in(people.alice)
    assert "Make the report" in page(busy_day.event, alice).content.decode()
    alice.post(reverse("make-report", args=["a-day"]))
    report = busy_day.event.reports.get()
    alice.post(reverse("release-report", args=["a-day", report.pk]))
    report.refresh_from_db()
    assert report.released_by == people.alice
    assert page(busy_day.event, Client()).status_code == 200


def test_everything_is_said_with_what_it_means(busy_day: Day, people: SimpleNamespace) -> None:
    made = actions.make(people.alice, busy_day.event)
    actions.release(people.alice, made)
    words = page(busy_day.event, Client()).content.decode()
    for section in made.figures["sections"]:
        for each in [*section["counters"], *section["tables"]]:
            assert each["means"] in words
    assert words.count("report-chart") == words.count("Show as table") > 5
    assert "“Story time number 2”" in words, "pinned, and ours"
    assert "Well done" not in words, "featured, and the public’s"
    assert 'style="' not in words


def test_beside_an_earlier_event(busy_day: Day, people: SimpleNamespace) -> None:
    earlier = Day(NOON - timedelta(days=100), name="The first day", slug="first-day")
    earlier.say(5, "A beginning", Door.OFFICIAL)
    actions.release(people.alice, actions.make(people.alice, earlier.event))
    actions.release(people.alice, actions.make(people.alice, busy_day.event))
    compared = {each.label: (each.here, each.there) for each in page(busy_day.event, Client()).context["compared"]}
    assert compared["Items"] == ("13", "1")
    assert compared["Median answer"] == ("–", "–")
    assert "compared" not in page(earlier.event, Client()).context


def test_bars_begin_at_nothing_and_gaps_are_gaps() -> None:
    table = {"key": "t", "title": "T", "chart": "hours", "of": 1, "unit": "", "columns": ("Hour", "Items")}
    rows = (("Mon 06:00", 10), ("Mon 07:00", 0), ("Mon 08:00", 5), ("Mon 09:00", None))
    drawn = charts.chart(table | {"rows": rows})
    assert drawn
    tall, none, half, unknown = drawn.bars
    assert tall.height == 2 * half.height
    assert none.height == 0
    assert unknown.is_unknown


def test_a_pdf_that_cannot_be_made_is_said_and_not_tried_again_at_once(
    busy_day: Day, people: SimpleNamespace, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.make(people.alice, busy_day.event)
    tried: list[str] = []

    def fail(html: str, files: object) -> bytes:
        tried.append(html)
        raise pdf.CannotMake("The PDF could not be made. The log says why.")

    monkeypatch.setattr(pdf, "make", fail)
    browser, address = signed_in(people.alice), f"/events/{busy_day.event.slug}/report/report.pdf"
    first, second = browser.get(address), browser.get(address)
    assert (first.status_code, second.status_code) == (503, 503)
    assert "The log says why" in first.content.decode()
    assert "Try again in a minute" in second.content.decode()
    assert len(tried) == 1
