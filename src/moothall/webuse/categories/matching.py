"""From a host to its domain and category. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from moothall.webuse.categories import hosts, own
from moothall.webuse.categories.names import CATEGORIES, PRIVATE, UNCLASSIFIED


class Match(NamedTuple):
    """What is kept of a host. ``domain`` is empty where the category is closed."""

    domain: str
    category: str


CLOSED = Match("", PRIVATE)


class Matcher:
    """Says the domain and the category of hosts.

    ``layers`` map domains, as ``hosts.clean`` gives them, to slugs. The entry that names the longest part of the host
    wins, in whichever layer; where several layers have it, the first of them. ``guard`` is a last layer whose closed
    categories hold against all others: only an entry of its own opens anything below a domain that it closes.
    """

    def __init__(self, layers: Iterable[Mapping[str, str]], guard: Mapping[str, str] | None = None) -> None:
        self._guard = guard or {}
        self._entries = dict(self._guard)
        for layer in reversed(list(layers)):
            self._entries.update(layer)

    def classify(self, host: str) -> Match | None:
        """What is kept of ``host``, written in any way; ``None`` if it is neither a name nor an address.

        A host that no layer knows is unclassified, never guessed.
        """
        name = hosts.clean(host)
        if name is None:
            return None
        category = self._category(name)
        if CATEGORIES[category].closed:
            return CLOSED
        return Match(hosts.domain(name), category)

    def _category(self, name: str) -> str:
        part = _longest(name, self._entries)
        if not part:
            return UNCLASSIFIED
        guarded = self._guard.get(_longest(part, self._guard))
        return guarded if guarded and CATEGORIES[guarded].closed else self._entries[part]


def _longest(name: str, entries: Mapping[str, str]) -> str:
    """The longest part of ``name``, which is clean, that has an entry; empty if none has."""
    whole = hosts.is_address(name)
    while name and name not in entries:
        name = "" if whole else name.partition(".")[2]
    return name


def standard(overlay: Mapping[str, str], imported: Iterable[Mapping[str, str]]) -> Matcher:
    """The council's overlay, our own list, and then imported lists. What our own list closes stays closed."""
    ours = own.entries()
    return Matcher([overlay, ours, *imported], guard=ours)


def closed_by_us(domain: str) -> bool:
    """Whether our own list closes ``domain``, which is clean, so that no other list can open it."""
    category = own.entries().get(_longest(domain, own.entries()))
    return category is not None and CATEGORIES[category].closed
