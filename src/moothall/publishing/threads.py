"""A thread: one text in several parts, divided by lines that are only ``---``; and cutting a long text into one.

All of it is pure. What a part may hold is the caller's to say (``fits``), so that the networks' own counting decides.
"""

from collections.abc import Callable, Sequence
from itertools import count, pairwise
from typing import NamedTuple

import regex

from moothall.networks.text import links
from moothall.publishing.sentences import Break, Gap, gaps

SEPARATOR = "---"
NUMBERING = "{n}/{of}"
_GRAPHEME = regex.compile(r"\X")

Fits = Callable[[str], bool]
"""Whether a part can be posted as it is. What fits must fit as well when it is shorter."""


class CannotSplit(ValueError):
    """A link, hashtag or the like is too long for a part of its own. ``str()`` says what to do."""


# --- The parts of a text ---


def parts(text: str) -> list[str]:
    """The parts of ``text``, at least one, without the white space around each; a part may be empty."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip() == SEPARATOR:
            found.append([])
        else:
            found[-1].append(line)
    return ["\n".join(lines).strip() for lines in found]


def join(parts: Sequence[str]) -> str:
    """The text of which these are the parts."""
    return f"\n{SEPARATOR}\n".join(parts)


# --- Numbers at the ends of parts ---


class _Number(NamedTuple):
    n: int
    of: int
    start: int
    """Where it begins in its part, with the white space before it."""


def _number_of(part: str, numbering: str) -> _Number | None:
    if "{n}" not in numbering or "{of}" not in numbering:
        return None
    last = part.rstrip()
    shape = regex.escape(numbering).replace(r"\{n\}", "(?P<n>[0-9]{1,4})").replace(r"\{of\}", "(?P<of>[0-9]{1,4})")
    found = regex.search(rf"(?:^|(?<=\s)){shape}$", last[-len(numbering) - 10 :])
    if not found or not 1 <= int(found["n"]) <= int(found["of"]):
        return None
    return _Number(int(found["n"]), int(found["of"]), len(last[: len(last) - len(found[0])].rstrip()))


def _without_numbers(parts: Sequence[str], numbering: str) -> list[str]:
    """The parts without their numbers, if those are a thread's: a part may end in "scored 4/5" and mean it.

    A thread's numbers rise, agree on how many there are, are on at least half of the parts and two of them, and have
    the first or the last among them; a part that was put in or taken out since does no harm.
    """
    numbers = [_number_of(part, numbering) for part in parts]
    there = [number for number in numbers if number]
    if len(there) < 2 or len(there) * 2 < len(parts):
        return list(parts)
    rise = all(one.n < other.n and one.of == other.of for one, other in pairwise(there))
    if not rise or (there[0].n != 1 and there[-1].n != there[-1].of):
        return list(parts)
    return [part[: number.start] if number else part for part, number in zip(parts, numbers, strict=True)]


def _with_numbers(parts: Sequence[str], numbering: str) -> list[str]:
    if len(parts) == 1:
        return list(parts)
    return [_with_number(part, numbering, n, len(parts)) for n, part in enumerate(parts, start=1)]


def _with_number(part: str, numbering: str, n: int, of: int) -> str:
    number = numbering.format(n=n, of=of)
    return f"{part.rstrip()} {number}" if part and number else part or number


# --- Cutting a long text ---


def split(text: str, fits: Fits, numbering: str = NUMBERING) -> list[str]:
    """``text`` in parts that fit, each with its number at its end; ``numbering=""`` for none.

    Parts that are there already are kept, and cut only where they do not fit; empty ones are dropped. Numbers that a
    thread has already are renewed. So splitting again what was split gives the same. A text that fits in one part stays
    as it is, without a number.

    A part ends with a paragraph, if that leaves it at least half full, or else with a sentence. A sentence too long for
    a part is cut between clauses, or else between words, and a word too long for a part between its graphemes. Links,
    hashtags and mentions are never cut: ``CannotSplit`` if one does not fit.
    """
    whole = [part for part in _without_numbers(parts(text), numbering) if part] or [""]
    if len(whole) == 1 and fits(whole[0]):
        return whole
    for digits in count(1):  # how many parts there will be decides how long the numbers are, and the other way round
        most = 10**digits - 1
        pieces: list[str] = []
        for part in whole:
            pieces += _cut(part, len(pieces) + 1, fits=lambda piece, n: fits(_with_number(piece, numbering, n, most)))  # noqa: B023
        if len(pieces) <= most:
            return _with_numbers(pieces, numbering)
    raise AssertionError("count() has no end")


def _cut(text: str, first: int, fits: Callable[[str, int], bool]) -> list[str]:
    """``text`` in pieces that fit; ``fits`` is told the number that a piece will have, counting from ``first``."""
    if fits(text, first):
        return [text]
    places = [*_places(text), Gap(len(text), len(text), Break.PARAGRAPH)]
    pieces: list[str] = []
    position = place = 0
    while position < len(text):
        n = first + len(pieces)
        start = position
        furthest = _furthest(place, len(places), lambda index: fits(text[start : places[index].end], n))  # noqa: B023
        if furthest is None:
            places[place : place + 1] = _within(text, start, places[place])
            continue
        chosen = furthest if furthest == len(places) - 1 else _best(places, place, furthest, start)
        pieces.append(text[start : places[chosen].end])
        position, place = places[chosen].start, chosen + 1
    return pieces


def _places(text: str) -> list[Gap]:
    """Where ``text`` may be cut. Not beside a ``---`` among its words: that would come to stand on a line alone."""
    found = gaps(text)
    edges = [0, *(gap.start for gap in found)], [*(gap.end for gap in found), len(text)]
    is_rule = [text[start:end] == SEPARATOR for start, end in zip(*edges, strict=True)]
    return [gap for gap, before, after in zip(found, is_rule, is_rule[1:], strict=False) if not (before or after)]


def _furthest(low: int, high: int, fits: Callable[[int], bool]) -> int | None:
    """The largest number from ``low`` up to, not including, ``high`` that fits; ``None`` if not even ``low`` does.

    In growing steps and then by halves, so that what is looked at is hardly longer than what fits.
    """
    if not fits(low):
        return None
    good, step = low, 1
    while good + step < high and fits(good + step):
        good += step
        step *= 2
    bad = min(good + step, high)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    return good


def _best(places: Sequence[Gap], first: int, furthest: int, start: int) -> int:
    """Which of the places from ``first`` to ``furthest`` is the best end of a piece that begins at ``start``."""
    full = places[furthest].end - start
    for kind, least in ((Break.PARAGRAPH, full // 2), (Break.SENTENCE, 0), (Break.CLAUSE, full // 3)):
        for index in range(furthest, first - 1, -1):
            if places[index].end - start < least:
                break
            if places[index].kind >= kind:
                return index
    return furthest


def _within(text: str, start: int, gap: Gap) -> list[Gap]:
    """``gap`` and the places before it to cut what stands from ``start`` up to it and does not fit: its graphemes."""
    word = text[start : gap.end]
    ends = [start + grapheme.end() for grapheme in _GRAPHEME.finditer(word)]
    if len(ends) == 1 or _is_one(word):
        shown = word if len(word) <= 60 else f"{word[:59]}…"
        raise CannotSplit(f"“{shown}” is too long for a part of its own and can't be cut. Make it shorter, then split.")
    return [*(Gap(end, end, Break.WORD) for end in ends[:-1]), gap]


def _is_one(word: str) -> bool:
    """Whether ``word`` holds something that must not be cut: a link, hashtag, mention, address or line of ``---``."""
    return any(sign in word for sign in ("@", "＠", "#", "＃", "://", SEPARATOR)) or bool(links(word))
