"""One place being heard: its stream, its searches, and the looks at what stands there, until the lease is lost."""

import asyncio
import logging
import time
from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta

from moothall.core import clock
from moothall.events.listening import batches, leading
from moothall.events.listening.batches import Heard
from moothall.events.listening.database import Database, wait
from moothall.networks import registry
from moothall.networks.errors import NetworkError, Temporary
from moothall.networks.hearing import (
    CursorLost,
    SearchesHashtag,
    Signal,
    Source,
    StreamsHashtag,
    Wanted,
)

log = logging.getLogger(__name__)

SEARCH = "search"
"""The way of a place that has no stream."""
WAITING = 200
"""How many signals may wait to be taken; then the stream is held back."""
BATCH = 25
QUIET_SECONDS = 1.0
"""How often it is written down that nothing came."""
WELL_SECONDS = 30.0
"""A connection that stood so long was a good one: the next try comes at once."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)
GONE_REMEMBERED = 2_000
LOOKS_AT_ONCE = 40
AUTHORS_SECONDS = 10.0


@dataclass(frozen=True)
class Pace:
    """How often a place is asked, in seconds."""

    search: float = 15.0
    """Where there is no stream."""
    search_beside_stream: float = 300.0
    """Where the stream has no cursor: what it may have left out."""
    look: float = 60.0
    """At what stands, where nobody tells of deletions."""


@dataclass
class PlaceHearing:
    """``run`` ends by raising ``LostLease``, or when it is cancelled."""

    pk: int
    token: str
    network: str
    source: Source
    cursor: str
    searched: dict[str, str]
    wanted: Wanted
    database: Database
    pace: Pace = Pace()
    _waiting: "asyncio.Queue[Heard]" = field(default_factory=lambda: asyncio.Queue(WAITING))
    _search_now: asyncio.Event = field(default_factory=asyncio.Event)
    _look_now: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: "OrderedDict[str, None]" = field(default_factory=OrderedDict)
    _has_cursor: bool = False
    _reached: str = ""
    """The last cursor that came; ``cursor`` is the last that was written down."""
    _written_at: float = 0.0

    async def run(self) -> None:
        adapter = registry.network(self.network)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write())
            group.create_task(self._meet_authors())
            if isinstance(adapter, StreamsHashtag) and self.source.way != SEARCH:
                group.create_task(self._listen(adapter))
            if isinstance(adapter, SearchesHashtag):
                group.create_task(self._search(adapter))
                group.create_task(self._look(adapter))

    # --- The stream ---

    async def _listen(self, adapter: StreamsHashtag) -> None:
        """Stay connected."""
        tries = 0
        while True:
            began = time.monotonic()
            try:
                await self._listen_once(adapter)
                error: NetworkError = Temporary("The server ended the stream.")
            except NetworkError as raised:
                error = raised
            tries = 1 if time.monotonic() - began > WELL_SECONDS else tries + 1
            if isinstance(error, CursorLost):
                await self._waiting.join()  # what came with the old cursor
                self.cursor = self._reached = ""
                await self._note(cursor="")
            log.info("%s: %s", self.source.address, error)
            await self._note(trouble=str(error)[:500], connected_at=None)
            asked = getattr(error, "retry_after", None) or timedelta()
            pause = max(asked, wait(tries, first=FIRST_WAIT, longest=LONGEST_WAIT))
            await asyncio.sleep(pause.total_seconds())

    async def _listen_once(self, adapter: StreamsHashtag) -> None:
        is_connected = False
        came_with_cursor = bool(self.cursor)
        async with aclosing(adapter.stream(self.source, self.wanted, self.cursor)) as stream:  # type: ignore[type-var]
            async for signal in stream:
                if not is_connected:
                    is_connected = True
                    await self._note(trouble="", connected_at=clock.now())
                    self._look_for_missed(came_with_cursor)
                if signal.has_missed:
                    self._look_for_missed(came_with_cursor=False)
                await self._waiting.put(Heard(signal))

    def _look_for_missed(self, came_with_cursor: bool) -> None:
        """A stream that could not go on from where we were is made up for; so is a hashtag that is new here."""
        if not came_with_cursor:
            self._look_now.set()
        if not came_with_cursor or set(self.wanted.tags) - set(self.searched):
            self._search_now.set()

    # --- Searches ---

    async def _search(self, adapter: SearchesHashtag) -> None:
        """Search when there is reason to, and now and then."""
        tries = 0
        if self.source.way == SEARCH:
            self._search_now.set()
        while True:
            await self._until(self._search_now, self._searching_pause())
            self._search_now.clear()
            try:
                for tag in sorted(self.wanted.tags):
                    await self._search_tag(adapter, tag)
            except Temporary as error:
                tries += 1
                await self._not_searched(error)
                await asyncio.sleep(wait(tries, first=FIRST_WAIT, longest=LONGEST_WAIT).total_seconds())
                self._search_now.set()
            except NetworkError as error:
                await self._not_searched(error)
            else:
                tries = 0
                cleared = {"cannot_search": ""} | ({"trouble": ""} if self.source.way == SEARCH else {})
                await self._note(**cleared)

    def _searching_pause(self) -> float | None:
        if self.source.way == SEARCH:
            return self.pace.search
        return None if self._has_cursor else self.pace.search_beside_stream

    async def _search_tag(self, adapter: SearchesHashtag, tag: str) -> None:
        found = await asyncio.to_thread(adapter.search, self.source, tag, self.searched.get(tag, ""))
        for item in found.items:
            await self._waiting.put(Heard(Signal(item=item), is_from_stream=False))
        await self._waiting.put(Heard(searched=(tag, found.cursor), is_from_stream=False))
        self.searched[tag] = found.cursor

    async def _not_searched(self, error: NetworkError) -> None:
        said = str(error)[:500]
        await self._note(**({"trouble": said} if self.source.way == SEARCH else {"cannot_search": said}))

    # --- What stands there ---

    async def _look(self, adapter: SearchesHashtag) -> None:
        """Look at what we hold: all of it after a gap; a little now and then where nobody tells of deletions."""
        after = 0
        while True:
            is_all = await self._until(self._look_now, self.pace.look if self.source.way == SEARCH else None)
            self._look_now.clear()
            while True:
                ids, after = await self.database.ask(leading.held_ids, self.network, after, LOOKS_AT_ONCE)
                try:
                    await self._look_at(adapter, ids)
                except NetworkError as error:
                    log.info("%s: what stands there could not be looked at: %s", self.source.address, error)
                    break
                if not is_all or not after:
                    break

    async def _look_at(self, adapter: SearchesHashtag, ids: list[list[str]]) -> None:
        asked = [each for of_item in ids for each in of_item]
        if not asked:
            return
        for remote_id, item in (await asyncio.to_thread(adapter.standing, self.source, asked)).items():
            signal = Signal(item=item) if item else Signal(gone=remote_id)
            await self._waiting.put(Heard(signal, is_from_stream=item is None))

    @staticmethod
    async def _until(event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for ``event``, at most so long. Returns whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True

    # --- Taking ---

    async def _write(self) -> None:
        """Take what waits, in batches as large as have come together while the one before was taken."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._write_batch(batch)
            for _ in batch:
                self._waiting.task_done()

    async def _write_batch(self, batch: list[Heard]) -> None:
        reached = (each.signal.cursor for each in reversed(batch) if each.signal.cursor)
        self._reached = next(reached, self._reached)
        kept = [each for each in map(self._without_gone, batch) if _says_something(each)]
        if not kept and time.monotonic() - self._written_at < QUIET_SECONDS:
            return
        kept.append(Heard(Signal(cursor=self._reached)))
        came_by = f"{self.network} {self.source.way} {self.source.address}"[:200]
        await self.database.ask(batches.take, self.pk, self.token, self.network, came_by, kept)
        self._written_at = time.monotonic()
        self.cursor, self._has_cursor = self._reached or self.cursor, self._has_cursor or bool(self._reached)

    def _without_gone(self, heard: Heard) -> Heard:
        """What a search found just before the stream told that it is gone has not come back."""
        signal = heard.signal
        if signal.gone and heard.is_from_stream:
            self._gone[signal.gone] = None
            if len(self._gone) > GONE_REMEMBERED:
                self._gone.popitem(last=False)
        item = signal.item
        if item and not heard.is_from_stream and not self._gone.keys().isdisjoint({item.remote_id, *item.aliases}):
            return replace(heard, signal=Signal())
        return heard

    async def _meet_authors(self) -> None:
        """Others take items too: their authors' deletions are wanted here."""
        while True:
            await asyncio.sleep(AUTHORS_SECONDS)
            self.wanted.authors |= await self.database.ask(leading.authors, self.network)

    async def _note(self, **values: object) -> None:
        await self.database.ask(batches.note, self.pk, self.token, **values)


def _says_something(heard: Heard) -> bool:
    signal = heard.signal
    return bool(signal.item or signal.gone or signal.gone_author or heard.searched)
