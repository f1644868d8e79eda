"""Naming the people of a case. Nobody gets two parts, and no manager of the person gets any."""

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.concerns import circle, separation
from moothall.concerns.circle import Place
from moothall.concerns.models import Concern, Seat
from moothall.concerns.process import Part, State
from moothall.core import clock

NAMED = (Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER, Part.APPROVER_HR, Part.APPROVER_MO)
"""The parts that the keeper gives."""
ROLE = {Part.APPROVER_HR: Role.HR, Part.APPROVER_MO: Role.MONITORING_OFFICER}
"""Parts that need a role."""
OVER = (State.SETTLED, State.CLOSED)


def managers(concern: Concern) -> set[int]:
    """The ids of the person's line managers: who leads their unit, or one above it, and whom the keeper has named."""
    person = concern.seats.filter(part=Part.PERSON).select_related("user__unit").first()
    return _managers(concern, person.user if person else None)


def _managers(concern: Concern, person: User | None) -> set[int]:
    found = set(concern.line_managers.values_list("pk", flat=True))
    unit, seen = person.unit if person else None, set[int]()
    while unit is not None and unit.pk not in seen:  # two changes at once may have closed a circle
        seen.add(unit.pk)
        found |= set(unit.leads.values_list("pk", flat=True))
        unit = unit.parent
    return found - {person.pk} if person else found


def live_parts(concern: Concern) -> dict[int, Part]:
    """What everybody is on the case now."""
    return {seat.user_id: Part(seat.part) for seat in circle.seats(concern)}


def parts(concern: Concern) -> dict[int, Part]:
    """What everybody is on the case, or was."""
    return {user: Part(part) for user, part in concern.seats.values_list("user_id", "part")}


def problem(concern: Concern, who: User, part: Part) -> str:
    """Why somebody may not be given a part, in a sentence; empty if they may."""
    if not who.is_active:
        return "They do not work here any more. Choose somebody else."
    if part in ROLE and ROLE[part] not in who.standing.organisation:
        return f"This takes somebody with the role “{ROLE[part].label}”."
    return separation.problem(who.pk, part, parts(concern), managers(concern))


@transaction.atomic
def name(user: User, reference: str, part: Part, who: User) -> None:
    """Give somebody a part; whoever had it leaves the case. Raises ``ValidationError``."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    if part not in NAMED or place.state in OVER:
        raise ValidationError("Nobody can be given this part now.")
    if why_not := problem(place.concern, who, part):
        raise ValidationError(why_not)
    if circle.holder(place.concern, part) == who:
        raise ValidationError("They have this part already.")
    _end(place.concern, part)
    _seat(place.concern, part, who)
    circle.tell_people([who] if circle.sees(place.concern.seats.get(user=who), place.state) else [])
    circle.keep(place, "named", after={"as": part.value})


@transaction.atomic
def name_person(user: User, reference: str, who: User) -> None:
    """Say whom it is about. Raises ``ValidationError`` if somebody on the case would then have two parts.

    They do not see the case until they are told.
    """
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    concern = place.concern
    if place.state in OVER or concern.seats.filter(part=Part.PERSON, sees_from__isnull=False).exists():
        raise ValidationError("Whom it is about cannot be changed any more.")
    current = {pk: part for pk, part in live_parts(concern).items() if part != Part.PERSON}
    if separation.problems_with(who.pk, current, _managers(concern, who)):
        raise ValidationError(
            "Somebody on this case is this person, or leads their unit. Name others in their place first; if it is "
            "you, let somebody else keep the case."
        )
    concern.seats.filter(part=Part.PERSON).delete()
    _seat(concern, Part.PERSON, who)
    circle.keep(place, "person_named")


@transaction.atomic
def name_manager(user: User, reference: str, who: User) -> None:
    """Say that somebody is the person's line manager: they can have no part in the case, and do not learn of it."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    held = live_parts(place.concern).get(who.pk)
    if held in separation.APART_FROM_THE_PERSON and held not in separation.UNTAKEN:
        raise ValidationError("They have a part in this case. Name somebody else in their place first.")
    place.concern.line_managers.add(who)
    place.concern.seats.filter(user=who, part=Part.RECEIVER).update(ended_at=clock.now())
    circle.keep(place, "manager_named")


@transaction.atomic
def take(user: User, reference: str) -> None:
    """Take a concern on: one of those who received it keeps it from now on, and the others see it no more."""
    place = circle.at(user, reference, Part.RECEIVER, lock=True)
    if circle.holder(place.concern, Part.KEEPER):
        raise ValidationError("Somebody else has just taken it.")
    if why_not := problem(place.concern, user, Part.KEEPER):
        raise ValidationError(why_not)
    _seat(place.concern, Part.KEEPER, user)
    _end(place.concern, Part.RECEIVER)
    circle.keep(Place(place.concern, place.concern.seats.get(user=user), user), "taken")


@transaction.atomic
def give_up(user: User, reference: str, to: User) -> None:
    """Let somebody else who receives concerns keep the case."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    if not to.may("concern.receive"):
        raise ValidationError("Only somebody who receives concerns can keep a case: HR, or a monitoring officer.")
    if to == user:
        raise ValidationError("You keep it already.")
    if why_not := problem(place.concern, to, Part.KEEPER):
        raise ValidationError(why_not)
    circle.keep(place, "given_up")
    _end(place.concern, Part.KEEPER)
    _seat(place.concern, Part.KEEPER, to)
    circle.tell_people([to])


def _end(concern: Concern, part: Part) -> None:
    concern.seats.filter(part=part, ended_at=None).update(ended_at=clock.now())


def _seat(concern: Concern, part: Part, who: User) -> None:
    """Seat somebody; one who only received the concern gets another part instead."""
    Seat.objects.update_or_create(
        concern=concern, user=who, defaults={"part": part, "since": clock.now(), "ended_at": None, "sees_from": None}
    )
