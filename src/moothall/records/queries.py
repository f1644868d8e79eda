"""Reading and verifying records."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

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
