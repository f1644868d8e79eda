"""From where a place is heard: not from a cursor that its server does not know, nor from days before the event."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from moothall.core import clock
from moothall.events.listening import leading, place_hearing
from moothall.events.listening.place_hearing import PlaceHearing
from moothall.events.models import Event, Place
from moothall.networks.hearing import CursorLost, Signal, Source, Wanted


class Forgetful:
    """A network whose server begins its numbers anew: it says so to whoever comes with an old one."""

    ways = (("firehose", "A stream"),)
    places = ()

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_heard = asyncio.Event()

    async def stream(self, source: Source, wanted: Wanted, cursor: str) -> AsyncIterator[Signal]:
        self.asked.append(cursor)
        yield Signal(cursor=cursor)
        if cursor:
            raise CursorLost("It begins anew.")
        yield Signal(cursor="1")
        self.is_heard.set()
        await asyncio.Event().wait()


class Slow:
    """A database in which everything takes its time."""

    def __init__(self) -> None:
        self.cursors: list[str] = []

    async def ask(self, act: Callable[..., Any], *values: Any, **named: Any) -> Any:
        await asyncio.sleep(0.02)
        if act.__name__ == "take":
            self.cursors.append(values[-1][-1].signal.cursor)
        if act.__name__ == "note" and "cursor" in named:
            self.cursors.append(named["cursor"])
        return set()


def test_a_cursor_that_the_server_does_not_know_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_hearing, "FIRST_WAIT", timedelta(milliseconds=10))
    monkeypatch.setattr(place_hearing, "QUIET_SECONDS", 0.0)

    async def hear() -> None:
        network, database = Forgetful(), Slow()
        monkeypatch.setattr(place_hearing.registry, "network", lambda slug: network)
        wanted: Any = Wanted(frozenset({"exday24"}), set())
        hearing = PlaceHearing(1, "t", "x", Source("https://x.example", "firehose"), "99", {}, wanted, database)  # type: ignore[arg-type]
        task = asyncio.create_task(hearing.run())
        async with asyncio.timeout(10):
            await network.is_heard.wait()
            while database.cursors[-1] != "1":
                await asyncio.sleep(0.01)
        task.cancel()
        assert network.asked == ["99", ""]
        assert "" in database.cursors
        assert "99" not in database.cursors[database.cursors.index("") :]

    asyncio.run(hear())


@pytest.mark.django_db
def test_an_event_that_begins_does_not_go_on_from_the_one_before(event: Event) -> None:
    now = clock.now()
    place = Place(network="bluesky", heard_at=now - timedelta(days=20))
    Event.objects.update(starts_at=now + timedelta(minutes=2))
    assert leading.is_stale(place, now)
    assert not leading.is_stale(place, now + timedelta(hours=1)), "late, it makes up for what it did not hear"
    place.heard_at = now - timedelta(minutes=1)
    assert not leading.is_stale(place, now), "it is being heard"
    place.heard_at = None
    assert not leading.is_stale(place, now)
