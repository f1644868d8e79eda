"""Moving a case through the process: the table decides, and every move is kept with its reasons."""

from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.concerns import circle, keeping, raising, seating, separation
from moothall.concerns.circle import Place
from moothall.concerns.facts import NOTHING_GIVEN, Given, appeal_is_over, facts_of
from moothall.concerns.models import Concern, Turn
from moothall.concerns.models.cases import Triage
from moothall.concerns.process import DECISIONS, CannotMove, Outcome, Part, State, Step, after
from moothall.core import clock, localtime

PASS_ON = {
    Triage.COMPLAINT: Outcome.COMPLAINT,
    Triage.SECURITY: Outcome.SECURITY,
    Triage.SAFEGUARDING: Outcome.SAFEGUARDING,
}
ENDS_AS = {
    Step.NOTHING_IN_IT: Outcome.NOTHING,
    Step.AGREE: Outcome.INFORMAL,
    Step.NO_CASE: Outcome.NO_ACTION,
}
"""Moves that have one outcome."""
NOBODY_ELSES = (Step.APPEAL, Step.CLOSE)
"""Moves that nothing about the people of the case can keep anybody from."""
NEXT = {
    State.ALLOCATED: (Part.INVESTIGATOR,),
    State.TOLD: (Part.INVESTIGATOR,),
    State.GATHERED: (Part.KEEPER, Part.DECIDER),
    State.CALLED: (Part.DECIDER, Part.PERSON),
    State.MET: (Part.DECIDER,),
    State.DECIDED: (Part.KEEPER, Part.PERSON),
    State.APPEALED: (Part.KEEPER, Part.APPEAL_OFFICER),
    State.SETTLED: (Part.KEEPER, Part.PERSON, Part.REPORTER),
}
"""Who is told when a case comes to a state."""


def _today() -> date:
    return localtime.local(clock.now()).date()


@transaction.atomic
def triage(user: User, reference: str, kind: Triage, words: str) -> None:
    """Say what kind of thing it is, and why. What is passed on is settled by that; its named contact has it at once.

    Raises ``ValidationError``, such as where nobody is named to pass it on to, and ``CannotMove``.
    """
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    concern = place.concern
    if place.state not in (State.RAISED, State.INFORMAL):
        raise ValidationError("The formal process has begun: triage is over.")
    if place.state == State.INFORMAL and kind != Triage.MISCONDUCT:
        raise ValidationError("It is being settled informally. Say there how that ended.")
    if not words.strip():
        raise ValidationError("Say why.")
    concern.triage, concern.triage_words = kind, words
    concern.save(update_fields=["triage", "triage_words"])
    circle.keep(place, "triaged", after={"as": kind.value})
    if kind == Triage.NOTHING:
        move_on(place, Step.NOTHING_IN_IT, Given(reasons=words))
    elif kind in PASS_ON:
        outcome = PASS_ON[kind]
        if raising.seat_contact(concern, outcome) is None:
            raise ValidationError(
                f"Nobody is named for “{outcome.label}”, or whoever is has a part in this. Name somebody under "
                "“Whom concerns are passed on to”."
            )
        move_on(place, Step.PASS_ON, Given(reasons=words, outcome=outcome))


@transaction.atomic
def alert(user: User, reference: str) -> None:
    """Bring in the safeguarding contact without ending the case. Raises ``ValidationError`` if there is none."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    if raising.seat_contact(place.concern, Outcome.SAFEGUARDING) is None:
        raise ValidationError("Nobody is named for safeguarding, or whoever is has a part in this.")
    circle.keep(place, "safeguarding_told")


@transaction.atomic
def make(user: User, reference: str, step: Step, given: Given = NOTHING_GIVEN) -> State:
    """Make a move. Returns the new state. Raises ``CannotMove`` with what is missing, and ``ValidationError``."""
    if step in (Step.NOTHING_IN_IT, Step.PASS_ON):
        raise CannotMove("Triage says this.")
    return move_on(circle.at(user, reference, lock=True), step, given)


def move_on(place: Place, step: Step, given: Given = NOTHING_GIVEN) -> State:
    """Make a move by the table, also as a part of another act, in a transaction in which the case is locked."""
    concern = place.concern
    source = place.state
    if step not in NOBODY_ELSES:
        _refuse_mixed_parts(concern, source)
    target = after(step, place.part, source, facts_of(concern, given))
    changed = ["state", "since", "due_on", "put_off", "reminded_on", *_outcome(concern, step, given)]
    concern.state, concern.since, concern.put_off, concern.reminded_on = target, _today(), "", None
    concern.due_on = keeping.due_on(target, concern.since)
    if target == State.SETTLED:
        concern.settled_on = concern.since
        concern.erase_on = keeping.erase_on(Outcome(concern.outcome), concern.since)
        changed += ["settled_on", "erase_on"]
    concern.save(update_fields=changed)
    Turn.objects.create(
        concern=concern,
        at=clock.now(),
        by=place.user,
        step=step,
        source=source,
        target=target,
        reasons=given.reasons,
    )
    circle.tell(concern, NEXT.get(target, ()), but=place.user)
    circle.keep(replace(place, concern=concern), step.value, after={"from": source.value, "to": target.value})
    return target


def _refuse_mixed_parts(concern: Concern, state: State) -> None:
    """Whoever came to lead the person's unit since they were named leaves the case before it goes on."""
    person = circle.holder(concern, Part.PERSON)
    here = [seat for seat in circle.seats(concern) if seat.part != Part.PERSON and circle.sees(seat, state)]
    now_here = {seat.user_id: Part(seat.part) for seat in here}
    if person and separation.problems_with(person.pk, now_here, seating.managers(concern)):
        raise CannotMove(
            "Somebody on this case leads the unit of the person by now. Name somebody else in their place."
        )


def _outcome(concern: Concern, step: Step, given: Given) -> list[str]:
    """Set the outcome that a move brings. Returns the names of the fields that changed."""
    outcome = ENDS_AS.get(step) or (Outcome(given.outcome) if given.outcome else None)
    if step in (Step.DECIDE, Step.DECIDE_APPEAL) and outcome not in DECISIONS:
        raise CannotMove("Choose an outcome.")
    if step == Step.DECIDE_APPEAL and outcome and _graver(outcome, Outcome(concern.outcome)):
        raise CannotMove("An appeal may not end with something graver than was decided.")
    if step == Step.APPEAL:
        if appeal_is_over(concern):
            raise CannotMove("The time to appeal is over.")
        concern.appeal_words = given.reasons
        return ["appeal_words"]
    if outcome is None or step not in (*ENDS_AS, Step.PASS_ON, Step.DECIDE, Step.DECIDE_APPEAL):
        return []
    concern.outcome, concern.reasons = outcome, given.reasons
    if step == Step.DECIDE:
        concern.decided_on = _today()
        return ["outcome", "reasons", "decided_on"]
    return ["outcome", "reasons"]


def _graver(one: Outcome, other: Outcome) -> bool:
    grades = list(Outcome)
    return grades.index(one) > grades.index(other)


@transaction.atomic
def waive_appeal(user: User, reference: str) -> None:
    """The person says that they will not appeal."""
    place = circle.at(user, reference, Part.PERSON, lock=True)
    if place.state != State.DECIDED:
        raise CannotMove("There is nothing to appeal against now.")
    place.concern.appeal_waived = True
    place.concern.save(update_fields=["appeal_waived"])
    circle.tell(place.concern, (Part.KEEPER,))
    circle.keep(place, "appeal_waived")


@transaction.atomic
def put_off(user: User, reference: str, until: date, why: str) -> None:
    """Give what is due a later day, with the reason for the delay. The person is told by letter."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    concern = place.concern
    if concern.due_on is None or place.state == State.DECIDED:
        raise ValidationError("Nothing is due that could be put off.")
    if not why.strip():
        raise ValidationError("Say why it takes longer.")
    if until <= max(concern.due_on, _today()):
        raise ValidationError("Choose a day after the one on which it is due.")
    concern.due_on, concern.put_off, concern.reminded_on = until, why, None
    concern.save(update_fields=["due_on", "put_off", "reminded_on"])
    circle.keep(place, "put_off", after={"until": until.isoformat()})
