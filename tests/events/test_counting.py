"""The counters of a wall: what each counts, and what none of them claims."""

import pytest

from moothall.core import clock
from moothall.events import counting, taking
from moothall.events.models import Event
from moothall.networks.hearing import RemoteAuthor, RemoteItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return factories.event("ExDay", shows_public_at_once=True)


def said(number: int, who: str, followers: int | None, *, network: str = "mastodon") -> None:
    author = RemoteAuthor(f"https://social.example/users/{who}", f"{who}@social.example", followers=followers)
    remote = RemoteItem(f"https://social.example/{number}", "", author, f"Hello {number} #ExDay", said_at=clock.now())
    taking.take(network, remote, "a test")


def test_potential_reach_adds_each_account_once_and_says_of_how_many_it_knows(event: Event) -> None:
    assert (counting.count(event, clock.now()).reach, counting.count(event, clock.now()).reach_of) == (0, 0)
    said(1, "alice", 120)
    said(2, "alice", 125)  # five more follow her since
    said(3, "bob", 0)
    said(4, "charlie", None)
    counts = counting.count(event, clock.now())
    assert (counts.reach, counts.reach_of, counts.contributors, counts.items) == (125, 2, 3, 4)


def test_what_is_deleted_counts_no_more(event: Event) -> None:
    said(1, "alice", 120)
    said(2, "bob", 30)
    taking.gone("mastodon", "https://social.example/1")
    counts = counting.count(event, clock.now())
    assert (counts.reach, counts.reach_of, counts.contributors, counts.items) == (30, 1, 1, 1)
