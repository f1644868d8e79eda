"""The room itself: its secret, its end, and what is under way in it. There is one in a process, in memory only."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime

from moothall.operating.keyroom.work import Dealing, Done, Work


class NoRoom(RuntimeError):
    """The pages were asked for in a process that is no key room."""


class Room:
    """Opened for an occasion. One request is handled at a time, under ``lock``."""

    def __init__(
        self,
        closes_at: datetime,
        seconds: float,
        troubles: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = secrets.token_urlsafe(32)
        """The secret part of the address."""
        self.browser = ""
        """What the cookie of the browser that came in first says. No other comes in."""
        self.closes_at = closes_at
        self.troubles = troubles
        self.lock = threading.RLock()
        self.work: Work | None = None
        self.done: Done | None = None
        self.is_closed = False
        self._clock = clock
        self._ends = clock() + seconds

    def now(self) -> float:
        """Seconds of a clock that only goes on."""
        return self._clock()

    def begin(self, work: Work) -> None:
        """Begin something; what came of the last thing is forgotten."""
        self.work, self.done = work, None

    def finish(self, done: Done) -> None:
        self.work, self.done = None, done

    def break_off(self) -> None:
        """Forget what is under way. Nothing of it was written anywhere."""
        self.work = None

    def close(self) -> None:
        """Forget everything. The process ends."""
        self.break_off()
        self.is_closed = True

    def tick(self) -> None:
        """Forget a share that waited too long, and close when the time is over. Called every second."""
        with self.lock:
            if self.now() >= self._ends:
                self.close()
            elif self.work is not None and not isinstance(self.work, Dealing):
                self.work.entering.forget_old(self.now())


_here: list[Room] = []


def set_up(room: Room) -> None:
    """Make this process the room's."""
    _here[:] = [room]


def current() -> Room:
    """This process's room. Raises ``NoRoom``."""
    if not _here:
        raise NoRoom
    return _here[0]
