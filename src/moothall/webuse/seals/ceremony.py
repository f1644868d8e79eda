"""The key ceremony: a key pair whose private half nobody keeps. Three people take a share of it, and any two suffice.

The shares are words by SLIP-39 ("Shamir's Secret-Sharing for Mnemonic Codes", SatoshiLabs), made and read by its
reference implementation. Two shares make the private key; one leaves some 2^224 keys to try.
"""

import ctypes
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

from nacl.public import PrivateKey, PublicKey
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from moothall.webuse.seals import folders, words
from moothall.webuse.seals.names import fingerprint, key_id_of
from moothall.webuse.seals.words import ITERATION_EXPONENT, NEEDED, WrongShares

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


@dataclass(frozen=True)
class Ceremony:
    """What comes of a ceremony. The private key is in the shares only: show each to its holder, and forget it."""

    public_key: PublicKey
    key_id: bytes
    shares: tuple[str, str, str] = field(repr=False)
    """Words, in the order of ``Role``."""

    def share_of(self, role: Role) -> str:
        """The words of the one who has this role."""
        return self.shares[list(Role).index(role)]


def hold() -> Ceremony:
    """Make a key pair and divide its private half, two of three. Nothing is written anywhere."""
    private_key = PrivateKey.generate()
    try:
        return deal(private_key)
    finally:
        wipe(private_key)


def deal(private_key: PrivateKey) -> Ceremony:
    """Three shares of a key, any two of which make it. They do not go together with shares of it dealt before."""
    public_key = private_key.public_key
    (shares,) = generate_mnemonics(1, [(NEEDED, len(Role))], bytes(private_key), iteration_exponent=ITERATION_EXPONENT)
    ceremony = Ceremony(public_key, key_id_of(public_key), (shares[0], shares[1], shares[2]))
    for pair in combinations(ceremony.shares, NEEDED):
        check(pair, public_key)
    return ceremony


def combine(shares: Sequence[str], expected_public_key: PublicKey) -> PrivateKey:
    """The private key that two or three shares make. Wipe it as soon as the name is open.

    Raises ``WrongShares`` unless it is the one that belongs to ``expected_public_key``. Capitals and line breaks do not
    matter.
    """
    read = words.read_all(shares)
    if len(read) < NEEDED:
        raise WrongShares("One share alone opens nothing. Two of the three are needed, from two people.")
    words.refuse_strangers(read)
    first, *others = combinations(read, NEEDED)
    made = _private_key(first, expected_public_key)
    try:
        for pair in others:
            wipe(_private_key(pair, expected_public_key))
    except WrongShares:
        wipe(made)
        raise
    return made


def role_of(share: Share) -> Role:
    """Whose share it is, by its number."""
    return list(Role)[share.index]


def roles_of(shares: Sequence[str]) -> list[Role]:
    """Whose shares these words are, as far as they are shares."""
    found = []
    for each in shares:
        with suppress(WrongShares):
            found.append(role_of(words.read(each, words.ORDINALS[0])))
    return found


def check(shares: Sequence[str], public_key: PublicKey) -> None:
    """Raise ``WrongShares`` where ``combine`` would, and keep nothing."""
    wipe(combine(shares, public_key))


def wipe(private_key: PrivateKey) -> None:
    """Overwrite the key's bytes with zeros where they lie. The key is of no use afterwards.

    The best that can be done, and not a promise. Python and the libraries copy bytes as they work, the strings of words
    cannot be overwritten at all, and the operating system may have written memory to the swap. What holds a
    private key should be a process that ends soon after.
    """
    if sys.implementation.name == "cpython":
        secret = bytes(private_key)
        ctypes.memset(id(secret) + sys.getsizeof(secret) - len(secret) - 1, 0, len(secret))


def _private_key(pair: Sequence[Share], expected: PublicKey) -> PrivateKey:
    try:
        private_key = PrivateKey(combine_mnemonics([share.mnemonic() for share in pair]))
    except MnemonicError:
        raise WrongShares(
            "The shares do not fit together. They come from different ceremonies: look at the key on the sheets."
        ) from None
    if private_key.public_key != expected:
        made = fingerprint_words(private_key.public_key)
        wipe(private_key)
        raise WrongShares(
            f"The shares make the key {made}, and {fingerprint_words(expected)} is needed: they are of another "
            "ceremony. Look for the sheets with that key on them."
        )
    return private_key


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
