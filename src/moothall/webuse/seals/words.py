"""What is written on a holder's sheet: a share of a key in 33 words, by SLIP-39, and what can be wrong with it."""

from collections.abc import Sequence
from itertools import combinations

from shamir_mnemonic import MnemonicError, Share
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

NEEDED = 2
SHARES = 3
WORDS = 33
"""How many words a share of 32 bytes has."""

ITERATION_EXPONENT = 0
"""SLIP-39 stretches a passphrase 10,000 × 2^exponent times. Ours is empty, and what is shared is 32 random bytes: there
is no weak passphrase to protect, so the least is enough, and nobody waits."""

ORDINALS = ("first", "second", "third")


class WrongShares(Exception):
    """Shares that do not make the key. Its text says which and why, and never holds a word of them."""


def read_all(shares: Sequence[str]) -> list[Share]:
    """The shares that these words are. Raises ``WrongShares`` for any that cannot be one of ours."""
    if not shares:
        raise WrongShares("No share was given. Two of the three are needed.")
    if len(shares) > len(ORDINALS):
        raise WrongShares("More than three shares were given. There are three, and two are enough.")
    return [read(words, ordinal) for words, ordinal in zip(shares, ORDINALS, strict=False)]


def read(words: str, ordinal: str) -> Share:
    """The share that the words are; capitals and line breaks do not matter.

    Raises ``WrongShares``, with the places of unknown words and not the words.
    """
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
    made_for = (share.member_threshold, share.group_count, share.iteration_exponent)
    if made_for != (NEEDED, 1, ITERATION_EXPONENT) or share.index >= SHARES:
        raise WrongShares(f"The {ordinal} share is a share of something else than Moothall's keys.")
    return share


def refuse_strangers(shares: Sequence[Share]) -> None:
    """Raise ``WrongShares`` for the same share twice, and for shares that do not belong together."""
    for (one, first), (other, second) in combinations(zip(shares, ORDINALS, strict=False), 2):
        if one == other:
            raise WrongShares(f"The {first} and the {second} share are the same. Two different ones are needed.")
        if one.identifier != other.identifier or one.index == other.index:
            raise WrongShares(
                f"The {first} and the {second} share come from different ceremonies. Look at the key on the two sheets."
            )
