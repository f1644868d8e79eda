"""Setting up an event: Alice is of the desk, Bob writes for the libraries, Charlie has no role."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.events import event_actions, misspellings
from moothall.events.event_actions import Belongings
from moothall.events.models import Event, EventTag, Item
from moothall.networks.text import fold_tag
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(signed_in: Any) -> SimpleNamespace:
    libraries = factories.service("Libraries")
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, libraries), name="Bob Stone")
    charlie = factories.person(name="Charlie Way")
    browsers = {each.name.split()[0].lower(): signed_in(each) for each in (alice, bob, charlie)}
    return SimpleNamespace(libraries=libraries, alice=alice, bob=bob, charlie=charlie, browsers=browsers)


def asked(**other: Any) -> dict[str, Any]:
    """A filled form: 24 hours across the night on which the clocks go back."""
    return {
        "name": "A day of the council",
        "tag": "ExDay24",
        "alternates": "#ExDay, ExampleshireDay",
        "misspellings": "ExDya24",
        "zone": "Europe/London",
        "start_day": "2026-10-24",
        "start_time": "06:00",
        "length": "24",
        "safeguarding_minutes": "0",
        "shows_staff_at_once": "on",
        "is_public": "yes",
        "design": "night",
        "then": "save",
        **other,
    }


def words(page: Any) -> str:
    main = BeautifulSoup(page.content, "html.parser").main
    assert main
    return " ".join(main.get_text(" ").split())


def test_alice_sets_up_an_event_and_sees_it(town: SimpleNamespace) -> None:
    answer = town.browsers["alice"].post(reverse("new-event"), asked(services=[town.libraries.pk]), follow=True)
    event = Event.objects.get()
    assert answer.redirect_chain[-1][0] == "/live/a-day-of-the-council/"
    assert event.main_tag == "ExDay24"
    assert [each.folded for each in event.tags.all()] == ["exday24", "exday", "exampleshireday", "exdya24"]
    assert "#ExDay24" in words(answer)
    assert "Libraries" in words(answer)
    assert Record.objects.filter(kind="event.added", ref=f"event:{event.pk}").exists()


def test_24_hours_across_the_autumn_change_are_24_real_hours(town: SimpleNamespace) -> None:
    alice: Client = town.browsers["alice"]
    looked = alice.post(reverse("new-event"), asked(then="look"))
    assert "Sunday 25 October 2026, 05:00 GMT (UTC+00:00): 24 hours." in words(looked)
    assert "The clocks go back while it runs." in words(looked)
    assert not Event.objects.exists(), "looking saves nothing"
    alice.post(reverse("new-event"), asked())
    event = Event.objects.get()
    assert event.starts_at == datetime(2026, 10, 24, 5, tzinfo=UTC)
    assert event.ends_at - event.starts_at == timedelta(hours=24)
    shown = alice.get(reverse("edit-event", args=[event.slug]))
    form = shown.context["form"]
    assert form.initial["length"] == "24"
    alice.post(reverse("edit-event", args=[event.slug]), asked(name="The council’s day"))
    event.refresh_from_db()
    assert event.name == "The council’s day"
    assert event.slug == "a-day-of-the-council", "an address stays"
    assert event.ends_at - event.starts_at == timedelta(hours=24)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tag": "24"}, "“24” is no hashtag on the networks."),
        ({"tag": "Ex-Day"}, "“Ex-Day” is no hashtag on the networks."),
        ({"alternates": "x" * 65}, "A hashtag has 64 characters at most"),
        ({"start_day": "2026-03-29", "start_time": "01:30"}, "01:30 does not exist"),
        ({"length": "other"}, "Give the day and the time at which it ends"),
        ({"length": "other", "end_day": "2026-10-24", "end_time": "05:00"}, "Give an end that is later"),
        ({"slug": "new"}, "This short name is taken by Moothall itself."),
        ({"safeguarding_minutes": "2000"}, "Give at most 1440 minutes"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(town: SimpleNamespace, wrong: dict[str, str], said: str) -> None:
    answer = town.browsers["alice"].post(reverse("new-event"), asked(**wrong))
    assert said in words(answer)
    assert answer.context["form"]["name"].value() == "A day of the council"
    assert not Event.objects.exists()


def test_misspellings_are_suggested_and_each_is_a_hashtag(town: SimpleNamespace) -> None:
    answer = town.browsers["alice"].post(reverse("new-event"), asked(then="suggest", misspellings="", name=""))
    suggested = answer.context["form"]["misspellings"].value().split()
    assert "EDxay24" in suggested
    assert len(suggested) == misspellings.MOST
    assert all(misspellings.is_hashtag(each) and fold_tag(each) != "exday24" for each in suggested)
    assert "Fill in" not in words(answer), "a suggestion is no time to complain"


def test_another_event_with_the_hashtag_at_that_time_is_warned_of(town: SimpleNamespace) -> None:
    alice: Client = town.browsers["alice"]
    alice.post(reverse("new-event"), asked())
    alice.post(reverse("new-event"), asked(name="A rival", tag="exampleshireDAY", alternates="", misspellings=""))
    assert "“A day of the council” has #ExampleshireDay at the same time." in words(alice.get("/live/a-rival/"))


def test_bob_and_charlie_see_events_and_may_not_change_them(town: SimpleNamespace) -> None:
    town.browsers["alice"].post(reverse("new-event"), asked())
    event = Event.objects.get()
    for name in ("bob", "charlie"):
        browser: Client = town.browsers[name]
        assert "A day of the council" in words(browser.get(reverse("live")))
        shown = browser.get(reverse("live-event", args=[event.slug]))
        assert shown.status_code == 200
        assert "Change the event" not in words(shown)
        assert browser.post(reverse("edit-event", args=[event.slug]), asked()).status_code == 403
    with pytest.raises(PermissionDenied):
        event_actions.save_event(town.bob, event, Belongings({EventTag.Kind.MAIN: ["Mine"]}))


def test_a_new_safeguarding_delay_holds_for_what_waits(town: SimpleNamespace) -> None:
    town.browsers["alice"].post(reverse("new-event"), asked())
    event = Event.objects.get()
    said_at = clock.now()
    waits, seen = (
        Item.objects.create(
            event=event, network="mastodon", remote_id=name, author_id="a", author_handle="a", text="x",
            said_at=said_at, show_at=said_at, came_by="a test", is_on_wall=name == "seen",
        )
        for name in ("waits", "seen")
    )  # fmt: skip
    town.browsers["alice"].post(reverse("edit-event", args=[event.slug]), asked(safeguarding_minutes="30"))
    waits.refresh_from_db()
    seen.refresh_from_db()
    assert waits.show_at == waits.seen_at + timedelta(minutes=30)
    assert seen.show_at == said_at


def test_hours_that_would_leave_a_slot_outside_are_refused(town: SimpleNamespace) -> None:
    town.browsers["alice"].post(reverse("new-event"), asked())
    event = Event.objects.get()
    event.slots.create(
        service=town.libraries, starts_at=event.starts_at, ends_at=event.starts_at + timedelta(hours=1), theme="Dawn"
    )
    event.starts_at += timedelta(hours=1)
    with pytest.raises(ValidationError, match="1 of its slots would lie outside"):
        event_actions.save_event(town.alice, event, Belongings({EventTag.Kind.MAIN: ["ExDay24"]}))
