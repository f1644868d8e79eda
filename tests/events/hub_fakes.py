"""A hub without a network: connections that take what is written or do not, and a clock that is put forward."""

import heapq
import itertools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from moothall.events.wall.head import StreamRequest
from moothall.events.wall.hub import NO_DESCRIPTOR, Facts, Frame, Hub, Viewer, Wall

SLUG, EVENT = "a-day", 1
MOST = 5


class Time:
    """The hub's clock and its loop's timers."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._timers: list[tuple[float, int, Callable[..., None]]] = []
        self._order = itertools.count()

    def call_later(self, seconds: float, what: Callable[..., None]) -> object:
        heapq.heappush(self._timers, (self.now + seconds, next(self._order), what))
        return what

    def monotonic(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        until = self.now + seconds
        while self._timers and self._timers[0][0] <= until:
            self.now, _, what = heapq.heappop(self._timers)
            what()
        self.now = until

    @property
    def is_still(self) -> bool:
        """Nothing waits for its time."""
        return not self._timers


class Line:
    """A connection, seen from the server. Its other end takes what is sent while ``takes`` is set."""

    def __init__(self) -> None:
        self.takes = True
        self.came = b""
        self.waits = b""
        self.is_open = True
        self._closing = self._full = False
        self._high = 0
        self.protocol: Viewer

    def set_protocol(self, protocol: Viewer) -> None:
        self.protocol = protocol

    def get_extra_info(self, name: str) -> Any:
        return SimpleNamespace(setsockopt=lambda *options: None, fileno=lambda: NO_DESCRIPTOR)

    def get_write_buffer_size(self) -> int:
        return len(self.waits)

    def set_write_buffer_limits(self, high: int, low: int) -> None:
        self._high = high

    def write(self, data: bytes) -> None:
        if not self.is_open or self._closing:
            return
        self.waits += data
        if self.takes:
            self._flush()
        elif len(self.waits) > self._high and not self._full:
            self._full = True
            self.protocol.pause_writing()

    def take_again(self) -> None:
        self.takes = True
        self._flush()

    def _flush(self) -> None:
        self.came, self.waits = self.came + self.waits, b""
        if self._full:
            self._full = False
            self.protocol.resume_writing()
        if self._closing:
            self.abort()

    def close(self) -> None:
        self._closing = True
        if not self.waits:
            self.abort()

    def abort(self) -> None:
        if self.is_open:
            self.is_open = False
            self.protocol.connection_lost(None)


class World:
    """A hub, and the database and tailer that it would have: ``walls`` are those that can be opened."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.wanted: list[str] = []
        self.forgotten: list[int] = []
        self.tokens: dict[str, float] = {}
        self.connections: set[object] = set()
        self.hub = Hub(self.wanted.append, self.forgotten.append, lambda token, event: self.tokens.get(token, 0), MOST)

    def comes(self, after: int | None = None, token: str = "", slug: str = SLUG, takes: bool = True) -> Line:
        line = Line()
        line.takes = takes
        self.hub.join(line, StreamRequest(slug, after, token), b"date: now\r\n", self.connections)  # type: ignore[arg-type]
        return line

    def opens(self, *, is_public: bool = True, last: int = 0, floor: int = 0, frames: tuple[Frame, ...] = ()) -> Wall:
        wall = Wall(Facts(EVENT, SLUG, is_public), last=last, floor=floor)
        wall.take(frames)
        self.hub.opened(SLUG, wall)
        return wall

    def says(self, *frames: Frame) -> None:
        self.hub.publish(EVENT, frames)


def frame(number: int, item: int, words: str | None = "words") -> Frame:
    """Of an item that is shown with ``words``; ``None``: taken off."""
    kind = "remove" if words is None else "show"
    data = json.dumps({"item": item, "words": words})
    return Frame(number, item, f"id: {number}\nevent: {kind}\ndata: {data}\n\n".encode())


def events(came: bytes) -> list[tuple[str, int, Any]]:
    """What a browser makes of the body: kind, id and data of each event that came as a whole."""
    found = []
    *whole, _ = came.partition(b"\r\n\r\n")[2].split(b"\n\n")
    for block in whole:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
        if b"data" in fields:
            found.append((fields[b"event"].decode(), int(fields.get(b"id", b"0")), json.loads(fields[b"data"])))
    return found
