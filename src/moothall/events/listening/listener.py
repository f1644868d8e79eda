"""The listener process: it goes round the places, hears those that it leads, and does what the walls wait for."""

import asyncio
import logging
import signal
import time
from contextlib import suppress

from moothall.channels import queries as channel_queries
from moothall.core import clock
from moothall.events import wall_log
from moothall.events.listening import leading, own_deliveries
from moothall.events.listening.batches import LostLease, note
from moothall.events.listening.database import AWAY, Database
from moothall.events.listening.place_hearing import Pace, PlaceHearing
from moothall.events.models import Place
from moothall.networks import registry
from moothall.networks.errors import NetworkError
from moothall.networks.hearing import Source, Wanted

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.5
"""How often leases are renewed, and places that nobody leads taken over."""
WALL_SECONDS = 0.2
"""How often the walls are told what has come due, and our own deliveries are looked at."""
EVERYTHING_SECONDS = 60.0


class Listener:
    """Runs until told to stop. It may be killed at any moment: another, or the next one, goes on from the cursors."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._database = Database()
        self._held: dict[int, str] = {}
        self._hearing: dict[int, tuple[frozenset[str], asyncio.Task[None]]] = {}

    def run(self) -> None:
        """Listen until SIGTERM, SIGINT or ``stop``."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError, RuntimeError):  # not in the main thread: somebody else stops it
                loop.add_signal_handler(each, self._stopping.set)
        tasks = [asyncio.create_task(self._go_round()), asyncio.create_task(self._tell_walls())]
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in (*tasks, stopped):
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        await self._end()
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _end(self) -> None:
        for pk in list(self._hearing):
            await self._stop_hearing(pk)
        with suppress(*AWAY):  # then the leases run out by themselves
            await self._database.ask_once(leading.give_up, dict(self._held))
        self._database.close()

    async def _go_round(self) -> None:
        while True:
            now = await self._database.ask(leading.go_round, dict(self._held))
            self._held = dict(now.led)
            for pk, (tags, task) in list(self._hearing.items()):
                if pk not in now.led or tags != now.tags or task.done():
                    await self._stop_hearing(pk)
            for pk, token in now.led.items():
                if pk not in self._hearing:
                    await self._start_hearing(pk, token, now.tags)
            await asyncio.sleep(ROUND_SECONDS)

    async def _start_hearing(self, pk: int, token: str, tags: frozenset[str]) -> None:
        hearing = await self._database.ask(self._prepared, pk, token, tags)
        if hearing:
            log.info("Listening to %s", hearing.source.address)
            self._hearing[pk] = tags, asyncio.create_task(hearing.run())

    async def _stop_hearing(self, pk: int) -> None:
        _, task = self._hearing.pop(pk)
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, ExceptionGroup):
            ended = ended.split(LostLease)[1]
        if isinstance(ended, Exception):
            log.error("Listening to place %s ended, and begins again", pk, exc_info=ended)
        if pk in self._held and ended is not None and not isinstance(ended, asyncio.CancelledError):
            await asyncio.sleep(ROUND_SECONDS)

    def _prepared(self, pk: int, token: str, tags: frozenset[str]) -> PlaceHearing | None:
        """What it takes to hear the place; ``None`` if it cannot be, which is written down."""
        place = Place.objects.select_related("channel").filter(pk=pk).first()
        if place is None:
            return None
        try:
            if place.network not in registry.networks():
                raise NetworkError(f"Moothall no longer knows the network “{place.network}”. Turn this place off.")
            account = channel_queries.account(place.channel) if place.channel else None
        except NetworkError as error:
            note(pk, token, trouble=str(error)[:500])
            return None
        is_stale = leading.is_stale(place, clock.now())
        return PlaceHearing(
            pk,
            token,
            place.network,
            Source(place.address, place.way, account),
            "" if is_stale else place.cursor,
            {} if is_stale else dict(place.searched),
            Wanted(tags, leading.authors(place.network)),
            self._database,
            self._pace,
        )

    async def _tell_walls(self) -> None:
        everything_at = 0.0
        while True:
            is_all = time.monotonic() >= everything_at
            if is_all:
                everything_at = time.monotonic() + EVERYTHING_SECONDS
            await self._database.ask(settle, everything=is_all)
            await asyncio.sleep(WALL_SECONDS)


def settle(*, everything: bool) -> None:
    """Our own deliveries become items, what was taken down goes, and what waited for its time is shown."""
    own_deliveries.take_sent(everything=everything)
    own_deliveries.end_deleted()
    wall_log.settle_due()
