"""What needs care, and who is told of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from moothall.accounts.models import Service, User
from moothall.channels import health
from moothall.channels.health import Kind
from moothall.channels.models import Capacity, Channel, Connection, State, TwoStep
from moothall.core import clock
from tests import factories

pytestmark = pytest.mark.django_db


def kinds(channel: Channel, days: int = 30) -> list[Kind]:
    return [remark.kind for remark in health.of(Channel.objects.get(pk=channel.pk), clock.now(), days)]


@pytest.fixture
def well(fake: Any, libraries: Service, alice: User) -> Channel:
    """A channel with which nothing is amiss."""
    return factories.connected(
        network="fake", service=libraries, owner=alice, two_step=TwoStep.ON, last_spoke_at=clock.now()
    )


def change(channel: Channel, **values: Any) -> Channel:
    Channel.objects.filter(pk=channel.pk).update(**values)
    return channel


def days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days, minutes=1)


def test_nothing_is_amiss(well: Channel) -> None:
    assert kinds(well) == []


def test_owner(well: Channel) -> None:
    assert kinds(change(well, owner=None)) == [Kind.NO_OWNER]
    assert kinds(change(well, owner=factories.person(is_active=False))) == [Kind.OWNER_LEFT]


def test_silence_counts_from_the_last_post_or_from_the_first_day(well: Channel) -> None:
    change(well, last_spoke_at=days_ago(10))
    assert kinds(well, 10) == [Kind.SILENT]
    assert kinds(well, 11) == []
    change(well, last_spoke_at=None, registered_at=days_ago(10))
    assert kinds(well, 10) == [Kind.SILENT]
    assert kinds(well, 11) == []
    assert kinds(change(well, state=State.DORMANT), 10) == []


def test_two_step(well: Channel) -> None:
    assert kinds(change(well, two_step=TwoStep.OFF)) == [Kind.TWO_STEP]
    assert kinds(change(well, two_step=TwoStep.UNKNOWN)) == [Kind.TWO_STEP]
    newsroom = factories.connected(owner=well.owner, last_spoke_at=clock.now())
    assert kinds(newsroom) == [], "nobody signs in to the Newsroom"


def test_connection(well: Channel) -> None:
    ours = Connection.objects.filter(channel=well)
    ours.update(trouble="It is busy.")
    assert kinds(well) == [Kind.TROUBLE]
    ours.update(broken_since=clock.now())
    assert kinds(well) == [Kind.BROKEN]
    ours.delete()
    assert kinds(well) == [Kind.NOT_CONNECTED]


def test_what_moothall_does_not_drive_is_not_asked_to_be_connected_or_to_speak(alice: User) -> None:
    looked_after = {"owner": alice, "two_step": TwoStep.ON, "registered_at": days_ago(400)}
    assert kinds(factories.channel(network="x", **looked_after)) == []
    assert kinds(factories.channel(network="newsroom", capacity=Capacity.MEMBER, **looked_after)) == []
    assert kinds(factories.channel(network="bluesky", state=State.PROPOSED)) == []


def test_each_sees_the_channels_they_look_after_the_gravest_first(
    well: Channel, alice: User, bob: User, charlie: User
) -> None:
    change(well, owner=None)
    broken = factories.connected(network="fake", service=well.service, owner=alice, two_step=TwoStep.ON)
    Connection.objects.filter(channel=broken).update(broken_since=clock.now(), trouble="No.")
    factories.channel(network="x", owner=alice, two_step=TwoStep.ON)
    assert [remark.kind for remark in health.remarks(alice)] == [Kind.BROKEN, Kind.NO_OWNER]
    assert health.remarks(bob) == []
    assert len(health.remarks(charlie)) == 2
    assert (health.count_broken(alice), health.count_broken(bob), health.count_broken(charlie)) == (1, 0, 1)
    [(first, _), (second, _)] = health.grouped(health.remarks(alice))
    assert (first, second) == ("Must be connected again", "No owner")


def test_reading_health_takes_one_query_whatever_the_number(
    charlie: User, django_assert_num_queries: Any, fake: Any
) -> None:
    for _ in range(12):
        factories.connected(network="fake", owner=factories.person())
    charlie.standing  # noqa: B018 - asked for once a request
    with django_assert_num_queries(1):
        health.remarks(charlie)
