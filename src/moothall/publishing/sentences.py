"""Where a text can be broken, and how good a break each place is: between paragraphs, sentences, clauses or words.

Pure, and in time that grows with the length of the text, whatever is in it. It reads English as councils write it;
other languages with full stops, the Urdu full stop and the danda of Indic scripts included, come out well enough.
"""

from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import regex

ABBREVIATIONS = {"approx", "capt", "cf", "cllr", "cllrs", "dept", "dr", "esp", "gov", "hon", "lt", "maj", "messrs"}
ABBREVIATIONS |= {"mr", "mrs", "ms", "mt", "prof", "rd", "ref", "rev", "sgt", "st", "ste", "vs"}
"""Words, in small letters, after which a full stop ends no sentence."""
BEFORE_FIGURES = {"ext", "fig", "no", "nos", "p", "para", "pp", "tel", "vol"}
BEFORE_FIGURES |= {"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"}
BEFORE_FIGURES |= {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
"""The same, but only if a figure follows: "No. 10", "Sun. 4 October"."""
_TIMES_OF_DAY = ("a.m", "p.m")
"""Dotted letters that do end a sentence, if a capital follows."""

_GRAPHEME = regex.compile(r"\X")
_DOTTED_LETTERS = regex.compile(r"(?:\p{L}\.)+\p{L}")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Extended_Pictographic}")
_MARKS = ".!?…"
_OTHER_FULL_STOPS = "۔।॥؟"
_OPENERS = "\"'“‘«([¿¡"
_CLOSERS = "\"'”’»)]"
_CLAUSE_MARKS = (",", ";", ":", "،", "؛")
_DASHES = ("–", "—", "-")


class Break(IntEnum):
    """What a gap between two words divides; the higher, the better a place for a break."""

    WORD = 1
    CLAUSE = 2
    SENTENCE = 3
    """Also a new line: an entry of a list, say."""
    PARAGRAPH = 4


class Gap(NamedTuple):
    """White space between two words: ``text[:end]`` comes before it and ``text[start:]`` after it."""

    end: int
    start: int
    kind: Break


class _Ending(NamedTuple):
    """How a word ends: with the mark of a sentence's end or not."""

    mark: str
    """The mark, ``""`` if it ends no sentence."""
    is_closed: bool
    """Whether a quotation mark or bracket closes after it."""


_NO_ENDING = _Ending("", False)


def gaps(text: str) -> list[Gap]:
    """The gaps of ``text``, in order; white space at its edges is none. No gap lies inside a grapheme."""
    words = _words(text)
    found = []
    ending = _NO_ENDING
    for number, ((start, end), (following, _)) in enumerate(pairwise(words)):
        word = text[start:end]
        if not _is_emoji(word):  # an emoji goes with the sentence before it
            is_first = number == 0 or "\n" in text[words[number - 1][1] : start]
            ending = _ending(word, is_first)
        found.append(Gap(end, following, _kind(text, word, ending, end, following)))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of ``text``, in order."""
    words = _words(text)
    if not words:
        return []
    breaks = [gap for gap in gaps(text) if gap.kind >= Break.SENTENCE]
    starts = [words[0][0], *(gap.start for gap in breaks)]
    ends = [*(gap.end for gap in breaks), words[-1][1]]
    return list(zip(starts, ends, strict=True))


def _words(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of graphemes that are not white space. (A space may carry an accent: that is none.)"""
    found = []
    start = None
    for grapheme in _GRAPHEME.finditer(text):
        if not grapheme[0].isspace():
            start = grapheme.start() if start is None else start
        elif start is not None:
            found.append((start, grapheme.start()))
            start = None
    if start is not None:
        found.append((start, len(text)))
    return found


def _is_emoji(word: str) -> bool:
    return len(word) <= 40 and bool(_EMOJI.match(word)) and not any(sign.isalnum() for sign in word)


def _ending(word: str, is_first_of_line: bool) -> _Ending:
    core = word.rstrip(_CLOSERS)
    stem = core.rstrip(_MARKS + _OTHER_FULL_STOPS)
    mark = core[len(stem) :]
    is_ellipsis = mark.startswith("..") or "…" in mark
    if not mark or (is_ellipsis and not set(mark) & set("!?")):
        return _NO_ENDING
    if mark == "." and _is_abbreviation(stem.lstrip(_OPENERS), is_first_of_line):
        return _NO_ENDING
    return _Ending(mark, is_closed=core != word)


def _is_abbreviation(stem: str, is_first_of_line: bool) -> bool:
    small = stem.lower()
    return (
        small in ABBREVIATIONS
        or (len(stem) == 1 and stem.isupper())  # J. Smith
        or (small not in _TIMES_OF_DAY and bool(_DOTTED_LETTERS.fullmatch(small)))  # e.g., U.K.
        or (is_first_of_line and stem.isdecimal())  # the first entry of a list
    )


def _kind(text: str, word: str, ending: _Ending, end: int, following: int) -> Break:
    lines = text.count("\n", end, following)
    if lines:
        return Break.PARAGRAPH if lines > 1 else Break.SENTENCE
    if ending.mark and _begins_sentence(text, word, ending, following):
        return Break.SENTENCE
    if word.rstrip(_CLOSERS).endswith(_CLAUSE_MARKS) or word in _DASHES:
        return Break.CLAUSE
    return Break.WORD


def _begins_sentence(text: str, word: str, ending: _Ending, following: int) -> bool:
    """Whether a new sentence can begin at ``following``. Emoji, hashtags and links stay with the sentence before."""
    after = text[following : following + 20].lstrip(_OPENERS)
    if after.startswith(("#", "＃", "http://", "https://", "www.")) or _EMOJI.match(after):
        return False
    if ending.mark == "." and after[:1].isdecimal() and word.strip(_OPENERS + ".").lower() in BEFORE_FIGURES:
        return False
    needs_capital = ending.mark == "." or ending.is_closed
    return not (needs_capital and after[:1].islower())
