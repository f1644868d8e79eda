"""What reading a list of domains gives, whatever its format. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from moothall.webuse.categories import hosts, names


class UnknownList(Exception):
    """A list of which nobody said what is in it. Its text says how to say it."""


class Unfit(Exception):
    """A text that no entry can be made of. Its text is the reason."""


class Entry(NamedTuple):
    """``domain``, and all below it, is of ``category`` (a slug). A light tuple, as a list can have millions."""

    domain: str
    category: str


@dataclass(frozen=True)
class Refused:
    """A line that is not used. ``line`` counts from 1; ``reason`` is the same for all lines refused on one ground."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Reading:
    """The entries of a list, and the lines of it that are not used."""

    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many lines were refused, by reason, the most frequent first."""
        return dict(Counter(each.reason for each in self.refused).most_common())


def category_of(name: str, table: Mapping[str, str], given: str) -> str:
    """The category of the list ``name``: ``given``, if somebody said it, else what ``table`` says.

    Raises ``UnknownList``; ``ValueError`` if ``given`` is no category that a list can give.
    """
    if given and not names.can_be_given(given):
        raise ValueError(f"“{given}” is not a category. Use one of these: {names.choices()}.")
    if category := given or table.get(name, ""):
        return category
    raise UnknownList(f"Moothall does not know what is in the list “{name}”. Say its category with --as.")


def foreign_domain(text: str) -> str:
    """The domain that a line of somebody else's list names. Raises ``Unfit``."""
    name = hosts.clean(text)
    if name is None:
        raise Unfit("It is not the name of a site.")
    if "." not in name and not hosts.is_address(name):
        raise Unfit("It is a single word, not a domain.")
    if hosts.is_ending(name):
        raise Unfit("Others register their domains under it.")
    return name
