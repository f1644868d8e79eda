"""Made-up Squid logs of a council's working days: for the example, for tests and for measuring. Knows no Django.

A log is made of sessions: somebody looks at a few pages, and each page is a document with its pictures, scripts and
fonts, from its own site and its CDN. Between them machines fetch updates and report. The same seed makes the same log.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
KNOWN = (
    ("bbc.co.uk", 0.030),
    ("gov.uk", 0.045),
    ("nhs.uk", 0.020),
    ("exampleshire.example", 0.080),
    ("office.com", 0.060),
    ("google.com", 0.050),
    ("wikipedia.org", 0.012),
    ("amazon.co.uk", 0.010),
    ("youtube.com", 0.018),
    ("facebook.com", 0.014),
    ("instagram.com", 0.006),
    ("linkedin.com", 0.006),
    ("reddit.com", 0.004),
    ("unison.org.uk", 0.002),
    ("samaritans.org", 0.0005),
    ("bet365.com", 0.001),
)
"""Well-known domains, each with its share of the page views."""
LEISURE = frozenset({"youtube.com", "facebook.com", "instagram.com", "reddit.com", "amazon.co.uk"})
"""What is looked at five times as much at lunch."""
REFUSED = frozenset({"bet365.com"})
"""What the proxy lets nobody see. Of the made-up sites it refuses one in forty."""
UNITS = (
    ("Adult Social Care", 0.20),
    ("Children's Services", 0.17),
    ("Highways", 0.12),
    ("Libraries", 0.10),
    ("Waste and Recycling", 0.09),
    ("Planning", 0.08),
    ("Customer Contact", 0.08),
    ("Revenues and Benefits", 0.07),
    ("Finance", 0.05),
    ("Digital and IT", 0.04),
)
"""Where people work, with each unit's share of them."""

WEEKDAY = (1, 1, 1, 1, 1, 2, 6, 22, 70, 92, 96, 92, 108, 94, 90, 88, 76, 38, 14, 10, 8, 6, 3, 2)
WEEKEND = (1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 8, 7, 7, 6, 5, 4, 4, 3, 3, 2, 1)
LUNCH = (12, 13)
AT_WORK = range(7, 19)
"""The hours, on weekdays, in which everybody may be there; at others one in eight."""

BLOCK = 50_000
"""About how many lines are put in order at once."""
SHAPES = 1_500
"""How many different pages of a kind there are: the pages of each site are some of them."""
LONGEST = 30.0
"""Seconds from a page's beginning to the last of its requests."""

INITIALS = "abcdefghjklmnoprstw"
SURNAMES, FIRST, SECOND = map(
    str.split,
    (
        "marsh field reed brook heath moss thorne wells lake forde stone hill dale glen combe lane ashe beck carr "
        "frost gale hurst ings kirk leigh mead nash oakes penn quill rowe shaw tarn udall vale wold yates barr croft",
        "north south east west oak ash elm birch river harbour market castle bridge mill station garden meadow silver "
        "amber bright quick little grand open blue green red white black first second new old fair long high low near",
        "gate field house press works supply travel news books tools maps cloud data mail store bank school college "
        "music film games homes motors foods health law jobs forum wiki photo video weather trains cars pets crafts",
    ),
)
"""Of which logins and made-up domains are put together."""
PATHS = (
    ("/pages/{}", "text/html"),
    ("/images/{}.png", "image/png"),
    ("/scripts/{}.js?v=3", "application/javascript"),
    ("/styles/{}.css", "text/css"),
    ("/fonts/{}.woff2", "font/woff2"),
    ("/api/items?after={}", "application/json"),
)
"""Where a site keeps things, and of what type they are; the first is a document."""
OUTCOMES = ("TCP_MISS/200", "TCP_MISS/302", "TCP_MISS/404", "TCP_MISS_ABORTED/200")
HITS = ("TCP_MEM_HIT/200", "TCP_HIT/200", "TCP_IMS_HIT/304")
"""What comes of a request that is no tunnel; hits are answered from the proxy's own store."""
SERVICES = ("updates.deskware.example", "telemetry.deskware.example", "virusguard.example", "192.0.2.44")
"""What machines speak to by themselves."""


@dataclass(frozen=True)
class Person:
    """Somebody with a login, in a unit, at a machine with an address of the unit's."""

    number: int
    login: str
    unit: str
    address: str


class _Request(NamedTuple):
    """A line's part that is the same whoever asks: it is of one of the site's ``places``, from one of its ``peers``."""

    after: float
    """Seconds from the page's beginning."""
    taken: str
    result: str
    """With bytes and method."""
    place: int
    path: str
    peer: int
    kind: str


_Page = list[_Request]
ASKED_FOR_A_NAME = _Request(0.0, "     0", "TCP_DENIED/407 4112 CONNECT", 0, "", 0, "text/html")


class _Site(NamedTuple):
    places: tuple[str, ...]
    """Where its pages' requests go: itself, its static files, its CDN, a server of adverts."""
    peers: tuple[str, str]
    """How the log names where the answer came from: the proxy itself, the site."""
    pages: Sequence[_Page]


class _Visit(NamedTuple):
    begin: float
    address: str
    user: str
    site: _Site
    page: _Page


class _Slot(NamedTuple):
    """A stretch of time, in Unix time, with the share of all lines that are promised by its end."""

    begin: float
    end: float
    share: float
    is_lunch: bool
    is_work: bool


def write(
    to: Path | BinaryIO,
    *,
    lines: int,
    seed: int,
    start: date,
    days: int = 1,
    users: int = 8_000,
    domains: int = 20_000,
    known: Sequence[tuple[str, float]] = KNOWN,
    leisure: Collection[str] = LEISURE,
    refused: Collection[str] = REFUSED,
    units: Sequence[tuple[str, float]] = UNITS,
    login: Callable[[int], str] | None = None,
) -> None:
    """Write exactly ``lines`` lines of Squid's native format, in order of time, over ``days`` days from ``start``.

    Days are those of Europe/London. ``known``: domains beside the ``domains`` made-up ones, each with its share of the
    page views, at most 1 together; ``leisure`` of them are looked at more at lunch, ``refused`` are denied; ``login``
    is as in ``people``. Memory does not grow with ``lines``. A file that comes open is left open.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing here is secret
    slots = list(_slots(start, days, lines))
    staff = _Staff(chance, people(users, units, login), _Sites(chance, domains, known, leisure, refused), slots[-1].end)
    with to.open("wb") if isinstance(to, Path) else nullcontext(to) as file:
        for block in _blocks(staff, slots, lines):
            file.write(("\n".join(block) + "\n").encode())


def people(
    users: int = 8_000, units: Sequence[tuple[str, float]] = UNITS, login: Callable[[int], str] | None = None
) -> list[Person]:
    """Those whose logins stand in the log. The first are the same however many there are.

    ``login`` makes their logins of their numbers; without it ``login_of`` does.
    """
    networks = {name: f"10.{number}" for number, (name, _) in enumerate(units, start=1)}
    found = []
    for number in range(users):
        unit = unit_of(number, units)
        address = f"{networks[unit]}.{number >> 8 & 255}.{number & 255}"
        found.append(Person(number, (login or login_of)(number), unit, address))
    return found


def unit_of(number: int, units: Sequence[tuple[str, float]] = UNITS) -> str:
    """The unit of the user with that number. Any run of numbers has each unit's share; they may add up to any sum."""
    until = list(accumulate(share for _, share in units))
    place = number * 0.6180339887498949 % 1 * until[-1]  # the golden ratio's multiples lie evenly
    return units[min(bisect_left(until, place), len(units) - 1)][0]


def login_of(number: int) -> str:
    """A login such as ``h.marsh``, ``h.marsh2`` or, for one in five, a staff number. No two are the same."""
    if number % 5 == 4:
        return str(104_000 + number)
    again, surname = divmod(number, len(SURNAMES))
    again, initial = divmod(again, len(INITIALS))
    return f"{INITIALS[initial]}.{SURNAMES[surname]}{again + 1 if again else ''}"


def domain_of(number: int) -> str:
    """The made-up registrable domain with that number; 0 is the most popular."""
    again, first = divmod(number, len(FIRST))
    name = FIRST[first] + SECOND[(first + again) % len(SECOND)]
    return f"{name}{again // len(SECOND) or ''}.{'test' if number % 10 == 9 else 'example'}"


# --- The course of the days -------------------------------------------------------------------------------------------


def _slots(start: date, days: int, lines: int) -> Iterator[_Slot]:
    """Every hour, or parts of it where it has many lines."""
    first, end = (datetime.combine(day, time(), LONDON) for day in (start, start + timedelta(days=days)))
    seconds = range(int(first.timestamp()), int(end.timestamp()), 3600)
    hours = [datetime.fromtimestamp(begin, LONDON) for begin in seconds]
    weights = [(WEEKDAY if hour.weekday() < 5 else WEEKEND)[hour.hour] for hour in hours]
    total, before = sum(weights), 0
    for hour, weight in zip(hours, weights, strict=True):
        parts = math.ceil(max(1, lines * weight / total / BLOCK))
        is_work = hour.weekday() < 5 and hour.hour in AT_WORK
        for part in range(parts):
            begin = hour.timestamp() + 3600 / parts * part
            share = (before + weight * (part + 1) / parts) / total
            yield _Slot(begin, begin + 3600 / parts, share, hour.hour in LUNCH, is_work)
        before += weight


def _blocks(staff: "_Staff", slots: Sequence[_Slot], lines: int) -> Iterator[list[str]]:
    """The lines of each slot in their order, ``lines`` in all. What a slot begins may end in the next."""
    begin_of = attrgetter("begin")
    written = promised = 0
    visits: list[_Visit] = []
    waiting: list[str] = []
    for slot in slots:
        while promised < round(lines * slot.share):
            session = staff.session(slot)
            visits += session
            promised += sum(len(visit.page) for visit in session)
        visits.sort(key=begin_of)
        begun = bisect_left(visits, slot.end, key=begin_of)
        for visit in visits[:begun]:
            waiting += _lines(visit)
        waiting.sort()  # as text is as by time: its first ten digits are the seconds until 2286
        ended = min(bisect_left(waiting, f"{slot.end:.3f}"), lines - written)
        if ended:
            yield waiting[:ended]
        written += ended
        del visits[:begun], waiting[:ended]


def _lines(visit: _Visit) -> list[str]:
    begin, address, user, (places, peers, _), page = visit
    return [
        f"{begin + after:.3f} {taken} {address} {result} {places[place]}{path} {user} {peers[peer]} {kind}"
        for after, taken, result, place, path, peer, kind in page
    ]


class _Staff:
    """Who looks at what, and when."""

    def __init__(self, chance: random.Random, everybody: Sequence[Person], sites: "_Sites", end: float) -> None:
        self._chance, self._sites = chance, sites
        self._close = end - 2 * LONGEST
        self._at_work = _Weighted(chance, [(each, chance.lognormvariate(0, 0.7)) for each in everybody])
        self._on_rota = _Weighted(chance, [(each, 1.0) for each in everybody[::8]])

    def session(self, slot: _Slot) -> list[_Visit]:
        """Somebody's pages within some minutes, or what a machine does by itself. It begins within the slot."""
        chance = self._chance
        who = (self._at_work if slot.is_work else self._on_rota).draw()
        begin = chance.uniform(slot.begin, min(slot.end, self._close))
        if chance.random() < (0.6 if slot.is_work else 0.9):
            return [self._by_itself(begin, who)]
        user, sites = self._name(who), self._sites.at_lunch if slot.is_lunch else self._sites.usual
        site, visits = sites.draw(), []
        while begin < self._close:
            visits.append(_Visit(begin, who.address, user, site, chance.choice(site.pages)))
            if chance.random() < 0.3:
                break
            begin += 4 + chance.expovariate(1 / 30)
            site = sites.draw() if chance.random() < 0.5 else site
        return visits

    def _by_itself(self, begin: float, who: Person) -> _Visit:
        """An update or a report, in somebody's name or in nobody's; at times the proxy asks for a name first."""
        chance, site = self._chance, self._chance.choice(self._sites.services)
        pick = chance.random()
        if pick < 0.1:
            return _Visit(begin, who.address, "-", site, [ASKED_FOR_A_NAME])
        return _Visit(begin, who.address, "-" if pick < 0.5 else who.login, site, chance.choice(site.pages))

    def _name(self, who: Person) -> str:
        pick = self._chance.random()
        return "-" if pick < 0.03 else f"EXAMPLESHIRE%5c{who.login}" if pick < 0.05 else who.login


_Thing = TypeVar("_Thing")


class _Weighted(Generic[_Thing]):
    """Draws things as often as their weights say."""

    def __init__(self, chance: random.Random, weighted: Sequence[tuple[_Thing, float]]) -> None:
        self._chance = chance
        self._things = [thing for thing, _ in weighted]
        self._until = list(accumulate(weight for _, weight in weighted))

    def draw(self) -> _Thing:
        return self._chance.choices(self._things, cum_weights=self._until)[0]


# --- Sites and their pages --------------------------------------------------------------------------------------------


class _Sites:
    """``usual`` and ``at_lunch`` draw what somebody looks at; ``services`` are what machines speak to."""

    def __init__(
        self,
        chance: random.Random,
        domains: int,
        known: Sequence[tuple[str, float]],
        leisure: Collection[str],
        refused: Collection[str],
    ) -> None:
        tunnels, plain = ([_page(chance, request) for _ in range(SHAPES)] for request in (_tunnel, _fetch))
        denials = [[_denial(after, "CONNECT", 0, "") for after in (0.0, 1.2, 2.9)[:number]] for number in (1, 1, 2, 3)]
        popular = [1 / number**1.05 for number in range(1, domains + 1)]  # Zipf's law
        each = (1 - sum(share for _, share in known)) / sum(popular)
        usual, at_lunch = [], []
        for number, (name, share) in enumerate(known):
            site = _site(number, name, denials if name in refused else tunnels)
            usual.append((site, share))
            at_lunch.append((site, share * 5 if name in leisure else share))
        for number, weight in enumerate(popular):
            pages = denials if number % 40 == 26 else plain if number % 4 == 3 else tunnels
            site = _site(number, domain_of(number), pages, "http://{}" if pages is plain else "{}:443")
            usual.append((site, weight * each))
            at_lunch.append((site, weight * each))
        self.usual, self.at_lunch = _Weighted(chance, usual), _Weighted(chance, at_lunch)
        talk = [[_tunnel(chance, after, 0) for after in (0.0, 0.4, 3.1)[: 1 + n % 3]] for n in range(SHAPES)]
        self.services = [_Site((f"{name}:443",), _peers(number), talk) for number, name in enumerate(SERVICES)]


def _site(number: int, domain: str, pages: Sequence[_Page], form: str = "{}:443") -> _Site:
    cdn = f"d{number:x}.edgecache{number % 12}.example"
    hosts = f"www.{domain}", f"static.{domain}", cdn, "ads.advertwheel.example"
    return _Site(tuple(form.format(host) for host in hosts), _peers(number), pages)


def _peers(number: int) -> tuple[str, str]:
    network = ("192.0.2", "198.51.100", "203.0.113")[number % 3]
    return "HIER_NONE/-", f"HIER_DIRECT/{network}.{number % 250 + 1}"


def _page(chance: random.Random, request: Callable[[random.Random, float, int], _Request]) -> _Page:
    """A document, and 3 to 30 requests in the seconds after it. Half the adverts are denied."""
    page = [request(chance, 0.0, 0)]
    for _ in range(3 + int(28 * chance.random() ** 2.5)):
        after = min(0.2 + chance.expovariate(0.5), LONGEST)
        made = request(chance, after, chance.choices((0, 1, 2, 3), (30, 30, 35, 5))[0])
        is_denied = made.place == 3 and chance.random() < 0.5
        page.append(_denial(after, made.result.split()[-1], 3, made.path) if is_denied else made)
    return page


def _tunnel(chance: random.Random, after: float, place: int) -> _Request:
    """The proxy sees where it leads, how long it is open and how much comes through."""
    taken = min(int(chance.lognormvariate(7, 1.6)), 900_000)
    return _Request(after, f"{taken:6}", f"TCP_TUNNEL/200 {_size(chance, 1_800)} CONNECT", place, "", 1, "-")


def _fetch(chance: random.Random, after: float, place: int) -> _Request:
    """Something asked for without encryption; the document if it comes first."""
    form, kind = chance.choice(PATHS[1:]) if after else PATHS[0]
    is_hit = chance.random() < 0.3
    outcome = chance.choices(HITS, (12, 8, 6))[0] if is_hit else chance.choices(OUTCOMES, (90, 6, 3, 1))[0]
    taken = chance.randrange(3) if is_hit else int(chance.lognormvariate(4.5, 1))
    method = "POST" if kind == "application/json" and chance.random() < 0.3 else "GET"
    result = f"{outcome} {_size(chance, 600)} {method}"
    return _Request(after, f"{taken:6}", result, place, form.format(chance.randrange(9_000)), 0 if is_hit else 1, kind)


def _denial(after: float, method: str, place: int, path: str) -> _Request:
    return _Request(after, "     0", f"TCP_DENIED/403 3915 {method}", place, path, 0, "text/html")


def _size(chance: random.Random, usual: int) -> int:
    """Bytes: mostly few, at times very many."""
    return min(int(usual * chance.paretovariate(1.15)), 2_000_000_000)
