"""Opening the name behind one pseudonym under a warrant, with two of three shares: on the record before it is given.

For the key room and the shell only. No web page loads this module, nor anything that makes a key of shares.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
from django.db import transaction
from nacl.public import PrivateKey

from moothall.core import clock, localtime
from moothall.records.actions import capture
from moothall.records.models import Record
from moothall.webuse import house, purpose_queries
from moothall.webuse.models import Hold, Part, Purpose
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals import opening
from moothall.webuse.seals.ceremony import combine, roles_of, wipe
from moothall.webuse.seals.names import CannotOpen, DamagedNames
from moothall.webuse.seals.opening import Opened
from moothall.webuse.seals.pseudonyms import NoKey, periods_of, pseudonym
from moothall.webuse.seals.public_keys import DamagedKeys, KeptKey, NoPublicKey
from moothall.webuse.seals.warrants import Warrant
from moothall.webuse.seals.words import WrongShares

OPENED = "webuse.opened"
REFUSED = "webuse.opening_refused"
TROUBLE = (NoPurpose, CannotOpen, WrongShares, NoPublicKey, DamagedKeys, DamagedNames, NoKey)


def open_under(warrant: Warrant, shares: Sequence[str]) -> Opened:
    """The name behind the warrant's pseudonym, for its purpose and its days and nothing else.

    The record is committed before the name is given: an opening that nobody can see afterwards cannot be. One that is
    refused is on record too. Neither tells of a case. Not to be called in a transaction. Raises one of ``TROUBLE``.
    """
    ref = f"pseudonym:{warrant.pseudonym.hex()}"
    after = {
        "purpose": warrant.purpose_key,
        "from": warrant.first.isoformat(),
        "to": warrant.last.isoformat(),
        "approved by": list(warrant.approved_by),
        "shares": [str(role) for role in roles_of(shares)],
    }
    try:
        refuse(warrant)
        found = _opened(warrant, shares)
    except TROUBLE as error:
        with transaction.atomic(durable=True):
            capture(REFUSED, ref, actor=None, after={**after, "because": type(error).__name__})
        raise
    with transaction.atomic(durable=True):
        capture(OPENED, ref, actor=None, after=after)
    return found


def refuse(warrant: Warrant) -> None:
    """Raise one of ``TROUBLE`` for a warrant under which no name can be opened, whoever enters shares."""
    purpose_queries.refuse_unknown(warrant.purpose_key)
    _refuse_days(warrant)
    _refuse_unseen(warrant)
    keys_needed(warrant)


def keys_needed(warrant: Warrant) -> list[KeptKey]:
    """The keys whose shares open the name. Raises ``CannotOpen`` if none is sealed, and ``NoPublicKey``."""
    names, periods = house.sealed_names(warrant.purpose_key), periods_of(warrant.first, warrant.last)
    needed = opening.keys_needed(names, periods, warrant.pseudonym)
    if not needed:
        raise CannotOpen(opening.NO_NAME)
    return [house.public_keys().get(key_id) for key_id in sorted(needed)]


def opened_before(which: bytes) -> list[datetime]:
    """When this pseudonym was opened before, the latest first."""
    found = Record.objects.filter(kind=OPENED, ref=f"pseudonym:{which.hex()}")
    return list(found.order_by("-number").values_list("at", flat=True))


def _refuse_days(warrant: Warrant) -> None:
    """The window must lie within the days that are kept: by the purpose's clock, or for a case."""
    first, last, today = warrant.first, warrant.last, localtime.local(clock.now()).date()
    if last < first:
        raise CannotOpen("The last day comes before the first.")
    if last > today:
        raise CannotOpen("The last day is still to come.")
    kept_since = today - timedelta(days=_governing(warrant.purpose_key).rows_days)
    held = list(Hold.objects.filter(purpose_key=warrant.purpose_key, lifted_at=None).values_list("first", "last"))
    over = first
    while over <= last and over < kept_since:
        if not any(begins <= over <= ends for begins, ends in held):
            raise CannotOpen(
                f"Of {localtime.day_words(over)} nothing is kept any more: rows of this purpose go before "
                f"{localtime.day_words(kept_since)}."
            )
        over += timedelta(days=1)


def _governing(key: str) -> Purpose:
    """The version whose clocks hold: that in force, or the last that was."""
    approved = Purpose.objects.filter(key=key, approved_at__isnull=False)
    return approved.filter(superseded_at=None).first() or approved[0]


def _refuse_unseen(warrant: Warrant) -> None:
    """A name is opened for what was done under its pseudonym: without a row in these days there is nothing to ask."""
    parts = Part.objects.filter(purpose_key=warrant.purpose_key, day__range=(warrant.first, warrant.last))
    if names := list(parts.values_list("name", flat=True)):
        is_theirs = pl.col("person") == warrant.pseudonym
        if house.dataset().read(names).filter(is_theirs).head(1).collect().height:
            return
    raise CannotOpen("Nothing of this pseudonym was kept in these days.")


def _opened(warrant: Warrant, shares: Sequence[str]) -> Opened:
    names, periods = house.sealed_names(warrant.purpose_key), periods_of(warrant.first, warrant.last)
    keys: dict[bytes, PrivateKey] = {}
    try:
        for kept in keys_needed(warrant):
            keys[kept.key_id] = combine(shares, kept.public_key)
        found = opening.open_name(names, periods, warrant.pseudonym, keys)
    finally:
        for key in keys.values():
            wipe(key)
    _confirm(warrant.purpose_key, found)
    return found


def _confirm(purpose_key: str, found: Opened) -> None:
    """The name must make the pseudonym that it was sealed under, as long as the key for it is there."""
    ring = house.key_ring(purpose_key)
    for period in set(found.periods) & set(ring.periods()):
        if pseudonym(ring.key(period, begun=True), found.name) != found.pseudonym:
            raise CannotOpen("The name that was sealed is not the one behind this pseudonym: somebody changed it.")
