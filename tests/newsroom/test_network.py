"""The Newsroom as a network: exactly once by key, and honest about its own troubles."""

import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from moothall.core import clock
from moothall.networks.base import Account, Draft
from moothall.networks.errors import NeedsReconnect, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.newsroom import network
from moothall.newsroom.models import Entry, Page
from moothall.newsroom.network import Newsroom
from tests.newsroom.conftest import LIBRARIES, Say, media

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()


def key(number: int = 0) -> str:
    return make_key(clock.now(), number)


def test_the_same_key_makes_one_post(newsroom: Newsroom) -> None:
    once, draft = key(), Draft("Story time.", media("A cushion"))
    first, again = (newsroom.publish(LIBRARIES, draft, once) for _ in range(2))
    assert first == again
    assert Entry.objects.get().pictures.count() == 1
    newsroom.publish(LIBRARIES, draft, key(1))
    assert Entry.objects.count() == 2, "The same words with another key are another post."


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_key_make_one_post() -> None:
    newsroom, once, draft = Newsroom(), key(), Draft("Story time.", media("A cushion", "A carpet"))
    newsroom.identify(LIBRARIES)
    start, done = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait()
            done.append(newsroom.publish(LIBRARIES, draft, once))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(done) == 4
    assert len(set(done)) == 1
    assert Entry.objects.get().pictures.count() == 2


def test_it_knows_what_it_has(newsroom: Newsroom, say: Say) -> None:
    entry = say("Story time.")
    draft = Draft("Story time.")
    found = newsroom.find(LIBRARIES, draft, entry.key, NOBODY)
    assert found
    assert found.url.endswith(entry.get_absolute_url())
    assert newsroom.find(LIBRARIES, draft, key(7), NOBODY) is None
    assert newsroom.find(LIBRARIES, draft, entry.key, frozenset({entry.key})) is None
    assert newsroom.find(Account("2", "highways"), draft, entry.key, NOBODY) is None


def test_a_post_that_was_taken_down_does_not_come_back(newsroom: Newsroom, say: Say, client: Client) -> None:
    entry = say("Never mind.")
    for _ in range(2):
        newsroom.delete(LIBRARIES, entry.key)
    newsroom.publish(LIBRARIES, Draft("Never mind."), entry.key)
    assert newsroom.find(LIBRARIES, Draft("Never mind."), entry.key, NOBODY) is None
    assert client.get(entry.get_absolute_url()).status_code == 410


def test_the_moment_is_that_of_the_first_attempt(newsroom: Newsroom) -> None:
    begun = clock.now()
    done = newsroom.publish(LIBRARIES, Draft("Story time.", dated=begun), key())
    assert Entry.objects.get(key=done.remote_id).said_at == begun


def test_pictures_are_copied_into_the_open(newsroom: Newsroom, say: Say) -> None:
    entry = say("Story time.", "A cushion")
    picture = entry.pictures.get()
    assert picture.name.startswith("newsroom/")
    assert (picture.alt, picture.width, picture.height) == ("A cushion", 60, 40)


def test_a_picture_that_cannot_be_stored_is_a_temporary_trouble(newsroom: Newsroom) -> None:
    draft = Draft("Story time.", media("A cushion"))
    Path(draft.media[0].path).unlink()
    with pytest.raises(Temporary, match="could not store the files"):
        newsroom.publish(LIBRARIES, draft, key())
    assert not Entry.objects.exists()


def test_a_database_that_refuses_is_a_temporary_trouble_and_leaves_half_of_nothing(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(network, "_attach", full)
    with pytest.raises(Temporary, match="did not take the post"):
        newsroom.publish(LIBRARIES, Draft("Story time.", media("A cushion")), key())
    assert not Entry.objects.exists()


def test_a_page_that_is_gone_must_be_connected_again(newsroom: Newsroom) -> None:
    Page.objects.all().delete()
    with pytest.raises(NeedsReconnect, match="has no page @libraries"):
        newsroom.publish(LIBRARIES, Draft("Story time."), key())
    newsroom.identify(LIBRARIES)
    newsroom.publish(LIBRARIES, Draft("Story time."), key())


@pytest.mark.parametrize("handle", ["", "Libraries", "two words", "-dash", "x" * 41, "a/b", "dot.ted", "é"])
def test_a_handle_that_could_be_no_address_is_refused(newsroom: Newsroom, handle: str) -> None:
    with pytest.raises(Rejected, match="small letters"):
        newsroom.identify(Account("1", handle))


def test_what_is_too_long_is_said_before_it_is_sent(newsroom: Newsroom) -> None:
    (problem,) = newsroom.check(Draft("x" * 5_001), newsroom.limits)
    assert problem.blocking
    assert newsroom.check(Draft("x" * 5_000), newsroom.limits) == []
    assert [each.code for each in newsroom.check(Draft("  "), newsroom.limits)] == ["empty"]
