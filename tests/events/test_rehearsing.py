"""Rehearsing a whole event: Alice is of the desk, Bob writes for the libraries, Charlie has no role."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.channels.models import Channel, Connection
from moothall.contributions import queries as contribution_queries
from moothall.core import clock
from moothall.events import event_queries, moderating, rehearsal_queries, rehearsing, taking
from moothall.events.listening import own_deliveries
from moothall.events.models import ChannelPlan, Door, Event, Item, Place, Shift, Slot
from moothall.events.moderating import Verb
from moothall.events.running import Tempo
from moothall.networks import registry
from moothall.newsroom.models import Entry
from moothall.publishing import approving
from moothall.publishing import rehearsing as copying
from moothall.publishing.delivery import claim
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Post, Revision
from moothall.publishing.sending import send
from moothall.records.models import Record
from moothall.rehearsal import crowd
from moothall.rehearsal.hearing import remote_item
from moothall.rehearsal.models import CrowdPost, Fault, PracticeAccount, Sent
from tests import factories
from tests.events import keys

pytestmark = pytest.mark.django_db

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
STARTS = datetime(2027, 10, 30, 5, tzinfo=UTC)
"""06:00 in the United Kingdom, the day before the clocks go back."""
NOW = datetime(2027, 10, 20, 9, tzinfo=UTC)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An event ten days ahead with two slots, a shift, and two posts, of which one is approved."""
    now = SimpleNamespace(at=NOW)
    monkeypatch.setattr(clock, "now", lambda: now.at)
    keys.differ(monkeypatch)
    libraries = factories.service("Libraries")
    alice = factories.person((Role.DESK, None), name="Alice Reed")
    bob = factories.person((Role.AUTHOR, libraries), name="Bob Stone")
    charlie = factories.person(name="Charlie Way")
    event = factories.event(name="A day", starts_at=STARTS)
    main = factories.connected(service=libraries, slug="libraries", handle="libraries", display_name="Libraries")
    spare = factories.channel(service=libraries, network="bluesky", slug="spare", handle="spare.example")
    event.official_channels.set([main])
    event.backup_channels.set([spare])
    ChannelPlan.objects.create(event=event, channel=main, backup=spare, an_hour=4)
    night, last = (STARTS + hour * HOUR for hour in (19, 23))
    slots = [
        Slot.objects.create(event=event, service=libraries, starts_at=at, ends_at=at + HOUR, theme=theme, owner=bob)
        for at, theme in ((night, "The hour that comes twice"), (last, "Dawn"))
    ]
    Shift.objects.create(event=event, person=alice, starts_at=STARTS, ends_at=STARTS + 8 * HOUR)
    ready = factories.post(bob, main, text="Owls are up. #exday24", at=night + 30 * MINUTE, pictures=1)
    draft = factories.post(bob, main, text="Not approved #ExDay24", at=last)
    slots[0].posts.set([ready])
    slots[1].posts.set([draft])
    approving.approve(alice, approving.send_for_approval(bob, ready))
    return SimpleNamespace(now=now, alice=alice, bob=bob, charlie=charlie, event=event, main=main, ready=ready)


def begin(town: SimpleNamespace, an_hour: int = 0) -> Event:
    made = rehearsing.begin(town.alice, town.event, an_hour=an_hour)
    return event_queries.with_rehearsals_too().get(pk=made.pk)


def send_due() -> None:
    for channel in Channel.objects.all():
        while claimed := claim(channel.pk):
            send(claimed)


def hear_the_crowd() -> None:
    """As the listener would: whatever the crowd said since."""
    crowd.speak_due()
    for post in CrowdPost.objects.exclude(change=None):
        taking.take("rehearsal", remote_item(post), "a test")


def words(answer: Any) -> str:
    main = BeautifulSoup(answer.content, "html.parser").main
    assert main
    return " ".join(main.get_text(" ").split())


def test_a_day_with_a_change_of_clocks_takes_twenty_four_minutes(town: SimpleNamespace) -> None:
    made = begin(town)
    assert (made.starts_at, made.ends_at) == (NOW, NOW + 24 * MINUTE)
    assert [(each.starts_at - NOW, each.ends_at - NOW) for each in made.slots.all()] == [
        (19 * MINUTE, 20 * MINUTE),
        (23 * MINUTE, 24 * MINUTE),
    ]
    assert made.shifts.get().ends_at == NOW + 8 * MINUTE
    town.now.at = NOW + 19.5 * MINUTE
    shown = rehearsal_queries.clocks(made, town.now.at)
    assert shown == rehearsal_queries.Clock("Sunday 31 October 2027, 01:30 BST (UTC+01:00)", "4 minutes")
    twice = rehearsal_queries.clocks(made, NOW + 20.5 * MINUTE)
    assert twice
    assert twice.event_time == "Sunday 31 October 2027, 01:30 GMT (UTC+00:00)"
    tempo = Tempo(STARTS.astimezone(made.tz), NOW.astimezone(made.tz), 60)
    assert tempo.at((STARTS + 21 * HOUR).astimezone(made.tz)) == NOW + 21 * MINUTE


def test_a_rehearsal_is_labelled_for_staff_alone_and_takes_nothing_real(
    town: SimpleNamespace, client: Any, signed_in: Any
) -> None:
    made = begin(town)
    assert (made.name, made.slug, made.main_tag) == ("Rehearsal 1 of A day", "a-day-rehearsal-1", "ExDay24R1")
    assert client.get(reverse("wall", args=[made.slug])).status_code in (302, 403, 404)
    assert made.pk not in [each.pk for each in event_queries.events()]
    assert made not in contribution_queries.running()
    said = crowd.say_in_the_crowd("wren", "Real #ExDay24")
    assert taking.take("rehearsal", remote_item(said), "a test") == []
    browser = signed_in(town.charlie)
    for name in ("event-rehearsal", "running-order", "rota", "budget"):
        shown = words(browser.get(reverse(name, args=[made.slug])))
        assert "This is a rehearsal In the event it is Saturday 30 October 2027, 06:00 BST" in shown
    overview = browser.get(reverse("live-event", args=[made.slug]))
    assert overview.url == reverse("event-rehearsal", args=[made.slug])
    assert "Rehearsal 1 of A day" in words(browser.get(reverse("live-event", args=["a-day"])))


def test_what_was_approved_goes_out_on_time_on_a_channel_that_behaves_alike(town: SimpleNamespace) -> None:
    made = begin(town)
    practice = made.official_channels.get()
    assert (practice.network, practice.slug, practice.service) == ("rehearsal", "practice-libraries", town.main.service)
    assert Connection.objects.filter(channel=practice).exists()
    assert made.backup_channels.get().slug == "practice-spare"
    assert made.channel_plans.get(channel=practice).backup == made.backup_channels.get()
    copied = Delivery.objects.get(channel=practice)
    assert (copied.text, copied.due_at) == ("Owls are up. #ExDay24R1", NOW + 19.5 * MINUTE)
    assert len(copied.media) == 1
    town.now.at = copied.due_at - SECOND
    send_due()
    assert not Sent.objects.exists()
    town.now.at = copied.due_at + SECOND
    send_due()
    assert Sent.objects.get().text == "Owls are up. #ExDay24R1"
    assert not Entry.objects.exists(), "the real post still waits"
    assert Delivery.objects.get(channel=town.main).state == DeliveryState.WAITING
    own_deliveries.take_sent()
    item = Item.objects.get()
    assert (item.event, item.door) == (made, Door.OFFICIAL)
    assert Post.objects.get(text__contains="R1").revisions.get().comment.startswith("It carries the approval of post")


def test_a_rehearsals_post_never_reaches_another_network(town: SimpleNamespace) -> None:
    """Not by its copying, and not by what becomes of its channel afterwards."""
    revision = Revision.objects.get(post=town.ready)
    with pytest.raises(ValidationError, match="not on the practice network"):
        copying.copy(town.alice, revision, {town.main.pk: town.main}, NOW, str)
    assert Post.objects.count() == 2
    made = begin(town)
    waiting = Delivery.objects.get(channel=made.official_channels.get())
    for network, handle in (("newsroom", "made-real"), ("mastodon", "made@real.example"), ("bluesky", "made.example")):
        Channel.objects.filter(pk=waiting.channel_id).update(network=network, handle=handle)
        Delivery.objects.filter(pk=waiting.pk).update(state=DeliveryState.WAITING, tries=0, try_after=None)
        town.now.at = waiting.due_at + SECOND
        claimed = claim(waiting.channel_id)
        assert claimed
        send(claimed)
        waiting.refresh_from_db()
        assert waiting.state == DeliveryState.FAILED
        assert "It is not sent." in waiting.trouble
    assert not Entry.objects.exists()
    assert set(registry.networks()) == {"newsroom", "rehearsal", "mastodon", "bluesky"}, "try each that there is"


def test_only_an_approved_post_is_copied_and_only_by_the_desk(town: SimpleNamespace) -> None:
    draft = Post.objects.get(text__startswith="Not approved")
    undecided = approving.send_for_approval(town.bob, draft)
    with pytest.raises(ValidationError, match="is not approved"):
        copying.copy(town.alice, undecided, {}, NOW, str)
    with pytest.raises(PermissionDenied):
        copying.copy(town.bob, Revision.objects.get(post=town.ready), {}, NOW, str)
    with pytest.raises(PermissionDenied):
        rehearsing.begin(town.bob, town.event, an_hour=0)
    made = begin(town)
    assert not Post.objects.filter(event_slots__event=made, text__contains="Not approved").exists()
    with pytest.raises(PermissionDenied):
        rehearsing.end(town.bob, made)
    with pytest.raises(ValidationError, match="A rehearsal of this event is on"):
        rehearsing.begin(town.alice, town.event, an_hour=0)
    with pytest.raises(ValidationError, match="is a rehearsal itself"):
        rehearsing.begin(town.alice, made, an_hour=0)
    with pytest.raises(ValidationError, match="no rehearsal"):
        rehearsing.end(town.alice, town.event)


def test_the_crowd_speaks_all_the_while_and_alice_moderates(town: SimpleNamespace, signed_in: Any) -> None:
    made = begin(town, an_hour=2)
    assert CrowdPost.objects.count() == 48
    assert Place.objects.get().address == "crowd"
    assert all(NOW <= each.said_at < made.ends_at for each in CrowdPost.objects.all())
    town.now.at = NOW + 12 * MINUTE
    for _ in range(3):
        hear_the_crowd()
    heard = list(made.items.order_by("pk"))
    assert 10 < len(heard) < 40
    Item.objects.update(seen_at=town.now.at)
    town.now.at += 40 * SECOND
    moderating.decide(town.alice, made, [heard[0].pk], Verb.ALLOW)
    town.now.at += 3 * MINUTE
    moderating.decide(town.alice, made, [heard[1].pk], Verb.HIDE, "Names a house")
    shown = words(signed_in(town.alice).get(reverse("event-rehearsal", args=[made.slug])))
    assert "Somebody decided about 2 items: half within 4 minutes, the last within 4 minutes" in shown
    assert f"{len(heard) - 2} wait: look at them" in shown


def test_what_a_rehearsal_finds(town: SimpleNamespace, signed_in: Any) -> None:
    for number in range(8):
        post = factories.post(town.bob, town.main, text=f"Picture {number}", at=STARTS + 23 * HOUR, pictures=4)
        Slot.objects.get(theme="Dawn").posts.add(post)
        approving.approve(town.alice, approving.send_for_approval(town.bob, post))
    made = begin(town)
    practice = made.official_channels.get()
    like_mastodon(practice)
    PracticeAccount.objects.filter(handle=practice.handle).update(fault=Fault.REFUSES, left=1)
    town.now.at = NOW + 22 * MINUTE
    send_due()
    town.now.at = NOW + 24 * MINUTE
    send_due()
    found = rehearsal_queries.findings(town.alice, made, town.event, town.now.at)
    assert (found.due, found.sent, found.unapproved) == (9, 8, 1)
    assert found.late == [f"“Picture {number}” on {practice} went out 60 seconds late" for number in range(8)]
    assert len(found.not_out) == 1
    assert "Owls are up. #ExDay24R1" in found.not_out[0]
    assert found.limits == [f"{practice}: 34 of 30 uploads in 30 minutes, from Sun 04:00"]
    assert found.gaps == [
        "Sat 06:00 to Sun 01:00 BST (19 hours)",
        "Sun 01:00 GMT to Sun 04:00 (3 hours)",
    ]
    shown = words(signed_in(town.alice).get(reverse("event-rehearsal", args=[made.slug])))
    assert "What was found" in shown
    assert "34 of 30 uploads in 30 minutes" in shown
    assert "1 staged post of the event" in shown


def like_mastodon(practice: Channel) -> None:
    Connection.objects.filter(channel=practice).delete()
    factories.connect(practice, like="mastodon")


def test_alice_begins_and_ends_a_rehearsal(town: SimpleNamespace, signed_in: Any) -> None:
    alice, bob = signed_in(town.alice), signed_in(town.bob)
    address = reverse("rehearse", args=["a-day"])
    assert bob.get(address).status_code == 403
    page = words(alice.get(address))
    assert "it lasts 24 minutes" in page
    assert "1 approved post is copied" in page
    assert "1 staged post is not approved" in page
    assert "less than or equal to 80" in words(alice.post(address, {"an_hour": "81"}))
    shown = words(alice.post(address, {"an_hour": "3"}, follow=True))
    assert "End the rehearsal" in shown
    made = Event.objects.get(rehearses=town.event)
    assert "A rehearsal of this event is on" in words(alice.post(address, {"an_hour": "3"}))
    end = reverse("end-rehearsal", args=[made.slug])
    assert bob.post(end).status_code == 403
    assert "End the rehearsal" not in words(bob.get(reverse("event-rehearsal", args=[made.slug])))
    town.now.at = NOW + 5 * MINUTE
    crowd.speak_due()
    spoken = CrowdPost.objects.exclude(change=None).count()
    shown = words(alice.post(end, follow=True))
    assert "It is over." in shown
    assert Delivery.objects.get(channel__network="rehearsal").state == DeliveryState.CANCELLED
    assert Delivery.objects.get(channel=town.main).state == DeliveryState.WAITING, "the real one is left alone"
    assert CrowdPost.objects.count() == spoken, "what was said stays said, the rest is never said"
    assert "This rehearsal is over." in words(alice.post(end, follow=True))
    kinds = list(Record.objects.filter(kind__startswith="event.rehearsal").values_list("kind", flat=True))
    assert kinds == ["event.rehearsal_begun", "event.rehearsal_ended"]
    again = begin(town)
    assert (again.slug, again.main_tag) == ("a-day-rehearsal-2", "ExDay24R2")
    assert Channel.objects.filter(slug__startswith="practice-").count() == 2, "the practice channels are used again"
    assert not Attempt.objects.exists()


def test_only_the_whole_hashtag_is_replaced() -> None:
    text = "#exday24 and ＃ExDay24, not #ExDay24s nor ExDay24"
    assert rehearsal_queries.with_own_tag(text, "ExDay24", "ExDay24R1") == (
        "#ExDay24R1 and ＃ExDay24R1, not #ExDay24s nor ExDay24"
    )
