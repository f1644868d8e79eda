"""An event in other calendars: Alice is of the desk and on shift, Bob owns a slot, Charlie leaves."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from moothall.accounts.roles import Role
from moothall.events import event_feed_actions
from moothall.events.models import EventFeed, Shift, Slot
from moothall.planning import feed_actions
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
STARTS = datetime(2027, 10, 30, 5, tzinfo=UTC)
"""06:00 in the United Kingdom, the day before the clocks go back."""


@pytest.fixture
def town() -> SimpleNamespace:
    libraries = factories.service("Libraries")
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, libraries), name="Bob Stone")
    event = factories.event(name="A day", starts_at=STARTS)
    for hour, owner in ((18, bob), (19, None), (20, alice)):
        begins = STARTS + hour * HOUR
        values = {"theme": f"Hour {hour}", "owner": owner, "service": libraries}
        Slot.objects.create(event=event, starts_at=begins, ends_at=begins + HOUR, **values)
    Shift.objects.create(event=event, person=alice, starts_at=STARTS + 16 * HOUR, ends_at=STARTS + 24 * HOUR)
    return SimpleNamespace(alice=alice, bob=bob, event=event)


def fetch(token: str) -> Any:
    return Client().get(reverse("event-feed", args=[token]))


def entries(town: SimpleNamespace, person: Any, kind: str) -> list[Any]:
    answer = fetch(event_feed_actions.make(person, town.event, kind).token)
    assert answer["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_running_order_is_right_across_the_change_of_clocks(town: SimpleNamespace) -> None:
    found = entries(town, town.bob, "order")
    said = [(str(each["summary"]), f"{each.decoded('dtstart').astimezone(LONDON):%a %H:%M %Z}") for each in found]
    assert said == [
        ("Libraries: Hour 18", "Sun 00:00 BST"),
        ("Libraries: Hour 19", "Sun 01:00 BST"),
        ("Libraries: Hour 20", "Sun 01:00 GMT"),
    ]
    assert all(each.decoded("dtend") - each.decoded("dtstart") == HOUR for each in found)
    assert len({str(each["uid"]) for each in found}) == 3


def test_the_rota_lasts_its_real_hours(town: SimpleNamespace) -> None:
    (shift,) = entries(town, town.bob, "rota")
    assert str(shift["summary"]) == "Alice Reed: The desk"
    assert f"{shift.decoded('dtend').astimezone(LONDON):%a %H:%M %Z}" == "Sun 05:00 GMT"
    assert shift.decoded("dtend") - shift.decoded("dtstart") == 8 * HOUR


def test_each_sees_what_they_do_themselves(town: SimpleNamespace) -> None:
    assert [str(each["summary"]) for each in entries(town, town.bob, "mine")] == ["Libraries: Hour 18"]
    mine = [str(each["summary"]) for each in entries(town, town.alice, "mine")]
    assert mine == ["Libraries: Hour 20", "Alice Reed: The desk"]


def test_an_address_is_shown_once_follows_the_plan_and_is_taken_away(town: SimpleNamespace, signed_in: Any) -> None:
    alice, bob = signed_in(town.alice), signed_in(town.bob)
    page = alice.post(reverse("event-feeds", args=["a-day"]), {"kind": "rota"})
    assert "no-store" in page["Cache-Control"]
    token = page.context["address"].rsplit("/", 1)[1].removesuffix(".ics")
    assert page.context["address"] in page.content.decode()
    assert token not in alice.get(reverse("event-feeds", args=["a-day"])).content.decode()
    before = fetch(token)
    assert Client().get(before.request["PATH_INFO"], headers={"If-None-Match": before["ETag"]}).status_code == 304
    Shift.objects.update(task="The phones")
    assert b"The phones" in fetch(token).content
    feed = EventFeed.objects.get()
    revoke = reverse("revoke-event-feed", args=["a-day", feed.pk])
    assert bob.post(revoke).status_code == 404
    with pytest.raises(PermissionDenied):
        feed_actions.revoke(town.bob, feed)
    alice.post(revoke)
    assert fetch(token).status_code == 404
    kinds = list(Record.objects.filter(ref=f"event_feed:{feed.pk}").values_list("kind", flat=True))
    assert kinds == ["event_feed.made", "event_feed.revoked"]


def test_an_address_stops_when_its_person_leaves_and_nobody_hoards_them(town: SimpleNamespace) -> None:
    charlie = factories.person(name="Charlie Way")
    token = event_feed_actions.make(charlie, town.event, "order").token
    for _ in range(feed_actions.MOST_FEEDS - 1):
        event_feed_actions.make(charlie, town.event, "mine")
    with pytest.raises(ValidationError, match="Take one away first"):
        event_feed_actions.make(charlie, town.event, "mine")
    charlie.is_active = False
    charlie.save()
    assert fetch(token).status_code == 404


def test_the_plan_pages_lead_to_the_addresses(town: SimpleNamespace, signed_in: Any) -> None:
    bob = signed_in(town.bob)
    for name in ("running-order", "rota"):
        assert reverse("event-feeds", args=["a-day"]) in bob.get(reverse(name, args=["a-day"])).content.decode()
