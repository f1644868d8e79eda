"""Opening one sealed name, for one pseudonym and the weeks of one concern. Who may, and why, is asked elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nacl.public import PrivateKey

from moothall.webuse.seals.names import CannotOpen, SealedName, SealedNames, unseal

NO_NAME = "No name is sealed under this pseudonym in these weeks. It may have been deleted by retention."


@dataclass(frozen=True)
class Opened:
    """The name that was opened, and the periods in which it was sealed under this pseudonym."""

    pseudonym: bytes
    name: str
    periods: tuple[int, ...]


def keys_needed(names: SealedNames, periods: Iterable[int], pseudonym: bytes) -> set[bytes]:
    """The ids of the keys that open this pseudonym's name in these periods: whose holders are to be asked."""
    return {sealed.key_id for sealed in _found(names, periods, pseudonym).values()}


def open_name(
    names: SealedNames, periods: Iterable[int], pseudonym: bytes, private_keys: Mapping[bytes, PrivateKey]
) -> Opened:
    """Open the name that this pseudonym stands for in these periods, and no other.

    ``periods`` are those of the window of dates that was approved (``pseudonyms.periods_of``), ``private_keys`` are by
    key id. A person has another pseudonym in each period, so one is found in one period, as a rule.
    Raises ``CannotOpen`` if there is no such name, if a key is missing, or if what is stored was tampered with.
    """
    found = _found(names, periods, pseudonym)
    if not found:
        raise CannotOpen(NO_NAME)
    if missing := {sealed.key_id.hex() for sealed in found.values()} - {key_id.hex() for key_id in private_keys}:
        raise CannotOpen(f"The name is sealed to the key {', '.join(sorted(missing))}. Two of its shares are needed.")
    opened = {unseal(private_keys[sealed.key_id], sealed) for sealed in found.values()}
    if len(opened) > 1:
        raise CannotOpen(
            "Different names are sealed under this pseudonym. Somebody or something changed the sealed names."
        )
    return Opened(pseudonym, opened.pop(), tuple(found))


def _found(names: SealedNames, periods: Iterable[int], pseudonym: bytes) -> dict[int, SealedName]:
    found = {period: names.find(period, pseudonym) for period in sorted(set(periods))}
    return {period: sealed for period, sealed in found.items() if sealed is not None}
