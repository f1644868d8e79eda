"""The hub: everybody who watches a wall, and what they are sent.

It lives in the web server's event loop, knows neither Django nor the database, and holds one small object a viewer. A
frame is encoded once, elsewhere (``tailer.py``), and written to each.

A viewer whose connection does not take what is written stops being written to (``Viewer.pause_writing``): what is
buffered for them is bounded. When the buffer is empty again they get what they missed, as it is then; if it does not
empty in time they are cut off, and their browser comes back with the id of the last thing it has.
"""

import asyncio
import os
import random
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from moothall.events.wall.head import StreamRequest

SEND_BUFFER = 32_768
"""Bytes that the kernel holds for a viewer (it doubles what it is asked for). More would hide who is slow."""
WRITE_BUFFER = 16_384
"""Bytes that we hold for a viewer before we stop writing to them."""
HEARTBEAT_SECONDS = 15.0
"""A wall that says nothing for so long says that it is still there. Proxies cut silent connections after 30 or 60."""
STALLED_SECONDS = 30.0
WAIT_SECONDS = 45.0
"""How long somebody waits for a wall that nobody asked for before, while the database is away."""
EMPTY_SECONDS = 60.0
"""A wall that nobody watches any more is forgotten after so long."""
TICK_SECONDS = 1.0
RETRY_MS = (1_000, 5_000)
"""How long a browser waits before it comes back is drawn from this: ten thousand should not come at once."""
RECENT = 60
"""Items whose last change is kept for those who come back. Whoever missed more loads the snapshot; it has as many."""
MOST_WAITING = 256
"""Walls nobody asked for before that may be waited for at once."""
HEARTBEAT = b":\n\n"
NO_DESCRIPTOR = -1
WRITERS = min(4, os.cpu_count() or 1)
"""Threads that write to viewers at once, the event loop's own among them."""
WORTH_SHARING = 500
"""Fewer viewers are written to by the event loop alone."""
RELOAD = b"event: reload\ndata: {}\n\n"


class Connection(Protocol):
    """What the hub needs of an asyncio transport."""

    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One change of a wall as it is sent. ``number`` is the change's id."""

    number: int
    item: int
    sent: bytes


@dataclass(frozen=True)
class Facts:
    """What the hub knows of an event."""

    event: int
    slug: str
    is_public: bool


@dataclass
class Wall:
    """One event's wall and those who watch it."""

    facts: Facts
    last: int
    """The id of the last change that was sent."""
    floor: int
    """Every later change is in ``recent``."""
    recent: OrderedDict[int, Frame] = field(default_factory=OrderedDict)
    """The last change of each item, by item, in the order of the changes. A removal takes an item's words with it."""
    around: bytes = b""
    """The frame with the counters and what is on now."""
    viewers: set["Viewer"] = field(default_factory=set)
    stalled: dict["Viewer", tuple[int, float]] = field(default_factory=dict)
    """Those who are not written to: the last change that they were sent, and since when."""
    missed: dict[int, bytes] = field(default_factory=dict)
    """What those get who come back, by the first change that they lack, until there is more: the same bytes for all."""
    wrote_at: float = 0.0
    empty_since: float = 0.0

    def take(self, frames: Sequence[Frame]) -> None:
        """Keep ``frames`` for those who come back."""
        for frame in frames:
            self.recent.pop(frame.item, None)
            self.recent[frame.item] = frame
            self.last = max(self.last, frame.number)
        self.missed.clear()
        while len(self.recent) > RECENT:
            _, dropped = self.recent.popitem(last=False)
            self.floor = max(self.floor, dropped.number)

    def since(self, after: int | None) -> bytes:
        """What somebody gets first who knows everything up to ``after``."""
        if after is None or after == self.last:
            return self.around
        if after < self.floor or after > self.last:
            return RELOAD + self.around
        lacking = [each for each in self.recent.values() if each.number > after]
        first = lacking[0].number
        if first not in self.missed:
            self.missed[first] = b"".join(each.sent for each in lacking)
        return self.missed[first] + self.around


class Viewer(asyncio.Protocol):
    """Somebody's connection, once it is known to be for a stream."""

    __slots__ = ("connections", "descriptor", "ends_at", "hub", "transport", "wall")

    def __init__(self, hub: "Hub", transport: asyncio.Transport, connections: set[object]) -> None:
        self.hub = hub
        self.transport = transport
        self.connections = connections
        """Of the web server, which closes them all when it stops."""
        self.wall: Wall | None = None
        self.ends_at = float("inf")
        self.descriptor = NO_DESCRIPTOR
        """The connection's own. Its transport closes it only after ``connection_lost``."""

    def data_received(self, data: bytes) -> None:
        """A viewer has nothing to say."""

    def eof_received(self) -> bool:
        return False

    def pause_writing(self) -> None:
        self.hub.stall(self)

    def resume_writing(self) -> None:
        self.hub.go_on(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.connections.discard(self)
        self.hub.leave(self)

    def shutdown(self) -> None:
        """The web server stops."""
        self.hub.cut(self)


class Hub:
    """All walls of this process. Every method is called in the event loop's thread."""

    def __init__(
        self,
        want: Callable[[str], None],
        forget: Callable[[int], None],
        seconds_left: Callable[[str, int], float],
        most: int,
    ) -> None:
        """``want`` is told the slug of a wall to open, ``forget`` the event whose wall nobody watches any more.

        ``seconds_left`` tells for how long a token opens an event's wall: 0 if it does not. ``most``: viewers at once.
        """
        self._want, self._forget, self._seconds_left, self._most = want, forget, seconds_left, most
        self._walls: dict[int, Wall] = {}
        self._by_slug: dict[str, Wall] = {}
        self._waiting: dict[str, dict[Viewer, tuple[StreamRequest, bytes, float]]] = {}
        self._count = 0
        self._ticking: asyncio.TimerHandle | None = None
        self._writers = ThreadPoolExecutor(max(1, WRITERS - 1), thread_name_prefix="wall-writer")

    def __len__(self) -> int:
        return self._count

    # --- Coming and going ---

    def join(
        self, transport: asyncio.Transport, request: StreamRequest, head: bytes, connections: set[object]
    ) -> Viewer:
        """Take a connection over. ``head``: headers that the web server gives every answer."""
        viewer = Viewer(self, transport, connections)
        transport.set_protocol(viewer)
        connections.add(viewer)
        self._count += 1
        self._tick_on()
        if self._count > self._most:
            self._refuse(viewer, "503 Service Unavailable", "There are too many viewers. Try again in a minute.")
        elif wall := self._by_slug.get(request.slug):
            self._admit(viewer, request, wall, head)
        elif request.slug not in self._waiting and len(self._waiting) >= MOST_WAITING:
            self._refuse(viewer, "503 Service Unavailable", "Try again in a minute.")
        else:
            self._wait(viewer, request, head)
        return viewer

    def _wait(self, viewer: Viewer, request: StreamRequest, head: bytes) -> None:
        is_first = request.slug not in self._waiting
        self._waiting.setdefault(request.slug, {})[viewer] = (request, head, time.monotonic())
        if is_first:
            self._want(request.slug)

    def _admit(self, viewer: Viewer, request: StreamRequest, wall: Wall, head: bytes) -> None:
        if not wall.facts.is_public:
            left = self._seconds_left(request.token, wall.facts.event)
            if left <= 0:
                self._refuse(viewer, "403 Forbidden", "Open the wall's page again.")
                return
            viewer.ends_at = time.monotonic() + left
        viewer.descriptor = bound(viewer.transport)
        viewer.wall = wall
        wall.viewers.add(viewer)
        keep = b"no-cache, no-transform" if wall.facts.is_public else b"private, no-store, no-transform"
        viewer.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: " + keep + b"\r\n"
            b"x-accel-buffering: no\r\nx-content-type-options: nosniff\r\nconnection: close\r\n"
            + head
            + b"\r\nretry: %d\n\n" % random.randint(*RETRY_MS)  # noqa: S311 - only to spread them
            + wall.since(request.after)
        )

    def _refuse(self, viewer: Viewer, status: str, why: str) -> None:
        text = f"{why}\n".encode()
        viewer.transport.write(
            f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(text)}\r\n"
            "cache-control: no-store\r\nretry-after: 30\r\nconnection: close\r\n\r\n".encode()
            + text
        )
        self._close(viewer)

    def leave(self, viewer: Viewer) -> None:
        """A connection is lost."""
        self._count -= 1
        if viewer.wall:
            viewer.wall.viewers.discard(viewer)
            viewer.wall.stalled.pop(viewer, None)
            return
        for slug, waiting in list(self._waiting.items()):
            if waiting.pop(viewer, None) and not waiting:
                del self._waiting[slug]

    def cut(self, viewer: Viewer) -> None:
        """End a viewer's connection; their browser comes back."""
        if viewer.wall and viewer in viewer.wall.stalled:
            viewer.transport.abort()
        else:
            self._close(viewer)
        if viewer.wall:
            viewer.wall.viewers.discard(viewer)

    def _close(self, viewer: Viewer) -> None:
        """Send what is written still, but not for ever to somebody who does not take it."""
        viewer.transport.close()
        asyncio.get_running_loop().call_later(STALLED_SECONDS, viewer.transport.abort)

    # --- Who is slow ---

    def stall(self, viewer: Viewer) -> None:
        """A viewer's buffer is full: everything that was written so far is in it, and nothing more will be."""
        wall = viewer.wall
        if wall and viewer in wall.viewers:
            wall.viewers.remove(viewer)
            wall.stalled[viewer] = (wall.last, time.monotonic())

    def go_on(self, viewer: Viewer) -> None:
        """A viewer's buffer is empty again."""
        wall = viewer.wall
        if wall and viewer in wall.stalled:
            last, _ = wall.stalled.pop(viewer)
            wall.viewers.add(viewer)
            if missed := wall.since(last):
                viewer.transport.write(missed)

    # --- What the tailer says ---

    def opened(self, slug: str, wall: Wall | None) -> None:
        """The wall that was asked for by ``slug``; ``None``: there is none."""
        waiting = self._waiting.pop(slug, {})
        if wall is not None:
            wall = self._walls.setdefault(wall.facts.event, wall)
            wall.empty_since = time.monotonic()
            self._by_slug[slug] = wall
            self._tick_on()
        for viewer, (request, head, _) in waiting.items():
            if wall is None:
                self._refuse(viewer, "404 Not Found", "There is no such wall.")
            else:
                self._admit(viewer, request, wall, head)

    def publish(self, event: int, frames: Sequence[Frame]) -> None:
        """Send changes of a wall to all who watch it."""
        if wall := self._walls.get(event):
            wall.take(frames)
            self._broadcast(wall, b"".join(frame.sent for frame in frames))

    def tell_around(self, event: int, frame: bytes) -> None:
        """Send the counters and what is on now, if they are others than before."""
        wall = self._walls.get(event)
        if wall and wall.around != frame:
            wall.around = frame
            self._broadcast(wall, frame)

    def know(self, event: int, facts: Facts | None) -> None:
        """What an event is now; ``None``: it is no more."""
        wall = self._walls.get(event)
        if wall is None or wall.facts == facts:
            return
        for slug in [slug for slug, each in self._by_slug.items() if each is wall]:
            del self._by_slug[slug]
        if facts is None or not facts.is_public or not wall.facts.is_public:
            del self._walls[event]
            self._forget(event)
            for viewer in [*wall.viewers, *wall.stalled]:
                self.cut(viewer)
        else:
            wall.facts = facts
            self._by_slug[facts.slug] = wall

    def _broadcast(self, wall: Wall, data: bytes) -> None:
        """Write ``data`` to all who take it: straight to the kernel, in as many threads as there are cores for it.

        The kernel's part is nearly all of the work, and needs no lock of Python's. Nothing else happens in the event
        loop until all is written, so no connection can go meanwhile. What the kernel does not take is the transport's
        to keep, which also finds out who is lost.
        """
        wall.wrote_at = time.monotonic()
        viewers = tuple(wall.viewers)  # a transport that is written to may find somebody slow, and change the set
        waiting = [each for each in viewers if each.transport.get_write_buffer_size()]
        ready = [each for each in viewers if not each.transport.get_write_buffer_size()] if waiting else viewers
        parts = 1 if len(ready) < WORTH_SHARING else WRITERS
        others = [self._writers.submit(write, ready[part::parts], data) for part in range(1, parts)]
        short = write(ready[::parts], data)
        for other in others:
            short += other.result()
        for viewer, sent in [*short, *((each, 0) for each in waiting)]:
            viewer.transport.write(data[sent:])

    # --- Time passes ---

    def _tick_on(self) -> None:
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._ticking = None
        now = time.monotonic()
        for wall in list(self._walls.values()):
            self._look_after(wall, now)
        for waiting in list(self._waiting.values()):
            for viewer, (_, _, since) in list(waiting.items()):
                if now - since > WAIT_SECONDS:
                    self._refuse(viewer, "503 Service Unavailable", "The wall is not there now. Try again.")
        if self._walls or self._count:
            self._tick_on()

    def _look_after(self, wall: Wall, now: float) -> None:
        if now - wall.wrote_at > HEARTBEAT_SECONDS:
            self._broadcast(wall, HEARTBEAT)
        for viewer in [each for each, (_, since) in wall.stalled.items() if now - since > STALLED_SECONDS]:
            self.cut(viewer)
        if not wall.facts.is_public:
            for viewer in [each for each in wall.viewers if each.ends_at < now]:
                self.cut(viewer)
        if wall.viewers or wall.stalled:
            wall.empty_since = now
        elif now - wall.empty_since > EMPTY_SECONDS:
            self._walls.pop(wall.facts.event)
            self._by_slug = {slug: each for slug, each in self._by_slug.items() if each is not wall}
            self._forget(wall.facts.event)


def write(viewers: Sequence[Viewer], data: bytes) -> list[tuple[Viewer, int]]:
    """Write ``data`` to each. Returns those who did not take all of it, with how many bytes they took."""
    short = []
    for viewer in viewers:
        try:
            sent = os.write(viewer.descriptor, data)
        except OSError:  # full or lost
            sent = 0
        if sent < len(data):
            short.append((viewer, sent))
    return short


def bound(transport: asyncio.Transport) -> int:
    """Keep little for whoever is slow: neither in the kernel nor here. Returns the connection's descriptor."""
    kernel = transport.get_extra_info("socket")
    kernel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER // 2)
    transport.set_write_buffer_limits(high=WRITE_BUFFER, low=0)
    descriptor: int = kernel.fileno()
    return descriptor
