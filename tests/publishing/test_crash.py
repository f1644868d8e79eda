"""kill -9: workers are killed for real, at seeded points, and in the end every delivery stands exactly once.

Real workers in forked processes send to a real Bluesky server, to the Mastodon stand-in, and to the stand-in behind a
proxy that hides the idempotency key from it. A proxy before each server tells how far a request has come, and the
worker dies at that very moment: while it signs in or uploads, when its post is written and not yet answered (and then
arrives, or is lost on its way), when the answer is there and not yet read, or some milliseconds after it was read.
"""

import random
from collections.abc import Iterator

import pytest
from django.db import connection

from moothall.networks.base import Account
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records import queries as records
from tests import factories
from tests.networks.homes import BlueskyHome, MastodonHome
from tests.peers.mastodon import MastodonMock
from tests.publishing.conftest import Line, lay_line
from tests.publishing.killing import MOMENTS, finish, kill_one

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

SEED = 24
POINTS = {"sqlite": 200, "postgresql": 60}
LINES = {"bluesky": 4, "mastodon": 3, "forgetful": 3}
"""How many channels there are of each kind."""


class Quick(BlueskyHome):
    """Each worker signs in anew; with an account's own password the server is done sooner."""

    def account(self, own_password: bool = True) -> Account:
        return super().account(own_password)


class Forgetful(MastodonHome):
    """A server of Mastodon's API that takes no notice of the idempotency key."""

    def __init__(self, server: MastodonMock) -> None:
        self.server = server


@pytest.fixture
def lines(request: pytest.FixtureRequest, in_a_hurry: None) -> Iterator[list[Line]]:
    with MastodonMock(ignore_idempotency=True) as server:
        homes = {
            "bluesky": Quick(request),
            "mastodon": MastodonHome(request),
            "forgetful": Forgetful(server),
        }
        laid = [
            lay_line(request, "bluesky" if kind == "bluesky" else "mastodon", homes[kind])
            for kind, number in LINES.items()
            for _ in range(number)
        ]
        yield [next(each) for each in laid]
        for each in laid:
            next(each, None)


def test_workers_are_killed_at_any_moment_and_each_post_stands_once(lines: list[Line]) -> None:
    chance = random.Random(SEED)
    points = POINTS[connection.vendor]
    expected: dict[int, list[str]] = {line.channel.pk: [] for line in lines}
    killed, rounds = 0, 0
    while killed < points:
        rounds += 1
        assert rounds <= points * 2, f"Only {killed} of {rounds} workers came to their point"
        line = lines[rounds % len(lines)]
        moment = chance.choice(MOMENTS)
        text = f"Round {rounds}, seed {SEED}, killed: {moment}."
        factories.approved(line.channel, text=text, pictures=int(rounds % 7 == 0))
        expected[line.channel.pk].append(text)
        killed += kill_one(lines, moment, chance)
    finish(lines)
    for line in lines:
        check(line, expected[line.channel.pk])
    assert [fault for fault in records.faults() if fault] == []
    cut_off = Attempt.objects.filter(kind=Attempt.Kind.SEND, outcome=DeliveryState.UNCONFIRMED)
    assert cut_off.count() > points / 2, "Too few workers died with a post in hand: the test proves little"


def check(line: Line, expected: list[str]) -> None:
    """What stands on the server, and what the rows say of it."""
    posts = line.posts()
    assert sorted(posts) == sorted(expected), f"{line.channel} has posts that are missing or double"
    rows = Delivery.objects.filter(channel=line.channel)
    assert {row.remote_id for row in rows} == set(line.home.posts(line.account))
    assert all(row.url and row.sent_at and not row.trouble for row in rows)
    assert not Attempt.objects.filter(delivery__in=rows, finished_at=None).exists()
