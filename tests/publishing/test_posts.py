"""A post's way from draft to approval: Alice writes, Bob approves, Charlie of another service does neither."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel, State
from moothall.publishing import actions, delivery, queries
from moothall.publishing.models import Delivery, DeliveryState, Post, Revision, Verdict
from moothall.publishing.queries import Status
from moothall.records.models import Record
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries), name="Alice Archer")


@pytest.fixture
def bob(libraries: Service) -> User:
    return factories.person((Role.APPROVER, libraries), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    return factories.person((Role.LEAD, factories.service("Highways")), name="Charlie Croft")


@pytest.fixture
def desk(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dell Desk")


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, handle="libraries", display_name="Libraries")


@pytest.fixture
def post(alice: User, channel: Channel) -> Post:
    return factories.post(alice, channel)


def status(post: Post) -> Status:
    return queries.see(Post.objects.get(pk=post.pk)).status


def content(post: Post, text: str = "Story time at eleven.", **values: object) -> actions.Content:
    defaults: dict[str, object] = {
        "service": post.service,
        "text": text,
        "variants": {each.channel: each.text for each in post.variants.all()},
        "scheduled_for": post.scheduled_for,
    }
    return actions.Content(**(defaults | values))  # type: ignore[arg-type]


def problem_of(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(refused.value.messages)


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_alice_and_bob_may_write_for_the_libraries_and_charlie_may_not(
    post: Post, bob: User, charlie: User, channel: Channel
) -> None:
    assert status(post) == Status.DRAFT
    actions.save_post(bob, post, content(post))
    with pytest.raises(PermissionDenied):
        actions.save_post(charlie, post, content(post))
    with pytest.raises(PermissionDenied):
        actions.save_post(charlie, None, actions.Content(post.service, "Mine.", {channel: ""}, None))
    with pytest.raises(PermissionDenied):
        actions.add_picture(charlie, post, factories.upload())
    assert Record.objects.filter(kind="post.saved").count() == 2


def test_a_channel_of_another_service_is_not_alices_to_speak_on(alice: User, libraries: Service) -> None:
    highways = factories.connected(service=factories.service("Highways"))
    with pytest.raises(PermissionDenied):
        actions.save_post(alice, None, actions.Content(libraries, "Mine.", {highways: ""}, None))


@pytest.mark.parametrize(
    "values", [{"capacity": Capacity.LEADER}, {"capacity": Capacity.MEMBER}, {"state": State.DORMANT}]
)
def test_nobody_posts_for_an_elected_person_or_on_a_channel_that_is_not_live(
    alice: User, libraries: Service, values: dict[str, str]
) -> None:
    theirs = factories.channel(service=libraries, **values)
    with pytest.raises(ValidationError, match="Take it off this post"):
        actions.save_post(alice, None, actions.Content(libraries, "Mine.", {theirs: ""}, None))


def test_each_channel_may_have_its_own_words(alice: User, bob: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=post.service)
    actions.save_post(alice, post, content(post, "The same.", variants={channel: "", other: "Other words."}))
    revision = actions.send_for_approval(alice, post)
    actions.approve(bob, revision)
    assert dict(Delivery.objects.values_list("channel_id", "text")) == {
        channel.pk: "The same.",
        other.pk: "Other words.",
    }


def test_alice_does_not_take_the_desks_channel_off_a_post_that_she_corrects(
    alice: User, bob: User, desk: User, post: Post, channel: Channel
) -> None:
    corporate = factories.connected(service=factories.service("Communications"))
    actions.save_post(desk, post, content(post, variants={channel: "", corporate: ""}))
    actions.save_post(alice, post, content(post, "Corrected.", variants={channel: ""}))
    assert {each.channel for each in post.variants.all()} == {channel, corporate}
    revision = actions.send_for_approval(alice, post)
    with pytest.raises(PermissionDenied):
        actions.approve(bob, revision)
    assert not queries.may_approve(bob, revision)
    assert {notice.user for notice in Notice.objects.all()} == {desk}, "Bob is not asked for what he may not give."
    assert len(actions.approve(desk, revision)) == 2


def test_a_channel_that_is_no_longer_live_can_be_taken_off(alice: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=factories.service("Communications"))
    post.variants.create(channel=other)
    Channel.objects.filter(pk=other.pk).update(state=State.CLOSED)
    actions.save_post(alice, post, content(post, variants={channel: ""}))
    assert {each.channel for each in post.variants.all()} == {channel}


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_needs_its_description_or_is_marked_as_decorative(alice: User, post: Post) -> None:
    attachment = actions.add_picture(alice, post, factories.upload())
    with pytest.raises(ValidationError) as refused:
        actions.send_for_approval(alice, post)
    assert problem_of(refused) == "Describe picture 1, or mark it as decorative."
    actions.save_post(alice, post, content(post), [actions.Described(attachment, "  ", False)])
    with pytest.raises(ValidationError):
        actions.send_for_approval(alice, post)
    actions.save_post(alice, post, content(post), [actions.Described(attachment, "", True)])
    actions.send_for_approval(alice, post)


def test_the_description_goes_out_with_the_picture_and_that_of_decoration_does_not(
    alice: User, bob: User, post: Post
) -> None:
    actions.add_picture(alice, post, factories.upload(), "Children on a carpet")
    actions.add_picture(alice, post, factories.upload(colour="#a8201a"), "Stars", is_decorative=True)
    (row,) = actions.approve(bob, actions.send_for_approval(alice, post))
    assert [each["alt"] for each in row.media] == ["Children on a carpet", ""]


def test_a_picture_is_taken_off_again(alice: User, post: Post) -> None:
    attachment = actions.add_picture(alice, post, factories.upload())
    actions.save_post(alice, post, content(post), [actions.Described(attachment, "", False, is_removed=True)])
    assert not post.attachments.exists()


def test_what_is_no_picture_is_refused_and_the_words_stay(alice: User, post: Post) -> None:
    with pytest.raises(ValidationError, match="is not a picture"):
        actions.add_picture(alice, post, SimpleUploadedFile("cushion.jpg", b"no picture"))
    assert Post.objects.get().text == "Story time at ten."


# --- Approval ---------------------------------------------------------------------------------------------------------


def test_bob_approves_alice_does_not_and_charlie_cannot(alice: User, bob: User, charlie: User, post: Post) -> None:
    revision = actions.send_for_approval(alice, post)
    assert status(post) == Status.AWAITING_APPROVAL
    for other in (alice, charlie):
        with pytest.raises(PermissionDenied):
            actions.approve(other, revision)
        with pytest.raises(PermissionDenied):
            actions.refuse(other, revision, "No.")
    (row,) = actions.approve(bob, revision)
    assert row.state == DeliveryState.WAITING
    assert status(post) == Status.SCHEDULED
    kinds = Record.objects.filter(ref=f"post:{post.pk}").values_list("kind", flat=True)
    assert list(kinds) == ["post.saved", "post.sent_for_approval", "post.approved"]


def test_nobody_approves_what_they_wrote_or_sent_even_with_the_role(bob: User, alice: User, post: Post) -> None:
    own = factories.post(bob, post.variants.get().channel)
    with pytest.raises(PermissionDenied, match="Another person than the author"):
        actions.approve(bob, actions.send_for_approval(bob, own))
    with pytest.raises(PermissionDenied, match="Another person than the author"):
        actions.approve(bob, actions.send_for_approval(bob, post))


def test_a_refusal_says_what_to_change(alice: User, bob: User, post: Post) -> None:
    revision = actions.send_for_approval(alice, post)
    with pytest.raises(ValidationError, match="Say what should change"):
        actions.refuse(bob, revision, "  ")
    actions.refuse(bob, revision, "It is at eleven.")
    assert status(post) == Status.REFUSED
    actions.save_post(alice, post, content(post))
    again = actions.send_for_approval(alice, post)
    assert again.number == 2
    actions.approve(bob, again)
    assert status(post) == Status.SCHEDULED


def test_what_is_decided_is_decided(alice: User, bob: User, desk: User, post: Post) -> None:
    revision = actions.send_for_approval(alice, post)
    with pytest.raises(ValidationError, match="awaits approval already"):
        actions.send_for_approval(alice, post)
    actions.approve(bob, revision)
    for act in (lambda: actions.approve(desk, revision), lambda: actions.refuse(desk, revision, "No.")):
        with pytest.raises(ValidationError, match="decided or changed meanwhile"):
            act()
    assert Delivery.objects.count() == 1


def test_a_change_while_it_waits_takes_it_back(alice: User, bob: User, post: Post) -> None:
    revision = actions.send_for_approval(alice, post)
    actions.save_post(alice, post, content(post, "Other words."))
    assert status(post) == Status.DRAFT
    with pytest.raises(ValidationError, match="decided or changed meanwhile"):
        actions.approve(bob, revision)
    second = actions.send_for_approval(alice, post)
    actions.add_picture(alice, post, factories.upload(), "A cushion")
    second.refresh_from_db()
    assert second.verdict == Verdict.WITHDRAWN
    actions.send_for_approval(alice, post)
    actions.take_back(alice, post)
    assert status(post) == Status.DRAFT


def test_what_goes_out_is_what_was_read(alice: User, bob: User, post: Post) -> None:
    revision = actions.send_for_approval(alice, post)
    Post.objects.update(text="Changed behind everybody's back.")
    (row,) = actions.approve(bob, revision)
    assert row.text == "Story time at ten."


def test_a_change_after_approval_cancels_and_needs_a_new_approval(
    alice: User, bob: User, charlie: User, post: Post, clock: Clock
) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + TOMORROW))
    (row,) = actions.approve(bob, actions.send_for_approval(alice, post))
    with pytest.raises(ValidationError, match="This post is approved"):
        actions.save_post(alice, post, content(post))
    with pytest.raises(PermissionDenied):
        actions.reopen(charlie, post)
    actions.reopen(alice, post)
    row.refresh_from_db()
    assert (row.state, status(post)) == (DeliveryState.CANCELLED, Status.DRAFT)
    clock.advance(days=2)
    assert delivery.claim(row.channel_id) is None
    actions.save_post(alice, post, content(post, "New words.", scheduled_for=None))
    (new,) = actions.approve(bob, actions.send_for_approval(alice, post))
    assert (new.text, new.key != row.key) == ("New words.", True)


def test_what_is_out_in_part_is_not_changed_any_more(alice: User, bob: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=post.service)
    actions.save_post(alice, post, content(post, variants={channel: "", other: ""}))
    rows = actions.approve(bob, actions.send_for_approval(alice, post))
    claimed = delivery.claim(channel.pk)
    assert claimed
    delivery.send(claimed)
    with pytest.raises(ValidationError, match="already out or on its way"):
        actions.reopen(alice, post)
    states = {each.channel_id: each.state for each in Delivery.objects.filter(pk__in=[row.pk for row in rows])}
    assert states == {channel.pk: "sent", other.pk: "waiting"}, "Nothing of it is cancelled by half."


def test_problems_that_block_are_all_told_at_once(alice: User, libraries: Service) -> None:
    bluesky = factories.channel(service=libraries, network="bluesky", handle="libraries.exampleshire.example")
    post = actions.save_post(alice, None, actions.Content(libraries, "x" * 301, {bluesky: ""}, None))
    actions.add_picture(alice, post, factories.upload())
    with pytest.raises(ValidationError) as refused:
        actions.send_for_approval(alice, post)
    assert "Describe picture 1" in problem_of(refused)
    assert "1 character too long for Bluesky" in problem_of(refused)
    empty = actions.save_post(alice, None, actions.Content(libraries, "", {}, None))
    with pytest.raises(ValidationError, match="Choose at least one channel"):
        actions.send_for_approval(alice, empty)
    assert not Revision.objects.exists()


# --- Time -------------------------------------------------------------------------------------------------------------


def test_it_goes_out_at_its_time_and_not_before(alice: User, bob: User, post: Post, clock: Clock) -> None:
    due = clock.now() + TOMORROW
    actions.save_post(alice, post, content(post, scheduled_for=due))
    (row,) = actions.approve(bob, actions.send_for_approval(alice, post))
    assert row.due_at == due
    assert delivery.claim(row.channel_id) is None
    clock.advance(days=1, seconds=1)
    assert delivery.claim(row.channel_id)


def test_an_approval_after_the_time_makes_the_approver_pick(alice: User, bob: User, post: Post, clock: Clock) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + timedelta(hours=1)))
    revision = actions.send_for_approval(alice, post)
    clock.advance(hours=2)
    for wrong in ({}, {"new_time": clock.now() - timedelta(minutes=1)}):
        with pytest.raises(ValidationError, match=r"has passed\. Pick a new time, or send it at once"):
            actions.approve(bob, revision, **wrong)
    later = clock.now() + TOMORROW
    (row,) = actions.approve(bob, revision, new_time=later)
    assert row.due_at == later
    assert Post.objects.get().scheduled_for == later


def test_or_send_it_at_once(alice: User, bob: User, post: Post, clock: Clock) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + timedelta(hours=1)))
    revision = actions.send_for_approval(alice, post)
    clock.advance(hours=2)
    (row,) = actions.approve(bob, revision, at_once=True)
    assert row.due_at <= clock.now()
    assert Post.objects.get().scheduled_for is None


@pytest.mark.parametrize(
    ("before", "after"),
    [(datetime(2027, 3, 28, 0, 59, tzinfo=UTC), 2), (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 62)],
)
def test_the_clocks_change_and_the_moment_does_not(
    alice: User, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch, before: datetime, after: int
) -> None:
    """A post for 02:00 in the night of the spring change, or 01:32 the first time round, in autumn."""
    now = [before - timedelta(hours=3)]
    monkeypatch.setattr("moothall.core.clock.now", lambda: now[0])
    due = before + timedelta(minutes=2)
    actions.save_post(alice, post, content(post, scheduled_for=due))
    (row,) = actions.approve(bob, actions.send_for_approval(alice, post))
    now[0] = before
    assert delivery.claim(row.channel_id) is None
    now[0] = before + timedelta(minutes=after)
    assert delivery.claim(row.channel_id)
