"""The lists of who belongs to which unit, as they were last imported, in the importer's own folder."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from moothall.webuse import mapping
from moothall.webuse.mapping import Entry, Placing, Problem, Reading
from moothall.webuse.seals import folders


class Kind(StrEnum):
    """The lists there can be, one of each."""

    PEOPLE = "people.csv"
    DIRECTORY = "directory.ldif"
    NETWORKS = "networks.csv"


READERS: dict[Kind, Callable[[str], Reading[Any]]] = {
    Kind.PEOPLE: mapping.read_people_csv,
    Kind.DIRECTORY: mapping.read_ldif,
    Kind.NETWORKS: mapping.read_networks_csv,
}


@dataclass(frozen=True)
class Kept:
    """What came of a list: how many entries it has, the lines that are not used, and units that there are none of."""

    kind: Kind
    entries: int
    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]


def told(text: str) -> Kind:
    """Which of the lists a text is."""
    first = text.lstrip("\ufeff \r\n").split("\n", 1)[0].lower()
    if first.startswith(("dn:", "version:", "#")):
        return Kind.DIRECTORY
    return Kind.NETWORKS if "network" in first else Kind.PEOPLE


def keep(folder: Path, text: str, units: Mapping[str, int]) -> Kept:
    """Keep a list in place of the one of its kind. One without a single entry is not kept."""
    kind = told(text)
    reading = READERS[kind](text)
    people = () if kind == Kind.NETWORKS else reading.entries
    networks = reading.entries if kind == Kind.NETWORKS else ()
    if reading.entries:
        folders.make(folder)
        folders.replace(folder / kind, text.encode(), 0o600)
    unknown = tuple(Placing(people, networks, units).unknown)
    return Kept(kind, len(reading.entries), reading.problems, unknown)


def placing(folder: Path, units: Mapping[str, int], otherwise: Iterable[Entry[str]] = ()) -> Placing:
    """Who belongs where, by all lists that are kept. ``otherwise`` places whom no list places."""
    entries = {kind: _entries(folder, kind) for kind in Kind}
    people = [*entries[Kind.PEOPLE], *entries[Kind.DIRECTORY], *otherwise]
    return Placing(people, entries[Kind.NETWORKS], units)


def _entries(folder: Path, kind: Kind) -> tuple[Any, ...]:
    try:
        text = (folder / kind).read_text("utf-8")
    except FileNotFoundError:
        return ()
    return READERS[kind](text).entries
