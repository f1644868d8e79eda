"""Meetings with the person: planned, postponed, and recorded with the companion."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.concerns import circle, keeping, moving
from moothall.concerns.facts import TO_SHARE, Given, earliest_meeting, standing_meeting
from moothall.concerns.models import Meeting
from moothall.concerns.models.papers import MeetingKind
from moothall.concerns.process import Part, State, Step
from moothall.core import clock, localtime

IN = {MeetingKind.HEARING: (State.GATHERED,), MeetingKind.APPEAL: (State.APPEALED,)}
"""When a meeting of each kind may be planned."""


@dataclass(frozen=True)
class Minutes:
    """What is recorded of a meeting."""

    companion: str
    without_companion: bool
    notes: str


@transaction.atomic
def plan(user: User, reference: str, at: datetime, where: str) -> Meeting:
    """Plan a meeting; the invitation is a letter of its own. A hearing leaves the person time with the evidence.

    Raises ``ValidationError``.
    """
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    kind = MeetingKind.APPEAL if place.state == State.APPEALED else MeetingKind.HEARING
    if place.state not in IN[kind]:
        raise ValidationError("No meeting can be planned now.")
    if not where.strip():
        raise ValidationError("Say where it is, or how to join it.")
    if at <= clock.now():
        raise ValidationError("Choose a time that is still to come.")
    if kind == MeetingKind.HEARING:
        if place.concern.papers.filter(kind__in=TO_SHARE, shared_at=None).exists():
            raise ValidationError("Share all evidence, and the report, with the person first.")
        first = earliest_meeting(place.concern)
        if localtime.local(at).date() < first:
            raise ValidationError(
                f"The person must have the evidence {keeping.BEFORE_A_MEETING} working days before. "
                f"The first possible day is {localtime.day_words(first)}."
            )
    now = clock.now()
    place.concern.meetings.filter(kind=kind, postponed_at=None, held_at=None).update(postponed_at=now)
    meeting = Meeting.objects.create(concern=place.concern, kind=kind, planned_at=now, at=at, place=where)
    circle.keep(place, "meeting_planned", after={"kind": kind.value})
    return meeting


@transaction.atomic
def postpone(user: User, reference: str, why: str) -> None:
    """Put off a meeting that was called: another one is planned, and invited to, instead."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    meeting = standing_meeting(place.concern, MeetingKind.HEARING)
    moving.move_on(place, Step.POSTPONE, Given(reasons=why))
    if meeting:
        Meeting.objects.filter(pk=meeting.pk).update(postponed_at=clock.now())
    circle.tell(place.concern, (Part.PERSON, Part.DECIDER))


@transaction.atomic
def record(user: User, reference: str, minutes: Minutes) -> None:
    """Record a meeting: who came along, or that nobody was wanted, and what was said. Raises ``ValidationError``."""
    place = circle.at(user, reference, Part.KEEPER, Part.DECIDER, Part.APPEAL_OFFICER, lock=True)
    kind = MeetingKind.APPEAL if place.state == State.APPEALED else MeetingKind.HEARING
    meeting = standing_meeting(place.concern, kind)
    if meeting is None or meeting.held_at or place.state not in (State.CALLED, State.APPEALED):
        raise ValidationError("There is no meeting to record, or it is recorded already.")
    if meeting.at > clock.now():
        raise ValidationError("The meeting is still to come.")
    if bool(minutes.companion.strip()) == minutes.without_companion:
        raise ValidationError("Say who accompanied the person, or that they wanted nobody: one of the two.")
    if not minutes.notes.strip():
        raise ValidationError("Write down what was said.")
    meeting.companion, meeting.without_companion = minutes.companion, minutes.without_companion
    meeting.notes, meeting.held_at = minutes.notes, clock.now()
    meeting.save(update_fields=["companion", "without_companion", "notes", "held_at"])
    circle.keep(place, "meeting_recorded", after={"kind": kind.value})
    if kind == MeetingKind.HEARING:
        moving.move_on(place, Step.MEET)
