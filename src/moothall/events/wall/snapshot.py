"""What a wall shows at one moment: the page without a stream, and where the stream goes on from."""

import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from moothall.events.counting import counted
from moothall.events.models import Event
from moothall.events.wall import hub, reading

SHOWN = hub.RECENT
"""Items on a page: as many as the stream can give to somebody who was away."""
KEPT_SECONDS = 3.0
"""A snapshot that no change has made old is given again for so long: many may ask at once."""


@dataclass(frozen=True)
class Snapshot:
    """The wall of ``event`` after its change ``last``."""

    event: Event
    last: int
    cards: list[dict[str, Any]]
    """As ``Card.as_dict``, in the order in which they stand."""
    has_older: bool
    made_at: float = field(default_factory=time.monotonic)

    @cached_property
    def around(self) -> dict[str, str]:
        """What stands around the items."""
        return reading.around_html(self.event)


_kept: dict[tuple[int, int], Snapshot] = {}
_lock = threading.Lock()


def snapshot(event: Event, page: int = 1) -> Snapshot:
    """The newest items of the wall, or older ones on a later ``page``."""
    last = reading.last_change(event.pk)  # before the items: what changes meanwhile the stream says again
    key = (event.pk, page)
    found = _kept.get(key)
    if found and found.last == last and found.event == event and time.monotonic() - found.made_at < KEPT_SECONDS:
        return found
    with _lock:
        _kept.clear()  # of other events as well: they are few, and it must not grow
        made = _kept[key] = _make(event, last, page)
    return made


def _make(event: Event, last: int, page: int) -> Snapshot:
    start = (page - 1) * SHOWN
    order = ("-is_pinned", "-is_featured", "-on_wall_at", "-pk")
    items = counted(event).order_by(*order).select_related("service").prefetch_related("pictures")
    found = list(items[start : start + SHOWN + 1])
    cards = [card for item in found[:SHOWN] if (card := reading.card(item, event))]
    return Snapshot(event, last, cards, len(found) > SHOWN)
