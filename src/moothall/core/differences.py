"""What changed between two texts, word by word. Pure, and in bounded time."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

import regex

Kind = Literal["same", "added", "removed"]
Change = tuple[Kind, str]

MOST_TOKENS = 4_000
"""Words, spaces and signs in what differs of both texts: more are compared line by line, as the time taken grows with
the square. That is some 1,000 words each; if the lines are as many, all is said to be new."""

_TOKEN = regex.compile(r"\w+|\s+|\X")
_LINE = regex.compile(r"[^\n]*\n|[^\n]+")


def words(before: str, after: str) -> list[Change]:
    """The pieces of both texts in order: a removed piece stands before the one that was added in its place.

    The pieces that are the same or removed make up ``before``; those that are the same or added, ``after``.
    """
    for pattern in (_TOKEN, _LINE):
        old, new = pattern.findall(before), pattern.findall(after)
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        middle = old[head : len(old) - tail], new[head : len(new) - tail]
        if sum(map(len, middle)) <= MOST_TOKENS:
            changes = [("same", "".join(old[:head])), *_compared(*middle), ("same", "".join(old[len(old) - tail :]))]
            return _tidy(changes)
    return _tidy([("removed", before), ("added", after)])


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    # With "autojunk" what occurs very often (spaces) is no place to line two long texts up by. That bounds the time.
    matcher = SequenceMatcher(None, old, new, autojunk=True)
    changes: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            changes.append(("same", "".join(old[a:b])))
        else:
            changes += [("removed", "".join(old[a:b])), ("added", "".join(new[c:d]))]
    return changes


def _tidy(changes: list[Change]) -> list[Change]:
    """Without empty pieces; and words replaced in a row as one replacement, not one each with a space between."""
    found: list[list[str]] = [["", "", ""]]  # what is the same, and after it what is removed and added
    for kind, piece in changes:
        if kind == "same" and piece:
            found.append([piece, "", ""])
        elif piece:
            found[-1][1 if kind == "removed" else 2] += piece
    joined = found[:1]
    for same, removed, added in found[1:]:
        last = joined[-1]
        if same == " " and removed and added and last[1] and last[2]:
            last[1] += same + removed
            last[2] += same + added
        else:
            joined.append([same, removed, added])
    kinds: tuple[Kind, ...] = ("same", "removed", "added")
    return [(kind, piece) for group in joined for kind, piece in zip(kinds, group, strict=True) if piece]
