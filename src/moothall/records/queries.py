"""Reading, searching and verifying records."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Q, QuerySet

from moothall.core import localtime
from moothall.records import secret
from moothall.records.chain import GENESIS, link
from moothall.records.models import ChainHead, Record

HASHED = ("number", "at", "actor_id", "actor_name", "kind", "ref", "why", "before", "after", "previous")


@dataclass(frozen=True)
class Fault:
    """Where the chain does not hold, and how."""

    number: int
    what: str


def of(ref: str) -> QuerySet[Record]:
    """The records of one thing, oldest first."""
    return Record.objects.filter(ref=ref).order_by("number")


def head() -> tuple[int, str]:
    """How many records there are and the hash of the last one. Noted elsewhere, it proves a later chain unshortened."""
    row = ChainHead.objects.filter(pk=1).first()
    return (row.number, row.hash) if row else (0, GENESIS)


def faults() -> Iterator[Fault | None]:
    """Walk the whole chain: for each record a ``Fault`` or ``None``, and last a verdict on the chain's end.

    Right while others keep records: those that came during the walk are walked as well.
    """
    number, previous = 0, GENESIS
    while True:
        begun_at = number
        for record in Record.objects.filter(number__gt=number).order_by("number").iterator(chunk_size=2000):
            yield _fault(record, number, previous)
            number, previous = record.number, record.hash
        last = head()
        if last[0] <= number or number == begun_at:
            break
    yield None if last == (number, previous) else Fault(last[0], f"the chain ends at record {number}, not at {last[0]}")


def _fault(record: Record, number: int, previous: str) -> Fault | None:
    """What is wrong with ``record``, which comes after the record ``number`` with the hash ``previous``."""
    if record.number != number + 1:
        return Fault(record.number, f"record {number + 1} is missing before it")
    if record.previous != previous:
        return Fault(record.number, "it does not follow the record before it")
    if record.hash != link(**{name: getattr(record, name) for name in HASHED}):
        return Fault(record.number, "its contents were changed")
    return None


def has_hash(known: str) -> bool:
    """Whether a hash noted earlier is still in the chain."""
    return known == GENESIS or Record.objects.filter(hash=known).exists()


# --- Searching --------------------------------------------------------------------------------------------------------

MOST_NAMES = 20
"""So many people whose names hold what was asked for are looked for one by one; more are not rare, and soon found."""


@dataclass(frozen=True)
class Filters:
    """What is looked for; what is empty narrows nothing."""

    kinds: tuple[str, ...] = ()
    who: str = ""
    """A part of a name."""
    about: tuple[str, ...] = ()
    """References, whole: any of these."""
    since: date | None = None
    until: date | None = None
    """The last day, by our clocks."""
    words: str = ""
    """In the reason."""


def search(filters: Filters, *, older_than: Record | None = None, most: int) -> list[Record]:
    """The newest records that these filters let through, at most so many; those that follow ``older_than`` if given.

    Each question to the database walks one index from its newest entry and stops when it has enough, however many
    records there are. Only ``words`` has no index: a word that is nowhere takes a walk over all that else is let
    through.
    """
    found = _narrowed(filters)
    if older_than is not None:
        before = Q(at__lt=older_than.at) | Q(number__lt=older_than.number)
        found = found.filter(before, at__lte=older_than.at)
    newest = (found.filter(each).order_by("-at", "-number").values_list("at", "number") for each in _walks(filters))
    merged = heapq.merge(*(each[:most] for each in newest), reverse=True)
    numbers = [number for _, number in islice(merged, most)]
    records = secret.shown().in_bulk(numbers)
    return [records[number] for number in numbers]


def at(number: int) -> Record | None:
    """The record with this number, if it is one of those that are shown."""
    return secret.shown().filter(number=number).first()


def _narrowed(filters: Filters) -> QuerySet[Record]:
    """What is asked for by time and words."""
    found = secret.shown()
    if filters.since:
        found = found.filter(at__gte=localtime.start_of(filters.since))
    if filters.until:
        found = found.filter(at__lt=localtime.start_of(filters.until + timedelta(days=1)))
    if filters.words:
        found = found.filter(why__icontains=filters.words)
    return found


def _walks(filters: Filters) -> list[Q]:
    """What is asked for otherwise, in parts through each of which one index goes in the order of the list."""
    of_kinds = Q(kind__in=filters.kinds) if filters.kinds else Q()
    by_name = Q(actor_name__icontains=filters.who) if filters.who else Q()
    if filters.about:
        return [Q(ref=each) & of_kinds & by_name for each in filters.about]
    if filters.who:
        names = [name for name in _everybody() if filters.who.casefold() in name.casefold()]
        few = len(names) <= MOST_NAMES
        return [Q(actor_name=name) & of_kinds for name in names] if few else [by_name & of_kinds]
    return [Q(kind=kind) for kind in filters.kinds] or [Q()]


def _everybody() -> list[str]:
    """The names of all who ever did anything: from each to the next in the index, past all records that it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE known(name) AS (
                SELECT MIN(actor_name) FROM records_record
                UNION ALL
                SELECT (SELECT MIN(actor_name) FROM records_record WHERE actor_name > known.name)
                FROM known WHERE known.name IS NOT NULL
            )
            SELECT name FROM known WHERE name IS NOT NULL
            """
        )
        return [name for (name,) in cursor.fetchall()]
