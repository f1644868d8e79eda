"""What becomes of a delivery when something goes wrong, with Bluesky's own server and a stand-in for Mastodon's.

Each tells the states, the attempts with the server's words, the notices, the records, and what stands on the server.
"""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from moothall.accounts.models import Notice
from moothall.channels.models import Connection
from moothall.networks import registry
from moothall.newsroom.models import Entry
from moothall.operating.worker import sweep_all
from moothall.publishing import delivery, sending, tasks
from moothall.publishing.delivery import FAILED, SENDING, SENT, UNCONFIRMED, WAITING, claim
from moothall.publishing.models import Delivery
from moothall.publishing.sending import send
from moothall.records import queries as records
from moothall.records.actions import capture
from tests import factories
from tests.peers.proxy import Answer, Plan
from tests.publishing.conftest import Clock, Line

TEXT = "Ember joins us at ten."


@dataclass
class Story:
    """A delivery that is due, and what has become of it so far."""

    line: Line
    one: Delivery
    told: set[str] = field(default_factory=set)

    def send(self) -> Delivery:
        tasks.drain.func(self.line.channel.pk)
        self.one.refresh_from_db()
        return self.one

    def look(self) -> Delivery:
        tasks.look_again.func(self.one.pk)
        self.one.refresh_from_db()
        return self.one

    def attempts(self) -> list[tuple[str, str, int | None]]:
        """Kind, outcome and HTTP status of each, all of them complete and in order of time."""
        every = list(self.one.attempts.all())
        for each in every:
            assert each.finished_at
            assert each.started_at <= each.finished_at
        assert every == sorted(every, key=lambda each: each.started_at)
        return [(each.kind, each.outcome, each.status) for each in every]

    def states(self) -> list[str]:
        """The states in the delivery's records, and the chain of all records holds."""
        assert not any(records.faults())
        return [each.after["state"] for each in records.of(f"delivery:{self.one.pk}")]

    def notices(self) -> list[str]:
        """What the author was told of the delivery, oldest first."""
        told = Notice.objects.filter(user=self.one.revision.post.author).exclude(text__contains="approved")
        return [each.text for each in told.order_by("pk")]


@pytest.fixture
def story(line: Line) -> Story:
    [one] = factories.approved(line.channel, text=TEXT)
    return Story(line, one)


def refusal(line: Line, message: str) -> bytes:
    """An error as the network of ``line`` words it."""
    is_bluesky = line.channel.network == "bluesky"
    return json.dumps({"error": "Refused", "message": message} if is_bluesky else {"error": message}).encode()


def test_all_goes_well(story: Story) -> None:
    one = story.send()
    assert (one.state, one.trouble) == (SENT, "")
    assert story.line.posts() == [TEXT]
    assert story.attempts() == [("send", "sent", None)]
    assert story.states() == ["sending", "sent"]
    assert story.notices() == []
    assert one.remote_id in story.line.home.posts(story.line.account)
    assert one.url


def test_429_with_a_reset_time_waits_for_it(story: Story, clock: Clock) -> None:
    reset = datetime.now(UTC) + timedelta(seconds=95)
    header = {"ratelimit-reset": str(int(reset.timestamp()))}
    if story.line.channel.network == "mastodon":
        header = {"x-ratelimit-reset": reset.isoformat()}
    story.line.plan(Plan(forward=False, answer=Answer(429, refusal(story.line, "Too many requests"), header)))
    one = story.send()
    assert one.state == WAITING
    assert one.try_after
    assert abs(one.try_after - reset) < timedelta(seconds=3)
    clock.advance(seconds=80)
    assert story.send().state == WAITING
    clock.advance(seconds=20)
    assert story.send().state == SENT
    assert story.attempts() == [("send", "waiting", 429), ("send", "sent", None)]
    assert story.one.attempts.all()[0].words == "Too many requests"
    assert story.states() == ["sending", "waiting", "sending", "sent"]
    assert story.notices() == []
    assert story.line.posts() == [TEXT]


@pytest.mark.parametrize(
    ("plan", "stands", "status"),
    [
        (Plan(forward=False, before_body=True, answer=Answer(500)), 0, 500),
        (Plan(forward=False, answer=Answer(503)), 0, 503),
        (Plan(answer=Answer(500)), 1, 500),
        (Plan(answer=Answer(200, b"<html>Welcome to the cafe</html>")), 1, None),
        (Plan(forward=False, answer=Answer(200, b'{"ok"')), 0, None),
        (Plan(forward=False, drop=True), 0, None),
        (Plan(drop=True), 1, None),
    ],
    ids=[
        "500 before the body",
        "503 after the body",
        "500 though it is done",
        "garbage though it is done",
        "garbage and nothing done",
        "broken off before",
        "broken off after",
    ],
)
def test_without_a_clear_answer_it_is_unconfirmed_and_looked_for(
    story: Story, clock: Clock, plan: Plan, stands: int, status: int | None
) -> None:
    story.line.plan(plan)
    one = story.send()
    assert (one.state, one.may_be_live) == (UNCONFIRMED, True)
    assert one.trouble
    assert len(story.line.posts()) == stands
    assert story.attempts() == [("send", "unconfirmed", status)]
    [told] = story.notices()
    assert "cannot tell whether" in told

    clock.advance(seconds=6)
    one = story.look()
    assert one.state == (SENT if stands else UNCONFIRMED), "not there is no proof yet"
    clock.advance(seconds=settings.DELIVERY_SETTLES.total_seconds())
    story.look()
    one = story.send()
    assert (one.state, one.trouble) == (SENT, "")
    assert story.line.posts() == [TEXT]
    assert one.remote_id in story.line.home.posts(story.line.account)
    if stands:
        assert story.states() == ["sending", "unconfirmed", "sent"]
        assert story.attempts()[1:] == [("look", "sent", None)]
        assert story.line.requests() == 1
    else:
        assert story.states() == ["sending", "unconfirmed", "waiting", "sending", "sent"]
        assert story.attempts()[1:] == [("look", "", None), ("look", "waiting", None), ("send", "sent", None)]
        assert story.line.requests() == 2
    assert len(story.notices()) == 1


def test_404_is_a_failure_that_a_person_can_mend(story: Story) -> None:
    story.line.plan(Plan(forward=False, answer=Answer(404, refusal(story.line, "Nothing here"))))
    one = story.send()
    assert one.state == FAILED
    assert story.attempts() == [("send", "failed", 404)]
    assert story.one.attempts.get().words == "Nothing here"
    [told] = story.notices()
    assert "did not go out" in told
    assert story.states() == ["sending", "failed"]
    assert story.line.posts() == []
    assert Connection.objects.get(channel=story.line.channel).broken_since is None


def revoke(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Withdraw the channel's token. A Bluesky session outlives its app password for a while, so that ends too."""
    line.home.revoke(line.account)
    slug = line.channel.network
    monkeypatch.setitem(registry.networks(), slug, type(registry.network(slug))())


def test_a_revoked_token_breaks_the_connection_and_tells_who_can_mend_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(story.line, monkeypatch)
    one = story.send()
    assert one.state == FAILED
    [(kind, outcome, status)] = story.attempts()
    assert (kind, outcome) == ("send", "failed")
    assert status in (400, 401)
    assert "did not go out" in story.notices()[0]
    assert story.states() == ["sending", "failed"]
    assert story.line.posts() == []
    broken = Connection.objects.get(channel=story.line.channel)
    assert broken.broken_since
    assert Notice.objects.filter(user=story.line.channel.owner, text__contains="must be connected again").count() == 1
    assert [each.kind for each in records.of(f"channel:{story.line.channel.pk}")] == ["channel.broken"]


def test_a_refusal_of_old_credentials_does_not_break_a_new_connection(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channel was reconnected while a request with its old credentials was under way."""
    revoke(story.line, monkeypatch)
    claimed = claim(story.line.channel.pk)
    assert claimed
    renewed = Connection.objects.filter(channel=story.line.channel)
    network = registry.network(story.line.channel.network)
    publish = network.publish

    def meanwhile(*arguments: Any) -> Any:
        renewed.update(connected_at=delivery.clock.now())
        return publish(*arguments)

    monkeypatch.setattr(network, "publish", meanwhile)
    send(claimed)
    story.one.refresh_from_db()
    assert story.one.state == FAILED
    assert renewed.get().broken_since is None


def test_a_transient_error_never_disconnects(story: Story, clock: Clock) -> None:
    story.line.plan(Plan(forward=False, answer=Answer(429)), times=None)
    for _ in range(delivery.MOST_TRIES):
        story.send()
        clock.advance(hours=1)
    assert story.one.state == FAILED
    connection_now = Connection.objects.get(channel=story.line.channel)
    assert (connection_now.broken_since, connection_now.state) == (None, "connected")
    assert story.line.posts() == []


@pytest.mark.parametrize("minutes", [4, 60])
def test_a_clock_put_back_between_sending_and_looking(story: Story, clock: Clock, minutes: int) -> None:
    """By the clock the post was not made yet, and the look at it is far off. It is looked for now, and found."""
    clock.advance(minutes=minutes)
    story.line.plan(Plan(drop=True))
    assert story.send().state == UNCONFIRMED
    clock.advance(minutes=-minutes)
    tasks.sweep()
    one = story.look()
    assert one.state == SENT
    assert story.line.requests() == 1
    assert story.line.posts() == [TEXT]


def test_a_clock_that_is_ahead_and_stays_so(story: Story, clock: Clock) -> None:
    """By the server's clock the post is an hour older than the delivery says."""
    clock.advance(hours=1)
    story.line.plan(Plan(drop=True))
    assert story.send().state == UNCONFIRMED
    clock.advance(minutes=2)
    assert story.look().state == SENT
    assert story.line.requests() == 1
    assert story.line.posts() == [TEXT]


def test_a_clock_put_forward_between_sending_and_looking(story: Story, clock: Clock) -> None:
    story.line.plan(Plan(drop=True))
    assert story.send().state == UNCONFIRMED
    clock.advance(hours=1)
    assert story.look().state == SENT
    assert story.line.requests() == 1
    assert story.line.posts() == [TEXT]


def test_a_fault_of_our_own_before_anything_was_sent_is_tried_again(
    story: Story, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*arguments: object) -> None:
        raise DatabaseError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(sending.channel_queries, "account", breaks)
        one = story.send()
    assert (one.state, one.may_be_live) == (WAITING, False)
    assert story.line.requests() == 0
    clock.advance(seconds=6)
    assert story.send().state == SENT
    assert story.attempts() == [("send", "waiting", None), ("send", "sent", None)]
    assert story.line.posts() == [TEXT]


def test_a_network_gone_from_the_settings_fails_in_the_end(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry.networks(), story.line.channel.network)
    one = story.send()
    assert one.state == FAILED
    assert "no longer in Moothall’s settings" in one.trouble
    Delivery.objects.filter(pk=one.pk).update(state=UNCONFIRMED, look_at=one.due_at)
    assert story.look().state == UNCONFIRMED
    assert all(finished for finished in one.attempts.values_list("finished_at", flat=True))


# --- A full disk ------------------------------------------------------------------------------------------------------


@contextmanager
def full_database() -> Iterator[None]:
    """SQLite with no room for another record: a real "database or disk is full", until the connection is closed."""
    [(pages,)] = asked("PRAGMA page_count")
    asked(f"PRAGMA max_page_count = {pages}")
    _fill_up()
    try:
        yield
    finally:
        asked("PRAGMA max_page_count = 1073741823")


def asked(statement: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        answer: list[tuple[int]] = cursor.fetchall()
        return answer


def _fill_up() -> None:
    """Keep records, at last of a single word, until no page of the table and its indexes has room either."""
    in_vain = 0
    while in_vain < 30:
        try:
            capture("ballast", "ballast", actor=None, why="x" * max(0, 2000 - 100 * in_vain))
        except DatabaseError:
            in_vain += 1
        else:
            in_vain = min(in_vain, 20)


@pytest.fixture
def sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL cannot be told to have no room; test_a_full_picture_store runs on both.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sqlite")
class TestFullDisk:
    def test_before_the_claim_nothing_is_sent(self, story: Story) -> None:
        with full_database():
            with pytest.raises(DatabaseError, match="full"):
                claim(story.line.channel.pk)
            sweep_all()  # notes it in the log, and lives
        assert story.line.requests() == 0
        assert story.send().state == SENT
        assert story.line.posts() == [TEXT]
        assert story.attempts() == [("send", "sent", None)]

    def test_after_the_answer_nothing_is_forgotten_or_doubled(self, story: Story, clock: Clock) -> None:
        claimed = claim(story.line.channel.pk)
        assert claimed
        with full_database():
            with pytest.raises(DatabaseError, match="full"):
                send(claimed)
            assert story.line.posts() == [TEXT]
            clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
            sweep_all()
            story.one.refresh_from_db()
            assert story.one.state == SENDING, "there was no room to say more"
        sweep_all()
        clock.advance(seconds=6)
        one = story.look()
        assert one.state == SENT
        assert story.line.posts() == [TEXT]
        assert story.line.requests() == 1
        assert story.attempts() == [("send", "unconfirmed", None), ("look", "sent", None)]
        assert story.states() == ["sending", "unconfirmed", "sent"]


@pytest.mark.django_db(transaction=True)
def test_a_full_picture_store(clock: Clock, tmp_path: Path) -> None:
    """The Newsroom keeps its own copy of a picture, and no file may grow beyond eight megabytes."""
    channel = factories.connected()
    [one] = factories.approved(channel, text=TEXT)
    big = Path(settings.MEDIA_ROOT) / "big.jpg"
    big.write_bytes(b"\xff" * 9_000_000)
    media = {"name": "big.jpg", "content_type": "image/jpeg", "width": 9, "height": 9, "size": 9_000_000, "alt": "Dog"}
    Delivery.objects.filter(pk=one.pk).update(media=[media])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, hard))
    try:
        tasks.drain.func(channel.pk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    one.refresh_from_db()
    assert one.state == WAITING
    assert "Is the disk full?" in one.trouble
    assert "File too large" in one.attempts.get().words
    assert not Entry.objects.exists()
    clock.advance(seconds=6)
    tasks.drain.func(channel.pk)
    one.refresh_from_db()
    assert one.state == SENT
    assert Entry.objects.get().pictures.count() == 1
