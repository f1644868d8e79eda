"""What people complain of most in tools of this kind, each with a test that it does not happen here.

The practice network plays the faults. What only a real server can show is in the tests named beside each.
"""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django_tasks_db.models import DBTaskResult

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels import connecting
from moothall.channels.models import Channel, Connection
from moothall.core import localtime
from moothall.networks.errors import NetworkError
from moothall.publishing import actions, approving, checking, deciding, delivery, queries, sending, tasks
from moothall.publishing.content import of_post
from moothall.publishing.models import Delivery, DeliveryState, Post
from moothall.publishing.status import Status
from moothall.rehearsal.models import Fault, Sent
from tests import factories
from tests.publishing.conftest import Clock, fault, send_all

pytestmark = pytest.mark.django_db


def practice(**values: object) -> Channel:
    """A connected practice channel that behaves like Mastodon."""
    channel = factories.channel(network="rehearsal", **values)
    factories.connect(channel, like="mastodon")
    return channel


def status(post: Post) -> Status:
    return queries.see(Post.objects.get(pk=post.pk)).status


def reload(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_related("channel", "revision__post").get(pk=delivery.pk)


def work(clock: Clock, minutes: float = 0) -> None:
    """What a worker does within so many minutes."""
    clock.advance(minutes=minutes)
    tasks.sweep()
    for unsure in Delivery.objects.filter(state=DeliveryState.UNCONFIRMED):
        tasks.look_again.func(unsure.pk)
    for channel_id in Delivery.objects.values_list("channel", flat=True).distinct():
        tasks.drain.func(channel_id)


def test_posted_twice(clock: Clock) -> None:
    """See also test_crash.py, test_thread_crash.py and test_exactly_once.py."""
    channel = practice()
    fault(channel, Fault.LOST_ANSWER, 1)
    (delivery,) = factories.approved(channel, text="Once, please.")
    send_all(channel)
    for _ in range(5):
        work(clock, minutes=3)
    assert list(Sent.objects.filter(text="Once, please.").values_list("times", flat=True)) == [1]
    assert reload(delivery).state == DeliveryState.SENT


def test_reported_failed_but_live(clock: Clock) -> None:
    channel = practice()
    fault(channel, Fault.LOST_ANSWER, 1)
    (delivery,) = factories.approved(channel)
    send_all(channel)
    assert reload(delivery).state == DeliveryState.UNCONFIRMED, "nobody knows, so nobody says that it failed"
    work(clock, minutes=2)
    assert reload(delivery).state == DeliveryState.SENT, "we looked, and it is there"


def test_stuck_in_the_queue(clock: Clock) -> None:
    """A row of the queue only wakes a worker: when it is lost, the next sweep makes another."""
    channel = practice()
    (delivery,) = factories.approved(channel)
    DBTaskResult.objects.all().delete()
    assert reload(delivery).state == DeliveryState.WAITING
    work(clock)
    assert reload(delivery).state == DeliveryState.SENT


def test_silently_not_published() -> None:
    channel = practice()
    fault(channel, Fault.REFUSES, 1)
    (delivery,) = factories.approved(channel)
    send_all(channel)
    post = delivery.revision.post
    assert status(post) == Status.FAILED
    told = post.author.notices.latest("made_at")
    assert "did not go out" in told.text
    assert reload(delivery).trouble == "The practice network refused the post."


def test_one_channels_failure_shown_as_all_failed() -> None:
    libraries = factories.service("Libraries")
    well, ill = practice(service=libraries), practice(service=libraries)
    fault(ill, Fault.REFUSES, 1)
    sent, failed = factories.approved(well, ill)
    send_all(well)
    send_all(ill)
    assert (reload(sent).state, reload(failed).state) == (DeliveryState.SENT, DeliveryState.FAILED)
    assert status(sent.revision.post) == Status.PARTLY_SENT


def test_reconnecting_lost_the_token() -> None:
    """See also test_connecting.py and the tests of sessions on the real Bluesky server."""
    channel = practice()
    (delivery,) = factories.approved(channel)
    send_all(channel)
    before = Connection.objects.get(channel=channel)
    fault(channel, Fault.SIGNED_OUT, 1)
    with pytest.raises(NetworkError):
        connecting.connect(factories.person((Role.DESK, None)), channel, {"like": "bluesky"})
    after = Connection.objects.get(channel=channel)
    assert (after.pk, after.sealed, after.connected_at) == (before.pk, before.sealed, before.connected_at)
    assert reload(delivery).state == DeliveryState.SENT, "what it had said is still its own"


@pytest.mark.parametrize("day", ["2026-10-24", "2026-10-25", "2026-10-26", "2027-03-27", "2027-03-29"])
def test_time_shifted_by_the_clock_change(day: str, clock: Clock) -> None:
    """A post for 09:00 goes out when the clocks on the wall show 09:00, on whichever side of the change it was made."""
    written = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
    clock.ahead = written - datetime.now(UTC)
    channel = practice()
    desk, other = factories.person((Role.DESK, None)), factories.person((Role.DESK, None))
    goes = localtime.from_wall(datetime.fromisoformat(day).date(), time(9))
    post = factories.post(desk, channel, at=goes)
    (delivery,) = approving.approve(other, approving.send_for_approval(desk, post))
    clock.ahead += goes - clock.now() - timedelta(minutes=1)
    work(clock)
    assert reload(delivery).state == DeliveryState.WAITING, "a minute before"
    work(clock, minutes=2)
    sent = Sent.objects.get()
    assert f"{localtime.local(sent.said_at):%Y-%m-%d %H:%M}" in (f"{day} 09:00", f"{day} 09:01")


def test_threads_out_of_order(clock: Clock) -> None:
    """See also test_thread_crash.py, on the real Bluesky server."""
    channel = practice()
    fault(channel, Fault.BUSY, 1)
    parts = [f"Part {number}." for number in range(1, 6)]
    factories.approved(channel, text="\n---\n".join(parts))
    factories.approved(channel, text="Another post, due a moment later.")
    send_all(channel)
    for _ in range(8):
        work(clock, minutes=1)
    said = list(Sent.objects.order_by("key").values_list("text", flat=True))
    assert said[:5] == parts
    assert list(Sent.objects.order_by("pk").values_list("text", flat=True))[:5] == parts


def test_a_part_that_failed_keeps_the_rest_of_its_thread_back(clock: Clock) -> None:
    channel = practice()
    deliveries = factories.approved(channel, text="One.\n---\nTwo.\n---\nThree.")
    first = deliveries[0].revision
    send_one(channel)
    fault(channel, Fault.REFUSES, 1)
    work(clock)
    states = list(first.deliveries.order_by("part").values_list("state", flat=True))
    assert states == [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.WAITING]
    factories.approved(channel, text="The next post goes on.")
    work(clock)
    assert Sent.objects.filter(text="The next post goes on.").exists()
    deciding.send_again(factories.person((Role.DESK, None)), first.deliveries.get(part=2))
    work(clock)
    assert set(first.deliveries.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert sorted(Sent.objects.exclude(text__startswith="The").values_list("text", flat=True)) == [
        "One.",
        "Three.",
        "Two.",
    ]


def send_one(channel: Channel) -> None:
    """Send the first of what is due, and no more."""
    claimed = delivery.claim(channel.pk)
    assert claimed
    sending.send(claimed)


def test_no_alt_text() -> None:
    channel = practice()
    alice = factories.person((Role.AUTHOR, channel.service))
    post = factories.post(alice, channel, pictures=1)
    post.attachments.update(alt=" ")
    with pytest.raises(ValidationError, match="Describe picture 1"):
        approving.send_for_approval(alice, post)
    assert [problem.code for _, problem in checking.problems(post) if problem.blocking] == ["no-alt"]


def test_no_approval(author_and_post: tuple[User, Post]) -> None:
    alice, post = author_and_post
    revision = approving.send_for_approval(alice, post)
    with pytest.raises(PermissionDenied):
        approving.approve(alice, revision)
    assert not Delivery.objects.exists()
    with pytest.raises(ValidationError, match="Take it back first"):
        actions.save_post(alice, post, of_post(post))


@pytest.fixture
def author_and_post() -> tuple[User, Post]:
    channel = practice()
    alice = factories.person((Role.AUTHOR, channel.service), (Role.APPROVER, channel.service))
    return alice, factories.post(alice, channel)
