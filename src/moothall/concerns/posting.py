"""Letters: drafted from a template, changed by hand, sent, and then never changed."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from moothall.accounts.models import User
from moothall.concerns import circle, keeping, letters, moving
from moothall.concerns.circle import Place
from moothall.concerns.facts import appeal_until, standing_meeting
from moothall.concerns.letters import OUTCOMES, Facts, LetterKind
from moothall.concerns.models import Concern, Paper, Seat
from moothall.concerns.models.papers import MeetingKind, PaperKind
from moothall.concerns.papers import TO_REPORTER
from moothall.concerns.process import Outcome, Part, State, Step
from moothall.core import clock, council, localtime

MOVES_ON = {
    (LetterKind.TOLD, State.ALLOCATED): Step.TELL,
    (LetterKind.MEETING, State.GATHERED): Step.CALL,
}
"""What sending a letter brings about."""


FORMAL = frozenset(State) - {State.RAISED, State.INFORMAL}
SENT_IN = {
    LetterKind.INFORMAL_INVITATION: {State.INFORMAL},
    LetterKind.INFORMAL_IMPROVEMENT: {State.INFORMAL, State.SETTLED},
    LetterKind.INFORMAL_NOTHING: {State.INFORMAL, State.SETTLED},
    LetterKind.TOLD: {State.ALLOCATED},
    LetterKind.PRECAUTION: FORMAL - {State.SETTLED, State.CLOSED},
    LetterKind.MEETING: {State.GATHERED},
    LetterKind.DELAY: FORMAL - {State.ALLOCATED, State.SETTLED, State.CLOSED},
    LetterKind.APPEAL_RIGHT: {State.DECIDED},
    LetterKind.APPEAL_MEETING: {State.APPEALED},
    LetterKind.APPEAL_OUTCOME: {State.SETTLED},
    LetterKind.CLOSING: {State.SETTLED, State.CLOSED},
}
"""In which states a letter is sent; one that is not named here, in any. Those with an outcome have their own rules."""


def to_whom(place: Place, kind: LetterKind) -> User:
    """Whom a letter of this kind goes to. Raises ``ValidationError`` if nobody is named yet."""
    part = Part.REPORTER if kind in TO_REPORTER else Part.PERSON
    found = circle.holder(place.concern, part)
    if found is None:
        raise ValidationError("Say first whom it is about: a letter needs somebody to go to.")
    return found


def draft(place: Place, kind: LetterKind) -> str:
    """The letter as the template and the case make it, with what is still missing in square brackets."""
    return letters.draft(kind, facts_for(place, kind))


def facts_for(place: Place, kind: LetterKind) -> Facts:
    """What is known of the case that a letter of this kind may say. The rest is for the keeper to fill in."""
    concern = place.concern
    is_appeal = kind in (LetterKind.APPEAL_MEETING, LetterKind.APPEAL_OUTCOME)
    meeting = standing_meeting(concern, MeetingKind.APPEAL if is_appeal else MeetingKind.HEARING)
    report = concern.papers.filter(kind=PaperKind.REPORT).last()
    papers = concern.papers.filter(kind__in=(PaperKind.EVIDENCE, PaperKind.REPORT), shared_at__isnull=False)
    return Facts(
        **_about_people(place, kind),
        **_about_days(concern),
        council=council.current().name,
        contact=f"{place.user.name}, {place.user.email}",
        evidence=tuple(paper.title for paper in papers),
        meeting_when=localtime.words(meeting.at) if meeting else "",
        meeting_where=meeting.place if meeting else "",
        outcome=Outcome(concern.outcome).label if concern.outcome else "",
        reasons=concern.reasons,
        grounds=concern.appeal_words,
        delay_reason=concern.put_off,
        delayed=keeping.what_is_due(place.state) if concern.put_off else "",
        in_favour=report.speaks_for if report else "",
        reference=concern.reference,
        appeal_how=settings.SITE_URL + reverse("case", args=[concern.reference]),
    )


def _about_people(place: Place, kind: LetterKind) -> dict[str, str]:
    def who(part: Part) -> str:
        found = circle.holder(place.concern, part)
        return ", ".join(filter(None, (found.name, found.job_title))) if found else ""

    return {
        "addressee": to_whom(place, kind).name,
        "from_name": place.user.name,
        "from_role": place.user.job_title,
        "investigator": who(Part.INVESTIGATOR),
        "decided_by": who(Part.DECIDER),
        "appeal_to": who(Part.APPEAL_OFFICER),
    }


def _about_days(concern: Concern) -> dict[str, str]:
    """The days that are known. When the papers are erased follows from the outcome, and is told before the end."""
    today = localtime.local(clock.now()).date()
    appeal = concern.turns.filter(step=Step.APPEAL).last()
    outcome = Outcome(concern.outcome) if concern.outcome else None
    erased = concern.erase_on or (keeping.erase_on(outcome, today) if outcome else None)
    days = {
        "date": today,
        "raised_on": localtime.local(concern.raised_at).date(),
        "facts_by": keeping.due_on(State.TOLD, today),
        "decided_on": concern.decided_on,
        "appeal_by": appeal_until(concern) or keeping.appeal_until(today),
        "appealed_on": localtime.local(appeal.at).date() if appeal else None,
        "new_date": concern.due_on if concern.put_off else None,
        "closed_on": concern.settled_on,
        "erased_on": erased,
    }
    return {name: localtime.day_words(day) for name, day in days.items() if day}


def out_of_place(place: Place, kind: LetterKind) -> str:
    """Why a letter of this kind cannot be sent now, in a sentence; empty if it can."""
    concern, state = place.concern, place.state
    if kind in OUTCOMES:
        undecided = state == State.SETTLED and concern.decided_on is None
        in_time = state == State.DECIDED or (undecided and kind == LetterKind.NO_ACTION)
        return "" if in_time and kind.value == concern.outcome else "This is not how it was decided."
    if state not in SENT_IN.get(kind, frozenset(State)):
        return "This letter has no place where the case is now."
    return ""


@transaction.atomic
def send(user: User, reference: str, kind: LetterKind, text: str) -> Paper:
    """Send a letter: it stands on its reader's page, who gets a neutral notice. A first letter tells the person.

    Raises ``ValidationError`` while it has gaps or lacks what it must say, and ``CannotMove`` where it would bring
    about what cannot be yet.
    """
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    if why_not := out_of_place(place, kind):
        raise ValidationError(why_not)
    if problems := letters.problems(kind, text):
        raise ValidationError(problems)
    reader, now = to_whom(place, kind), clock.now()
    letter = Paper.objects.create(
        concern=place.concern,
        kind=PaperKind.LETTER,
        letter=kind,
        title=kind.label,
        text=text,
        by=user,
        at=now,
        shared_at=now,
    )
    if kind not in TO_REPORTER:
        Seat.objects.filter(concern=place.concern, user=reader, sees_from=None).update(sees_from=now)
    circle.keep(place, "letter_sent", after={"letter": kind.value})
    if kind in OUTCOMES and place.state == State.DECIDED:
        Concern.objects.filter(pk=place.concern.pk).update(due_on=appeal_until(place.concern))
    if step := MOVES_ON.get((kind, place.state)):
        moving.move_on(place, step)
    circle.tell_people([reader])
    return letter
