"""The key ceremony: a key pair whose private half nobody keeps. Three people take a share of it, and any two suffice.

The shares are words by SLIP-39 ("Shamir's Secret-Sharing for Mnemonic Codes", SatoshiLabs), made and read by its
reference implementation. Two shares make the private key; one leaves some 2^224 keys to try.
"""

import ctypes
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations

from nacl.public import PrivateKey, PublicKey
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from moothall.webuse.seals import words
from moothall.webuse.seals.names import key_id_of
from moothall.webuse.seals.public_keys import Role, fingerprint_words
from moothall.webuse.seals.words import ITERATION_EXPONENT, NEEDED, WrongShares


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
