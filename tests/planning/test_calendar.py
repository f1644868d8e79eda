"""The calendar's pages. Alice leads the libraries, Bob approves there; Charlie is of the highways."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel
from moothall.planning import calendar_page, queries
from moothall.planning.periods import View, period
from moothall.publishing import approving, identity_guard, switch
from moothall.publishing.models import Delivery, DeliveryState, Pause, Post, QueueSlot
from tests import factories
from tests.planning.clocks import stop_at

pytestmark = pytest.mark.django_db


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


TEN = utc(2026, 11, 24, 10)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch, signed_in: Any) -> SimpleNamespace:
    now = stop_at(monkeypatch, 2026, 11, 23, 9)
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    alice = factories.person((Role.LEAD, libraries), name="Alice Reed")
    bob = factories.person((Role.APPROVER, libraries), name="Bob Stone")
    charlie = factories.person((Role.LEAD, highways), name="Charlie Way")
    desk = factories.person((Role.DESK, None), name="Dell Desk")
    page = factories.connected(service=libraries, display_name="Libraries", capacity=Capacity.SERVICE)
    return SimpleNamespace(
        now=now,
        libraries=libraries,
        highways=highways,
        alice=alice,
        bob=bob,
        charlie=charlie,
        desk=desk,
        page=page,
        browsers={each: signed_in(each) for each in (alice, bob, charlie, desk)},
    )


def approved(town: SimpleNamespace, *channels: Channel, at: datetime = TEN, text: str = "Story time.") -> Post:
    post = factories.post(town.alice, *(channels or (town.page,)), text=text, at=at)
    approving.approve(town.bob, approving.send_for_approval(town.alice, post))
    return post


def shown(browser: Client, **address: str) -> BeautifulSoup:
    answer = browser.get("/calendar/", address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "lxml")


def items(page: BeautifulSoup) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.select(".moot-planned")]


def cell(page: BeautifulSoup, day: str, time: str = "", which: str | None = None) -> Tag:
    chosen = f'[data-cell][data-day="{day}"]' + (f'[data-time="{time}"]' if time else "")
    (found,) = page.select(chosen + (f'[data-which="{which}"]' if which is not None else ""))
    return found


def test_whoever_may_see_a_post_sees_it_in_its_hour_with_state_service_and_network(town: SimpleNamespace) -> None:
    approved(town)
    for person in (town.alice, town.bob, town.desk):
        page = shown(town.browsers[person], view="week", day="2026-11-24")
        (words,) = [
            " ".join(each.get_text(" ").split()) for each in cell(page, "2026-11-24", "10:00").select("article")
        ]
        for expected in ("10:00", "Scheduled", "Story time.", "Libraries: Newsroom", "(Service)"):
            assert expected in words
        assert page.select_one(".moot-edge--service")
    assert items(shown(town.browsers[town.charlie], view="week", day="2026-11-24")) == []


def test_every_kind_of_post_that_has_a_time_is_there(town: SimpleNamespace) -> None:
    factories.post(town.alice, town.page, text="A draft", at=TEN)
    waiting = factories.post(town.alice, town.page, text="A wait", at=TEN + timedelta(hours=1))
    approving.send_for_approval(town.alice, waiting)
    for number, state in enumerate(DeliveryState):
        post = approved(town, at=TEN + timedelta(days=1, hours=number), text=f"It is {state}")
        Delivery.objects.filter(revision__post=post).update(state=state)
    factories.post(town.alice, town.page, text="Some time")
    page = shown(town.browsers[town.alice], view="week", day="2026-11-24")
    words = " | ".join(items(page))
    expected = ["Draft", "Awaiting approval", "Scheduled", "Sending", "Sent", "Failed", "Unconfirmed", "Held"]
    for state in expected:
        assert state in words
    assert len(items(page)) == len(expected)
    assert "Cancelled" not in words
    assert "cancelled" in " ".join(items(shown(town.browsers[town.alice], day="2026-11-24", state="cancelled")))


def test_a_post_that_is_reopened_is_there_once_as_a_draft(town: SimpleNamespace) -> None:
    approving.reopen(town.alice, approved(town))
    for state in ("", "cancelled"):
        found = items(shown(town.browsers[town.alice], day="2026-11-24", state=state))
        assert len(found) == (1 if not state else 0)
        assert all("Draft" in each for each in found)


def test_a_post_in_queue_slots_is_at_the_time_of_each_channel(town: SimpleNamespace) -> None:
    other = factories.connected(service=town.libraries, display_name="Archives", capacity=Capacity.PERSONA)
    for channel, at in ((town.page, "09:00"), (other, "16:30")):
        QueueSlot.objects.create(channel=channel, weekday=1, at=at)
    post = factories.post(town.alice, town.page, other)
    confirmed = identity_guard.key(identity_guard.voices([town.page, other]))
    Post.objects.filter(pk=post.pk).update(timing="next_slot", voices_confirmed=confirmed)
    post.refresh_from_db()
    approving.approve(town.bob, approving.send_for_approval(town.alice, post))
    page = shown(town.browsers[town.alice], view="day", day="2026-11-24")
    assert len(cell(page, "2026-11-24", "09:00").select("article")) == 1
    assert "(Persona)" in cell(page, "2026-11-24", "16:00").get_text()


def test_filters_in_the_address_narrow_what_is_shown(town: SimpleNamespace) -> None:
    practice = factories.channel(service=town.libraries, network="rehearsal", display_name="Practice")
    factories.connect(practice, like="")
    roads = factories.connected(service=town.highways, display_name="Roads")
    approved(town, text="To everybody")
    factories.post(town.bob, practice, text="To ourselves", at=TEN)
    factories.post(town.charlie, roads, text="To drivers", at=TEN)
    desk = town.browsers[town.desk]

    def found(**address: object) -> set[str]:
        words = items(
            shown(desk, **{"view": "day", "day": "2026-11-24"} | {name: str(value) for name, value in address.items()})
        )
        return {name for name in ("everybody", "ourselves", "drivers") if name in " ".join(words)}

    assert found() == {"everybody", "ourselves", "drivers"}
    assert found(service=town.highways.pk) == {"drivers"}
    assert found(network="rehearsal") == {"ourselves"}
    assert found(channel=town.page.pk) == {"everybody"}
    assert found(state="draft") == {"ourselves", "drivers"}
    assert found(person=town.bob.pk) == {"ourselves"}
    assert found(service=town.libraries.pk, state="draft", network="newsroom") == set()
    assert found(service="no such", person="x", day="soon", view="year") <= {"everybody", "ourselves", "drivers"}


def test_today_is_marked_and_the_days_around_are_a_link_away(town: SimpleNamespace) -> None:
    page = shown(town.browsers[town.alice])
    assert "Monday 23 November" in page.select_one(".moot-day--today").get_text()  # type: ignore[union-attr]
    assert "day=2026-11-22" in page.select_one("[rel=prev]")["href"]  # type: ignore[index, operator]
    assert "day=2026-11-30" in page.select_one("[rel=next]")["href"]  # type: ignore[index, operator]
    later = shown(town.browsers[town.alice], view="month", day="2027-02-01", state="draft")
    assert not later.select(".moot-day--today")
    assert "state=draft" in later.select_one("[rel=next]")["href"]  # type: ignore[index, operator]
    assert later.select_one("input[name=day]")["value"] == "2027-02-01"  # type: ignore[index]
    for day in ("0001-01-01", "9999-12-31"):
        assert town.browsers[town.alice].get("/calendar/", {"view": "month", "day": day}).status_code == 200


def test_a_full_day_of_a_month_leads_to_the_day(town: SimpleNamespace) -> None:
    for number in range(6):
        factories.post(town.alice, town.page, text=f"Number {number}", at=TEN + timedelta(hours=number))
    page = shown(town.browsers[town.alice], view="month", day="2026-11-24")
    full = cell(page, "2026-11-24")
    assert len(full.select("article")) == 3
    link = next(each for each in full.select("a") if "3 more" in each.get_text())
    answer = town.browsers[town.alice].get(link["href"])
    assert len(items(BeautifulSoup(answer.content, "lxml"))) == 6


def test_a_clash_is_marked_on_both_even_if_only_one_is_chosen(town: SimpleNamespace) -> None:
    approved(town, text="First")
    factories.post(town.bob, town.page, text="Second", at=TEN + timedelta(minutes=15))
    factories.post(town.bob, town.page, text="Third", at=TEN + timedelta(hours=2))
    browser = town.browsers[town.alice]
    assert [("Clash" in each) for each in items(shown(browser, day="2026-11-24"))] == [True, True, False]
    (alone,) = items(shown(browser, day="2026-11-24", state="scheduled"))
    assert "Clash" in alone


def test_a_clash_across_midnight_is_seen_from_either_day(town: SimpleNamespace) -> None:
    approved(town, at=utc(2026, 11, 24, 23, 55), text="Late")
    approved(town, at=utc(2026, 11, 25, 0, 5), text="Early")
    for day in ("2026-11-24", "2026-11-25"):
        (words,) = items(shown(town.browsers[town.alice], view="day", day=day))
        assert "Clash" in words


def test_days_without_a_post_are_named_for_channels_that_could_speak(town: SimpleNamespace) -> None:
    factories.channel(service=town.libraries, display_name="Not connected")
    approved(town, at=utc(2026, 11, 25, 10))

    def gaps(**address: str) -> str:
        found = shown(town.browsers[town.alice], **address).select_one(".moot-gaps")
        return found.get_text(" ") if found else ""

    said = gaps(view="week")
    assert "Libraries on Newsroom: Mon 23 to Tue 24 Nov, Thu 26 to Sun 29 Nov" in said
    assert "Not connected" not in said
    assert "Thu 26 Nov to Sun 6 Dec" in gaps(view="month", day="2026-11-30"), "Two weeks ahead, and no further."
    assert gaps(view="week", day="2026-12-14") == ""
    assert gaps(view="week", day="2026-11-16") == "", "What is over is no gap."
    assert gaps(channel=str(town.page.pk))
    assert gaps(state="draft") == ""


def test_a_pause_is_a_band_over_its_hours(town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = switch.begin(town.desk, "Flood in Wendham", [town.libraries])
    Pause.objects.update(began_at=town.now)
    stop_at(monkeypatch, 2026, 11, 23, 12, 30)
    browser = town.browsers[town.alice]
    page = shown(browser, view="day", day="2026-11-23")
    assert "Libraries paused from 09:00 until now: Flood in Wendham" in page.get_text(" ")
    switch.end(town.desk, pause)
    stop_at(monkeypatch, 2026, 11, 23, 20)
    page = shown(browser, view="day", day="2026-11-23")
    assert "Libraries paused from 09:00 to 12:30: Flood in Wendham" in page.get_text(" ")
    hours = [each["data-time"] for each in page.select(".moot-hour--paused")]
    assert hours == ["09:00", "10:00", "11:00", "12:00"]
    assert "moot-day--paused" in cell(shown(browser, view="month"), "2026-11-23")["class"]
    assert "Flood" not in shown(town.browsers[town.charlie], view="day", day="2026-11-23").get_text()


def test_the_hour_that_comes_twice_is_shown_twice(town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 2026, 10, 20, 9)
    approved(town, at=utc(2026, 10, 25, 0, 30), text="Before")
    approved(town, at=utc(2026, 10, 25, 1, 30), text="After")
    for view in ("day", "week"):
        page = shown(town.browsers[town.alice], view=view, day="2026-10-25")
        assert "Before" in cell(page, "2026-10-25", "01:00", "first").get_text()
        assert "After" in cell(page, "2026-10-25", "01:00", "second").get_text()
        assert "The clocks go back on Sunday 25 October 2026" in page.get_text(" ")
        assert len(page.select('[data-cell][data-day="2026-10-25"]')) == 25
    assert len(page.select('[data-cell][data-day="2026-10-24"]')) == 24


@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28"])
def test_the_hour_that_never_comes_is_said_not_to(town: SimpleNamespace, day: str) -> None:
    page = shown(town.browsers[town.alice], view="week", day=day)
    missing = cell(page, day, "01:00")
    assert "01:00 does not exist: the clocks go forward." in missing.get_text()
    assert not shown(town.browsers[town.alice], view="day", day=day).select('[data-time="01:00"]')


def test_only_what_can_be_moved_by_this_person_offers_it(town: SimpleNamespace) -> None:
    sent, waiting = approved(town, text="Gone"), approved(town, at=TEN + timedelta(hours=3), text="Coming")
    Delivery.objects.filter(revision__post=sent).update(state=DeliveryState.SENT)
    viewer = factories.person((Role.RECORDS_OFFICER, None))
    page = shown(town.browsers[town.alice], day="2026-11-24")
    (link,) = page.select("[data-move-control]")
    assert f"/calendar/{waiting.pk}/move/" in link["href"]
    found = calendar_page.page(queries.sight(viewer), period(View.WEEK, TEN.date()), {})
    assert [item["may_move"] for day in found.days for each in day.cells for item in each.items] == [False, False]


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_more_posts_take_no_more_queries(town: SimpleNamespace, view: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(town.browsers[town.desk], view=view, day="2026-11-24")
        return len(queries)

    approved(town)
    asked()
    few = asked()
    other = factories.connected(service=town.highways, display_name="Roads")
    for number in range(12):
        approved(town, at=TEN + timedelta(hours=number), text=f"Number {number}")
        factories.post(town.charlie, other, at=TEN + timedelta(minutes=20 * number))
    assert asked() == few <= 23
