"""The public keys, which seal, the days of their ceremonies, and who holds a share of each. Makes no key of shares."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from nacl.public import PublicKey

from moothall.webuse.seals import folders
from moothall.webuse.seals.names import fingerprint, key_id_of

FILE = "public-keys.json"
LATER_DAYS = ("dealt_on", "destroyed_on")


class Role(StrEnum):
    """Who holds a share. Their order is that of the shares."""

    HR = "HR"
    IT_SECURITY = "IT security"
    MONITORING_OFFICER = "monitoring officer"


class NoPublicKey(Exception):
    """A public key that is not kept, or no more: there was no ceremony yet, or it is destroyed. Its text says which."""


class DamagedKeys(Exception):
    """Public keys that cannot be read. Never taken for none, or names would go unsealed unnoticed."""


class WrongHolders(ValueError):
    """Not one person for each share. Its text says what is missing."""


def fingerprint_words(public_key: PublicKey) -> str:
    """The fingerprint as people compare it: eight groups of four hexadecimal digits. The first two are the key's id."""
    digits = fingerprint(public_key).hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


@dataclass(frozen=True)
class KeptKey:
    """A public key on the server, the day of its ceremony, and the name of each share's holder."""

    public_key: PublicKey
    made_on: date
    holders: Mapping[Role, str]
    dealt_on: date | None = None
    """The day on which new shares of it were dealt, if they were."""
    destroyed_on: date | None = None
    """From that day on nobody has shares of it, and nothing that was sealed to it can be opened."""

    @property
    def key_id(self) -> bytes:
        """What a sealed name calls the key."""
        return key_id_of(self.public_key)

    @property
    def fingerprint(self) -> str:
        """As it stands on its holders' sheets."""
        return fingerprint_words(self.public_key)


class Made(Protocol):
    """What a ceremony made: all of it that is ever written down."""

    @property
    def public_key(self) -> PublicKey: ...


class PublicKeys:
    """The public keys kept in ``folder``, the newest of which seals; the older are kept for the names they sealed.

    Nothing here is secret, but whoever may change it can have names sealed to a key of their own. So holders compare
    the fingerprint with that on their sheets.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def all(self) -> tuple[KeptKey, ...]:
        """Every key, the oldest first. Raises ``DamagedKeys`` for a file that is not one of ours."""
        try:
            return tuple(map(_parse, json.loads(self.path.read_bytes())["keys"]))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise DamagedKeys(f"The public keys in {self.path} cannot be read. Put the file back from a backup.")

    def newest(self) -> KeptKey:
        """The one that seals. Raises ``NoPublicKey`` before the first ceremony, and if it is destroyed."""
        kept = self.all()
        if not kept:
            raise NoPublicKey(
                "No name can be sealed yet: there was no key ceremony. Hold one with the three holders first."
            )
        if kept[-1].destroyed_on:
            raise NoPublicKey(
                "No name is sealed any more: the newest key is destroyed. Hold a new ceremony with three holders."
            )
        return kept[-1]

    def get(self, key_id: bytes) -> KeptKey:
        """The one that a sealed name calls by its id. Raises ``NoPublicKey`` if it is not here, or is destroyed."""
        for kept in self.all():
            if kept.key_id == key_id:
                if kept.destroyed_on:
                    raise NoPublicKey(
                        f"The key {kept.fingerprint} was destroyed on {kept.destroyed_on:%-d %B %Y}. What was sealed "
                        "to it can never be opened again."
                    )
                return kept
        raise NoPublicKey(f"The public key {key_id.hex()} is not in {self.path}. Put the file back from a backup.")

    def rotate(self, made: Made, made_on: date, holders: Mapping[Role, str]) -> KeptKey:
        """Keep the key of a new ceremony, the first one too. It seals from now on.

        Raises ``WrongHolders`` unless three different people hold a share each, and ``ValueError`` if a key with the
        same id is kept already.
        """
        kept = KeptKey(made.public_key, made_on, three(holders))
        with self._changing() as before:
            if any(each.key_id == kept.key_id for each in before):
                raise ValueError("a key with this id is kept already")
            before.append(kept)
        return kept

    def dealt(self, key_id: bytes, on: date, holders: Mapping[Role, str]) -> KeptKey:
        """Note that new shares of a key were dealt, and to whom. Raises ``WrongHolders`` and ``NoPublicKey``."""
        return self._note(key_id, dealt_on=on, holders=three(holders))

    def destroyed(self, key_id: bytes, on: date) -> KeptKey:
        """Note that a key is destroyed. Raises ``NoPublicKey``, also if it was before."""
        return self._note(key_id, destroyed_on=on)

    def _note(self, key_id: bytes, **changes: Any) -> KeptKey:
        with self._changing() as kept:
            old = self.get(key_id)
            changed = replace(old, **changes)
            kept[kept.index(old)] = changed
        return changed

    @contextmanager
    def _changing(self) -> Iterator[list[KeptKey]]:
        """The keys as a list, which is written as it is left; nobody else changes them meanwhile."""
        folders.make(self.path.parent)
        with folders.locked(self.path.with_suffix(".lock")):
            kept = list(self.all())
            yield kept
            text = json.dumps({"keys": [_as_json(each) for each in kept]}, indent=2, ensure_ascii=False)
            folders.replace(self.path, text.encode() + b"\n", 0o640)


def three(holders: Mapping[Role, str]) -> dict[Role, str]:
    """The holders' names, trimmed. Raises ``WrongHolders`` unless three different people hold a share each."""
    names = {role: holders.get(role, "").strip() for role in Role}
    if missing := [role for role, name in names.items() if not name]:
        raise WrongHolders(f"Nobody holds the share of: {', '.join(missing)}.")
    if len({name.casefold() for name in names.values()}) < len(Role):
        raise WrongHolders("Two shares would be held by one person, who could open names alone.")
    return names


def _as_json(kept: KeptKey) -> dict[str, object]:
    return {
        "id": kept.key_id.hex(),
        "public_key": bytes(kept.public_key).hex(),
        "made_on": kept.made_on.isoformat(),
        "holders": {str(role): name for role, name in kept.holders.items()},
        **{name: day.isoformat() for name in LATER_DAYS if (day := getattr(kept, name))},
    }


def _parse(read: Mapping[str, object]) -> KeptKey:
    holders = read["holders"]
    if not isinstance(holders, dict):
        raise TypeError
    public_key = PublicKey(bytes.fromhex(str(read["public_key"])))
    later = {name: date.fromisoformat(str(read[name])) for name in LATER_DAYS if name in read}
    made_on = date.fromisoformat(str(read["made_on"]))
    kept = KeptKey(public_key, made_on, {role: str(holders[role]) for role in Role}, **later)
    if kept.key_id.hex() != read["id"]:
        raise ValueError("the key is not the one that its id tells")
    return kept
