"""What comes of a ceremony, written: the public keys, the sealed names that go with a key, and the record."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from moothall.core import clock, localtime
from moothall.records.actions import OPERATOR, capture
from moothall.records.models import Record
from moothall.webuse import house
from moothall.webuse.seals import ceremony
from moothall.webuse.seals.ceremonies import HandingOut, OutOfTurn, Step
from moothall.webuse.seals.names import key_id_of
from moothall.webuse.seals.public_keys import KeptKey, Role

MADE, DEALT, CHECKED, DESTROYED = "webuse.key_made", "webuse.key_dealt", "webuse.key_checked", "webuse.key_destroyed"


class StillSeals(Exception):
    """A key that is not destroyed, because names are sealed to it. Its text says what to do."""


def _ref(key_id: bytes) -> str:
    """By what name records know a key."""
    return f"key:{key_id.hex()}"


@transaction.atomic
def take_into_use(handed_out: HandingOut) -> KeptKey:
    """Put the public key of a ceremony that is done on the server: it seals from now on.

    Raises ``OutOfTurn`` for one that is not done.
    """
    _refuse_unfinished(handed_out)
    after = {"holders": _named(handed_out.holders)}
    capture(MADE, _ref(key_id_of(handed_out.public_key)), actor=OPERATOR, after=after)
    return house.public_keys().rotate(handed_out, _today(), handed_out.holders)  # last: no transaction undoes it


@transaction.atomic
def note_dealt(handed_out: HandingOut) -> KeptKey:
    """Note that three new shares of a key that is there already are with their holders. Raises ``OutOfTurn``."""
    _refuse_unfinished(handed_out)
    keys, key_id = house.public_keys(), key_id_of(handed_out.public_key)
    before, after = {"holders": _named(keys.get(key_id).holders)}, {"holders": _named(handed_out.holders)}
    capture(DEALT, _ref(key_id), actor=OPERATOR, before=before, after=after)
    return keys.dealt(key_id, _today(), handed_out.holders)


def check(shares: Sequence[str], key: KeptKey) -> None:
    """See that two shares make the key, and note that they were seen. Raises ``WrongShares``."""
    ceremony.check(shares, key.public_key)
    capture(CHECKED, _ref(key.key_id), actor=OPERATOR, after={"shares": ceremony.roles_of(shares)})


def checked_at(key: KeptKey) -> datetime | None:
    """When two shares of the key were last seen to make it."""
    return (
        Record.objects.filter(kind=CHECKED, ref=_ref(key.key_id))
        .order_by("-number")
        .values_list("at", flat=True)
        .first()
    )


def names_sealed_to(key: KeptKey) -> int:
    """How many names nobody can open any more once the key is destroyed."""
    return sum(house.sealed_names(purpose).sealed_to(key.key_id) for purpose in _purposes())


def seals(key: KeptKey) -> bool:
    """Whether names are sealed to this key from now on."""
    return not key.destroyed_on and house.public_keys().all()[-1].key_id == key.key_id


@transaction.atomic
def destroy(key: KeptKey, *, sealing_stops: bool = False) -> int:
    """Delete the names sealed to a key, and note that it is destroyed. Returns how many went.

    Its sheets are shredded before: only its holders can do that. ``sealing_stops`` says that no name is sealed
    any more until the next ceremony: without it, the key that seals is not destroyed (``StillSeals``). Asked again for
    a key that is destroyed already, it deletes what was left over.
    """
    if seals(key) and not sealing_stops:
        raise StillSeals("This key seals the names of today. Take a new key into use first, or say that sealing stops.")
    if not key.destroyed_on:
        house.public_keys().destroyed(key.key_id, _today())
    names = sum(house.sealed_names(purpose).forget_key(key.key_id) for purpose in _purposes())
    after = {"names": names, "sealing_stops": sealing_stops}
    capture(DESTROYED, _ref(key.key_id), actor=OPERATOR, before={"holders": _named(key.holders)}, after=after)
    return names


def _purposes() -> list[str]:
    """The purposes of which names are kept."""
    folder = house.folder("names")
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _refuse_unfinished(handed_out: HandingOut) -> None:
    if handed_out.step != Step.DONE:
        raise OutOfTurn("The ceremony is not done: not everybody has entered their words again.")


def _named(holders: Mapping[Role, str]) -> Mapping[str, str]:
    return {str(role): name for role, name in holders.items()}


def _today() -> date:
    return localtime.local(clock.now()).date()
