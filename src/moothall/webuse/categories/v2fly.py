"""Lists in the format of v2fly's domain-list-community: one file a list, named for a company or a subject.

Used are names on their own or after ``domain:``, names after ``full:`` (meant for one host, taken for all below it,
too), and ``include:`` of a list that lies beside. Not used, and counted, are ``keyword:`` and ``regexp:``: they would
have to be tried on every host, and catch sites nobody meant. Of the attributes only ``@ads`` makes a difference: nobody
asks for an advert, so it is background. Lines with other attributes, such as ``@cn``, are used like any.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moothall.webuse.categories.names import BACKGROUND, PRIVATE, SOCIAL
from moothall.webuse.categories.readings import (
    Entry,
    Reading,
    Refused,
    Unfit,
    category_of,
    foreign_domain,
)

ADVERTS = "@ads"
USED = ("domain", "full")
INCLUDE = "include"
NOT_USED = {
    "keyword": "It is a keyword, not a domain.",
    "regexp": "It is a pattern, not a domain.",
    "regex": "It is a pattern, not a domain.",
}
CATEGORIES = {
    "bluesky": SOCIAL,
    "category-social-media-!cn": SOCIAL,
    "facebook": SOCIAL,
    "instagram": SOCIAL,
    "linkedin": SOCIAL,
    "pinterest": SOCIAL,
    "snap": SOCIAL,
    "threads": SOCIAL,
    "tiktok": SOCIAL,
    "tumblr": SOCIAL,
    "twitter": SOCIAL,
    "vk": SOCIAL,
    "signal": PRIVATE,
    "telegram": PRIVATE,
    "whatsapp": PRIVATE,
    "discord": "forums",
    "reddit": "forums",
    "netflix": "media",
    "spotify": "media",
    "youtube": "media",
    "category-ads-all": BACKGROUND,
    "category-games": "games",
    "category-porn": "adult",
}
"""What their lists are to us, by name of file. A list that is not here needs somebody to say its category."""


def read(path: Path, category: str = "") -> Reading:
    """The list in the file ``path``. ``category`` is a slug of ours, in place of what the file's name says.

    An included list that the table knows keeps the table's category; others take that of the list that includes them.
    Raises ``UnknownList`` if neither says what is in it; ``ValueError`` for a slug that is none of ours; ``OSError``.
    """
    reader = _Reader(path.parent)
    reader.read(path.name, category_of(path.name, CATEGORIES, category))
    return Reading(tuple(reader.entries), tuple(reader.refused))


@dataclass
class _Reader:
    """Reads a list and those that it includes, each once."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def read(self, name: str, category: str) -> None:
        self._seen.add(name)
        for number, text in _lines(self.folder / name):
            try:
                self._line(text.split(), category)
            except Unfit as unfit:
                self.refused.append(Refused(name, number, str(unfit)))

    def _line(self, words: list[str], category: str) -> None:
        kind, colon, value = words[0].partition(":")
        if not colon:
            kind, value = "domain", words[0]
        if kind in USED:
            self.entries.append(Entry(foreign_domain(value), BACKGROUND if ADVERTS in words[1:] else category))
        elif kind == INCLUDE:
            self._include(value, category)
        else:
            raise Unfit(NOT_USED.get(kind, "It is of a kind that is not known."))

    def _include(self, name: str, category: str) -> None:
        if name in self._seen:
            return
        if "/" in name or "\\" in name or not (self.folder / name).is_file():
            raise Unfit(f"The list “{name}”, which it includes, is not beside it.")
        self.read(name, CATEGORIES.get(name, category))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, without their comments, with their numbers."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if text := line.partition("#")[0].strip():
                yield number, text
