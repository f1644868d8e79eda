"""A post's way from draft to approval: Alice writes, Bob approves, Charlie of another service does neither."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel, State
from moothall.core import clock
from moothall.networks.keys import moment_of
from moothall.publishing import actions, approving, delivery, queries, sending
from moothall.publishing.content import Content, Enclosed, Wording, of_post
from moothall.publishing.models import Delivery, DeliveryState, Post, Revision
from moothall.publishing.status import Status
from moothall.records.models import Record
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


@pytest.fixture
def desk(db: None) -> User:
    return factories.person((Role.DESK, None), name="Dell Desk")


@pytest.fixture
def post(alice: User, channel: Channel) -> Post:
    return factories.post(alice, channel)


def status(post: Post) -> Status:
    return queries.see(Post.objects.get(pk=post.pk)).status


def content(post: Post, text: str = "Story time at eleven.", **values: object) -> Content:
    defaults: dict[str, object] = {
        "service": post.service,
        "text": text,
        "variants": {each.channel: Wording(each.text) for each in post.variants.all()},
        "enclosed": of_post(Post.objects.get(pk=post.pk)).enclosed,
        "scheduled_for": post.scheduled_for,
    }
    return Content(**(defaults | values))  # type: ignore[arg-type]


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
        actions.save_post(charlie, None, Content(post.service, "Mine.", {channel: Wording()}, None))
    with pytest.raises(PermissionDenied):
        actions.attach_upload(charlie, post, factories.upload())
    assert Record.objects.filter(kind="post.saved").count() == 2


def test_a_channel_of_another_service_is_not_alices_to_speak_on(alice: User, libraries: Service) -> None:
    highways = factories.connected(service=factories.service("Highways"))
    with pytest.raises(PermissionDenied):
        actions.save_post(alice, None, Content(libraries, "Mine.", {highways: Wording()}, None))


@pytest.mark.parametrize(
    "values", [{"capacity": Capacity.LEADER}, {"capacity": Capacity.MEMBER}, {"state": State.DORMANT}]
)
def test_nobody_posts_for_an_elected_person_or_on_a_channel_that_is_not_live(
    alice: User, libraries: Service, values: dict[str, str]
) -> None:
    theirs = factories.channel(service=libraries, **values)
    with pytest.raises(ValidationError, match="Take it off this post"):
        actions.save_post(alice, None, Content(libraries, "Mine.", {theirs: Wording()}, None))


def test_each_channel_may_have_its_own_words(alice: User, bob: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=post.service)
    actions.save_post(
        alice, post, content(post, "The same.", variants={channel: Wording(), other: Wording("Other words.")})
    )
    revision = approving.send_for_approval(alice, post)
    approving.approve(bob, revision)
    assert dict(Delivery.objects.values_list("channel_id", "text")) == {
        channel.pk: "The same.",
        other.pk: "Other words.",
    }


def test_alice_does_not_take_the_desks_channel_off_a_post_that_she_corrects(
    alice: User, bob: User, desk: User, post: Post, channel: Channel
) -> None:
    corporate = factories.connected(service=factories.service("Communications"))
    actions.save_post(desk, post, content(post, variants={channel: Wording(), corporate: Wording()}))
    actions.save_post(alice, post, content(post, "Corrected.", variants={channel: Wording()}))
    assert {each.channel for each in post.variants.all()} == {channel, corporate}
    revision = approving.send_for_approval(alice, post)
    assert {notice.user for notice in Notice.objects.all()} == {bob, desk}
    assert approving.approve(bob, revision) == [], "The desk's channel needs the desk's yes."
    assert not queries.may_approve(bob, revision)
    assert len(approving.approve(desk, revision)) == 2


def test_a_channel_that_is_no_longer_live_can_be_taken_off(alice: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=factories.service("Communications"))
    post.variants.create(channel=other)
    Channel.objects.filter(pk=other.pk).update(state=State.CLOSED)
    actions.save_post(alice, post, content(post, variants={channel: Wording()}))
    assert {each.channel for each in post.variants.all()} == {channel}


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_needs_its_description_or_is_marked_as_decorative(alice: User, post: Post) -> None:
    attachment = actions.attach(alice, post, factories.asset(alice))
    with pytest.raises(ValidationError) as refused:
        approving.send_for_approval(alice, post)
    assert problem_of(refused) == "Describe picture 1, or mark it as decorative."
    actions.save_post(alice, post, content(post, enclosed=[Enclosed(attachment.asset, "  ")]))
    with pytest.raises(ValidationError):
        approving.send_for_approval(alice, post)
    actions.save_post(alice, post, content(post, enclosed=[Enclosed(attachment.asset, is_decorative=True)]))
    approving.send_for_approval(alice, post)


def test_the_description_goes_out_with_the_picture_and_that_of_decoration_does_not(
    alice: User, bob: User, post: Post
) -> None:
    actions.attach(alice, post, factories.asset(alice), "Children on a carpet")
    actions.attach(alice, post, factories.asset(alice, "Stars", colour="#a8201a"), is_decorative=True)
    (row,) = approving.approve(bob, approving.send_for_approval(alice, post))
    assert [each["alt"] for each in row.media] == ["Children on a carpet", ""]


def test_a_picture_is_taken_off_again(alice: User, post: Post) -> None:
    actions.attach(alice, post, factories.asset(alice), "A cushion")
    actions.save_post(alice, post, content(post, enclosed=[]))
    assert not post.attachments.exists()


def test_what_is_no_picture_is_refused_and_the_words_stay(alice: User, post: Post) -> None:
    with pytest.raises(ValidationError, match="is no picture"):
        actions.attach_upload(alice, post, SimpleUploadedFile("cushion.jpg", b"no picture"))
    assert Post.objects.get().text == "Story time at ten."


# --- Approval ---------------------------------------------------------------------------------------------------------


def test_bob_approves_alice_does_not_and_charlie_cannot(alice: User, bob: User, charlie: User, post: Post) -> None:
    revision = approving.send_for_approval(alice, post)
    assert status(post) == Status.AWAITING_APPROVAL
    for other in (alice, charlie):
        with pytest.raises(PermissionDenied):
            approving.approve(other, revision)
        with pytest.raises(PermissionDenied):
            approving.refuse(other, revision, "No.")
    (row,) = approving.approve(bob, revision)
    assert row.state == DeliveryState.WAITING
    assert status(post) == Status.SCHEDULED
    kinds = Record.objects.filter(ref=f"post:{post.pk}").values_list("kind", flat=True)
    assert list(kinds) == ["post.saved", "post.sent_for_approval", "post.approved"]


def test_nobody_approves_what_they_wrote_or_sent_even_with_the_role(bob: User, alice: User, post: Post) -> None:
    own = factories.post(bob, post.variants.get().channel)
    with pytest.raises(PermissionDenied, match="Another person than the author"):
        approving.approve(bob, approving.send_for_approval(bob, own))
    with pytest.raises(PermissionDenied, match="Another person than the author"):
        approving.approve(bob, approving.send_for_approval(bob, post))


def test_a_refusal_says_what_to_change(alice: User, bob: User, post: Post) -> None:
    revision = approving.send_for_approval(alice, post)
    with pytest.raises(ValidationError, match="Say what should change"):
        approving.refuse(bob, revision, "  ")
    approving.refuse(bob, revision, "It is at eleven.")
    assert status(post) == Status.REFUSED
    actions.save_post(alice, post, content(post))
    again = approving.send_for_approval(alice, post)
    assert again.number == 2
    approving.approve(bob, again)
    assert status(post) == Status.SCHEDULED


def test_what_is_decided_is_decided(alice: User, bob: User, desk: User, post: Post) -> None:
    revision = approving.send_for_approval(alice, post)
    with pytest.raises(ValidationError, match="awaits approval already"):
        approving.send_for_approval(alice, post)
    approving.approve(bob, revision)
    for act in (lambda: approving.approve(desk, revision), lambda: approving.refuse(desk, revision, "No.")):
        with pytest.raises(ValidationError, match="decided or changed meanwhile"):
            act()
    assert Delivery.objects.count() == 1


def test_what_waits_is_taken_back_before_it_is_changed(alice: User, bob: User, charlie: User, post: Post) -> None:
    revision = approving.send_for_approval(alice, post)
    for act in (
        lambda: actions.save_post(alice, post, content(post, "Other words.")),
        lambda: actions.attach(alice, post, factories.asset(alice), "A cushion"),
    ):
        with pytest.raises(ValidationError, match="Take it back first"):
            act()
    assert status(post) == Status.AWAITING_APPROVAL
    with pytest.raises(PermissionDenied):
        approving.take_back(charlie, post)
    approving.take_back(alice, post)
    assert status(post) == Status.DRAFT
    with pytest.raises(ValidationError, match="decided or changed meanwhile"):
        approving.approve(bob, revision)
    with pytest.raises(ValidationError, match="decided on this post meanwhile"):
        approving.take_back(alice, post)
    actions.save_post(alice, post, content(post, "Other words."))
    assert approving.send_for_approval(alice, post).number == 2


def test_what_goes_out_is_what_was_read(alice: User, bob: User, post: Post) -> None:
    revision = approving.send_for_approval(alice, post)
    Post.objects.update(text="Changed behind everybody's back.")
    (row,) = approving.approve(bob, revision)
    assert row.text == "Story time at ten."


def test_a_change_after_approval_cancels_and_needs_a_new_approval(
    alice: User, bob: User, charlie: User, post: Post, clock: Clock
) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + TOMORROW))
    (row,) = approving.approve(bob, approving.send_for_approval(alice, post))
    with pytest.raises(ValidationError, match="This post is approved"):
        actions.save_post(alice, post, content(post))
    with pytest.raises(PermissionDenied):
        approving.reopen(charlie, post)
    approving.reopen(alice, post)
    row.refresh_from_db()
    assert (row.state, status(post)) == (DeliveryState.CANCELLED, Status.DRAFT)
    clock.advance(days=2)
    assert delivery.claim(row.channel_id) is None
    actions.save_post(alice, post, content(post, "New words.", scheduled_for=None))
    (new,) = approving.approve(bob, approving.send_for_approval(alice, post))
    assert (new.text, new.key != row.key) == ("New words.", True)


def test_what_is_out_in_part_is_not_changed_any_more(alice: User, bob: User, post: Post, channel: Channel) -> None:
    other = factories.connected(service=post.service)
    actions.save_post(alice, post, content(post, variants={channel: Wording(), other: Wording()}))
    rows = approving.approve(bob, approving.send_for_approval(alice, post))
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)
    with pytest.raises(ValidationError, match="already out or on its way"):
        approving.reopen(alice, post)
    states = {each.channel_id: each.state for each in Delivery.objects.filter(pk__in=[row.pk for row in rows])}
    assert states == {channel.pk: "sent", other.pk: "waiting"}, "Nothing of it is cancelled by half."


def test_problems_that_block_are_all_told_at_once(alice: User, libraries: Service) -> None:
    bluesky = factories.channel(service=libraries, network="bluesky", handle="libraries.exampleshire.example")
    post = actions.save_post(alice, None, Content(libraries, "x" * 301, {bluesky: Wording()}, None))
    actions.attach(alice, post, factories.asset(alice))
    with pytest.raises(ValidationError) as refused:
        approving.send_for_approval(alice, post)
    assert "Describe picture 1" in problem_of(refused)
    assert "1 character too long for Bluesky" in problem_of(refused)
    empty = actions.save_post(alice, None, Content(libraries, "", {}, None))
    with pytest.raises(ValidationError, match="Choose at least one channel"):
        approving.send_for_approval(alice, empty)
    assert not Revision.objects.exists()


# --- Time -------------------------------------------------------------------------------------------------------------


def test_it_goes_out_at_its_time_and_not_before(alice: User, bob: User, post: Post, clock: Clock) -> None:
    due = clock.now() + TOMORROW
    actions.save_post(alice, post, content(post, scheduled_for=due))
    (row,) = approving.approve(bob, approving.send_for_approval(alice, post))
    assert row.due_at == due
    assert delivery.claim(row.channel_id) is None
    clock.advance(days=1, seconds=1)
    assert delivery.claim(row.channel_id)


def test_an_approval_after_the_time_makes_the_approver_pick(alice: User, bob: User, post: Post, clock: Clock) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + timedelta(hours=1)))
    revision = approving.send_for_approval(alice, post)
    clock.advance(hours=2)
    for wrong in ({}, {"new_time": clock.now() - timedelta(minutes=1)}):
        with pytest.raises(ValidationError, match=r"has passed\. Pick a new time, or send it at once"):
            approving.approve(bob, revision, **wrong)
    later = clock.now() + TOMORROW
    (row,) = approving.approve(bob, revision, new_time=later)
    assert row.due_at == later
    assert Post.objects.get().scheduled_for == later


def test_or_send_it_at_once(alice: User, bob: User, post: Post, clock: Clock) -> None:
    actions.save_post(alice, post, content(post, scheduled_for=clock.now() + timedelta(hours=1)))
    revision = approving.send_for_approval(alice, post)
    clock.advance(hours=2)
    (row,) = approving.approve(bob, revision, at_once=True)
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
    (row,) = approving.approve(bob, approving.send_for_approval(alice, post))
    now[0] = before
    assert delivery.claim(row.channel_id) is None
    now[0] = before + timedelta(minutes=after)
    assert delivery.claim(row.channel_id)


def test_many_that_are_approved_at_one_moment_have_each_a_key_of_its_own(
    alice: User, bob: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(approving.secrets, "randbits", lambda bits: 7)
    for number in range(30):
        approving.approve(bob, approving.send_for_approval(alice, factories.post(alice, channel, text=f"No. {number}")))
    keys = set(Delivery.objects.values_list("key", flat=True))
    assert len(keys) == 30
    assert all(now < (moment_of(key) or now) < now + timedelta(seconds=1.1) for key in keys)
