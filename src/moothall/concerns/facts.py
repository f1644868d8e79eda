"""What is true of a case now, as the table of the process asks."""

from dataclasses import dataclass
from datetime import date

from moothall.concerns import circle, keeping
from moothall.concerns.letters import OUTCOMES, LetterKind
from moothall.concerns.models import Concern, Meeting, Paper
from moothall.concerns.models.cases import Triage
from moothall.concerns.models.papers import MeetingKind, PaperKind
from moothall.concerns.process import Facts, Part, Step
from moothall.core import clock, localtime

TO_SHARE = (PaperKind.EVIDENCE, PaperKind.REPORT)
"""What the person must have before it is used."""
ENDINGS = (Step.NOTHING_IN_IT, Step.PASS_ON, Step.AGREE, Step.NO_CASE, Step.DECIDE, Step.DECIDE_APPEAL)
"""Moves that say how it ended."""
TELLS_THE_OUTCOME = (
    *OUTCOMES,
    *(LetterKind.APPEAL_OUTCOME, LetterKind.INFORMAL_IMPROVEMENT, LetterKind.INFORMAL_NOTHING, LetterKind.CLOSING),
)


@dataclass(frozen=True)
class Given:
    """What comes with a move."""

    reasons: str = ""
    outcome: str = ""
    lesson: bool = False


NOTHING_GIVEN = Given()


def facts_of(concern: Concern, given: Given = NOTHING_GIVEN) -> Facts:
    """The facts of a case, with what is given for the next move."""
    evidence = concern.papers.filter(kind__in=TO_SHARE)
    report = concern.papers.filter(kind=PaperKind.REPORT).last()
    hearing, appeal = standing_meeting(concern, MeetingKind.HEARING), standing_meeting(concern, MeetingKind.APPEAL)
    return Facts(
        triaged_as_misconduct=concern.triage == Triage.MISCONDUCT,
        reason_against_informal=bool(given.reasons.strip()),
        investigator_named=circle.holder(concern, Part.INVESTIGATOR) is not None,
        decider_named=circle.holder(concern, Part.DECIDER) is not None,
        person_named=circle.holder(concern, Part.PERSON) is not None,
        person_told=_sent(concern, LetterKind.TOLD),
        report_written=report is not None,
        speaks_for_person=bool(report and report.speaks_for.strip()),
        evidence_shared=not evidence.filter(shared_at=None).exists(),
        evidence_shared_in_time=hearing is not None and localtime.local(hearing.at).date() >= earliest_meeting(concern),
        meeting_called=_invited(concern, hearing, LetterKind.MEETING),
        companion_recorded=bool(hearing and (hearing.companion.strip() or hearing.without_companion)),
        meeting_recorded=bool(hearing and hearing.notes.strip() and hearing.at <= clock.now()),
        outcome_given=bool(given.outcome),
        reasons_given=bool(given.reasons.strip()),
        appeal_time_over=appeal_is_over(concern),
        appeal_officer_named=circle.holder(concern, Part.APPEAL_OFFICER) is not None,
        appeal_called=_invited(concern, appeal, LetterKind.APPEAL_MEETING),
        outcome_told=outcome_is_told(concern),
        appeal_heard=bool(appeal and appeal.notes.strip() and (appeal.companion.strip() or appeal.without_companion)),
        lesson_drawn=given.lesson or concern.lesson_id is not None or bool(concern.no_lesson.strip()),
    )


def standing_meeting(concern: Concern, kind: MeetingKind) -> Meeting | None:
    """The meeting of this kind that stands: the last that was not postponed."""
    return concern.meetings.filter(kind=kind, postponed_at=None).last()


def earliest_meeting(concern: Concern) -> date:
    """The first day on which the person has had all evidence for long enough; from today, if none is shared yet."""
    shared = [paper.shared_at for paper in concern.papers.filter(kind__in=TO_SHARE) if paper.shared_at]
    return keeping.earliest_meeting(localtime.local(max(shared, default=clock.now())).date())


def appeal_is_over(concern: Concern) -> bool:
    """Whether the person can appeal no more, or has said that they will not."""
    if concern.appeal_waived:
        return True
    until = appeal_until(concern)
    return until is not None and localtime.local(clock.now()).date() > until


def appeal_until(concern: Concern) -> date | None:
    """The last day to appeal; ``None`` before the person has the letter with the outcome, from which it runs."""
    decided = concern.turns.filter(step=Step.DECIDE).last()
    if decided is None:
        return None
    told = concern.papers.filter(letter__in=OUTCOMES, at__gte=decided.at).first()
    return keeping.appeal_until(localtime.local(told.at).date()) if told else None


def outcome_is_told(concern: Concern) -> bool:
    """Whether the person has a letter that tells how it ended; true also if they never knew of it."""
    if not concern.seats.filter(part=Part.PERSON, sees_from__isnull=False).exists():
        return True
    ended = concern.turns.filter(step__in=ENDINGS).last()
    letters = concern.papers.filter(letter__in=TELLS_THE_OUTCOME)
    return letters.filter(at__gte=ended.at).exists() if ended else letters.exists()


def _sent(concern: Concern, kind: LetterKind) -> bool:
    return Paper.objects.filter(concern=concern, letter=kind, shared_at__isnull=False).exists()


def _invited(concern: Concern, to: Meeting | None, kind: LetterKind) -> bool:
    """Whether the letter that invites to this meeting has been sent since it was planned."""
    sent = Paper.objects.filter(concern=concern, letter=kind, shared_at__isnull=False)
    return to is not None and sent.filter(at__gte=to.planned_at).exists()
