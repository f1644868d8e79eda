"""Lists in the layout of the University of Toulouse's blacklists, which SquidGuard reads, too.

A list is a folder. ``domains`` names a site on each line, and is what we read. ``urls`` names pages: paths are not
kept, so none of its lines is used, and they are counted. ``usage`` says whether the list is meant to be blocked or
allowed, which is not ours to say. The lists are under a licence that asks for attribution (CC BY-SA): we ship none.
"""

from collections.abc import Iterator
from pathlib import Path

from moothall.webuse.categories.names import BACKGROUND, PRIVATE, SOCIAL
from moothall.webuse.categories.readings import (
    Entry,
    Reading,
    Refused,
    Unfit,
    UnknownList,
    category_of,
    foreign_domain,
)

DOMAINS, URLS = "domains", "urls"
CATEGORIES = {
    "adult": "adult",
    "mixed_adult": "adult",
    "arjel": "gambling",
    "gambling": "gambling",
    "associations_religieuses": PRIVATE,
    "bank": PRIVATE,
    "dating": PRIVATE,
    "drogue": PRIVATE,
    "sect": PRIVATE,
    "sexual_education": PRIVATE,
    "webmail": PRIVATE,
    "audio-video": "media",
    "radio": "media",
    "blog": "forums",
    "chat": "forums",
    "forums": "forums",
    "celebrity": "news",
    "press": "news",
    "cleaning": BACKGROUND,
    "doh": BACKGROUND,
    "publicite": BACKGROUND,
    "update": BACKGROUND,
    "cryptojacking": "malware",
    "ddos": "malware",
    "dialer": "malware",
    "malware": "malware",
    "stalkerware": "malware",
    "phishing": "phishing",
    "educational_games": "learning",
    "liste_bu": "learning",
    "ai": "work-tools",
    "filehosting": "work-tools",
    "remote-control": "work-tools",
    "translation": "work-tools",
    "games": "games",
    "jobsearch": "jobs",
    "shopping": "shopping",
    "lingerie": "shopping",
    "social_networks": SOCIAL,
    "sports": "sport",
}
"""What their lists are to us. A list that is not here needs somebody to say its category."""


def lists(folder: Path) -> list[Path]:
    """The lists in a folder of lists, by name."""
    return sorted(path.parent for path in folder.glob(f"*/{DOMAINS}"))


def read(folder: Path, category: str = "") -> Reading:
    """The list in ``folder``. ``category`` is a slug of ours, in place of what the folder's name says.

    Raises ``UnknownList`` if neither says what is in it, or there is no list; ``ValueError`` for a slug that is none of
    ours; ``OSError``.
    """
    given = category_of(folder.name, CATEGORIES, category)
    if not (folder / DOMAINS).is_file():
        raise UnknownList(f"There is no file “{DOMAINS}” in {folder}. Name the folder of one list.")
    entries, refused = [], []
    for number, line in _lines(folder / DOMAINS):
        try:
            entries.append(Entry(foreign_domain(line), given))
        except Unfit as unfit:
            refused.append(Refused(DOMAINS, number, str(unfit)))
    if (folder / URLS).is_file():
        refused += [Refused(URLS, number, "It names a page, not a site.") for number, _ in _lines(folder / URLS)]
    return Reading(tuple(entries), tuple(refused))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if text and not text.startswith("#"):
                yield number, text
