"""The key ceremony: a key pair whose private half nobody keeps. Three people take a share of it, and any two suffice.

The shares are words by SLIP-39 ("Shamir's Secret-Sharing for Mnemonic Codes", SatoshiLabs), made and read by its
reference implementation. Two shares make the private key; one leaves some 2^224 keys to try.
"""

import ctypes
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations
from pathlib import Path

from nacl.public import PrivateKey, PublicKey
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from moothall.webuse.seals import folders
from moothall.webuse.seals.names import fingerprint, key_id_of

NEEDED = 2
WORDS = 33
"""How many words a share of 32 bytes has."""

ITERATION_EXPONENT = 0
"""SLIP-39 stretches a passphrase 10,000 × 2^exponent times. Ours is empty, and what is shared is 32 random bytes: there
is no weak passphrase to protect, so the least is enough, and nobody waits."""

FILE = "public-keys.json"
ORDINALS = ("first", "second", "third")


class Role(StrEnum):
    """Who holds a share. Their order is that of the shares."""

    HR = "HR"
    IT_SECURITY = "IT security"
    MONITORING_OFFICER = "monitoring officer"


class WrongShares(Exception):
    """Shares that do not make the key. Its text says which and why, and never holds a word of them."""


class NoPublicKey(Exception):
    """A public key that is not kept: there was no ceremony yet, or not with this id. Its text says what to do."""


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
    public_key = private_key.public_key
    (shares,) = generate_mnemonics(1, [(NEEDED, len(Role))], bytes(private_key), iteration_exponent=ITERATION_EXPONENT)
    wipe(private_key)
    ceremony = Ceremony(public_key, key_id_of(public_key), (shares[0], shares[1], shares[2]))
    for pair in combinations(ceremony.shares, NEEDED):
        check(pair, public_key)
    return ceremony


def combine(shares: Sequence[str], expected_public_key: PublicKey) -> PrivateKey:
    """The private key that two or three shares make. Wipe it as soon as the name is open.

    Raises ``WrongShares`` unless it is the one that belongs to ``expected_public_key``. Capitals and line breaks do not
    matter.
    """
    read = [_read(words, ordinal) for words, ordinal in zip(shares, _ordinals(len(shares)), strict=True)]
    _refuse_strangers(read)
    made = [_private_key(pair, expected_public_key) for pair in combinations(read, NEEDED)]
    for again in made[1:]:
        wipe(again)
    return made[0]


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


def _ordinals(number: int) -> tuple[str, ...]:
    if number == 0:
        raise WrongShares("No share was given. Two of the three are needed.")
    if number > len(ORDINALS):
        raise WrongShares("More than three shares were given. There are three, and two are enough.")
    return ORDINALS[:number]


def _read(words: str, ordinal: str) -> Share:
    """The share that the words are. Raises ``WrongShares``, with the places of unknown words and not the words."""
    each = words.lower().split()
    unknown = [str(place) for place, word in enumerate(each, start=1) if word not in WORD_INDEX_MAP]
    if unknown:
        raise WrongShares(
            f"The {ordinal} share has something that is not in the list of words, at place {', '.join(unknown)}. "
            "Look for a slip in spelling."
        )
    if len(each) != WORDS:
        raise WrongShares(
            f"The {ordinal} share has {len(each)} words. A share has {WORDS}: look for one left out or double."
        )
    try:
        share = Share.from_mnemonic(" ".join(each))
    except MnemonicError:
        raise WrongShares(
            f"The {ordinal} share is not as it was written down: a word is another of the list, or two changed places."
        ) from None
    if (share.member_threshold, share.group_count, share.iteration_exponent) != (NEEDED, 1, ITERATION_EXPONENT):
        raise WrongShares(f"The {ordinal} share is a share of something else than Moothall's keys.")
    return share


def _refuse_strangers(shares: Sequence[Share]) -> None:
    """Raise ``WrongShares`` for one share alone, for the same one twice, and for shares that do not belong together."""
    if len(shares) < NEEDED:
        raise WrongShares("One share alone opens nothing. Two of the three are needed, from two people.")
    for (one, first), (other, second) in combinations(zip(shares, ORDINALS, strict=False), 2):
        if one == other:
            raise WrongShares(f"The {first} and the {second} share are the same. Two different ones are needed.")
        if one.identifier != other.identifier or one.index == other.index:
            raise WrongShares(
                f"The {first} and the {second} share come from different ceremonies. Look at the key on the two sheets."
            )


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

    @property
    def key_id(self) -> bytes:
        """What a sealed name calls the key."""
        return key_id_of(self.public_key)


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
        """The one that seals. Raises ``NoPublicKey`` before the first ceremony."""
        if kept := self.all():
            return kept[-1]
        raise NoPublicKey(
            "No name can be sealed yet: there was no key ceremony. Hold one with the three holders first."
        )

    def get(self, key_id: bytes) -> KeptKey:
        """The one that a sealed name calls by its id. Raises ``NoPublicKey`` if it is not here."""
        for kept in self.all():
            if kept.key_id == key_id:
                return kept
        raise NoPublicKey(f"The public key {key_id.hex()} is not in {self.path}. Put the file back from a backup.")

    def rotate(self, ceremony: Ceremony, made_on: date, holders: Mapping[Role, str]) -> KeptKey:
        """Keep the key of a new ceremony, the first one too. It seals from now on.

        Raises ``WrongHolders`` unless three different people hold a share each, and ``ValueError`` if a key with the
        same id is kept already.
        """
        names = {role: holders.get(role, "").strip() for role in Role}
        if missing := [role for role, name in names.items() if not name]:
            raise WrongHolders(f"Nobody holds the share of: {', '.join(missing)}.")
        if len({name.casefold() for name in names.values()}) < len(Role):
            raise WrongHolders("Two shares would be held by one person, who could open names alone.")
        kept = KeptKey(ceremony.public_key, made_on, names)
        folders.make(self.path.parent)
        with folders.locked(self.path.with_suffix(".lock")):
            before = self.all()
            if any(each.key_id == kept.key_id for each in before):
                raise ValueError("a key with this id is kept already")
            words = json.dumps({"keys": [_as_json(each) for each in (*before, kept)]}, indent=2, ensure_ascii=False)
            folders.replace(self.path, words.encode() + b"\n", 0o640)
        return kept


def _as_json(kept: KeptKey) -> dict[str, object]:
    return {
        "id": kept.key_id.hex(),
        "public_key": bytes(kept.public_key).hex(),
        "made_on": kept.made_on.isoformat(),
        "holders": {str(role): name for role, name in kept.holders.items()},
    }


def _parse(read: Mapping[str, object]) -> KeptKey:
    holders = read["holders"]
    if not isinstance(holders, dict):
        raise TypeError
    public_key = PublicKey(bytes.fromhex(str(read["public_key"])))
    kept = KeptKey(public_key, date.fromisoformat(str(read["made_on"])), {role: str(holders[role]) for role in Role})
    if kept.key_id.hex() != read["id"]:
        raise ValueError("the key is not the one that its id tells")
    return kept
