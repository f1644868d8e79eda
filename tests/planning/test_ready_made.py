"""Ready-made texts: who keeps them, filling their gaps, and the rest between two sayings of an evergreen post."""

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.planning import ready_made_actions as actions
from moothall.planning import ready_made_queries as queries
from moothall.planning.ready_made_actions import Words
from moothall.publishing import actions as post_actions
from moothall.publishing import approving, checking, deciding, placeholders, resting
from moothall.publishing.content import Content, Wording, enclosed_in, of_post
from moothall.publishing.models import Delivery, Post, QueueSlot, ReadyMade
from moothall.records import queries as records
from tests import factories
from tests.planning.conftest import Clock

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
COOKING = "Cook chicken until no pink is left and the juices run clear."
moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, slug="libraries", handle="libraries", display_name="Libraries")


@pytest.fixture
def approver(libraries: Service) -> User:
    return factories.person((Role.APPROVER, libraries))


@pytest.fixture
def cooking(alice: User, libraries: Service) -> ReadyMade:
    return actions.save(alice, None, Words(libraries, "evergreen", "Safe cooking", COOKING, rest_days=30))


@pytest.fixture
def story_time(alice: User, libraries: Service) -> ReadyMade:
    text = "Story time is at {time of day} in {place}. Bring { place } with you {}."
    return actions.save(alice, None, Words(libraries, "template", "Story time", text))


def said_at(
    evergreen: ReadyMade, on: Channel, by: User, approver: User, when: datetime | None = None
) -> list[Delivery]:
    """Write a post of it, and have it approved."""
    content = Content(on.service, evergreen.text, {on: Wording()}, scheduled_for=when)
    post = post_actions.save_post(by, None, content, made_from=evergreen)
    return approving.approve(approver, approving.send_for_approval(by, post))


# --- Who keeps them ---------------------------------------------------------------------------------------------------


def test_authors_keep_their_services_words_and_the_desk_those_of_all(
    alice: User, bob: User, charlie: User, dana: User, libraries: Service, cooking: ReadyMade
) -> None:
    everywhere = actions.save(dana, None, Words(None, "template", "Closed", "We are closed on {day}."))
    assert list(queries.kept(alice)) == [everywhere, cooking]
    assert list(queries.kept(bob)) == [everywhere]
    assert list(queries.kept(charlie)) == []
    for somebody, of in ((bob, libraries), (charlie, libraries), (alice, None)):
        with pytest.raises(PermissionDenied):
            actions.save(somebody, None, Words(of, "template", "New", "Words"))
    for somebody, theirs in ((bob, cooking), (charlie, cooking), (alice, everywhere)):
        with pytest.raises(PermissionDenied):
            actions.retire(somebody, theirs)
        with pytest.raises(PermissionDenied):
            actions.save(somebody, theirs, Words(theirs.service, "template", "Mine now", "Words"))
    cooking.refresh_from_db()
    assert (cooking.name, cooking.is_retired) == ("Safe cooking", False)


def test_nobody_moves_words_to_a_service_that_is_not_theirs(alice: User, highways: Service, cooking: ReadyMade) -> None:
    for of in (highways, None):
        with pytest.raises(PermissionDenied):
            actions.save(alice, cooking, Words(of, "evergreen", "Safe cooking", COOKING))
    cooking.refresh_from_db()
    assert cooking.service != highways


def test_each_change_is_on_the_record(alice: User, libraries: Service, cooking: ReadyMade) -> None:
    actions.save(alice, cooking, Words(libraries, "evergreen", "Chicken", COOKING, rest_days=60))
    actions.retire(alice, cooking)
    kept, changed, retired = records.of(f"ready_made:{cooking.pk}")
    assert (kept.kind, changed.before["rest_days"], changed.after["rest_days"]) == ("ready_made.saved", 30, 60)
    assert (retired.kind, retired.actor_name) == ("ready_made.retired", "Alice Archer")
    assert list(queries.search(alice)) == []
    actions.bring_back(alice, cooking)
    assert list(queries.search(alice)) == [cooking]


def test_a_name_stands_once_and_an_evergreen_has_no_gaps(alice: User, libraries: Service, cooking: ReadyMade) -> None:
    with pytest.raises(ValidationError, match="of this name"):
        actions.save(alice, None, Words(libraries, "template", "safe COOKING", "Words"))
    with pytest.raises(ValidationError, match="Fill the gap"):
        actions.save(alice, None, Words(libraries, "evergreen", "Closing", "We are closed on {day}."))
    with pytest.raises(ValidationError, match="Write the words first"):
        actions.save(alice, None, Words(libraries, "template", "Empty", "  \n"))
    assert ReadyMade.objects.count() == 1


def test_pictures_of_another_service_are_not_lent_out(
    alice: User, dana: User, libraries: Service, highways: Service
) -> None:
    ours, theirs = factories.asset(alice, "Books", service=libraries), factories.asset(dana, "Mud", service=highways)
    kept = actions.save(alice, None, Words(libraries, "template", "Books", "Books!", assets=[ours]))
    for of, by, asset in ((libraries, alice, theirs), (None, dana, ours)):
        with pytest.raises(ValidationError, match="belongs to another service"):
            actions.save(by, None, Words(of, "template", "Other", "Words", assets=[asset]))
    made = actions.begin(alice, kept, libraries, {})
    assert [(each.asset, each.alt) for each in of_post(made).enclosed] == [(ours, "Books")]


# --- Gaps -------------------------------------------------------------------------------------------------------------


def test_gaps_are_filled_before_a_draft_is_made(alice: User, bob: User, libraries: Service, story_time: Any) -> None:
    with pytest.raises(ValidationError, match="Fill in “place”"):
        actions.begin(alice, story_time, libraries, {"time of day": "ten"})
    with pytest.raises(ValidationError, match="no longer offered"):
        actions.begin(bob, story_time, libraries, {"time of day": "ten", "place": "Wells"})
    once = uuid.uuid4()
    made = [
        actions.begin(alice, story_time, libraries, {"time of day": "{place}", "place": "Wells"}, once) for _ in "ab"
    ]
    assert made[0] == made[1]
    assert made[0].text == "Story time is at {place} in Wells. Bring Wells with you {}."
    assert made[0].made_from == story_time


def test_a_gap_left_open_keeps_a_post_from_approval(
    alice: User, channel: Channel, libraries: Service, story_time: ReadyMade
) -> None:
    variants = {channel: Wording("Come at {time of day}, {friend}!")}
    content = Content(libraries, story_time.text, variants)
    post = post_actions.save_post(alice, None, content, made_from=story_time)
    unfilled = [each.message for _, each in checking.problems(post) if each.code == "unfilled"]
    assert [message.partition(":")[0] for message in unfilled] == [
        "Fill in “{time of day}”",
        "Fill in “{place}”",
    ]  # “{friend}” is no gap of the template
    with pytest.raises(ValidationError, match="still hold the template’s gap"):
        approving.send_for_approval(alice, post)
    post = post_actions.save_post(alice, post, Content(libraries, "Come at ten, {friend}!", {channel: Wording()}))
    approving.send_for_approval(alice, post)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_what_fills_a_gap_is_never_filled_itself(around: str, value: str) -> None:
    text = f"{around}{{gap}}"
    known = placeholders.names(text)
    filled = placeholders.filled("{one}{two}", {"one": value, "two": "2"})
    assert filled == (value or "{one}") + "2"
    assert placeholders.filled(text, {}) == text
    assert all(name and name == " ".join(name.split()) for name in known)


# --- Rest -------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(moments, max_size=8), st.integers(1, 90), moments)
def test_the_earliest_time_is_rested_and_none_before_it_is(said: list[datetime], days: int, wanted: datetime) -> None:
    rest = timedelta(days=days)

    def is_rested(when: datetime) -> bool:
        return all(abs(when - each) >= rest for each in said)

    found = resting.earliest(said, rest, wanted)
    assert found >= wanted
    assert is_rested(found)
    earlier = [each + rest for each in said if wanted <= each + rest < found]
    assert not any(map(is_rested, [*earlier, *([wanted] if wanted < found else [])]))


def test_an_evergreen_post_rests_before_and_after_what_is_planned(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    (planned,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=20))
    other = factories.connected(service=channel.service)
    for days in (None, 1, 19, 20, 49):
        when = MONDAY + timedelta(days=days) if days else None
        with pytest.raises(ValidationError, match="rests for 30 days"):
            said_at(cooking, channel, alice, approver, when)
    said_at(cooking, other, alice, approver)  # on another channel it has not been said
    (next_one,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=50))
    assert next_one.due_at - planned.due_at == timedelta(days=30)


def test_the_time_that_is_offered_is_one_at_which_it_may_go_out(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    for days in (10, 45, 110):
        said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=days))
    with pytest.raises(ValidationError) as refused:
        said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=12))
    assert "Choose Saturday 19 December 2026" in refused.value.messages[0]  # 40 days on is too near to the second
    said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=75))


def test_what_never_went_out_is_not_rested_from(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    (never,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=1))
    for state in ("failed", "cancelled", "deleted"):
        Delivery.objects.filter(pk=never.pk).update(state=state)
        assert not resting.refusal(cooking, channel, MONDAY)
    Delivery.objects.filter(pk=never.pk).update(state="unconfirmed")
    assert resting.refusal(cooking, channel, MONDAY)


def test_a_post_cannot_be_moved_into_another_ones_rest(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=1))
    (second,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=60))
    post = second.revision.post
    with pytest.raises(ValidationError, match="rests for 30 days"):
        approving.reschedule(alice, post, MONDAY + timedelta(days=20))
    approving.reschedule(alice, post, MONDAY + timedelta(days=61))  # its own time is not in its way
    second.refresh_from_db()
    assert second.due_at == MONDAY + timedelta(days=61)


def test_an_approver_cannot_give_a_new_time_in_the_rest(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=80))
    content = Content(channel.service, COOKING, {channel: Wording()}, scheduled_for=MONDAY + timedelta(days=2))
    late = post_actions.save_post(alice, None, content, made_from=cooking)
    revision = approving.send_for_approval(alice, late)
    with pytest.raises(ValidationError, match="rests for 30 days"):
        approving.approve(approver, revision, new_time=MONDAY + timedelta(days=70))
    assert Delivery.objects.filter(revision=revision).count() == 0
    approving.approve(approver, revision, new_time=MONDAY + timedelta(days=50))


def test_what_was_held_or_failed_is_not_let_go_into_the_rest(
    alice: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    (late,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=1))
    (planned,) = said_at(cooking, channel, alice, approver, MONDAY + timedelta(days=60))
    Delivery.objects.filter(pk=late.pk).update(state="held")
    late.refresh_from_db()
    clock.set(MONDAY + timedelta(days=40))
    with pytest.raises(ValidationError, match=r"Give it a new time: .*3 January 2027.* or later"):
        deciding.release(alice, late)
    with pytest.raises(ValidationError, match="rests for 30 days"):
        deciding.release(alice, late, MONDAY + timedelta(days=89))
    Delivery.objects.filter(pk=late.pk).update(state="failed")
    late.refresh_from_db()
    with pytest.raises(ValidationError, match=r"Try again from .*3 January 2027.* on"):
        deciding.send_again(alice, late)
    Delivery.objects.filter(pk=planned.pk).update(state="cancelled")
    deciding.send_again(alice, late)
    late.refresh_from_db()
    assert late.state == "waiting"


def test_a_thread_that_has_begun_is_carried_to_its_end(
    alice: User, approver: User, channel: Channel, libraries: Service, clock: Clock
) -> None:
    clock.set(MONDAY)
    words = Words(libraries, "evergreen", "Cooking", f"{COOKING}\n---\nWash your hands.", rest_days=30)
    thread = actions.save(alice, None, words)
    practised = factories.channel(network="rehearsal", service=libraries)
    factories.connect(practised, like="mastodon")
    first, second = said_at(thread, practised, alice, approver)
    Delivery.objects.filter(pk=first.pk).update(state="sent", sent_at=MONDAY)
    Delivery.objects.filter(pk=second.pk).update(state="held")
    (other,) = said_at(thread, practised, alice, approver, MONDAY + timedelta(days=40))[:1]
    Delivery.objects.filter(pk=other.pk).update(due_at=MONDAY + timedelta(days=1))
    deciding.release(alice, Delivery.objects.get(pk=second.pk))
    assert Delivery.objects.get(pk=second.pk).state == "waiting"


# --- Evergreen posts --------------------------------------------------------------------------------------------------


def test_a_sent_post_becomes_an_evergreen_one_that_rests_from_then(
    alice: User, bob: User, charlie: User, approver: User, channel: Channel, clock: Clock
) -> None:
    clock.set(MONDAY)
    post = factories.post(alice, channel, text=COOKING, pictures=1)
    with pytest.raises(ValidationError, match="Only a post that was sent"):
        actions.evergreen_of(alice, post)
    approving.approve(approver, approving.send_for_approval(alice, post))
    Delivery.objects.filter(revision__post=post).update(state="sent", sent_at=MONDAY)
    for somebody in (bob, charlie):
        with pytest.raises(PermissionDenied):
            actions.evergreen_of(somebody, post)
    made = actions.evergreen_of(alice, post)
    assert actions.evergreen_of(alice, post) == made
    assert (made.kind, made.text, made.service) == ("evergreen", COOKING, channel.service)
    assert [(each.alt, each.spoken) for each in enclosed_in(made)] == [("Picture 1", "Picture 1")]
    assert "rests for 30 days" in resting.refusal(made, channel, MONDAY + timedelta(days=29))
    assert resting.refusal(made, channel, MONDAY + timedelta(days=30)) == ""


def test_the_longest_rested_fills_the_next_free_slot(
    alice: User, bob: User, approver: User, channel: Channel, cooking: ReadyMade, clock: Clock
) -> None:
    clock.set(MONDAY)
    of = channel.service
    rested, never = (actions.save(alice, None, Words(of, "evergreen", name, name)) for name in ("Smoke alarms", "Bins"))
    said_at(rested, channel, alice, approver)
    clock.advance(days=40)
    said_at(cooking, channel, alice, approver)
    clock.advance(days=1)
    assert [each.ready_made for each in queries.longest_rested(alice, channel)] == [never, rested, cooking]
    with pytest.raises(ValidationError, match="none free"):
        actions.fill_next_slot(alice, never, channel)
    QueueSlot.objects.create(channel=channel, weekday=2, at=time(10))
    once = uuid.uuid4()
    drafts = [actions.fill_next_slot(alice, never, channel, once) for _ in "ab"]
    assert drafts[0] == drafts[1]
    assert (drafts[0].timing, drafts[0].made_from, drafts[0].text) == ("next_slot", never, "Bins")
    assert actions.fill_next_slot(alice, rested, channel, once) != drafts[0]
    assert next(each.draft for each in queries.longest_rested(alice, channel)) == drafts[0]
    with pytest.raises(ValidationError, match="still rests"):
        actions.fill_next_slot(alice, cooking, channel)
    with pytest.raises(ValidationError, match="no longer offered"):
        actions.fill_next_slot(bob, never, channel)
    with pytest.raises(PermissionDenied):
        actions.fill_next_slot(
            bob,
            actions.save(factories.person((Role.DESK, None)), None, Words(None, "evergreen", "All", "All")),
            channel,
        )


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_of_ready_made_words(
    alice: User, bob: User, charlie: User, approver: User, channel: Channel, signed_in: Any, clock: Clock
) -> None:
    clock.set(MONDAY)
    browser = signed_in(alice)
    form = {
        "kind": "template",
        "service": channel.service_id,
        "name": "Late",
        "text": "Open until {time}.",
        "rest_days": 30,
    }
    assert browser.post(reverse("new-ready-made"), form).status_code == 302
    kept = ReadyMade.objects.get()
    again = browser.post(reverse("new-ready-made"), form)
    assert "There is a ready-made text of this name" in again.content.decode()
    assert "Open until {time}." in again.content.decode()  # nothing that was typed is lost
    use = reverse("use-ready-made", args=[kept.pk])
    empty = browser.post(use, {"once": uuid.uuid4(), "service": channel.service_id, "gap_0": ""})
    assert "Fill in “time”." in empty.content.decode()
    made = browser.post(use, {"once": uuid.uuid4(), "service": channel.service_id, "gap_0": "nine"})
    post = Post.objects.get()
    assert (made["Location"], post.text) == (reverse("edit-post", args=[post.pk]), "Open until nine.")
    assert signed_in(bob).get(use).status_code == 404
    assert signed_in(charlie).get(use).status_code == 403
    browser.post(reverse("retire-ready-made", args=[kept.pk]))
    assert browser.get(use).status_code == 404
    assert "Bring back" in browser.get(reverse("ready-made") + "?retired=on").content.decode()


def test_the_list_says_how_long_an_evergreen_post_rests(
    alice: User,
    approver: User,
    channel: Channel,
    cooking: ReadyMade,
    signed_in: Any,
    clock: Clock,
    django_assert_max_num_queries: Any,
) -> None:
    clock.set(MONDAY)
    said_at(cooking, channel, alice, approver)
    clock.advance(days=3)
    browser = signed_in(alice)
    with django_assert_max_num_queries(30):
        page = browser.get(reverse("ready-made")).content.decode()
    assert "last said" in page
    assert "4 Nov 2026" in page
    assert reverse("use-ready-made", args=[cooking.pk]) in page
    straight = browser.get(reverse("use-ready-made", args=[cooking.pk]))
    assert straight["Location"] == f"{reverse('write')}?from={cooking.pk}"
    suggested = browser.get(reverse("rested-posts"), {"channel": channel.pk}).content.decode()
    assert "Wait until it has rested" in suggested
    clock.advance(days=60)
    QueueSlot.objects.create(channel=channel, weekday=2, at=time(10))
    assert (
        "Fill the next free slot with it"
        in browser.get(reverse("rested-posts"), {"channel": channel.pk}).content.decode()
    )
    fill = {"channel": channel.pk, "once": uuid.uuid4()}
    done = [browser.post(reverse("fill-next-slot", args=[cooking.pk]), fill)["Location"] for _ in "ab"]
    assert done[0] == done[1] == reverse("edit-post", args=[Post.objects.get(timing="next_slot").pk])
