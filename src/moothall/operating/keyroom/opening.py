"""From an approved opening and two shares to a name that goes to the case: what the pages and the shell both do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moothall.concerns import openings
from moothall.concerns.openings import NotApproved, Opening
from moothall.core import sealing
from moothall.webuse import opening_names
from moothall.webuse.models import Purpose
from moothall.webuse.seals.public_keys import KeptKey
from moothall.webuse.seals.warrants import Warrant


class Changed(Exception):
    """What would be opened is not what the holders read. Its text says what to do."""


class NotDelivered(Exception):
    """A name that was opened and did not reach its case. Its text says what to do."""


TROUBLE = (*opening_names.TROUBLE, NotApproved, Changed, NotDelivered, sealing.CannotOpen)


@dataclass(frozen=True)
class Reading:
    """An approved opening as the holders read it before they enter anything."""

    opening: Opening
    purpose: str
    """Its title."""
    keys: tuple[KeptKey, ...]
    """Those whose shares are needed."""
    opened_before: tuple[datetime, ...]
    """When the same pseudonym was opened before."""


def read(reference: str) -> Reading:
    """Look an approved opening up, and see that it can be opened at all. Raises one of ``TROUBLE``."""
    opening = openings.find(reference)
    warrant = _warrant(opening)
    opening_names.refuse(warrant)
    title = Purpose.objects.filter(key=opening.purpose_key).values_list("title", flat=True).first() or ""
    keys = tuple(opening_names.keys_needed(warrant))
    return Reading(opening, title, keys, tuple(opening_names.opened_before(warrant.pseudonym)))


def open_as_read(reading: Reading, shares: Sequence[str]) -> None:
    """Open the name and bring it to its case; it is shown to nobody here.

    It must be approved still, and be word by word what the holders read. Raises one of ``TROUBLE``.
    """
    opening = openings.find(reading.opening.reference)
    warrant = _warrant(opening)
    if opening != reading.opening:
        raise Changed("The request was changed since you read it. Break off, and find out who could do that.")
    found = opening_names.open_under(warrant, shares)
    try:
        openings.deliver(opening, found.name)
    except NotApproved as error:
        raise NotDelivered(f"The name was opened, and is on record, but the case did not take it: {error}") from None


def _warrant(opening: Opening) -> Warrant:
    """The warrant, which must be for what the opening tells. Raises ``Changed`` and ``NotApproved``."""
    warrant = openings.warrant(opening)
    told = (opening.purpose_key, opening.pseudonym_hex, opening.first, opening.last, opening.approved_by)
    if told != (
        warrant.purpose_key,
        warrant.pseudonym.hex(),
        warrant.first,
        warrant.last,
        warrant.approved_by,
    ):
        raise Changed("The request was changed while it was looked up. Look at it again.")
    return warrant
