"""Connecting channels, and what their trouble does and does not do to them."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied, ValidationError

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels import actions, connecting, queries, sealing, tasks
from moothall.channels.models import Capacity, Channel, Connection, State
from moothall.core import clock
from moothall.networks.errors import NeedsReconnect, OutcomeUnknown, Rejected, Temporary
from moothall.records import queries as records
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = {"server": "https://fake.example", "token": "swordfish", "mode": "fast"}


@pytest.fixture
def channel(fake: Any, libraries: Service, alice: User) -> Channel:
    """A live channel of the libraries on the fake network, Alice its owner, connected."""
    made = factories.channel(network="fake", handle="libraries", service=libraries, owner=alice)
    connecting.connect(alice, made, SECRET)
    return made


def connection(channel: Channel) -> Connection:
    return Connection.objects.get(channel=channel)


def make_due(channel: Channel) -> None:
    Connection.objects.filter(channel=channel).update(check_due_at=clock.now() - timedelta(seconds=1))


def kinds(channel: Channel) -> list[str]:
    return [record.kind for record in records.of(actions.ref(channel))]


def test_credentials_are_tested_sealed_and_kept_out_of_the_record(channel: Channel, fake: Any) -> None:
    assert dict(fake.asked[0].credentials) == SECRET
    assert "swordfish" not in connection(channel).sealed
    assert queries.account(channel).credentials == SECRET
    assert queries.limits(channel) == fake.limits
    assert kinds(channel) == ["channel.connected"]
    assert not any("swordfish" in str(record.after) + str(record.before) for record in records.of(actions.ref(channel)))
    assert [profile.display_name for profile in fake.shown] == [channel.display_name]


def test_a_lead_of_another_service_may_neither_connect_nor_test_nor_disconnect(channel: Channel, bob: User) -> None:
    for act in (
        lambda: connecting.connect(bob, channel, SECRET),
        lambda: connecting.check_now(bob, channel),
        lambda: connecting.disconnect(bob, channel),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert connection(channel)


@pytest.mark.parametrize("capacity", [Capacity.MEMBER, Capacity.LEADER])
def test_an_elected_persons_channel_is_never_connected(fake: Any, charlie: User, capacity: Capacity) -> None:
    theirs = factories.channel(network="fake", capacity=capacity)
    with pytest.raises(ValidationError, match="elected person"):
        connecting.connect(charlie, theirs, SECRET)
    assert fake.asked == []


def test_listed_only_and_closed_channels_are_not_connected(charlie: User, fake: Any) -> None:
    with pytest.raises(ValidationError, match="cannot post to X"):
        connecting.connect(charlie, factories.channel(network="x"), SECRET)
    closed = factories.channel(network="fake", state=State.CLOSED, closed_on=clock.now().date())
    with pytest.raises(ValidationError, match="closed"):
        connecting.connect(charlie, closed, SECRET)


@pytest.mark.parametrize("said", ["libraries", "@Libraries", "LIBRARIES"])
def test_the_account_may_be_written_in_several_ways(fake: Any, charlie: User, said: str) -> None:
    made = factories.channel(network="fake", handle="libraries")
    fake.answer = said
    connecting.connect(charlie, made, SECRET)


def test_credentials_of_another_account_are_refused(fake: Any, charlie: User) -> None:
    made = factories.channel(network="fake", handle="libraries")
    fake.answer = "@highways"
    with pytest.raises(NeedsReconnect, match="sign in as @highways, and this channel is @libraries"):
        connecting.connect(charlie, made, SECRET)
    assert not queries.is_connected(made)


def test_a_refused_reconnection_leaves_the_old_one_as_it_was(channel: Channel, alice: User, fake: Any) -> None:
    before = connection(channel).sealed
    fake.answer = NeedsReconnect("No longer good.")
    with pytest.raises(NeedsReconnect):
        connecting.connect(alice, channel, {**SECRET, "token": "wrong"})
    assert connection(channel).sealed == before


@pytest.mark.parametrize(
    "error",
    [
        Temporary("Fakebook is busy.", words="come back later", retry_after=timedelta(minutes=40)),
        Rejected("Fakebook did not like it."),
        OutcomeUnknown("Fakebook did not answer."),
    ],
)
def test_only_refused_credentials_break_a_connection(channel: Channel, fake: Any, error: Exception) -> None:
    fake.answer = error
    for _ in range(12):
        assert str(error) in connecting.check_connection(channel)
    now = connection(channel)
    assert now.broken_since is None
    assert str(error) in now.trouble
    assert now.failed_checks == 12
    assert clock.now() + timedelta(hours=5) < now.check_due_at < clock.now() + timedelta(hours=7)
    assert not Notice.objects.exists()
    fake.answer = None
    assert connecting.check_connection(channel) == ""
    assert (connection(channel).trouble, connection(channel).failed_checks) == ("", 0)
    assert kinds(channel) == ["channel.connected"]


def test_the_network_says_when_to_ask_again(channel: Channel, fake: Any) -> None:
    fake.answer = Temporary("Fakebook is busy.", words="come back later", retry_after=timedelta(minutes=40))
    connecting.check_connection(channel)
    assert clock.now() + timedelta(minutes=39) < connection(channel).check_due_at
    assert connection(channel).trouble == "Fakebook is busy. It said: “come back later”."
    fake.answer = Temporary("Fakebook is busy.", retry_after=timedelta(days=4000))
    connecting.check_connection(channel)
    assert connection(channel).check_due_at <= clock.now() + connecting.CHECK_EVERY


def test_refused_credentials_break_it_once_and_the_owner_is_told_once(channel: Channel, fake: Any, alice: User) -> None:
    fake.answer = NeedsReconnect("Fakebook no longer accepts our token.")
    connecting.check_connection(channel)
    broken_since = connection(channel).broken_since
    connecting.check_connection(channel)
    assert broken_since is not None
    assert connection(channel).broken_since == broken_since
    assert [notice.user for notice in Notice.objects.all()] == [alice]
    assert "no longer accepts our token" in Notice.objects.get().text
    assert kinds(channel) == ["channel.connected", "channel.broken"]


def test_without_an_owner_here_those_who_can_reconnect_are_told(channel: Channel, alice: User, charlie: User) -> None:
    left = factories.person(is_active=False)
    Channel.objects.filter(pk=channel.pk).update(owner=left, deputy=None)
    channel.refresh_from_db()
    actions.note_broken(channel, "Gone.")
    assert {notice.user for notice in Notice.objects.all()} == {alice, charlie}


def test_reconnecting_loses_no_history(channel: Channel, alice: User, fake: Any) -> None:
    actions.note_spoke(channel.pk, clock.now())
    fake.answer = NeedsReconnect("No.")
    connecting.check_connection(channel)
    fake.answer = None
    connecting.connect(alice, channel, {**SECRET, "token": "fresh"})
    now = connection(channel)
    assert (now.broken_since, now.trouble, now.failed_checks) == (None, "", 0)
    assert queries.account(channel).credentials["token"] == "fresh"
    assert kinds(channel) == ["channel.connected", "channel.broken", "channel.reconnected"]
    assert Channel.objects.get(pk=channel.pk).last_spoke_at


def test_a_good_check_heals_and_brings_new_limits(channel: Channel, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.answer = NeedsReconnect("No.")
    connecting.check_connection(channel)
    fake.answer = None
    monkeypatch.setattr(fake, "limits", type(fake.limits)(characters=777))
    assert connecting.check_connection(channel) == ""
    assert connection(channel).broken_since is None
    assert queries.limits(channel).characters == 777
    assert kinds(channel)[-1] == "channel.recovered"


def test_a_check_of_old_credentials_does_not_break_new_ones(channel: Channel, alice: User) -> None:
    asked_with = connection(channel).connected_at
    connecting.connect(alice, channel, {**SECRET, "token": "fresh"})
    actions.note_broken(channel, "The old token is no good.", connected_at=asked_with)
    assert connection(channel).broken_since is None


def test_credentials_that_no_key_opens_are_a_named_trouble(channel: Channel, settings: Any) -> None:
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    assert "cannot be opened" in connecting.check_connection(channel)
    assert connection(channel).broken_since


def test_disconnecting_forgets_the_credentials_and_keeps_the_record(channel: Channel, alice: User) -> None:
    connecting.disconnect(alice, channel, why="Holiday")
    connecting.disconnect(alice, channel)
    assert not queries.is_connected(channel)
    assert "is not connected" in connecting.check_now(alice, channel)
    [record] = records.of(actions.ref(channel)).filter(kind="channel.disconnected")
    assert (record.why, record.before["remote_id"]) == ("Holiday", "id-1")


def test_what_is_due_is_tested_once_and_next_due_in_a_day(channel: Channel, fake: Any) -> None:
    make_due(channel)
    fake.asked.clear()
    tasks.check_connections.func()
    tasks.check_connections.func()
    assert len(fake.asked) == 1
    assert clock.now() + timedelta(hours=23) < connection(channel).check_due_at


def test_the_sweep_wakes_a_worker_only_when_something_is_due(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(tasks.queue, "wake", woken.append)
    tasks.sweep()
    assert woken == []
    make_due(channel)
    tasks.sweep()
    assert woken == [tasks.check_connections]


def test_a_crash_in_the_middle_of_a_check_leaves_it_due_again(channel: Channel, fake: Any) -> None:
    make_due(channel)
    fake.answer = RuntimeError("the worker dies here")
    with pytest.raises(RuntimeError):
        tasks.check_connections.func()
    assert clock.now() < connection(channel).check_due_at <= clock.now() + tasks.LEASE
    assert connection(channel).broken_since is None


def test_keys_are_rotated_and_the_old_one_can_go(channel: Channel, settings: Any, fake: Any, alice: User) -> None:
    lost = factories.channel(network="fake")
    connecting.connect(factories.person((Role.DESK, None)), lost, SECRET)
    Connection.objects.filter(channel=lost).update(sealed=Fernet(Fernet.generate_key()).encrypt(b"{}").decode())
    old, new = settings.SEALING_KEYS[0], Fernet.generate_key().decode()
    settings.SEALING_KEYS = [new, old]
    for _ in range(2):
        result = sealing.reseal_all()
        assert (result.resealed, result.closed) == (1, (lost,))
    settings.SEALING_KEYS = [new]
    assert queries.account(channel).credentials == SECRET
