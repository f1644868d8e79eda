"""Counting what listeners wrote down: each file of the spool is imported whole, and deleted once it is counted."""

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from django.db import close_old_connections, connection

from moothall.webuse.formats.base import Pattern
from moothall.webuse.importing.importer import Progress, UnknownFormat
from moothall.webuse.importing.lending import Kits, Patience, Refreshing, Stopped
from moothall.webuse.importing.logs import Log
from moothall.webuse.importing.spool import Spool, sender_of
from moothall.webuse.importing.syslog import Listener
from moothall.webuse.importing.telling import Telling
from moothall.webuse.purpose_queries import NoPurpose

log = logging.getLogger(__name__)

REFRESH_EVERY = 5.0
LOOK_EVERY = 0.5
"""Seconds in which it is noticed that listening is to stop."""


def listen(listener: Listener, counter: "Counter", stopping: threading.Event) -> None:
    """Listen, and count what comes, until ``stopping`` is set, or until there is no purpose any more.

    Raises ``OSError`` if it cannot listen there.
    """
    thread = threading.Thread(target=counter.run, args=[stopping], name="counting")
    thread.start()
    try:
        asyncio.run(listener.serve(stopping))
    finally:
        stopping.set()
        thread.join()
        listener.spool.close()


class Counter:
    """Imports the files of a spool, the oldest first: those that were left there by an earlier one begin."""

    def __init__(
        self,
        kits: Kits,
        spool: Spool,
        refresh: Callable[[], object] = lambda: None,
        *,
        slug: str = "",
        pattern: Pattern | None = None,
    ) -> None:
        self._kits, self._spool = kits, spool
        self._tellings: dict[str, Telling] = defaultdict(lambda: Telling(slug, pattern))
        """By sender."""
        self._patience = Patience(log, "Counting what proxies sent")
        self._refreshing = Refreshing(refresh, REFRESH_EVERY)
        self._stopping = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        """Count until ``stopping`` is set; what is left then is counted next time."""
        self._stopping = stopping
        try:
            while not stopping.is_set():
                stopping.wait(self._turn())
            self._turn()
        finally:
            connection.close()

    def _turn(self) -> float:
        """Count one file, if there is one; returns after how many seconds to go on."""
        close_old_connections()
        try:
            if not self._stopping.is_set() and (path := self._spool.next(LOOK_EVERY)):
                self.count(path)
            self._refreshing.if_due(at_once=self._stopping.is_set())
        except Stopped:
            return 0
        except NoPurpose as error:
            log.error("%s Nothing more is taken from proxies.", error)
            self._stopping.set()
            return 0
        except Exception as error:  # whatever it is, the file stays, and is counted later
            connection.close()
            return self._patience.failed(error)
        self._patience.went_well()
        return 0

    def count(self, path: Path) -> None:
        """Import the file that comes next, and delete it."""
        of = Log(path, is_whole=True, key=path.name)
        try:
            with self._kits() as kit:
                self._tellings[sender_of(path)].import_log(kit, of, self._watch, at_any_rate=True)
        except UnknownFormat as error:
            aside = self._spool.put_aside(path)
            log.warning("%s It is kept as %s. Import it by hand, or delete it.", error, aside)
            return
        self._spool.done(path)

    def _watch(self, progress: Progress) -> None:
        self._refreshing.was_read()
        if self._stopping.is_set():
            raise Stopped
