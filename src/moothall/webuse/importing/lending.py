"""What all do who read for days on end: take what an import works with anew from time to time, and be patient."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta

from moothall.core.retry import backoff
from moothall.webuse.importing.importer import Kit

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=30)
LASTS = 60.0
"""Seconds after which lists of units and categories are read anew."""

Kits = Callable[[], AbstractContextManager[Kit]]
"""Lends what an import works with. Raises ``NoPurpose`` where nothing may be read."""


class Stopped(Exception):
    """Whoever reads was told to stop. What was counted is counted."""


class Lending:
    """Lends out the same kit for a minute, so that nobody loads its lists for each line, and then makes a new one.

    ``may_read`` is asked each time; it raises ``NoPurpose``. For one thread.
    """

    def __init__(self, make: Kits, may_read: Callable[[], object], lasts: float = LASTS) -> None:
        self._make, self._may_read, self._lasts = make, may_read, lasts
        self._open = ExitStack()
        self._kit: Kit | None = None
        self._until = 0.0

    @contextmanager
    def __call__(self) -> Iterator[Kit]:
        self._may_read()
        if self._kit is None or time.monotonic() >= self._until:
            self.close()
            self._kit = self._open.enter_context(self._make())
            self._until = time.monotonic() + self._lasts
        try:
            yield self._kit
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Let the kit go, and what it holds open."""
        self._kit = None
        self._open.close()


class Patience:
    """Trouble is said once, and what met it is tried again after waits that grow to half a minute."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._tries = 0
        self._said = ""

    def failed(self, error: Exception) -> float:
        """Take note of what went wrong. Returns after how many seconds to try again."""
        self._tries += 1
        said = f"{type(error).__name__}: {error}"
        if said != self._said:
            self._log.warning("%s waits: %s", self._what, said, exc_info=self._log.isEnabledFor(logging.DEBUG))
            self._said = said
        return backoff(self._tries, first=FIRST_WAIT, longest=LONGEST_WAIT).total_seconds()

    def went_well(self) -> None:
        """Take note that it works again."""
        if self._tries:
            self._log.info("%s goes on", self._what)
        self._tries, self._said = 0, ""


class Refreshing:
    """Has the figures counted anew after something was read, at most every few seconds."""

    def __init__(self, refresh: Callable[[], object], every: float) -> None:
        self._refresh, self._every = refresh, every
        self._is_due = True
        """From the beginning: what was read last time may not be counted yet."""
        self._next = 0.0

    def was_read(self) -> None:
        """Something was."""
        self._is_due = True

    def if_due(self, *, at_once: bool = False) -> None:
        """Count anew, if anything was read and the last time is long enough ago (or ``at_once``)."""
        if self._is_due and (at_once or time.monotonic() >= self._next):
            self._refresh()
            self._is_due, self._next = False, time.monotonic() + self._every
