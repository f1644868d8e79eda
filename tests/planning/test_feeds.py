"""The plan in other calendars. Alice leads the libraries, Bob writes for the highways, Charlie has no role."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from moothall.accounts.models import Membership, Service, User
from moothall.accounts.roles import Role
from moothall.planning import feed_actions, feeds
from moothall.planning.models import CalendarFeed
from moothall.publishing import approving
from moothall.publishing.models import Delivery, DeliveryState, Post
from moothall.records.models import Record
from tests import factories
from tests.planning.clocks import stop_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> Service:
    stop_at(monkeypatch, 2026, 10, 20, 9)
    return factories.service("Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.LEAD, libraries), name="Alice Reed")


def approved(by: User, at: datetime, text: str = "Story time at ten.\nBring a cushion.", number: int = 1) -> Post:
    of = Service.objects.get(name="Libraries")
    post = factories.post(by, *(factories.connected(service=of) for _ in range(number)), text=text, at=at)
    approving.approve(factories.person((Role.APPROVER, of)), approving.send_for_approval(by, post))
    return post


def fetch(token: str, **headers: str) -> HttpResponse:
    answer: Any = Client().get(f"/calendar/feed/{token}.ics", headers=headers)
    return answer  # type: ignore[no-any-return]


def events(token: str) -> list[Any]:
    answer = fetch(token)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_person_makes_an_address_sees_it_once_and_takes_it_away(alice: User, signed_in: Any) -> None:
    browser = signed_in(alice)
    page = browser.post("/calendar/feeds/", {"service": Service.objects.get().pk})
    assert "no-store" in page["Cache-Control"]
    address = page.context["address"]
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert address in page.content.decode()
    assert token not in browser.get("/calendar/feeds/").content.decode()
    feed = CalendarFeed.objects.get()
    assert feed.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(list(Record.objects.values()))
    assert fetch(token).status_code == 200
    browser.post(f"/calendar/feeds/{feed.pk}/revoke/")
    assert fetch(token).status_code == 404
    kinds = list(Record.objects.filter(ref=f"calendar_feed:{feed.pk}").values_list("kind", flat=True))
    assert kinds == ["calendar_feed.made", "calendar_feed.revoked"]


def test_nobody_makes_an_address_for_what_they_may_not_see_or_takes_anothers_away(
    alice: User, libraries: Service, signed_in: Any
) -> None:
    bob, charlie = factories.person((Role.AUTHOR, factories.service("Highways"))), factories.person()
    for person, service in ((bob, libraries), (charlie, libraries), (charlie, None)):
        with pytest.raises(PermissionDenied):
            feed_actions.make(person, service)
    made = feed_actions.make(alice, libraries)
    assert signed_in(bob).post(f"/calendar/feeds/{made.feed.pk}/revoke/").status_code == 404
    with pytest.raises(PermissionDenied):
        feed_actions.revoke(bob, made.feed)
    assert fetch(made.token).status_code == 200
    assert signed_in(bob).post("/calendar/feeds/", {"service": libraries.pk}).context["form"].errors


def test_an_address_stops_when_its_person_leaves_or_loses_the_role(alice: User, libraries: Service) -> None:
    of_one, of_all = feed_actions.make(alice, libraries).token, feed_actions.make(alice, None).token
    membership = Membership.objects.get(user=alice)
    Membership.objects.filter(pk=membership.pk).update(service=factories.service("Highways"))
    assert [fetch(token).status_code for token in (of_one, of_all)] == [404, 200]
    Membership.objects.filter(pk=membership.pk).delete()
    assert [fetch(token).status_code for token in (of_one, of_all)] == [404, 404]
    membership.save()
    assert [fetch(token).status_code for token in (of_one, of_all)] == [200, 200]
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert [fetch(token).status_code for token in (of_one, of_all)] == [404, 404]
    assert fetch("no-such-token").status_code == 404


def test_the_feed_of_all_holds_only_what_its_person_may_see(alice: User) -> None:
    approved(alice, datetime(2026, 10, 22, 9, tzinfo=UTC))
    bob = factories.person((Role.AUTHOR, factories.service("Highways")))
    assert len(events(feed_actions.make(alice, None).token)) == 1
    assert events(feed_actions.make(bob, None).token) == []


def test_an_event_says_what_where_when_and_how_far_it_is(alice: User, libraries: Service) -> None:
    post = approved(alice, datetime(2026, 10, 22, 9, tzinfo=UTC), number=2)
    factories.post(alice, Post.objects.get().variants.all()[0].channel, text="Soon", at=post.scheduled_for)
    token = feed_actions.make(alice, libraries).token
    confirmed, tentative = sorted(events(token), key=lambda each: str(each["STATUS"]))
    assert confirmed["STATUS"] == "CONFIRMED"
    assert tentative["STATUS"] == "TENTATIVE"
    assert confirmed["SUMMARY"] == "Story time at ten."
    assert confirmed["DTSTART"].dt == datetime(2026, 10, 22, 9, tzinfo=UTC)
    assert confirmed["UID"].startswith(f"post-{post.pk}@")
    for expected in ("Scheduled", " on Newsroom, Channel ", f"/posts/{post.pk}/"):
        assert expected in confirmed["DESCRIPTION"]
    assert confirmed["LAST-MODIFIED"].dt.tzinfo is not None
    Delivery.objects.update(state=DeliveryState.CANCELLED)
    assert {str(each["STATUS"]) for each in events(token)} == {"CANCELLED", "TENTATIVE"}


def test_both_changes_of_the_clocks_are_read_back_as_they_were_meant(
    alice: User, libraries: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    forward = [datetime(2027, 3, 28, 0, 59, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)]
    for at in (*back, *forward):
        approved(alice, at)
    found = sorted(each["DTSTART"].dt for each in events(feed_actions.make(alice, libraries).token))
    assert found == [*back, *forward]
    shown = [each.astimezone(feeds.clock.now().tzinfo) for each in found]
    assert len(set(shown)) == 4, "01:30 is two events, an hour apart"


def test_an_event_keeps_its_id_when_its_post_is_moved(alice: User, libraries: Service) -> None:
    post = approved(alice, datetime(2026, 10, 22, 9, tzinfo=UTC), number=2)
    token = feed_actions.make(alice, libraries).token
    (before,) = events(token)
    approving.reschedule(alice, post, datetime(2026, 10, 24, 9, tzinfo=UTC))
    (after,) = events(token)
    assert before["UID"] == after["UID"]
    assert before["DTSTART"].dt != after["DTSTART"].dt
    first = Delivery.objects.order_by("channel").first()
    assert first is not None
    Delivery.objects.filter(pk=first.pk).update(due_at=datetime(2026, 10, 23, 9, tzinfo=UTC))
    ids = {str(each["UID"]) for each in events(token)}
    assert len(ids) == 2
    assert str(before["UID"]) in ids


def test_the_feed_reaches_a_month_back_and_half_a_year_ahead(
    alice: User, libraries: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    for days in (29, 31, 210, 212):
        approved(alice, now + timedelta(days=days), text=f"In {days} days")
    stop_at(monkeypatch, 2026, 11, 19, 9)
    token = feed_actions.make(alice, libraries).token
    assert {str(each["SUMMARY"]) for each in events(token)} == {"In 29 days", "In 31 days"}
    monkeypatch.setattr(feeds, "MOST_EVENTS", 1)
    assert len(events(token)) == 1


def test_the_same_plan_is_not_sent_twice_and_nobody_else_keeps_or_finds_it(
    alice: User, libraries: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = approved(alice, datetime(2026, 10, 22, 9, tzinfo=UTC))
    token = feed_actions.make(alice, libraries).token
    first = fetch(token)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in first["Cache-Control"]
    assert "noindex" in first["X-Robots-Tag"]
    assert first["Referrer-Policy"] == "no-referrer"
    stop_at(monkeypatch, 2026, 10, 20, 10)
    again = fetch(token, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert "private" in again["Cache-Control"]
    approving.reschedule(alice, post, datetime(2026, 10, 24, 9, tzinfo=UTC))
    assert fetch(token, if_none_match=first["ETag"]).status_code == 200


def test_words_cannot_break_out_of_their_event(alice: User, libraries: Service) -> None:
    approved(alice, datetime(2026, 10, 22, 9, tzinfo=UTC), text="Hello;x,y\\n END:VEVENT\r\nBEGIN:VALARM")
    (event,) = events(feed_actions.make(alice, libraries).token)
    assert "END:VEVENT" in event["SUMMARY"]
    assert not event.walk("VALARM")


def test_nobody_collects_addresses_without_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_actions, "MOST_FEEDS", 2)
    for _ in range(2):
        feed_actions.make(alice, None)
    with pytest.raises(ValidationError, match="Take one away first"):
        feed_actions.make(alice, None)
