"""kill -9: workers are killed for real, at seeded points, and in the end every delivery stands exactly once.

Real workers in forked processes send to a real Bluesky server, to the Mastodon stand-in, and to the stand-in behind a
proxy that hides the idempotency key from it. A proxy before each server tells how far a request has come, and the
worker dies at that very moment: while it signs in or uploads, when its post is written and not yet answered (and then
arrives, or is lost on its way), when the answer is there and not yet read, or some milliseconds after it was read.
"""

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from moothall.core import http
from moothall.core.retry import backoff
from moothall.networks import bluesky_session, registry
from moothall.networks.base import Account
from moothall.operating import worker
from moothall.publishing import delivery, reconciling
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records import queries as records
from tests import factories
from tests.networks.homes import BlueskyHome, MastodonHome
from tests.peers.mastodon import MastodonMock
from tests.peers.proxy import Event, Plan, Step
from tests.publishing.conftest import Line, lay_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

SEED = 24
POINTS = {"sqlite": 200, "postgresql": 60}
LINES = {"bluesky": 4, "mastodon": 3, "forgetful": 3}
"""How many channels there are of each kind."""

BEFORE_THE_REQUEST, WRITTEN, ANSWERED, AFTER_THE_ANSWER = "before", "written", "answered", "after"
WRITTEN_AND_LOST = "written and lost"
MOMENTS = (BEFORE_THE_REQUEST, WRITTEN, WRITTEN_AND_LOST, ANSWERED, AFTER_THE_ANSWER)
LONGEST_WAIT = 6.0
"""Seconds in which a worker must come to the point at which it is to die."""


class Quick(BlueskyHome):
    """Each worker signs in anew; with an account's own password the server is done sooner."""

    def account(self, own_password: bool = True) -> Account:
        return super().account(own_password)


class Forgetful(MastodonHome):
    """A server of Mastodon's API that takes no notice of the idempotency key."""

    def __init__(self, server: MastodonMock) -> None:
        self.server = server


@dataclass
class Trap:
    """Kills one worker when a request reaches a step."""

    step: Step
    posts: bool
    """Whether it waits for a request that makes a post, or for any other."""
    delay: float
    posting: frozenset[str]
    prey: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)

    def __call__(self, event: Event) -> None:
        is_post = event.request.method == "POST" and event.request.path in self.posting
        if self.sprung.is_set() or event.step != self.step or is_post != self.posts:
            return
        self.sprung.set()
        time.sleep(self.delay)
        os.kill(self.prey, signal.SIGKILL)
        while is_running(self.prey):
            time.sleep(0.001)


def is_running(pid: int) -> bool:
    """Whether a child is still there. A killed one is gone once it is a zombie; the test's own thread buries it."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def in_a_hurry(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same worker with shorter waits, so that each round takes a moment."""
    settings.SWEEP_SECONDS = 0.05
    settings.DELIVERY_LEASE = timedelta(seconds=1.5)
    settings.DELIVERY_SETTLES = timedelta(seconds=0.5)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)

    def short(tries: int, **limits: timedelta) -> timedelta:
        return backoff(tries, first=timedelta(milliseconds=100), longest=timedelta(milliseconds=500))

    monkeypatch.setattr(delivery, "backoff", short)
    monkeypatch.setattr(reconciling, "backoff", short)
    monkeypatch.setattr(reconciling, "MOST_LOOKS", 1_000)
    monkeypatch.setattr(delivery, "MOST_TRIES", 1_000)
    monkeypatch.setattr(reconciling, "MOST_TRIES", 1_000)


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


def fork(work: Callable[[], None]) -> int:
    """Do ``work`` in a child of this process, with connections of its own; returns its process id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        registry.networks.cache_clear()
        bluesky_session._http.cache_clear()
        http._adapter.cache_clear()
        logging.disable(logging.CRITICAL)
        work()
    finally:
        os._exit(0)


def work() -> None:
    worker.Worker(threads=3).run()


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


def kill_one(lines: list[Line], moment: str, chance: random.Random) -> bool:
    """Start a worker and kill it at ``moment``. ``False``: it never came to that moment."""
    steps = {WRITTEN: Step.RECEIVED, WRITTEN_AND_LOST: Step.RECEIVED, ANSWERED: Step.ANSWERED}
    trap = Trap(
        step=steps.get(moment, Step.DELIVERED),
        posts=moment != BEFORE_THE_REQUEST,
        delay=chance.choice((0, 0.001, 0.005, 0.02)) if moment in (BEFORE_THE_REQUEST, AFTER_THE_ANSWER) else 0,
        posting=frozenset(line.posting for line in lines),
    )
    for line in lines:
        line.proxy.on_event = None
        if moment == WRITTEN_AND_LOST:
            line.plan(Plan(forward=False, drop=True))
    trap.prey = fork(work)
    for line in lines:
        line.proxy.on_event = trap
    came = trap.sprung.wait(LONGEST_WAIT)
    if not came:
        os.kill(trap.prey, signal.SIGKILL)
    os.waitpid(trap.prey, 0)
    for line in lines:
        line.proxy.on_event = None
        line.proxy.reset()
    return came


def finish(lines: list[Line]) -> None:
    """Let a worker that nobody kills do what is left."""
    pid = fork(work)
    try:
        until = time.monotonic() + 120
        while Delivery.objects.exclude(state=DeliveryState.SENT).exists():
            assert time.monotonic() < until, list(
                Delivery.objects.exclude(state=DeliveryState.SENT).values("pk", "state", "trouble", "tries", "looks")
            )
            time.sleep(0.2)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def check(line: Line, expected: list[str]) -> None:
    """What stands on the server, and what the rows say of it."""
    posts = line.posts()
    assert sorted(posts) == sorted(expected), f"{line.channel} has posts that are missing or double"
    rows = Delivery.objects.filter(channel=line.channel)
    assert {row.remote_id for row in rows} == set(line.home.posts(line.account))
    assert all(row.url and row.sent_at and not row.trouble for row in rows)
    assert not Attempt.objects.filter(delivery__in=rows, finished_at=None).exists()
