"""The budget of an event: Alice is of the desk, Bob writes for the libraries, Charlie has no role."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.contributions import desk
from moothall.contributions.models import Contribution
from moothall.core import clock
from moothall.events import budget_actions, budget_queries
from moothall.events.budget import Room
from moothall.events.budget_queries import Line
from moothall.events.models import ChannelPlan, Slot
from moothall.publishing import approving
from moothall.publishing.delivery import claim
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Post
from moothall.publishing.sending import send
from moothall.records.models import Record
from moothall.rehearsal.models import Fault, PracticeAccount
from tests import factories
from tests.events import keys

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STARTS = datetime(2027, 10, 30, 5, tzinfo=UTC)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A day with one official channel like Mastodon's and one backup like Bluesky's, an hour before it begins."""
    now = SimpleNamespace(at=STARTS - HOUR)
    monkeypatch.setattr(clock, "now", lambda: now.at)
    keys.differ(monkeypatch)
    libraries = factories.service("Libraries")
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, libraries), name="Bob Stone")
    charlie = factories.person(name="Charlie Way")
    event = factories.event(name="A day", starts_at=STARTS)
    main, backup = (practice(libraries, name, like) for name, like in (("Main", "mastodon"), ("Spare", "bluesky")))
    event.official_channels.set([main])
    event.backup_channels.set([backup])
    slot = Slot.objects.create(event=event, service=libraries, starts_at=STARTS, ends_at=STARTS + HOUR, theme="Dawn")
    return SimpleNamespace(
        now=now, alice=alice, bob=bob, charlie=charlie, event=event, main=main, backup=backup, slot=slot
    )


def practice(service: Any, name: str, like: str) -> Any:
    made = factories.channel(network="rehearsal", service=service, display_name=name, handle=name.lower())
    factories.connect(made, like=like)
    return made


def post(town: SimpleNamespace, at: datetime | None, on: Any = None, **values: Any) -> Post:
    made = factories.post(town.bob, on or town.main, at=at, **values)
    town.slot.posts.add(made)
    return made


def approve(town: SimpleNamespace, made: Post) -> list[Delivery]:
    return approving.approve(town.alice, approving.send_for_approval(town.bob, made))


def line(town: SimpleNamespace, of: Any = None, user: Any = None) -> Line:
    found = budget_queries.budget_of(user or town.alice, town.event, town.now.at)
    return next(each for each in found.lines if each.channel == (of or town.main))


def words(answer: Any) -> str:
    main = BeautifulSoup(answer.content, "html.parser").main
    assert main
    return " ".join(main.get_text(" ").split())


def test_what_is_planned_counts_threads_pictures_and_what_awaits_approval(town: SimpleNamespace) -> None:
    approve(town, post(town, STARTS + 5 * MINUTE, pictures=2))
    post(town, None, text="One\n---\nTwo\n---\nThree", pictures=1)
    cancelled = approve(town, post(town, STARTS + 20 * MINUTE))
    Delivery.objects.filter(pk__in=[each.pk for each in cancelled]).update(state=DeliveryState.CANCELLED)
    found = line(town)
    assert (found.posts, found.uploads) == (4, 3)
    uploads, requests, _ = found.limits
    assert (uploads.fullest.used, uploads.fullest.begins, uploads.room) == (3, STARTS, Room.PLENTY)
    assert requests.fullest.used == 4, "the thread at six; the other post comes just five minutes later"
    assert [each.at for each in found.planned] == [STARTS, STARTS + 5 * MINUTE]
    assert line(town, town.backup).posts == 0
    hidden = line(town, user=town.charlie)
    assert [each.post for each in hidden.planned] == [None, None]


def test_too_many_pictures_in_half_an_hour_are_said_before_the_day(town: SimpleNamespace, signed_in: Any) -> None:
    for number in range(8):
        post(town, STARTS + number * MINUTE, pictures=4)
    found = line(town)
    assert (found.limits[0].total, found.room) == (32, Room.NONE)
    page = signed_in(town.charlie).get(reverse("budget", args=["a-day"]))
    assert reverse("channel-plan", args=["a-day", town.main.pk]) not in page.content.decode(), "she may only look"
    shown = words(page)
    assert "Little room in the plan Main on Rehearsal" in shown
    assert "30 uploads in 30 minutes 32" in shown
    assert "No room in the plan" in shown


def test_alice_plans_what_she_expects_the_price_and_the_backup(town: SimpleNamespace, signed_in: Any) -> None:
    alice = signed_in(town.alice)
    page = reverse("budget", args=["a-day"])
    assert "No backup Networks may take a busy day for spam" in words(alice.get(page))
    address = reverse("channel-plan", args=["a-day", town.main.pk])
    values = {"an_hour": "50", "pence": "12", "backup": town.backup.pk, "second_backup": "", "note": "Ring Alice."}
    shown = words(alice.post(address, values, follow=True))
    assert "Price of the event: £144.00" in shown, "24 hours of 50 posts at 12 pence"
    assert "If it is stopped: Spare on Rehearsal. Ring Alice." in shown
    assert "25 expected" in shown
    assert "Little room" in shown, "50 an hour with a picture each are 25 in half an hour"
    assert "No backup" not in shown
    assert Record.objects.get(kind="event.channel_planned").after["note"] == "Ring Alice."
    assert "£144.00" in words(alice.post(address, values, follow=True))
    assert Record.objects.filter(kind="event.channel_planned").count() == 1, "nothing changed the second time"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"backup": "main"}, "Select a valid choice"),
        ({"backup": "backup", "second_backup": "backup"}, "This is the first backup already"),
        ({"second_backup": "backup"}, "Choose the first backup before the second"),
        ({"an_hour": "5000"}, "at most 1000 posts an hour"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    town: SimpleNamespace, signed_in: Any, values: dict[str, str], said: str
) -> None:
    pks = {"main": town.main.pk, "backup": town.backup.pk}
    sent = {"an_hour": "0", "pence": "0"} | {name: pks.get(value, value) for name, value in values.items()}
    answer = signed_in(town.alice).post(reverse("channel-plan", args=["a-day", town.main.pk]), sent)
    assert said in words(answer)
    assert not ChannelPlan.objects.exists()


def test_only_channels_of_the_event_are_planned_and_only_by_the_desk(town: SimpleNamespace) -> None:
    stranger = factories.channel(service=town.main.service)
    with pytest.raises(ValidationError, match="not a channel of this event"):
        budget_actions.save_plan(town.alice, ChannelPlan(event=town.event, channel=stranger))
    with pytest.raises(ValidationError, match="not a backup channel of this event"):
        budget_actions.save_plan(town.alice, ChannelPlan(event=town.event, channel=town.main, backup=stranger))
    with pytest.raises(PermissionDenied):
        budget_actions.save_plan(town.bob, ChannelPlan(event=town.event, channel=town.main))
    with pytest.raises(ValidationError, match="Plan it first"):
        budget_actions.go_over(town.alice, town.event, town.main, town.backup)


def test_during_the_event_what_was_really_sent_is_counted(town: SimpleNamespace, signed_in: Any) -> None:
    for number in range(6):
        approve(town, post(town, STARTS + number * MINUTE, pictures=4))
        town.now.at = STARTS + number * MINUTE
        claimed = claim(town.main.pk)
        assert claimed
        send(claimed)
    found = line(town)
    assert (found.limits[0].used, found.limits[0].left, found.room_now) == (24, 6, Room.TIGHT)
    assert found.limits[1].used == 24 + 6 - 5, "of the post six o'clock sent, five minutes have just passed"
    browser = signed_in(town.alice)
    shown = words(browser.get(reverse("budget", args=["a-day"])))
    assert "Nearly used up now Main on Rehearsal" in shown
    town.now.at = STARTS + 31 * MINUTE
    assert line(town).limits[0].used == 16, "two of them are more than half an hour ago"


def test_what_the_network_itself_said_is_shown(town: SimpleNamespace, signed_in: Any) -> None:
    approve(town, post(town, STARTS + MINUTE))
    PracticeAccount.objects.filter(handle="main").update(fault=Fault.BUSY, left=1)
    town.now.at = STARTS + 2 * MINUTE
    claimed = claim(town.main.pk)
    assert claimed
    send(claimed)
    found = line(town)
    assert found.said == ["Sat 06:02: Try again later"]
    assert found.waits_until
    assert found.waits_until >= town.now.at + timedelta(seconds=20)
    assert found.limits[1].used == 0, "it was not taken"
    assert "The network itself said" in words(signed_in(town.bob).get(reverse("budget", args=["a-day"])))
    assert Attempt.objects.get().status == 429


def test_alice_goes_over_to_the_backup_and_back(town: SimpleNamespace, signed_in: Any) -> None:
    alice, bob = signed_in(town.alice), signed_in(town.bob)
    approve(town, post(town, STARTS + MINUTE))
    plan = ChannelPlan(event=town.event, channel=town.main, backup=town.backup)
    budget_actions.save_plan(town.alice, plan)
    over = reverse("go-over", args=["a-day", town.main.pk])
    assert bob.post(over, {"to": town.backup.pk}).status_code == 403
    assert "Choose a backup channel" in words(alice.post(over, {"to": "x"}, follow=True))
    shown = words(alice.post(over, {"to": town.backup.pk}, follow=True))
    assert "Use Spare on Rehearsal instead from now on. Alice Reed decided so" in shown
    assert "1 still to go out here" in shown
    assert Delivery.objects.get().channel == town.main, "what waits stays where it is"
    assert budget_queries.to_speak_on(town.event) == [town.backup]
    order = bob.get(reverse("running-order", args=["a-day"]))
    assert "Use Spare on Rehearsal from now on, not Main on Rehearsal." in words(order)
    told = Contribution.objects.create(words="A swan.", event=town.event, once=uuid.uuid4(), told_at=town.now.at)
    desk.claim(town.alice, told)
    offered = BeautifulSoup(alice.get(reverse("contribution", args=[told.pk])).content, "html.parser")
    ticked = [each["value"] for each in offered.select('input[name="channels"][checked]')]
    assert ticked == [str(town.backup.pk)]
    town.event.official_channels.clear()
    assert budget_queries.to_speak_on(town.event) == [town.backup], "it is offered where every channel is official too"
    town.event.official_channels.set([town.main])
    assert "is in use again" in words(alice.post(reverse("come-back", args=["a-day", town.main.pk]), follow=True))
    assert budget_queries.to_speak_on(town.event) == [town.main]
    kinds = list(Record.objects.filter(kind__in=["event.gone_over", "event.came_back"]).values_list("kind", flat=True))
    assert kinds == ["event.gone_over", "event.came_back"]


def test_a_backup_that_is_not_live_is_no_way_out(town: SimpleNamespace) -> None:
    budget_actions.save_plan(town.alice, ChannelPlan(event=town.event, channel=town.main, backup=town.backup))
    type(town.backup).objects.filter(pk=town.backup.pk).update(state="dormant")
    town.backup.refresh_from_db()
    with pytest.raises(ValidationError, match="is not live"):
        budget_actions.go_over(town.alice, town.event, town.main, town.backup)


def test_without_chosen_channels_those_of_the_staged_posts_are_shown(town: SimpleNamespace) -> None:
    town.event.official_channels.clear()
    other = factories.connected(service=town.main.service)
    post(town, STARTS, on=other)
    assert [each.channel for each in budget_queries.budget_of(town.alice, town.event, town.now.at).lines] == [
        other,
        town.backup,
    ]
    assert line(town, other).limits == []
    assert not line(town, other).lacks_backup, "the Newsroom suspends nobody"


def test_many_posts_take_no_more_queries_than_few(town: SimpleNamespace) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            line(town)
        return len(caught)

    post(town, STARTS, pictures=1)
    approve(town, post(town, STARTS + MINUTE))
    few = queries()
    for number in range(4):
        post(town, STARTS + number * MINUTE, pictures=1)
        approve(town, post(town, STARTS + number * MINUTE + MINUTE))
    town.event.official_channels.add(practice(town.main.service, "Other", "mastodon"))
    assert queries() == few
    assert few <= 15
