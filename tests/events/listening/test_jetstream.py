"""Jetstream is heard. The server is a stand-in, which is our reading of Jetstream's README."""

from collections.abc import Iterator

import pytest

from moothall.events.models import Change, ChangeKind, Event, Item, Place
from moothall.networks.bluesky_jetstream import REWIND_MICROSECONDS
from tests.events.listening.conftest import Listeners, eventually, is_connected, place
from tests.peers.bluesky_streams import BlueskyStreams, post

pytestmark = pytest.mark.django_db(transaction=True)

ALICE, BOB = "did:plc:alice", "did:plc:bob"


@pytest.fixture
def jetstream() -> Iterator[BlueskyStreams]:
    with BlueskyStreams("jetstream") as made:
        made.handles = {ALICE: "alice.test", BOB: "bob.test"}
        yield made


@pytest.fixture
def heard(event: Event, jetstream: BlueskyStreams) -> Place:
    return place("bluesky", "jetstream", jetstream.url)


def kinds(remote_id: str) -> list[str]:
    return list(Change.objects.filter(item__remote_id=remote_id).values_list("kind", flat=True))


def test_what_is_said_edited_and_deleted(heard: Place, jetstream: BlueskyStreams, listeners: Listeners) -> None:
    listeners.start()
    eventually(lambda: is_connected(heard))
    posted = jetstream.say(ALICE, "3k1", post("Good morning #ExDay24"))
    assert eventually(lambda: kinds(posted) == [ChangeKind.SHOW]) < 2
    item = Item.objects.get(remote_id=posted)
    assert (item.author_handle, item.tags) == ("alice.test", ["exday24"])
    jetstream.say(BOB, "3k2", post("Nothing to do with it #exday25"))
    in_other_letters = jetstream.say(BOB, "3k3", post("Grüezi #ZÜRICH24"))
    eventually(lambda: kinds(in_other_letters) == [ChangeKind.SHOW])
    jetstream.say(ALICE, "3k1", post("Good evening #ExDay24"), "update")
    eventually(lambda: kinds(posted) == [ChangeKind.SHOW, ChangeKind.UPDATE])
    jetstream.tell_again(0)
    jetstream.delete(ALICE, "3k1")
    assert eventually(lambda: kinds(posted)[-1] == ChangeKind.REMOVE) < 5
    assert kinds(posted) == [ChangeKind.SHOW, ChangeKind.UPDATE, ChangeKind.REMOVE]
    jetstream.end_account(BOB)
    eventually(lambda: kinds(in_other_letters) == [ChangeKind.SHOW, ChangeKind.REMOVE])
    assert Item.objects.count() == 2


def test_after_a_break_it_goes_on_a_little_before_where_it_was_and_takes_nothing_twice(
    heard: Place, jetstream: BlueskyStreams, listeners: Listeners
) -> None:
    pid = listeners.start()
    eventually(lambda: is_connected(heard))
    before = jetstream.say(ALICE, "3k1", post("Before #exday24"))
    eventually(lambda: kinds(before) == [ChangeKind.SHOW])
    listeners.kill(pid)
    cursor = int(Place.objects.get(pk=heard.pk).cursor)
    meanwhile = jetstream.say(BOB, "3k2", post("Meanwhile #exday24"))
    jetstream.delete(ALICE, "3k1")
    Place.objects.update(lease_until=None)
    listeners.start()
    eventually(lambda: kinds(meanwhile) == [ChangeKind.SHOW])
    eventually(lambda: kinds(before) == [ChangeKind.SHOW, ChangeKind.REMOVE])
    assert jetstream.connections[-1] == cursor - REWIND_MICROSECONDS
    jetstream.drop()
    after = jetstream.say(BOB, "3k4", post("After #exday24"))
    eventually(lambda: kinds(after) == [ChangeKind.SHOW])
    assert Item.objects.count() == 3
    assert Change.objects.count() == 4
