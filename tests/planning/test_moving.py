"""Moving a post to another time. Alice and Bob write for the libraries; Charlie, of the highways, may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.core import localtime
from moothall.publishing import approving
from moothall.publishing.models import Delivery, DeliveryState, Post, Revision
from moothall.records.models import Record
from tests import factories
from tests.planning.clocks import stop_at

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def alice() -> User:
    return factories.person((Role.LEAD, factories.service("Libraries")), name="Alice Reed")


@pytest.fixture
def tab(alice: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    stop_at(monkeypatch, 2026, 11, 23, 9)
    tab: Client = signed_in(alice)
    return tab


def draft(by: User, at: datetime = TEN, number: int = 1) -> Post:
    of = factories.service("Libraries")
    channels = [factories.connected(service=of) for _ in range(number)]
    return factories.post(by, *channels, at=at)


def approved(by: User, at: datetime = TEN, number: int = 1) -> Post:
    post = draft(by, at, number)
    bob = factories.person((Role.APPROVER, post.service))
    approving.approve(bob, approving.send_for_approval(by, post))
    return post


def move(tab: Client, post: Post, day: str, time: str, **more: str) -> Any:
    return tab.post(f"/calendar/{post.pk}/move/", {"day": day, "time": time, **more}, **JSON)


def time_of(post: Post) -> datetime | None:
    return Post.objects.get(pk=post.pk).scheduled_for


def test_an_approved_post_moves_with_its_deliveries_and_stays_approved(alice: User, tab: Client) -> None:
    post = approved(alice, number=2)
    answer = move(tab, post, "2026-11-26", "15:30")
    assert answer.status_code == 200
    assert "Thursday 26 November 2026, 15:30 (UK time)" in answer.json()["said"]
    assert answer.json()["undo"] == {"day": "2026-11-24", "time": "10:00", "which": ""}
    later = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)
    assert time_of(post) == later
    assert set(Delivery.objects.values_list("due_at", "state")) == {(later, "waiting")}
    record = Record.objects.filter(kind="post.rescheduled").get()
    assert record.actor_id == alice.pk

    assert move(tab, post, **answer.json()["undo"]).status_code == 200
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {TEN}


def test_a_draft_and_a_post_that_awaits_approval_move_too(alice: User, tab: Client) -> None:
    post = draft(alice)
    assert move(tab, post, "2026-11-25", "09:00").status_code == 200
    approving.send_for_approval(alice, post)
    assert move(tab, post, "2026-11-27", "09:00").status_code == 200
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert time_of(post) == friday
    assert Revision.objects.get().scheduled_for == friday


def test_without_a_script_a_page_moves_it_and_offers_the_way_back(alice: User, tab: Client) -> None:
    post = approved(alice)
    address = f"/calendar/{post.pk}/move/?view=month&state=scheduled"
    form = BeautifulSoup(tab.get(address).content, "lxml")
    assert form.select_one("[name=day]")["value"] == "2026-11-24"  # type: ignore[index]
    assert form.select_one("[name=time]")["value"] == "10:00"  # type: ignore[index]
    assert not form.select("[name=which]")
    answer = tab.post(address, {"day": "2026-12-01", "time": "11:15"}, follow=True)
    assert "view=month" in answer.request["QUERY_STRING"]
    page = BeautifulSoup(answer.content, "lxml")
    assert "goes out on Tuesday 1 December 2026, 11:15" in " ".join(page.get_text(" ").split())
    undo = page.select_one("#calendar-said form")
    assert undo is not None
    fields = {each["name"]: each["value"] for each in undo.select("input[name]")}
    tab.post(undo["action"], fields)
    assert time_of(post) == TEN


def test_a_time_that_has_passed_is_refused_and_nothing_changes(alice: User, tab: Client) -> None:
    post = approved(alice)
    answer = move(tab, post, "2026-11-22", "10:00")
    assert answer.status_code == 409
    assert "has passed. Choose a later time." in answer.json()["refused"]
    assert time_of(post) == TEN
    page = tab.post(f"/calendar/{post.pk}/move/", {"day": "2026-11-22", "time": "10:00"})
    assert "has passed. Choose a later time." in page.content.decode()
    assert 'value="2026-11-22"' in page.content.decode(), "What was typed is still there."


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.SENDING])
def test_what_is_out_or_held_does_not_move(alice: User, tab: Client, state: str) -> None:
    post = approved(alice)
    Delivery.objects.update(state=state)
    answer = move(tab, post, "2026-11-26", "10:00")
    assert answer.status_code == 409
    assert "can no longer be moved" in answer.json()["refused"]
    assert Delivery.objects.get().due_at == TEN


def test_who_may_not_write_for_the_service_moves_nothing(alice: User, tab: Client, signed_in: Any) -> None:
    post = approved(alice)
    charlie = signed_in(factories.person((Role.LEAD, factories.service("Highways"))))
    records = signed_in(factories.person((Role.RECORDS_OFFICER, None), (Role.LEAD, factories.service("Highways"))))
    assert move(charlie, post, "2026-11-26", "10:00").status_code == 404
    assert move(records, post, "2026-11-26", "10:00").status_code == 403
    assert records.get(f"/calendar/{post.pk}/move/").status_code == 403
    assert time_of(post) == TEN


@pytest.mark.parametrize(("day", "now"), [("2026-03-29", (2026, 3, 20)), ("2027-03-28", (2027, 3, 20))])
def test_a_time_that_the_clocks_jump_over_is_refused_with_another(
    alice: User, tab: Client, monkeypatch: pytest.MonkeyPatch, day: str, now: tuple[int, int, int]
) -> None:
    stop_at(monkeypatch, *now)
    post = draft(alice, at=datetime(*now, tzinfo=UTC) + timedelta(days=1))
    answer = move(tab, post, day, "01:30")
    assert answer.status_code == 409
    assert "01:30 does not exist" in answer.json()["refused"]
    (offer,) = answer.json()["offers"]
    assert offer["fields"] == {"day": day, "time": "02:30", "which": ""}
    assert move(tab, post, **offer["fields"]).status_code == 200
    moved = time_of(post)
    assert moved is not None
    assert localtime.local(moved).hour == 2
    page = tab.post(f"/calendar/{post.pk}/move/", {"day": day, "time": "01:30"})
    assert "Move it to " in page.content.decode()


def test_of_a_time_that_comes_twice_one_is_asked_for(alice: User, tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 2026, 10, 20, 9)
    post = draft(alice, at=datetime(2026, 10, 21, 9, tzinfo=UTC))
    answer = move(tab, post, "2026-10-25", "01:30")
    assert answer.status_code == 409
    assert "01:30 comes twice on Sunday 25 October 2026" in answer.json()["refused"]
    first, second = answer.json()["offers"]
    assert "before the clocks go back" in first["words"]
    assert "after the clocks go back" in second["words"]
    assert move(tab, post, **first["fields"]).status_code == 200
    assert time_of(post) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    answer = move(tab, post, **second["fields"])
    assert time_of(post) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert answer.json()["undo"] == first["fields"]
    page = BeautifulSoup(tab.get(f"/calendar/{post.pk}/move/").content, "lxml")
    chosen = page.select_one("[name=which][checked]")
    assert chosen is not None
    assert chosen["value"] == "second"


def test_a_post_with_a_time_for_each_channel_is_moved_as_one_only_if_that_is_meant(alice: User, tab: Client) -> None:
    post = approved(alice, number=2)
    slot = Delivery.objects.first()
    assert slot is not None
    Delivery.objects.filter(pk=slot.pk).update(due_at=TEN + timedelta(hours=5))
    answer = move(tab, post, "2026-11-26", "10:00")
    assert answer.status_code == 409
    assert "at another time on each channel" in answer.json()["refused"]
    assert Delivery.objects.values("due_at").distinct().count() == 2
    (offer,) = answer.json()["offers"]
    answer = move(tab, post, **offer["fields"])
    assert answer.status_code == 200
    assert answer.json()["undo"] is None
    assert Delivery.objects.values("due_at").distinct().count() == 1


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [("", "10:00", "Give the date."), ("2026-11-26", "", "Give the time."), ("9999-12-31", "10:00", "Choose a day")],
)
def test_half_a_time_or_one_beyond_the_calendar_is_refused(
    alice: User, tab: Client, day: str, time: str, said: str
) -> None:
    answer = move(tab, draft(alice), day, time)
    assert answer.status_code == 409
    assert said in answer.json()["refused"]


@pytest.mark.parametrize("was", ["", "soon", "2026-11-24", "2026-11-24T10:00:00"])
def test_an_address_that_tells_of_no_move_offers_no_way_back(alice: User, tab: Client, was: str) -> None:
    post = draft(alice)
    for moved in (str(post.pk), "0", "x"):
        page = tab.get("/calendar/", {"moved": moved, "was": was})
        assert page.status_code == 200
        assert "Undo" not in page.content.decode()
