"""A real Bluesky server is heard: what is posted is on the wall's log at once, what is deleted leaves it."""

import random
import signal
import threading
import time
from functools import partial
from typing import Any

import httpx
import pytest

from moothall.core import clock, websocket
from moothall.events.models import Change, ChangeKind, Door, Event, Item, LinkedHandle, Place
from moothall.networks import registry
from moothall.networks.base import Account, Draft
from moothall.networks.keys import make_key
from tests import factories
from tests.events.listening.conftest import Listeners, eventually, is_connected, place
from tests.networks.homes import BlueskyHome
from tests.peers.bluesky import POSTS, BlueskyPds
from tests.peers.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 11
KILLS = 10


class Speaker:
    """An account on the server."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.account: Account = BlueskyHome(request).account(own_password=True)
        self.network = registry.network("bluesky")
        self.said: list[str] = []

    def say(self, text: str) -> str:
        key = make_key(clock.now(), random.randrange(1_000))
        posted = self.network.publish(self.account, Draft(text), key).remote_id
        self.said.append(posted)
        return posted

    def take_back(self, remote_id: str) -> None:
        self.network.delete(self.account, remote_id)

    def edit(self, remote_id: str, text: str) -> None:
        record = {"$type": POSTS, "text": text, "createdAt": clock.now().isoformat()}
        key = remote_id.rpartition("/")[2]
        self._call("com.atproto.repo.putRecord", repo=self.account.ref, collection=POSTS, rkey=key, record=record)

    def leave(self) -> None:
        """Close the account."""
        self._call("com.atproto.server.deactivateAccount")

    def items(self) -> list[str]:
        """The remote ids of what was collected of hers. The server is other tests' too, and tells what stands there."""
        items = Item.objects.filter(author_id=self.account.ref).order_by("said_at")
        return list(items.values_list("remote_id", flat=True))

    def _call(self, method: str, **content: Any) -> None:
        secrets = self.account.credentials
        signing_in = {"identifier": self.account.handle, "password": secrets["app_password"]}
        asked = f"{secrets['server']}/xrpc/{{}}".format
        signed_in = httpx.post(asked("com.atproto.server.createSession"), json=signing_in).raise_for_status().json()
        sign_in = {"Authorization": f"Bearer {signed_in['accessJwt']}"}
        httpx.post(asked(method), json=content, headers=sign_in, timeout=30).raise_for_status()


@pytest.fixture
def alice(request: pytest.FixtureRequest) -> Speaker:
    speaker = Speaker(request)
    speaker.say("Good morning.")  # the sign-in is over
    return speaker


@pytest.fixture
def firehose(event: Event, pds: BlueskyPds) -> Place:
    return place("bluesky", "firehose", pds.url)


def kinds(remote_id: str) -> list[str]:
    return list(Change.objects.filter(item__remote_id=remote_id).values_list("kind", flat=True))


@pytest.mark.flaky(reruns=1)  # it takes the time, and the machine may be busy
def test_what_alice_posts_is_on_the_wall_within_two_seconds_and_gone_within_five(
    firehose: Place, alice: Speaker, listeners: Listeners
) -> None:
    pid = listeners.start()
    eventually(lambda: is_connected(firehose))
    posted = alice.say("The library opens. #exday24")
    assert eventually(lambda: kinds(posted) == [ChangeKind.SHOW]) < 2
    item = Item.objects.get(remote_id=posted)
    assert item.is_on_wall
    assert (item.author_handle, item.text, item.tags) == (
        alice.account.handle,
        "The library opens. #exday24",
        ["exday24"],
    )
    alice.say("Nothing to do with it.")
    alice.take_back(posted)
    assert eventually(lambda: kinds(posted) == [ChangeKind.SHOW, ChangeKind.REMOVE]) < 5
    assert not Item.objects.get(remote_id=posted).text
    assert alice.items() == [posted], "Nothing else of hers was collected."
    listeners.kill(pid, signal.SIGTERM)
    assert not Place.objects.get().token, "It gave its lease back."


@pytest.mark.flaky(reruns=1)
def test_a_colleague_s_post_is_a_staff_item_on_the_wall_within_two_seconds_and_gone_within_five(
    event: Event, firehose: Place, alice: Speaker, listeners: Listeners
) -> None:
    Event.objects.update(shows_public_at_once=False)
    person = factories.person(name="Alice")
    LinkedHandle.objects.create(
        person=person, network="bluesky", handle=alice.account.handle, author_id=alice.account.ref, code="x",
        may_be_named=True, proved_at=clock.now(),
    )  # fmt: skip
    listeners.start()
    eventually(lambda: is_connected(firehose))
    began = time.monotonic()
    posted = alice.say("The gritters are out. #ExDay24")
    eventually(lambda: kinds(posted) == [ChangeKind.SHOW])
    assert time.monotonic() - began < 2
    item = Item.objects.get(remote_id=posted)
    assert (item.door, item.credit, item.is_on_wall, item.author_handle) == (
        Door.STAFF, "Alice", True, alice.account.handle,
    )  # fmt: skip
    began = time.monotonic()
    alice.take_back(posted)
    eventually(lambda: not Item.objects.get(remote_id=posted).is_on_wall)
    assert time.monotonic() - began < 5
    assert kinds(posted) == [ChangeKind.SHOW, ChangeKind.REMOVE]


def test_an_edit_is_shown_and_one_that_loses_the_hashtag_takes_it_off(
    firehose: Place, alice: Speaker, listeners: Listeners
) -> None:
    listeners.start()
    eventually(lambda: is_connected(firehose))
    posted = alice.say("The libary opens. #exday24")
    eventually(lambda: kinds(posted) == [ChangeKind.SHOW])
    alice.edit(posted, "The library opens. #exday24")
    eventually(lambda: kinds(posted) == [ChangeKind.SHOW, ChangeKind.UPDATE])
    item = Item.objects.get(remote_id=posted)
    assert item.text == "The library opens. #exday24"
    assert item.edited_at is not None
    alice.edit(posted, "Never mind.")
    eventually(lambda: kinds(posted) == [ChangeKind.SHOW, ChangeKind.UPDATE, ChangeKind.REMOVE])


def test_with_an_account_go_all_its_items(firehose: Place, alice: Speaker, listeners: Listeners) -> None:
    listeners.start()
    eventually(lambda: is_connected(firehose))
    posted = [alice.say("One #exday24"), alice.say("Two #exday24")]
    eventually(lambda: all(kinds(each) == [ChangeKind.SHOW] for each in posted))
    alice.leave()
    assert eventually(lambda: all(kinds(each)[-1] == ChangeKind.REMOVE for each in posted)) < 5
    assert not any(Item.objects.filter(author_id=alice.account.ref).values_list("text", flat=True))


def test_what_the_stream_tells_once_more_changes_nothing(firehose: Place, alice: Speaker, listeners: Listeners) -> None:
    pid = listeners.start()
    posted, gone = alice.say("It stays #exday24"), alice.say("It goes #exday24")
    alice.edit(posted, "It stays, corrected #exday24")
    alice.take_back(gone)
    eventually(lambda: Item.objects.filter(remote_id=posted, text__contains="corrected", is_on_wall=True).exists())
    eventually(lambda: Item.objects.filter(remote_id=gone, is_on_wall=False).exists())
    listeners.kill(pid)
    hers = Change.objects.filter(item__remote_id__in=(posted, gone)).exclude(
        kind=ChangeKind.UPDATE
    )  # with a name, late
    before = list(hers.values_list("pk", flat=True))
    Place.objects.update(cursor="0", lease_until=None)
    listeners.start()
    after = alice.say("And another #exday24")
    eventually(lambda: kinds(after) == [ChangeKind.SHOW])
    assert list(hers.values_list("pk", flat=True)) == before
    assert Item.objects.get(remote_id=posted).text == "It stays, corrected #exday24"


def test_a_dead_line_is_noticed_and_what_was_said_meanwhile_is_taken_from_the_cursor_on(
    event: Event, pds: BlueskyPds, alice: Speaker, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "messages", partial(websocket.messages, silent=1.0))  # 15 seconds in real life
    with Relay(pds.url) as line:
        heard = place("bluesky", "firehose", line.url)
        listeners.start()
        before = alice.say("Before #exday24")
        eventually(lambda: kinds(before) == [ChangeKind.SHOW])
        line.is_dead = True
        meanwhile, gone = alice.say("Meanwhile #exday24"), before
        alice.take_back(gone)
        eventually(lambda: Place.objects.get(pk=heard.pk).trouble)
        assert "fell silent" in Place.objects.get(pk=heard.pk).trouble
        assert kinds(meanwhile) == []
        line.is_dead = False
        line.cut()
        eventually(lambda: kinds(meanwhile) == [ChangeKind.SHOW], within=60)
        eventually(lambda: kinds(gone) == [ChangeKind.SHOW, ChangeKind.REMOVE])
        eventually(lambda: is_connected(heard))


@pytest.mark.crash
def test_listeners_are_killed_at_any_moment_and_each_post_is_one_item(
    firehose: Place, alice: Speaker, listeners: Listeners
) -> None:
    chance = random.Random(SEED)
    killed = 0
    posted: list[str] = []
    done = threading.Event()

    def speak() -> None:
        for number in range(KILLS * 6):
            posted.append(alice.say(f"Number {number}. #ExDay24"))
            if number % 10 == 9:
                alice.take_back(posted[-1])
        done.set()

    pid = listeners.start()
    speaking = threading.Thread(target=speak)
    speaking.start()
    while not done.is_set() or killed < KILLS:
        time.sleep(chance.uniform(0.05, 1.0))
        listeners.kill(pid)
        killed += 1
        Place.objects.update(lease_until=None)  # as if the lease had run out: it takes seconds
        pid = listeners.start()
    speaking.join()
    gone = set(posted[9::10])
    stay = set(posted) - gone
    hers = Item.objects.filter(is_on_wall=True, author_id=alice.account.ref)
    eventually(lambda: set(hers.values_list("remote_id", flat=True)) == stay)
    assert Item.objects.filter(remote_id__in=stay).count() == len(stay)
    for remote_id in stay:
        assert kinds(remote_id) == [ChangeKind.SHOW]
    for remote_id in gone:  # who heard of it only after its deletion was never told to show it
        assert kinds(remote_id) in ([], [ChangeKind.SHOW, ChangeKind.REMOVE])


@pytest.mark.crash
def test_of_two_listeners_one_leads_and_the_other_goes_on_when_it_is_killed(
    firehose: Place, alice: Speaker, listeners: Listeners
) -> None:
    first = listeners.start()
    eventually(lambda: is_connected(firehose))
    leader = Place.objects.get().token
    listeners.start()
    before = alice.say("While both are there #exday24")
    eventually(lambda: kinds(before) == [ChangeKind.SHOW])
    assert Place.objects.get().token == leader
    listeners.kill(first)
    meanwhile = alice.say("While nobody leads #exday24")
    assert eventually(lambda: kinds(meanwhile) == [ChangeKind.SHOW]) < 12
    assert Place.objects.get().token not in ("", leader)
    assert kinds(before) == [ChangeKind.SHOW]
    assert Change.objects.filter(item__author_id=alice.account.ref).count() == 2
