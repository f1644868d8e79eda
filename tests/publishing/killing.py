"""Killing workers for real: kill -9, at the very moment at which a request has come to a chosen step."""

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

from moothall.core import requests_session
from moothall.networks import bluesky_session, registry
from moothall.operating import worker
from moothall.publishing.models import Delivery, DeliveryState
from tests.peers.proxy import Event, Plan, Step
from tests.publishing.conftest import Line

BEFORE_THE_REQUEST, WRITTEN, ANSWERED, AFTER_THE_ANSWER = "before", "written", "answered", "after"
WRITTEN_AND_LOST = "written and lost"
MOMENTS = (BEFORE_THE_REQUEST, WRITTEN, WRITTEN_AND_LOST, ANSWERED, AFTER_THE_ANSWER)
LONGEST_WAIT = 6.0
"""Seconds in which a worker must come to the point at which it is to die."""


@dataclass
class Trap:
    """Kills one worker when a request reaches a step."""

    step: Step
    posts: bool
    """Whether it waits for a request that makes a post, or for any other."""
    delay: float
    posting: frozenset[str]
    spares: int = 0
    """How many such requests it lets pass first."""
    prey: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)

    def __call__(self, event: Event) -> None:
        is_post = event.request.method == "POST" and event.request.path in self.posting
        if self.sprung.is_set() or event.step != self.step or is_post != self.posts:
            return
        if self.spares:
            self.spares -= 1
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


def fork(work: Callable[[], None]) -> int:
    """Do ``work`` in a child of this process, with connections of its own; returns its process id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        registry.networks.cache_clear()
        bluesky_session._http.cache_clear()
        requests_session._adapter.cache_clear()
        logging.disable(logging.CRITICAL)
        work()
    finally:
        os._exit(0)


def work() -> None:
    worker.Worker(threads=3).run()


def kill_one(lines: list[Line], moment: str, chance: random.Random, spares: int = 0) -> bool:
    """Start a worker and kill it at ``moment`` of the post after ``spares`` others.

    ``False``: it never came to that moment.
    """
    steps = {WRITTEN: Step.RECEIVED, WRITTEN_AND_LOST: Step.RECEIVED, ANSWERED: Step.ANSWERED}
    trap = Trap(
        step=steps.get(moment, Step.DELIVERED),
        posts=moment != BEFORE_THE_REQUEST,
        delay=chance.choice((0, 0.001, 0.005, 0.02)) if moment in (BEFORE_THE_REQUEST, AFTER_THE_ANSWER) else 0,
        posting=frozenset(line.posting for line in lines),
        spares=spares,
    )
    for line in lines:
        line.proxy.on_event = None
        if moment == WRITTEN_AND_LOST:
            line.plan(Plan(), times=spares) if spares else None
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
