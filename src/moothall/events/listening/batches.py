"""Taking what a place brought: items and the cursor in one transaction, by whoever leads the place."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from moothall.core import clock
from moothall.core.database import writing
from moothall.events import taking
from moothall.events.listening.database import AWAY
from moothall.events.listening.leading import LEASE
from moothall.events.models import Place
from moothall.networks.hearing import Signal

log = logging.getLogger(__name__)


class LostLease(Exception):
    """Another listener leads the place now, or it was turned off."""


@dataclass(frozen=True)
class Heard:
    """A signal of a stream or of a search; or, with ``searched``, a hashtag and how far it was searched."""

    signal: Signal = field(default_factory=Signal)
    searched: tuple[str, str] | None = None
    is_from_stream: bool = True


def take(pk: int, token: str, network: str, came_by: str, batch: Sequence[Heard]) -> None:
    """Take the batch and say how far the place is. All of it or nothing. Raises ``LostLease``."""
    with writing():
        place = Place.objects.select_for_update().filter(pk=pk, token=token, is_on=True).first()
        if place is None:
            raise LostLease
        for heard in batch:
            _take(network, came_by, heard.signal)
            if heard.signal.cursor:
                place.cursor = heard.signal.cursor
            if heard.searched:
                tag, cursor = heard.searched
                place.searched[tag] = cursor
        now = clock.now()
        place.heard_at, place.lease_until = now, now + LEASE
        place.save(update_fields=["cursor", "searched", "heard_at", "lease_until"])


def _take(network: str, came_by: str, signal: Signal) -> None:
    """One signal, in a savepoint of its own: what cannot be taken must not keep the rest back for ever."""
    try:
        if signal.item:
            taking.take(network, signal.item, came_by)
        if signal.gone:
            taking.gone(network, signal.gone)
        if signal.gone_author:
            taking.author_gone(network, signal.gone_author)
    except AWAY:
        raise
    except Exception:
        log.exception("Something said on %s could not be taken, and is left out", network)


def note(pk: int, token: str, **values: object) -> None:
    """Write down how the place is: ``trouble``, ``connected_at``, ``cannot_search``, ``cursor``."""
    Place.objects.filter(pk=pk, token=token).update(**values)
