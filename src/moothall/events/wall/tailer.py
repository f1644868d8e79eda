"""The tailer: one thread of the web process that reads what changes on the walls that somebody watches.

It reads as often as there is something to read, whatever the number of viewers, and hands frames to the hub in the
event loop. While the database is away it tries again, and goes on after the last change that it read.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseTrouble
from django.db import connection

from moothall.events.models import Event
from moothall.events.wall import reading, tokens, watching
from moothall.events.wall.hub import Hub

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often we look though nobody told us of a change."""
AROUND_SECONDS = 1.0
"""How often the counters may change."""
REST_SECONDS, MOST_REST_SECONDS = 0.3, 3.0
"""The counters let what was said go first: so long after it, unless it never rests for so long."""
ANYWAY_SECONDS = 20.0
"""How often the counters and what is on now are read though nothing was said: the hours go by."""
TROUBLE_SECONDS = 0.5


class Followed:
    """A wall that somebody watches, as the tailer knows it."""

    def __init__(self, event: Event, last: int) -> None:
        self.event = event
        self.last = last
        self.has_changed = False
        self.around_at = self.read_at = time.monotonic()


class Tailer:
    """Start it in the web process before the server, and stop it after."""

    def __init__(self, most_viewers: int) -> None:
        self.hub = Hub(self._want, self._forget, tokens.seconds_left, most_viewers)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: queue.SimpleQueue[str | int | None] = queue.SimpleQueue()
        """A slug to open, the id of an event to forget, or ``None`` to stop."""
        self._followed: dict[int, Followed] = {}
        self._to_open: list[str] = []
        self._watch: watching.Watch | None = None
        self._is_stopping = False
        self._seen_for_whom = 0.0
        self._thread = threading.Thread(target=self._run, name="wall-tailer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._asked.put(None)
        self._thread.join(5)

    # --- Called by the hub, in the event loop's thread ---

    def _want(self, slug: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked.put(slug)

    def _forget(self, event: int) -> None:
        self._asked.put(event)

    # --- In the thread ---

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._hear(wait=not self._followed and not self._to_open)
                self._once()
            except DatabaseTrouble as error:
                log.warning("The walls cannot be read now; trying again: %s", error)
                self._start_afresh()
            except Exception:  # one item that cannot be shown must not end the stream of all walls
                log.exception("The walls could not be read; trying again")
                self._start_afresh()
        connection.close()

    def _start_afresh(self) -> None:
        self._watch = None
        connection.close()
        time.sleep(TROUBLE_SECONDS)

    def _hear(self, *, wait: bool) -> None:
        """Take what the hub asked for; with ``wait``, wait until it asks for something."""
        try:
            while True:
                self._take(self._asked.get(block=wait))
                wait = False
        except queue.Empty:
            return

    def _take(self, asked: str | int | None) -> None:
        if asked is None:
            self._is_stopping = True
        elif isinstance(asked, str):
            self._to_open.append(asked)
        else:
            self._followed.pop(asked, None)

    def _once(self) -> None:
        """Open what is to be opened, and read what changed."""
        if self._watch is None:
            self._watch = watching.watch()
        else:
            self._watch.wait(0 if self._to_open else POLL_SECONDS)
        while self._to_open:
            self._open(self._to_open[0])
            del self._to_open[0]
        self._see_for_whom()
        for each in list(self._followed.values()):
            self._read(each)
        for each in list(self._followed.values()):
            self._look_around(each)

    def _open(self, slug: str) -> None:
        wall = reading.open_wall(slug)
        if wall and wall.facts.event not in self._followed:
            self._followed[wall.facts.event] = Followed(Event.objects.get(pk=wall.facts.event), wall.last)
        self._tell(self.hub.opened, slug, wall)

    def _read(self, each: Followed) -> None:
        frames, last = reading.frames_since(each.event, each.last)
        if last != each.last:
            self._tell(self.hub.publish, each.event.pk, frames)
            each.last, each.has_changed, each.read_at = last, True, time.monotonic()

    def _see_for_whom(self) -> None:
        """A wall that is for staff only from now on shows strangers nothing more: looked at before what is new."""
        if not self._followed or time.monotonic() - self._seen_for_whom < AROUND_SECONDS:
            return
        self._seen_for_whom = time.monotonic()
        is_public = dict(Event.objects.filter(pk__in=self._followed).values_list("pk", "is_public"))
        for pk, each in list(self._followed.items()):
            if is_public.get(pk) != each.event.is_public:
                self._tell_around(each)

    def _look_around(self, each: Followed) -> None:
        """Now and then, what stands around the items, and whether the event is still what it was."""
        now = time.monotonic()
        passed = now - each.around_at
        if passed < (AROUND_SECONDS if each.has_changed else ANYWAY_SECONDS):
            return
        if now - each.read_at < REST_SECONDS and passed < MOST_REST_SECONDS:
            return
        self._tell_around(each)

    def _tell_around(self, each: Followed) -> None:
        each.has_changed, each.around_at = False, time.monotonic()
        event = Event.objects.filter(pk=each.event.pk).first()
        self._tell(self.hub.know, each.event.pk, reading.facts(event) if event else None)
        if event:
            each.event = event
            self._tell(self.hub.tell_around, event.pk, reading.around(event))

    def _tell(self, what: Callable[..., None], *arguments: Any) -> None:
        """Call a method of the hub in its own thread."""
        if self._loop is None:
            raise RuntimeError("The hub has not asked for anything yet.")
        try:
            self._loop.call_soon_threadsafe(what, *arguments)
        except RuntimeError:  # the web server has stopped
            self._is_stopping = True
