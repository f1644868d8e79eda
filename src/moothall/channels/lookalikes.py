"""Spellings that are made to look like ours, or happen to. Pure.

Four ways to look like a handle are told apart, the most deceptive first: letters that look the same, the same name at
another place, a dressed-up name, and a name one slip of the keyboard away. Which letters look the same is Unicode's
list of confusables (Unicode Technical Standard 39), read through ``confusable_homoglyphs``; how far apart two spellings
are is the Damerau-Levenshtein distance, where two letters that changed places count once.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache, lru_cache
from string import ascii_lowercase, ascii_uppercase

import regex
from confusable_homoglyphs.confusables import confusables_data
from rapidfuzz.distance import DamerauLevenshtein

FOLDED = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "3": "e", "4": "a", "5": "s"})
"""Signs that pass for each other: a capital i is an l to the eye, so i goes with it whatever its capitals."""
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
DRESS = (
    *("official", "original", "verified", "genuine", "helpdesk", "support", "account", "online", "real", "true"),
    *("team", "help", "info", "news", "page", "gov", "the", "hq", "uk"),
)
"""What an account puts before or after somebody's name to pass for them."""
SHORTEST = 4
"""Letters a name must have left to be recognised when its dress is taken off."""
NEAR = ((12, 2), (5, 1))
"""Names of at least so many letters are near at so many slips. In short ones a slip makes another word."""

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_SEPARATORS = regex.compile(r"[._-]")
_LAST_DIGITS = regex.compile(r"[0-9]+$")
_LEFT_TO_RIGHT = "\u200e"
_HOST = regex.compile(r"[^.@]+(?:\.[^.@]+){2,}")


class How(StrEnum):
    """In which way one spelling looks like another."""

    LETTERS = "letters"
    PLACE = "place"
    DRESS = "dress"
    NEAR = "near"


@dataclass(frozen=True)
class LookAlike:
    """``ours`` is the spelling that is ours. ``words`` says what is different; it finishes "…, which is ours, but "."""

    ours: str
    how: How
    words: str


def spelling(handle: str) -> str:
    """``handle`` as handles are compared: no sign before it, nothing unseen around it, small letters.

    Only the letters a to z lose their capitals. The lower case of some signs of other alphabets is a plain letter, and
    these must not pass for it.
    """
    seen = handle.strip()
    while seen and (_is_unseen(seen[0]) or seen[0] in "@＠" or seen[0].isspace()):
        seen = seen[1:]
    while seen and (_is_unseen(seen[-1]) or seen[-1].isspace()):
        seen = seen[:-1]
    return seen.translate(_LOWER)


@lru_cache(4096)
def skeleton(text: str) -> str:
    """What ``text`` looks like at a glance: two texts that the eye takes for each other have the same skeleton."""
    glance = plain(text).translate(FOLDED)
    for pair, one in PAIRS:
        glance = glance.replace(pair, one)
    return glance


def plain(text: str) -> str:
    """``text`` with each sign replaced by the small letter, digit or letters of ASCII that it looks like."""
    return "".join(_twin(sign) for sign in text)


@cache
def _twin(sign: str) -> str:
    if sign.isascii():
        return sign.translate(_LOWER)
    if _is_unseen(sign):
        return ""
    if sign in _LOOKS:
        return _LOOKS[sign]
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return bare.translate(_LOWER) if bare.isascii() else sign


def _looks() -> dict[str, str]:
    """What each single sign of other alphabets looks like in ASCII, as short as can be.

    The list wraps signs that are written from right to left in marks that are not part of them.
    """
    looks: dict[str, str] = {}
    for wrapped, others in confusables_data.items():
        sign = wrapped.replace(_LEFT_TO_RIGHT, "")
        plain_looks = [each["c"].translate(_LOWER) for each in others if each["c"].isascii()]
        if len(sign) == 1 and not sign.isascii() and plain_looks:
            looks[sign] = min(plain_looks, key=len)
    return looks


def _is_unseen(sign: str) -> bool:
    """Formatting signs, which leave no mark on a page; a copied handle often brings one along."""
    return unicodedata.category(sign) == "Cf" or sign in "\ufe0e\ufe0f\u034f"


def short_name(handle: str) -> str:
    """The name in a handle that says where as well: "libraries" of libraries@a.example and of libraries.a.example."""
    if _HOST.fullmatch(handle):
        return handle.split(".")[0]
    return handle.split("@")[0]


@lru_cache(4096)
def undressed(handle: str) -> str:
    """The skeleton of a name without the words, digits and signs that are added to pass for somebody."""
    name = _SEPARATORS.sub("", plain(handle))
    while cut := next((cut for cut in _cuts(name) if SHORTEST <= len(cut) < len(name)), ""):
        name = cut
    return skeleton(name)


def _cuts(name: str) -> Iterator[str]:
    yield _LAST_DIGITS.sub("", name)
    for word in DRESS:
        yield name.removeprefix(word)
        yield name.removesuffix(word)


_LOOKS = _looks()


def find(handle: str, ours: Iterable[str]) -> LookAlike | None:
    """The one of ``ours`` that ``handle`` most looks like; ``None`` if it looks like none, or is one of them."""
    asked = spelling(handle)
    spellings = {spelling(each): each for each in ours}
    if not asked or asked in spellings:
        return None
    for test in (_same_at_a_glance, _same_name_elsewhere, _same_undressed, _near):
        for one, as_kept in spellings.items():
            if found := test(asked, one):
                how, words = found
                return LookAlike(as_kept, how, words)
    return None


Verdict = tuple[How, str] | None


def _same_at_a_glance(asked: str, ours: str) -> Verdict:
    pairs = ((asked, ours), (short_name(asked), short_name(ours)))
    for one, other in pairs:
        if one != other and skeleton(one) == skeleton(other):
            return How.LETTERS, spelled(one, other)
    return None


def _same_name_elsewhere(asked: str, ours: str) -> Verdict:
    name = short_name(asked)
    if name != short_name(ours):
        return None
    place = asked.removeprefix(name).lstrip("@.")
    return How.PLACE, f"is at another place: {place}" if place else "is only the beginning of it"


def _same_undressed(asked: str, ours: str) -> Verdict:
    ours_bare = {undressed(ours), undressed(short_name(ours))}
    if not any(
        len(name) >= SHORTEST and name in ours_bare for name in (undressed(asked), undressed(short_name(asked)))
    ):
        return None
    return How.DRESS, "is dressed up with other words, digits or signs"


def _near(asked: str, ours: str) -> Verdict:
    one, other = short_name(plain(asked)), short_name(plain(ours))
    slips = next((slips for length, slips in NEAR if min(len(one), len(other)) >= length), 0)
    distance = DamerauLevenshtein.distance(one, other, score_cutoff=slips)
    if not 0 < distance <= slips or one[0] != other[0]:
        return None
    return How.NEAR, spelled(one, other)


def find_host(host: str, ours: Iterable[str]) -> LookAlike | None:
    """The one of our hosts that ``host``, which is none of them, passes for."""
    for one in ours:
        if f"{host}.".startswith(f"{one}."):
            owner = ".".join(host.split(".")[-2:])
            return LookAlike(one, How.PLACE, f"belongs to {owner}, whatever stands before that")
    for test in (_same_at_a_glance, _near):
        for one in ours:
            if found := test(host, one):
                return LookAlike(one, *found)
    return None


def spelled(asked: str, ours: str) -> str:
    """How the spelling ``asked`` differs from ``ours``; finishes a sentence about it."""
    found = []
    for change, start, end, from_, to in SequenceMatcher(None, ours, asked, autojunk=False).get_opcodes():
        here, there = asked[from_:to], ours[start:end]
        if change == "replace":
            found.append(f"{_named(here)} in place of “{there}”")
        elif change == "delete":
            found.append(f"“{there}” left out")
        elif change == "insert":
            found.append("a hidden sign added" if all(map(_is_unseen, here)) else f"{_named(here)} added")
    return f"is spelled differently: with {' and '.join(found)}"


def _named(text: str) -> str:
    """“rn”, or “і” (cyrillic small letter…): a sign that is not of the plain alphabet is named as well."""
    names = [unicodedata.name(sign, "a sign without a name").lower() for sign in text if not sign.isascii()]
    return f"“{text}” ({', '.join(names)})" if names else f"“{text}”"
