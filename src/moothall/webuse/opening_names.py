"""Opening the name behind one pseudonym, with two of three shares, at the shell: on the record, and shown once."""

from collections.abc import Sequence
from datetime import date

from nacl.public import PrivateKey

from moothall.records.actions import OPERATOR, capture
from moothall.webuse import house, purpose_queries
from moothall.webuse.seals import opening
from moothall.webuse.seals.ceremony import NoPublicKey, WrongShares, combine, wipe
from moothall.webuse.seals.names import CannotOpen
from moothall.webuse.seals.opening import Opened
from moothall.webuse.seals.pseudonyms import PSEUDONYM_BYTES, periods_of, pseudonym

OPENED = "webuse.opened"
REFUSED = "webuse.opening_refused"


def parsed(text: str) -> bytes:
    """The bytes of a pseudonym as it is written. Raises ``CannotOpen``."""
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) != PSEUDONYM_BYTES:
        raise CannotOpen(f"A pseudonym is {2 * PSEUDONYM_BYTES} signs, 0 to 9 and a to f.")
    return found


def open_one(purpose_key: str, which: bytes, first: date, last: date, shares: Sequence[str], why: str) -> Opened:
    """The name behind one pseudonym in one window of days.

    The record is kept before the name is given: an opening that nobody can see afterwards cannot be. One that is
    refused is on record too. Raises ``NoPurpose``, ``CannotOpen``, ``WrongShares``, ``NoPublicKey``.
    """
    purpose_queries.refuse_unknown(purpose_key)
    after = {"purpose": purpose_key, "from": first.isoformat(), "to": last.isoformat()}
    try:
        found = _opened(purpose_key, which, first, last, shares)
    except (CannotOpen, WrongShares, NoPublicKey) as error:
        because = {**after, "because": type(error).__name__}
        capture(REFUSED, f"pseudonym:{which.hex()}", actor=OPERATOR, why=why, after=because)
        raise
    capture(OPENED, f"pseudonym:{which.hex()}", actor=OPERATOR, why=why, after=after)
    return found


def _opened(purpose_key: str, which: bytes, first: date, last: date, shares: Sequence[str]) -> Opened:
    names = house.sealed_names(purpose_key)
    periods = periods_of(first, last)
    needed = opening.keys_needed(names, periods, which)
    keys: dict[bytes, PrivateKey] = {}
    try:
        for key_id in needed:
            keys[key_id] = combine(shares, house.public_keys().get(key_id).public_key)
        found = opening.open_name(names, periods, which, keys)
    finally:
        for key in keys.values():
            wipe(key)
    _confirm(purpose_key, found)
    return found


def _confirm(purpose_key: str, found: Opened) -> None:
    """The name must make the pseudonym that it was sealed under, as long as the key for it is there."""
    ring = house.key_ring(purpose_key)
    for period in set(found.periods) & set(ring.periods()):
        if pseudonym(ring.key(period, begun=True), found.name) != found.pseudonym:
            raise CannotOpen("The name that was sealed is not the one behind this pseudonym: somebody changed it.")
