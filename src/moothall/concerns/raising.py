"""Raising a concern, named or in confidence."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.roles import Role
from moothall.concerns import circle, seating
from moothall.concerns.circle import Place
from moothall.concerns.keeping import due_on
from moothall.concerns.models import Concern, PassingOn, Seat
from moothall.concerns.models.cases import To
from moothall.concerns.process import Outcome, Part, State
from moothall.core import clock, localtime
from moothall.records.actions import capture

ROLE = {To.HR: Role.HR, To.MONITORING_OFFICER: Role.MONITORING_OFFICER}
KNOW_IT = (Part.REPORTER, Part.KEEPER, Part.CONTACT)
"""Whoever is one of these has it already, if they are the named contact."""
MAY_BE_CONTACT = (*KNOW_IT, Part.RECEIVER)
NOBODY = "Nobody can receive it: everybody in HR and every monitoring officer is part of it. Go to the chief executive."


@dataclass(frozen=True)
class Raised:
    """What somebody raises. ``person``: whom it is about, if they are in Moothall; ``whom``: in words."""

    about: str
    words: str
    to: str = To.HR
    where: str = ""
    whom: str = ""
    person: User | None = None
    at_risk: bool = False
    in_confidence: bool = False
    is_signal: bool = False


@transaction.atomic
def raise_concern(actor: User, raised: Raised) -> Concern:
    """Take a concern in. It reaches those to whom it is sent, but never the person, their managers or its reporter.

    Raises ``ValidationError`` if nobody could receive it.
    """
    require(actor, "concern.raise")
    if raised.person == actor:
        raise ValidationError("That is your own address. Say in words whom it is about.")
    if raised.is_signal and (raised.person or raised.whom):
        raise ValidationError("A technical signal names nobody.")
    now = clock.now()
    today = localtime.local(now).date()
    concern = Concern.objects.create(
        about=raised.about,
        to=raised.to,
        words=raised.words,
        where=raised.where,
        whom=raised.whom,
        at_risk=raised.at_risk,
        in_confidence=raised.in_confidence,
        is_signal=raised.is_signal,
        raised_at=now,
        since=today,
        due_on=due_on(State.RAISED, today),
    )
    seat = Seat.objects.create(concern=concern, user=actor, part=Part.REPORTER, since=now)
    if raised.person:
        Seat.objects.create(concern=concern, user=raised.person, part=Part.PERSON, since=now)
    if raised.at_risk:
        seat_contact(concern, Outcome.SAFEGUARDING)
    for receiver in _receivers(concern):
        Seat.objects.create(concern=concern, user=receiver, part=Part.RECEIVER, since=now)
    circle.tell(concern, (Part.RECEIVER, Part.CONTACT))
    circle.keep(Place(concern, seat, actor), "raised")
    return concern


def _receivers(concern: Concern) -> list[User]:
    """Those with the role that it was sent to; if all of these are part of it, those with the other one."""
    others = concern.seats.exclude(part__in=(Part.RECEIVER, Part.KEEPER))
    barred = {*others.values_list("user_id", flat=True), *seating.managers(concern)}
    first = To(concern.to)
    for to in (first, *(each for each in To if each != first)):
        found = User.objects.active().filter(memberships__role=ROLE[to], memberships__service=None)
        if receivers := list(found.exclude(pk__in=barred).distinct()):
            return receivers
    raise ValidationError(NOBODY)


@transaction.atomic
def receive_again(pk: int) -> bool:
    """Bring a case that nobody keeps or receives any more before those who may take it on. Whether there is anybody."""
    concern = Concern.objects.select_for_update().get(pk=pk)
    try:
        receivers = _receivers(concern)
    except ValidationError:
        return False
    now = clock.now()
    concern.seats.filter(part__in=(Part.KEEPER, Part.RECEIVER), ended_at=None).update(ended_at=now)
    for receiver in receivers:
        Seat.objects.update_or_create(
            concern=concern, user=receiver, defaults={"part": Part.RECEIVER, "since": now, "ended_at": None}
        )
    circle.tell(concern, (Part.RECEIVER,))
    capture("case.received_again", circle.ref(concern), actor=None)
    return True


def seat_contact(concern: Concern, outcome: Outcome) -> User | None:
    """Bring in the named contact at once, and return them; ``None`` if nobody is named, or they have a part in it."""
    named = PassingOn.objects.filter(outcome=outcome, user__is_active=True).select_related("user").first()
    held = concern.seats.filter(user=named.user, ended_at=None).first() if named else None
    if named is None or (held and held.part not in MAY_BE_CONTACT):
        return None
    if held and held.part in KNOW_IT:
        return named.user
    Seat.objects.update_or_create(
        concern=concern, user=named.user, defaults={"part": Part.CONTACT, "since": clock.now(), "ended_at": None}
    )
    circle.tell_people([named.user])
    return named.user
