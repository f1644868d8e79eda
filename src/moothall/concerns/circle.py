"""Who is on a case, what they see of it, and the record of it. Nobody else learns that there is one.

Everything about a case is read and written through ``at``, which finds it for somebody who is on it and for nobody
else. A reference that is not theirs and one that does not exist end in the same way: ``NotHere``, and the same record.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from moothall.accounts import actions as account_actions
from moothall.accounts.models import Notice, User
from moothall.concerns.models import Concern, Seat
from moothall.concerns.process import SEES_IN, Part, State
from moothall.core.sealed_text import SealedTextField
from moothall.records import queries as record_queries
from moothall.records.actions import capture
from moothall.records.models import Record

NOTICE = "Something waits for you under Concerns."
"""What e-mails and notices say: nothing. They may be read by others."""
REFUSED = "access.refused"
SEALED = [f"concern__{field.name}" for field in Concern._meta.concrete_fields if isinstance(field, SealedTextField)]
"""What a list of cases has no need to open."""
HIDES_ITS_READER = (Part.PERSON, Part.REPORTER)
"""Their looks and acts are on record without their names: a record stays when the case is erased."""
FULL = (Part.KEEPER, Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER)
"""Who works with the whole case."""


class NotHere(Exception):
    """No case with this reference is here for them."""


class NotYours(Exception):
    """Somebody on the case tried what is for others on it to do. Its text says so."""


@dataclass(frozen=True)
class Place:
    """Somebody's place at a case."""

    concern: Concern
    seat: Seat
    user: User

    @property
    def part(self) -> Part:
        return Part(self.seat.part)

    @property
    def state(self) -> State:
        return State(self.concern.state)

    @property
    def is_full(self) -> bool:
        return self.part in FULL


def sees(seat: Seat, state: State) -> bool:
    """Whether a seat lets see the case while it is in ``state``."""
    if seat.ended_at is not None or state not in SEES_IN[Part(seat.part)]:
        return False
    return seat.part != Part.PERSON or seat.sees_from is not None


def places(user: User) -> list[Place]:
    """All cases that ``user`` sees, the latest first."""
    seats = Seat.objects.filter(user=user, ended_at=None).select_related("concern").order_by("-concern__raised_at")
    seats = seats.defer(*SEALED)
    return [Place(seat.concern, seat, user) for seat in seats if sees(seat, State(seat.concern.state))]


def at(user: User, reference: str, *parts: Part, lock: bool = False) -> Place:
    """The case, for somebody who sees it, in one of ``parts`` if any are given.

    With ``lock``, inside a transaction, its row is held until the end: whoever changes a case does so one by one.
    Raises ``NotHere`` and, for one who is on the case in another part, ``NotYours``.
    """
    concerns = Concern.objects.select_for_update() if lock else Concern.objects.all()
    concern = concerns.filter(reference=reference).first()
    seat = Seat.objects.filter(concern=concern, user=user).first() if concern and user.is_active else None
    if concern is None or seat is None or not sees(seat, State(concern.state)):
        raise NotHere
    if parts and seat.part not in parts:
        raise NotYours("That is for others on this case to do.")
    return Place(concern, seat, user)


def keep_refused(user: User, reference: str) -> None:
    """Keep a record of a look at a case that is not theirs, or that there is not: nobody can tell which by it."""
    capture(REFUSED, "concerns", actor=user, after={"asked": _mark(reference)})


def _mark(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


def seats(concern: Concern) -> QuerySet[Seat]:
    """Those who are on the case now."""
    return concern.seats.filter(ended_at=None).select_related("user")


def holder(concern: Concern, part: Part) -> User | None:
    """Who is this on the case now."""
    seat = seats(concern).filter(part=part).first()
    return seat.user if seat else None


def ref(concern: Concern) -> str:
    """What records call a case."""
    return f"case:{concern.reference}"


def keep(place: Place, verb: str, *, after: Mapping[str, Any] | None = None) -> None:
    """Keep a record of an act on a case. It is read by those on the case alone, and holds no word of it."""
    actor = None if place.part in HIDES_ITS_READER else place.user
    capture(f"case.{verb}", ref(place.concern), actor=actor, after={"part": place.part.value, **(after or {})})


def keep_look(place: Place, page: str) -> None:
    """Keep a record that somebody looked."""
    keep(place, "looked", after={"page": page})


def records(concern: Concern) -> QuerySet[Record]:
    """Who looked and who did what, oldest first."""
    return record_queries.of(ref(concern))


def refused_looks(concern: Concern) -> QuerySet[Record]:
    """Looks at this case by people who are not on it."""
    return Record.objects.filter(kind=REFUSED, ref="concerns", after__asked=_mark(concern.reference))


def tell(concern: Concern, parts: Iterable[Part], *, but: User | None = None) -> None:
    """Tell those on the case who see it that something waits, in words that tell nobody anything."""
    wanted = set(parts)
    people = [
        seat.user
        for seat in seats(concern)
        if seat.part in wanted and seat.user != but and sees(seat, State(concern.state))
    ]
    tell_people(people)


def tell_people(people: Iterable[User]) -> None:
    """The same, for people. Whoever has not read the last such notice gets no other."""
    waiting = {person.pk: person for person in people}
    have = Notice.objects.filter(user__in=waiting, text=NOTICE, read_at=None).values_list("user_id", flat=True)
    for pk in set(have):
        del waiting[pk]
    account_actions.notify(waiting.values(), NOTICE, reverse("concerns"))
