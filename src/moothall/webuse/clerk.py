"""What the importer's process does besides importing: counting, deleting what is over, answering who asks."""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.db import close_old_connections, connection

from moothall.core import clock, localtime
from moothall.webuse import figure_actions, house, own_answers, retention
from moothall.webuse.compacting import compact
from moothall.webuse.figure_actions import Counting
from moothall.webuse.models import Purpose, StaleDay
from moothall.webuse.seals import folders

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds from look to look."""
UNITS_EVERY = 60.0
"""Seconds after which the units and their lists are looked at, whether anything was read or not."""
NIGHT = 3
"""The local hour after which a day's deleting is done."""


def count(purpose_key: str, step: Callable[[str], None] = lambda what: None) -> int:
    """Count what has changed. One process at a time: another that counts is waited for. Returns how many days."""
    place = house.folder()
    folders.make(place)
    with folders.locked(place / "counting.lock"):
        given = house.counting(purpose_key)
        _publish_anew(given, place / f"published-{purpose_key}.json")
        counted = figure_actions.refresh(given, step)
        compact(purpose_key, given.dataset)
    return counted


def _publish_anew(given: Counting, noted: Path) -> None:
    """Have every week published anew if the units or the least number are others than the last time.

    Noted afterwards: killed in between, it is done again.
    """
    structure = given.structure
    now = json.dumps([given.k, [*structure.parents.items()], sorted(structure.placed)]).encode()
    before = noted.read_bytes() if noted.exists() else now
    if before != now:
        figure_actions.publish_all(given)
    if before != now or not noted.exists():
        folders.replace(noted, now, 0o600)


class Clerk:
    """Does what there is to do, until told to stop."""

    def __init__(self) -> None:
        self._retained: date | None = None
        self._look_at_units = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Work until ``stopping`` is set. What fails is said, and tried again."""
        while not stopping.is_set():
            for work in (self.count, own_answers.answer_all, self.retain):
                close_old_connections()
                try:
                    work()
                except Exception:  # one kind of work must not keep the others from being done
                    log.exception("The web-use room could not do its work; trying again")
                    connection.close()
            stopping.wait(EVERY)

    def count(self) -> None:
        """Count what has changed, of whatever purpose."""
        keys = set(StaleDay.objects.order_by().values_list("purpose_key", flat=True).distinct())
        if time.monotonic() >= self._look_at_units:
            self._look_at_units = time.monotonic() + UNITS_EVERY
            keys |= set(Purpose.objects.filter(approved_at__isnull=False).values_list("key", flat=True))
        for key in sorted(keys):
            count(key)

    def retain(self) -> None:
        """Delete what is over, and show the traffic of the day that is: once after a start, and once each night."""
        now = localtime.local(clock.now())
        if self._retained is None or (self._retained < now.date() and now.hour >= NIGHT):
            retention.retain(now.date())
            figure_actions.count_anew(now.date() - timedelta(days=1))
            self._retained = now.date()
