"""Who belongs to which unit, and which unit a network belongs to, by day: people move. Pure.

A user is placed by name; where no list has the name, the address may tell the unit. Days are local ones. ``since`` is
the first day, ``until`` the last; ``None`` is open.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import chain
from typing import Generic, TypeVar
from urllib.parse import unquote

from moothall.webuse import columns, ldif

Key = TypeVar("Key", bound=Hashable)
Network = IPv4Network | IPv6Network

NOBODY = frozenset(
    {"-", "anonymous", "anonymous logon", "unauthenticated", "unknown", "nobody", "null", "(null)", "n/a"}
)
"""What proxies write where a user's name would be."""
LONGEST_USER = 256
"""Signs of a name. What is longer is no name."""
DATED = ("from", "until")
USER_ATTRIBUTES = ("samaccountname", "uid", "userprincipalname")
"""Each of these that an entry has is a name of its user."""
UNIT_ATTRIBUTES = ("department", "departmentnumber", "ou")
"""The first of these that an entry has names its unit."""


@dataclass(frozen=True)
class Problem:
    """What is wrong on a line, and what to do."""

    line: int
    text: str


@dataclass(frozen=True)
class Entry(Generic[Key]):
    """A user (as ``normal_user`` gives it) or a network is in a unit, which is named as the list names it."""

    key: Key
    unit: str
    since: date | None = None
    until: date | None = None
    line: int = 0

    def covers(self, day: date) -> bool:
        return (self.since or date.min) <= day <= (self.until or date.max)

    def overlaps(self, other: "Entry[Key]") -> bool:
        return (self.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
            self.until or date.max
        )


@dataclass(frozen=True)
class Reading(Generic[Key]):
    """The entries of a list, and its lines that are not used."""

    entries: tuple[Entry[Key], ...]
    problems: tuple[Problem, ...]


class _Unfit(Exception):
    """A text that means nothing to us. Its text says what to do."""


def normal_user(raw: str | None) -> str:
    """The user that a log or a list names, as it is compared: ``jo`` for ``EXAMPLE\\Jo``, ``Jo@EXAMPLE`` and ``J%6F``.

    Empty for nobody: ``-``, ``anonymous`` and the like, and computers, whose names end in ``$``. Doing it twice changes
    nothing.
    """
    if not raw or len(raw) > 4 * LONGEST_USER:
        return ""
    name = raw
    while (simpler := _simpler(name)) != name:
        name = simpler
    return "" if name in NOBODY or name.endswith("$") or len(name) > LONGEST_USER else name


def _simpler(raw: str) -> str:
    try:
        plain = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        plain = unquote(raw, encoding="latin-1")
    name = plain.rpartition("\\")[2].partition("@")[0]
    return unicodedata.normalize("NFC", name.casefold()).strip()


def read_people_csv(text: str) -> Reading[str]:
    """Users' units from CSV with the columns user, unit and, if wanted, from and until (days)."""
    return _read_csv(text, "user", _user)


def read_networks_csv(text: str) -> Reading[Network]:
    """Networks' units from CSV with the columns network (``10.20.0.0/16``), unit and, if wanted, from and until."""
    return _read_csv(text, "network", _network)


def read_ldif(text: str) -> Reading[str]:
    """Users' units from the entries of a directory, without days. Entries that are no users' are passed over.

    An entry without a unit is a problem: its user is placed nowhere.
    """
    lines = _Lines[str]()
    for record in ldif.records(text, {*USER_ATTRIBUTES, *UNIT_ATTRIBUTES, "changetype"}):
        lines.problems += [Problem(*each) for each in record.problems]
        users = [
            user for name in USER_ATTRIBUTES for each in record.values.get(name, ()) if (user := normal_user(each))
        ]
        if not users:
            continue
        unit = next((each for name in UNIT_ATTRIBUTES for each in record.values.get(name, ()) if each), "")
        if record.values.get("changetype", ["add"]) != ["add"]:
            lines.problems.append(Problem(record.line, "This is a change, not an entry. Export whole entries."))
        elif not unit:
            wanted = ", ".join(UNIT_ATTRIBUTES)
            lines.problems.append(Problem(record.line, f"“{users[0]}” has no unit. Give the entry one of: {wanted}."))
        else:
            for user in dict.fromkeys(users):
                lines.add(Entry(user, unit, line=record.line))
    return lines.reading()


class _Lines(Generic[Key]):
    """The lines of a list, taken one after the other. Of entries for the same days, the first is used."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._entries: dict[Key, list[Entry[Key]]] = {}

    def add(self, entry: Entry[Key]) -> None:
        same = self._entries.setdefault(entry.key, [])
        if other := next((each for each in same if each.overlaps(entry)), None):
            text = (
                f"Lines {other.line} and {entry.line} both place “{entry.key}” on the same days. "
                f"Line {other.line} is used. Take one of them away, or change its days."
            )
            self.problems.append(Problem(entry.line, text))
        else:
            same.append(entry)

    def reading(self) -> Reading[Key]:
        entries = sorted((each for same in self._entries.values() for each in same), key=lambda each: each.line)
        return Reading(tuple(entries), tuple(sorted(self.problems, key=lambda each: each.line)))


def _read_csv(text: str, column: str, key: Callable[[str], Key]) -> Reading[Key]:
    lines = _Lines[Key]()
    for row in columns.rows(text, (column, "unit"), DATED):
        try:
            if row.problem:
                raise _Unfit(row.problem)
            lines.add(_entry(key(row.cells[column]), row))
        except _Unfit as unfit:
            lines.problems.append(Problem(row.number, str(unfit)))
    return lines.reading()


def _entry(key: Key, row: columns.Row) -> Entry[Key]:
    since, until = _day(row.cells["from"]), _day(row.cells["until"])
    if not row.cells["unit"]:
        raise _Unfit("It names no unit. Write the unit's name as Moothall has it.")
    if since and until and until < since:
        raise _Unfit(f"It ends on {until:%d/%m/%Y}, before it begins on {since:%d/%m/%Y}. Change one of the days.")
    return Entry(key, row.cells["unit"], since, until, row.number)


def _user(text: str) -> str:
    if user := normal_user(text):
        return user
    raise _Unfit(f"“{text}” names no user. Write the name with which people sign in.")


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise _Unfit(f"“{text}” is not a network. Write it like 10.20.0.0/16, or 2001:db8::/32.")


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise _Unfit(f"“{text}” is not a day. Write it like 2026-10-06, or 06/10/2026 (day, month, year).")


class Placing:
    """Says to which unit a user or an address belongs on a day.

    ``units`` maps the names of units to their ids; capitals and the number of spaces make no difference. Entries of
    different lists may overlap: of those that cover a day, the one that began last holds, so that a list with days
    goes before an export without.
    """

    def __init__(
        self, people: Iterable[Entry[str]], networks: Iterable[Entry[Network]], units: Mapping[str, int]
    ) -> None:
        self._units = {_unit_key(name): number for name, number in units.items()}
        self._unknown: set[str] = set()
        self._people = self._by_key(people)
        self._networks = {_prefix(network): same for network, same in self._by_key(networks).items()}
        self._lengths = sorted({(bits, length) for bits, length, _ in self._networks}, reverse=True)

    @property
    def unknown(self) -> list[str]:
        """The units that the entries name and that there are none of; nobody is placed by them."""
        return sorted(self._unknown)

    @property
    def placed(self) -> frozenset[int]:
        """The ids of the units in which the entries place anybody, or a network."""
        of_people = (each.unit for entries in self._people.values() for each in entries)
        of_networks = (each.unit for entries in self._networks.values() for each in entries)
        return frozenset(self._units[_unit_key(unit)] for unit in chain(of_people, of_networks))

    def unit_of_user(self, user: str, day: date) -> int | None:
        """The id of the unit of ``user``, written in any way, on a local ``day``."""
        return self._unit(self._people.get(normal_user(user), ()), day)

    def unit_of_address(self, address: str, day: date) -> int | None:
        """The id of the unit of the smallest network that has ``address``, of those with an entry for ``day``."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return None
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        number, bits = int(parsed), parsed.max_prefixlen
        for of_bits, length in self._lengths:
            same = self._networks.get((bits, length, number >> (bits - length)), ()) if of_bits == bits else ()
            if (unit := self._unit(same, day)) is not None:
                return unit
        return None

    def _by_key(self, entries: Iterable[Entry[Key]]) -> dict[Key, list[Entry[Key]]]:
        """The entries of known units, by key, those that began last first."""
        found: dict[Key, list[Entry[Key]]] = {}
        for entry in entries:
            if _unit_key(entry.unit) in self._units:
                found.setdefault(entry.key, []).append(entry)
            else:
                self._unknown.add(entry.unit)
        for same in found.values():
            same.sort(key=lambda each: each.since or date.min, reverse=True)
        return found

    def _unit(self, entries: Iterable[Entry[Key]], day: date) -> int | None:
        return next((self._units[_unit_key(each.unit)] for each in entries if each.covers(day)), None)


def _prefix(network: Network) -> tuple[int, int, int]:
    """Bits of an address of its kind, bits that all its addresses share, and those bits."""
    bits, length = network.max_prefixlen, network.prefixlen
    return bits, length, int(network.network_address) >> (bits - length)


def _unit_key(name: str) -> str:
    return " ".join(name.split()).casefold()
