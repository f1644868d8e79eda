"""A Mastodon server is heard, in both ways, on good days and on bad ones.

The server is a stand-in, which is our reading of the documentation.
"""

import random
import time
from collections.abc import Iterator
from functools import partial

import pytest

from moothall.core import websocket
from moothall.events.models import Change, ChangeKind, Event, Item, Place
from moothall.networks import mastodon_hearing
from tests.events.listening.conftest import Listeners, eventually, is_connected, place
from tests.peers.mastodon_streaming import MastodonStreaming
from tests.peers.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)

SEED, POSTS, KILLS = 7, 150, 12


@pytest.fixture
def server() -> Iterator[MastodonStreaming]:
    with MastodonStreaming() as made:
        yield made


@pytest.fixture(params=["websocket", "sse"])
def heard(request: pytest.FixtureRequest, event: Event, server: MastodonStreaming) -> Place:
    server.way = request.param
    return place("mastodon", request.param, server.url)


def kinds(server: MastodonStreaming, number: str) -> list[str]:
    changes = Change.objects.filter(item__remote_id=server.remote_id(number))
    return list(changes.values_list("kind", flat=True))


def words() -> list[str]:
    return sorted(Item.objects.filter(is_on_wall=True).values_list("text", flat=True))


def test_what_charlie_posts_edits_and_deletes(heard: Place, server: MastodonStreaming, listeners: Listeners) -> None:
    early = server.post("Before anybody listened. #exday24", tell=False)
    listeners.start()
    eventually(lambda: is_connected(heard) and kinds(server, early))
    number = server.post("Good morning #ExDay24")
    assert eventually(lambda: kinds(server, number) == [ChangeKind.SHOW]) < 2
    item = Item.objects.get(remote_id=server.remote_id(number))
    assert item.author_handle == "charlie@social.example"
    server.tell("update", number)
    server.edit(number, "Good evening #ExDay24")
    eventually(lambda: kinds(server, number) == [ChangeKind.SHOW, ChangeKind.UPDATE])
    server.delete(number)
    assert eventually(lambda: kinds(server, number)[-1] == ChangeKind.REMOVE) < 5
    other = server.post("Grüezi #zürich24")
    eventually(lambda: kinds(server, other) == [ChangeKind.SHOW])
    assert Item.objects.count() == 3


def test_what_was_said_edited_and_deleted_while_the_connection_was_down_is_made_up_for(
    heard: Place, server: MastodonStreaming, listeners: Listeners
) -> None:
    listeners.start()
    eventually(lambda: is_connected(heard))
    stays, goes = server.post("It stays #exday24"), server.post("It goes #exday24")
    eventually(lambda: words() == ["It goes #exday24", "It stays #exday24"])
    opened = server.connections
    server.drop()
    server.delete(goes, tell=False)
    server.post("Said meanwhile #exday24", tell=False)
    server.statuses[stays] |= {"content": "<p>It stays, corrected #exday24</p>", "edited_at": "2030-01-01T00:00:00Z"}
    eventually(lambda: server.connections > opened)
    eventually(lambda: words() == ["It stays, corrected #exday24", "Said meanwhile #exday24"])
    assert Item.objects.count() == 3


def test_a_dead_line_is_noticed_and_what_was_said_meanwhile_is_searched_for(
    heard: Place, server: MastodonStreaming, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "messages", partial(websocket.messages, silent=1.0))  # 15 seconds in real life,
    monkeypatch.setattr(mastodon_hearing, "SILENT_SECONDS", 2.0)  # and 45
    with Relay(server.streaming.replace("ws", "http", 1)) as line:
        server.streams_at = line.url.replace("http", "ws", 1)
        listeners.start()
        eventually(lambda: is_connected(heard))
        goes = server.post("It goes #exday24")
        eventually(lambda: kinds(server, goes) == [ChangeKind.SHOW])
        line.is_dead = True
        meanwhile = server.post("Meanwhile #exday24")
        server.delete(goes)
        eventually(lambda: "fell silent" in Place.objects.get(pk=heard.pk).trouble)
        line.is_dead = False
        line.cut()
        eventually(lambda: kinds(server, meanwhile) == [ChangeKind.SHOW], within=60)
        eventually(lambda: kinds(server, goes) == [ChangeKind.SHOW, ChangeKind.REMOVE])


def test_a_place_that_is_only_asked_now_and_then_brings_the_same(
    event: Event, server: MastodonStreaming, listeners: Listeners
) -> None:
    place("mastodon", "search", server.url)
    listeners.start()
    stays, goes = server.post("It stays #exday24", tell=False), server.post("It goes #exday24", tell=False)
    eventually(lambda: len(words()) == 2)
    server.delete(goes, tell=False)
    eventually(lambda: words() == ["It stays #exday24"])
    assert kinds(server, stays) == [ChangeKind.SHOW]


def test_a_server_that_is_away_is_said_to_be_so_and_asked_again(event: Event, listeners: Listeners) -> None:
    with MastodonStreaming() as short_lived:
        away = short_lived.url
    gone = place("mastodon", "websocket", away)
    listeners.start()
    eventually(lambda: Place.objects.get(pk=gone.pk).trouble)
    assert Place.objects.get(pk=gone.pk).trouble.startswith("No connection to 127.0.0.1")
    assert Place.objects.get(pk=gone.pk).connected_at is None


@pytest.mark.crash
def test_listeners_are_killed_at_any_moment_and_each_post_is_one_item(
    heard: Place, server: MastodonStreaming, listeners: Listeners
) -> None:
    """There is no cursor: what nobody heard is searched for, and what was deleted meanwhile is looked at."""
    chance = random.Random(SEED)
    stands: dict[str, str] = {}
    pid = listeners.start()
    kills = set(chance.sample(range(5, POSTS), KILLS))
    for number in range(POSTS):
        made = server.post(f"Number {number} #ExDay24", f"charlie{number % 5}")
        stands[made] = f"Number {number} #ExDay24"
        chosen = chance.choice(list(stands))
        what = chance.random()
        if what < 0.1:
            server.delete(chosen)
            del stands[chosen]
        elif what < 0.2:
            stands[chosen] = f"{stands[chosen].removesuffix(' #ExDay24')} again #ExDay24"
            server.edit(chosen, stands[chosen])
        elif what < 0.3:
            server.tell("update", chosen)
        if number in kills:
            listeners.kill(pid)
            Place.objects.update(lease_until=None)  # as if the lease had run out: it takes seconds
            pid = listeners.start()
        time.sleep(chance.uniform(0, 0.06))
    expected = {server.remote_id(number): words for number, words in stands.items()}
    on_wall = Item.objects.filter(is_on_wall=True)
    eventually(lambda: dict(on_wall.values_list("remote_id", "text")) == expected, within=60)
    for remote_id in expected:
        changes = list(Change.objects.filter(item__remote_id=remote_id).values_list("kind", flat=True))
        assert changes.count(ChangeKind.SHOW) == 1
        assert ChangeKind.REMOVE not in changes
    everything = Item.objects.values_list("remote_id", flat=True)
    assert len(everything) == len(set(everything))
