"""An event that is on, places, and listeners that run as processes of their own and are killed as such."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from moothall.events.listening.listener import Listener
from moothall.events.listening.place_hearing import Pace
from moothall.events.models import Event, Place
from tests import factories
from tests.publishing.killing import fork, is_running

PATIENCE = 20.0
"""Seconds after which something is not going to happen any more."""
QUICK = Pace(search=0.3, search_beside_stream=1.0, look=0.3)


def eventually(happens: Callable[[], object], within: float = PATIENCE) -> float:
    """Wait until it happens. Returns how many seconds it took."""
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < within, f"It did not happen within {within} seconds."
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def event(db: None) -> Event:
    """It is on, and shows everybody's items at once."""
    return factories.event("ExDay24", "Zürich24", shows_public_at_once=True)


def place(network: str, way: str, address: str, **values: object) -> Place:
    return Place.objects.create(network=network, way=way, address=address, **values)


def is_connected(of: Place) -> bool:
    return Place.objects.filter(pk=of.pk, connected_at__isnull=False).exists()


class Listeners:
    """Listeners in processes of their own."""

    def __init__(self) -> None:
        self.running: list[int] = []

    def start(self) -> int:
        pid = fork(lambda: Listener(QUICK).run())
        self.running.append(pid)
        return pid

    def kill(self, pid: int, how: signal.Signals = signal.SIGKILL) -> None:
        os.kill(pid, how)
        eventually(lambda: not is_running(pid))
        os.waitpid(pid, 0)
        self.running.remove(pid)


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    made = Listeners()
    yield made
    for pid in list(made.running):
        made.kill(pid)
