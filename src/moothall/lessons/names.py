"""Finding people in a text by their names and addresses: whole words, whatever their capitals and accents. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

TITLES = {
    *("cllr", "councillor", "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor"),
    *("sir", "dame", "lord", "lady", "rev", "revd", "reverend"),
}
"""What may stand before a name and is no part of it."""
HONOURS = {"obe", "mbe", "cbe", "kbe", "dbe", "bem", "jp", "mp", "kc", "qc", "phd"}
"""What may stand after one."""

_WORD = regex.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = regex.compile(r"['’]s$", regex.IGNORECASE)
_BRACKETS = regex.compile(r"\([^)]*\)")
_PLAIN_WORD = regex.compile(r"[a-z0-9]+")
_ADDRESS = regex.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class _Word:
    """A word of a text: as it is compared, and where it stands."""

    folded: str
    start: int
    end: int


class Text:
    """A text that is looked through for people."""

    def __init__(self, text: str) -> None:
        self._text = unicodedata.normalize("NFC", text)
        self._words = list(_words(self._text))
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(self._words):
            self._places.setdefault(word.folded, []).append(place)

    def may_hold(self, people: Iterable[str]) -> list[str]:
        """These people without those whose last name does not stand in it, of whom nothing can be found.

        It is much quicker than taking each name apart: most of a large organisation is in no text at all.
        """
        return [each for each in people if self._may_hold(each)]

    def _may_hold(self, name: str) -> bool:
        """Whether the last name may stand in it; ``True`` of a name that is not plain enough to tell at a glance."""
        if not name.isascii() or "'" in name or "(" in name:
            return True
        words = _PLAIN_WORD.findall(name.lower())
        return not words or len(words[-1]) == 1 or words[-1] in HONOURS or words[-1] in self._places

    def names(self, people: Iterable[str]) -> list[str]:
        """The full names of these people that it holds, as they stand in it, in its order.

        A full name is all its words, or the first and the last of them in either order; initials between do not matter.
        """
        found: set[tuple[int, int]] = set()
        for parts in map(_parts, people):
            if len(parts) < 2 or parts[0][0] not in self._places or parts[-1][-1] not in self._places:
                continue
            for wanted in _ways_to_say(parts):
                found.update(self._runs(wanted))
        return self._said(found)

    def surnames(self, people: Iterable[str]) -> list[str]:
        """The last names of these people that it holds with a capital: perhaps them, perhaps a street or a bird."""
        runs = [run for parts in map(_parts, people) if parts for run in self._runs(parts[-1])]
        return self._said({(start, end) for start, end in runs if self._text[start].isupper()})

    def addresses(self) -> list[str]:
        """Every e-mail address in it, in small letters."""
        return [each.lower() for each in dict.fromkeys(_ADDRESS.findall(self._text))]

    def _runs(self, wanted: list[str]) -> Iterator[tuple[int, int]]:
        """Where these words stand one after another."""
        for place in self._places.get(wanted[0], ()):
            words = self._words[place : place + len(wanted)]
            if [word.folded for word in words] == wanted:
                yield words[0].start, words[-1].end

    def _said(self, runs: Iterable[tuple[int, int]]) -> list[str]:
        """What stands there, each once. Of those that overlap, the one that begins first, or else the longer."""
        said: dict[str, None] = {}
        done = 0
        for start, end in sorted(runs, key=lambda run: (run[0], -run[1])):
            if start >= done:
                said[self._text[start:end]] = None
                done = end
        return list(said)


def _ways_to_say(parts: list[list[str]]) -> Iterator[list[str]]:
    first, last = parts[0], parts[-1]
    yield [word for part in parts for word in part]
    yield first + last
    yield last + first


def _parts(name: str) -> list[list[str]]:
    """The parts of a name, each as its words: "Cllr Ann Smith-Jones OBE" is [["ann"], ["smith", "jones"]]."""
    plain = _BRACKETS.sub(" ", unicodedata.normalize("NFC", name))
    parts = [[word.folded for word in _words(part)] for part in plain.split()]
    parts = [part for part in parts if part]
    while len(parts) > 2 and parts[0][0] in TITLES:
        parts = parts[1:]
    while len(parts) > 2 and parts[-1][-1] in HONOURS:
        parts = parts[:-1]
    return parts


def _words(text: str) -> Iterator[_Word]:
    """The words of a text but for single letters: initials, and "a"."""
    for match in _WORD.finditer(text):
        folded = _folded(_POSSESSIVE.sub("", match[0]))
        if len(folded) > 1:
            yield _Word(folded, match.start(), match.end())


def _folded(word: str) -> str:
    """A word without capitals, accents and apostrophes."""
    bare = word.replace("'", "").replace("’", "")
    if bare.isascii():
        return bare.lower()
    apart = unicodedata.normalize("NFKD", bare)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()
