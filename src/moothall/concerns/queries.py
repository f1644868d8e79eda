"""Reading cases for pages: what waits for whom, how it is said, and what a page shows of it.

Everything here is of cases that its reader is on: it takes a ``Place``, or a person whose places it looks up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from moothall.accounts.models import User
from moothall.concerns import circle, facts, keeping, papers, process
from moothall.concerns.circle import Place
from moothall.concerns.letters import OUTCOMES, LetterKind
from moothall.concerns.models import Concern, Meeting, Opening, Seat
from moothall.concerns.models.cases import About
from moothall.concerns.models.papers import MeetingKind
from moothall.concerns.openings import APPROVERS
from moothall.concerns.openings import STATES as ASKING
from moothall.concerns.process import Move, Part, State, Step
from moothall.core import clock, localtime

WAITS: Mapping[tuple[Part, State], str] = {
    (Part.RECEIVER, State.RAISED): "Read it, and take it on.",
    (Part.KEEPER, State.RAISED): "Say which way it goes.",
    (Part.KEEPER, State.INFORMAL): "Settle it informally, or begin the formal process.",
    (Part.KEEPER, State.ALLOCATED): "Tell the person.",
    (Part.KEEPER, State.GATHERED): "Share the evidence, and call the meeting.",
    (Part.KEEPER, State.CALLED): "The meeting is over: record it.",
    (Part.KEEPER, State.DECIDED): "Send the letter with the decision.",
    (Part.KEEPER, State.APPEALED): "Plan the appeal meeting.",
    (Part.KEEPER, State.SETTLED): "Write the lesson, and close the case.",
    (Part.INVESTIGATOR, State.ALLOCATED): "Begin to gather the facts.",
    (Part.INVESTIGATOR, State.TOLD): "Gather the facts, and write the report.",
    (Part.DECIDER, State.GATHERED): "The facts are gathered: read the report.",
    (Part.DECIDER, State.CALLED): "The meeting is over: record it.",
    (Part.DECIDER, State.MET): "Decide.",
    (Part.APPEAL_OFFICER, State.APPEALED): "Hear the appeal, and decide it.",
    (Part.PERSON, State.CALLED): "You are invited to a meeting.",
    (Part.PERSON, State.DECIDED): "Read the decision. You can appeal.",
}
"""What waits for somebody in this part while a case is in this state; some of it only at times, see ``_Times``."""
GATHERERS = (Part.INVESTIGATOR, Part.KEEPER, Part.APPEAL_OFFICER)
"""Who adds evidence."""
LET_STAND = "The time to appeal is over: let the decision stand."
TO_APPROVE = "An opening waits for your approval."
TO_SHOW = "A name was opened, and waits for you."


def _today() -> date:
    return localtime.local(clock.now()).date()


# --- Lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A case as a list shows it: without a word of it."""

    place: Place
    todo: str
    """What waits for this person; empty if nothing does."""
    is_late: bool

    @property
    def about(self) -> str:
        return str(About(self.place.concern.about).label)

    @property
    def short(self) -> str:
        """The beginning of its reference, by which two cases are told apart."""
        return self.place.concern.reference[:6]


def lines(user: User) -> list[Line]:
    """All cases that somebody sees, the latest first."""
    places = circle.places(user)
    times = _Times(places)
    return [Line(place, times.todo(place), is_late(place.concern)) for place in places]


def waiting(user: User) -> int:
    """How many cases wait for this very person. One query for whoever is on none."""
    return sum(bool(line.todo) for line in lines(user))


def is_late(concern: Concern) -> bool:
    """Whether something was due before today."""
    return concern.due_on is not None and concern.due_on < _today() and concern.state != State.CLOSED


class _Times:
    """What decides whether something waits now, read for many cases at once."""

    def __init__(self, places: Iterable[Place]) -> None:
        by_state: dict[State, list[int]] = {}
        for place in places:
            by_state.setdefault(place.state, []).append(place.concern.pk)
        meetings = Meeting.objects.filter(postponed_at=None)
        hearings = meetings.filter(kind=MeetingKind.HEARING, at__lte=clock.now())
        self._over = _ids(by_state.get(State.CALLED), hearings)
        self._appeal_called = _ids(by_state.get(State.APPEALED), meetings.filter(kind=MeetingKind.APPEAL))
        decided = (
            list(Concern.objects.filter(pk__in=by_state.get(State.DECIDED, ()))) if State.DECIDED in by_state else []
        )
        self._sent = {each.pk for each in decided if facts.appeal_until(each) is not None}
        self._appeal_over = {each.pk for each in decided if facts.appeal_is_over(each)}
        asking = [pk for state in ASKING for pk in by_state.get(state, [])]
        self._openings = list(Opening.objects.filter(concern__in=asking, refused_at=None)) if asking else []

    def todo(self, place: Place) -> str:
        """What waits for whoever this is; empty if nothing does."""
        return self._of_openings(place) or self._of_state(place)

    def _of_openings(self, place: Place) -> str:
        rows = [row for row in self._openings if row.concern_id == place.concern.pk]
        if any(can_decide(place, row) for row in rows):
            return TO_APPROVE
        return TO_SHOW if any(can_be_shown(place, row) for row in rows) else ""

    def _of_state(self, place: Place) -> str:
        concern, words = place.concern, WAITS.get((place.part, place.state), "")
        if place.state == State.CALLED and place.part != Part.PERSON:
            return words if concern.pk in self._over else ""
        if place.state == State.APPEALED and place.part == Part.KEEPER:
            return words if concern.pk not in self._appeal_called else ""
        if place.state == State.DECIDED and concern.pk in self._appeal_over:
            return LET_STAND if place.part == Part.KEEPER else ""
        if place.state == State.DECIDED and place.part == Part.KEEPER:
            return words if concern.pk not in self._sent else ""
        return words


def _ids(concerns: list[int] | None, found: "QuerySet[Any]") -> set[int]:
    return set(found.filter(concern__in=concerns).values_list("concern_id", flat=True)) if concerns else set()


# --- The frame of a case ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """What is due on a case."""

    what: str
    on: date
    is_late: bool
    why: str
    """Why it was put off; empty if it was not."""


def due(concern: Concern) -> Due | None:
    """What is due, and by when; ``None`` where nothing is."""
    if concern.due_on is None:
        return None
    return Due(keeping.what_is_due(State(concern.state)), concern.due_on, is_late(concern), concern.put_off)


def tabs(place: Place) -> dict[str, str]:
    """The pages of the case for those who work with all of it: label and name of the address."""
    if not place.is_full:
        return {}
    found = {"Overview": "case", "People": "case-people", "Papers": "case-papers", "Letters": "case-letters"}
    may_ask = place.part == Part.INVESTIGATOR and place.state in ASKING
    if place.concern.about == About.WEB_USE or may_ask or place.concern.openings.exists():
        found["Openings"] = "case-openings"
    return {**found, "Record": "case-record"}


def seats_in_order(concern: Concern) -> list[Seat]:
    """Who is on the case now, in the order in which it comes to them; without whoever raised it."""
    parts = list(Part)
    seats = circle.seats(concern).exclude(part=Part.REPORTER)
    return sorted(seats, key=lambda seat: parts.index(Part(seat.part)))


def reporter_words(place: Place) -> str:
    """Who raised it, for those who may know; the others read that it is kept in confidence."""
    if place.concern.in_confidence and place.part not in (Part.RECEIVER, Part.KEEPER):
        return "Kept in confidence"
    seat = place.concern.seats.filter(part=Part.REPORTER).select_related("user").first()
    note = " (in confidence: tell nobody)" if place.concern.in_confidence else ""
    return f"{seat.user.name}{note}" if seat else ""


# --- Next steps -------------------------------------------------------------------------------------------------------

COMES_WITH_IT = frozenset(
    {
        *("outcome_given", "reasons_given", "reason_against_informal", "lesson_drawn"),
        *("person_told", "meeting_called", "companion_recorded", "meeting_recorded"),
    }
)
"""What the page of a move asks for, and is therefore not missing before it."""
ON_PAGES_OF_THEIR_OWN: Mapping[Step, str] = {
    Step.POSTPONE: "case-postpone",
    Step.MEET: "case-minutes",
    Step.CLOSE: "case-close",
}


@dataclass(frozen=True)
class Next:
    """Something that somebody may do next."""

    label: str
    url: str
    missing: tuple[str, ...] = ()
    """What has to be there first, in sentences."""


def next_steps(place: Place) -> list[Next]:
    """What the table has for whoever this is, each with what is still missing for it."""
    moves = process.open_to(place.part, place.state)
    is_triage = place.part == Part.KEEPER and place.state == State.RAISED
    found = [Next("Say which way it goes", reverse("case-triage", args=[place.concern.reference]))] if is_triage else []
    known = facts.facts_of(place.concern) if moves else None
    for each in moves:
        if known and each.step not in (Step.NOTHING_IN_IT, Step.PASS_ON):
            found.append(Next(str(each.step.label), _address(place, each.step), missing_before(each, known)))
    return found


def missing_before(move: Move, known: process.Facts) -> tuple[str, ...]:
    """What must be there before the page of a move is of any use."""
    needed = [name for name in move.needs if name not in COMES_WITH_IT and not getattr(known, name)]
    return tuple(process.MISSING[name] for name in needed)


def _address(place: Place, step: Step) -> str:
    reference = place.concern.reference
    if step == Step.TELL:
        return reverse("case-write-letter", args=[reference, LetterKind.TOLD])
    if step == Step.CALL:
        planned = facts.standing_meeting(place.concern, MeetingKind.HEARING)
        if planned is None:
            return reverse("case-meeting", args=[reference])
        return reverse("case-write-letter", args=[reference, LetterKind.MEETING])
    if name := ON_PAGES_OF_THEIR_OWN.get(step):
        return reverse(name, args=[reference])
    return reverse("case-move", args=[reference, step])


def also(place: Place) -> list[Next]:
    """What else whoever this is can do now, beside the next step."""
    part, state = place.part, place.state
    is_called = state == State.APPEALED and facts.standing_meeting(place.concern, MeetingKind.APPEAL) is not None
    is_due = place.concern.due_on is not None and state != State.DECIDED  # the time to appeal is not ours to move
    may = {
        ("Add evidence", "case-add-evidence"): part in GATHERERS and state in papers.GATHERING,
        ("Write the report", "case-report"): part == Part.INVESTIGATOR and state == State.TOLD,
        ("Ask for a name", "case-ask-opening"): part == Part.INVESTIGATOR and state in ASKING,
        ("Plan the meeting", "case-meeting"): part == Part.KEEPER and state in (State.GATHERED, State.APPEALED),
        ("Record the appeal meeting", "case-minutes"): part in (Part.KEEPER, Part.APPEAL_OFFICER) and is_called,
        ("Put off what is due", "case-put-off"): part == Part.KEEPER and is_due,
    }
    return [Next(label, reverse(name, args=[place.concern.reference])) for (label, name), is_so in may.items() if is_so]


USUAL_LETTERS: Mapping[State, tuple[LetterKind, ...]] = {
    State.RAISED: (LetterKind.ACKNOWLEDGEMENT, LetterKind.PRECAUTION),
    State.INFORMAL: (
        LetterKind.INFORMAL_INVITATION,
        LetterKind.INFORMAL_IMPROVEMENT,
        LetterKind.INFORMAL_NOTHING,
    ),
    State.ALLOCATED: (LetterKind.TOLD, LetterKind.PRECAUTION, LetterKind.DELAY),
    State.TOLD: (LetterKind.DELAY, LetterKind.PRECAUTION),
    State.GATHERED: (LetterKind.MEETING, LetterKind.DELAY),
    State.CALLED: (LetterKind.DELAY,),
    State.MET: (LetterKind.DELAY,),
    State.DECIDED: (*OUTCOMES, LetterKind.APPEAL_RIGHT),
    State.APPEALED: (LetterKind.APPEAL_MEETING, LetterKind.DELAY),
    State.SETTLED: (LetterKind.APPEAL_OUTCOME, LetterKind.NO_ACTION, LetterKind.CLOSING),
    State.CLOSED: (LetterKind.CLOSING,),
}
"""The letters that are usually written in a state."""

# --- For who raised it, and for the person ----------------------------------------------------------------------------


def words_for_reporter(state: State) -> str:
    """Where it is, as far as whoever raised it is told: what came of it for somebody else is not theirs to know."""
    if state == State.RAISED:
        return "Received"
    return "Settled" if state in (State.SETTLED, State.CLOSED) else "Being looked into"


_GATHERING = (
    "The facts are being gathered. Nothing has been decided.",
    "You will be asked how you see it. Hand in whatever speaks for you, and name people to ask.",
)
WORDS_FOR_PERSON: Mapping[State, tuple[str, str]] = {
    State.RAISED: (
        "A concern was raised. No judgement has been made.",
        "Somebody says which way it goes.",
    ),
    State.INFORMAL: ("It is being settled informally.", "You talk about it. No warning can come of such a talk."),
    State.ALLOCATED: _GATHERING,
    State.TOLD: _GATHERING,
    State.GATHERED: (
        "The facts are gathered. Nothing has been decided.",
        "You get all papers. Either there is no case to answer, and it ends; or you are invited to a meeting, at least "
        "five working days after you have the papers.",
    ),
    State.CALLED: (
        "You are invited to a meeting. Nothing has been decided.",
        "Read the papers, and choose who comes along. You can still hand something in.",
    ),
    State.MET: ("The meeting was held.", "You get the decision in writing, with its reasons."),
    State.DECIDED: ("It is decided.", "Read the letter. You can appeal, to somebody who had no part in it so far."),
    State.APPEALED: (
        "You have appealed.",
        "You are invited to a meeting with the appeal officer. What is decided cannot get graver by an appeal.",
    ),
    State.SETTLED: ("It is settled.", "There is nothing that you need to do."),
    State.CLOSED: ("It is closed.", "There is nothing that you need to do."),
}
"""Where it stands, and what happens next."""


def appeal_until(concern: Concern) -> date | None:
    """The last day to appeal, while there is a decision that can be appealed against."""
    if concern.state != State.DECIDED or facts.appeal_is_over(concern):
        return None
    return facts.appeal_until(concern)


# --- Openings ---------------------------------------------------------------------------------------------------------


def can_decide(place: Place, row: Opening) -> bool:
    """Whether this opening waits for the approval of whoever this is."""
    field = APPROVERS.get(place.part)
    if field is None or place.state not in ASKING or row.refused_at or row.opened_at:
        return False
    return getattr(row, f"{field}_id") is None


def can_be_shown(place: Place, row: Opening) -> bool:
    """Whether its name waits to be shown to whoever this is."""
    is_there = row.opened_at is not None and row.shown_at is None and not _has_expired(row)
    return is_there and place.part == Part.INVESTIGATOR


def opening_words(row: Opening) -> str:
    """Where an opening is."""
    if row.refused_at:
        return "Refused"
    if row.shown_at:
        return "The name was shown once"
    if row.opened_at:
        return "Nobody looked at the name in time: it is gone" if _has_expired(row) else "The name waits to be shown"
    if row.hr_id and row.mo_id:
        return "The approvals are too old" if _has_expired(row) else "Approved: waits for the key"
    left = [words for given, words in ((row.hr_id, "HR"), (row.mo_id, "the monitoring officer")) if not given]
    return f"Waits for the approval of {' and '.join(left)}"


def waits_for_key(row: Opening) -> bool:
    """Whether it is approved, and two holders can bring their shares now."""
    approved = row.hr_id is not None and row.mo_id is not None and not row.refused_at
    return approved and row.opened_at is None and not _has_expired(row)


def _has_expired(row: Opening) -> bool:
    return row.expires_at is not None and row.expires_at <= clock.now()


# --- The record -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of a case's record."""

    at: Any
    who: str
    part: str
    what: str
    is_refused: bool = False


def record_of(concern: Concern) -> list[Entry]:
    """Who looked, who did what, and who was refused a look, the latest first."""
    known = [(record.number, _entry(record)) for record in circle.records(concern)]
    refused = [
        (record.number, Entry(record.at, record.actor_name, "", "Asked for this case, and was refused", True))
        for record in circle.refused_looks(concern)
    ]
    return [entry for _, entry in sorted([*known, *refused], key=lambda pair: pair[0], reverse=True)]


def _entry(record: Any) -> Entry:
    part = record.after.get("part", "")
    page = str(record.after.get("page", "")).removeprefix("case").strip("-").replace("-", " ")
    what = f"Looked: {page or 'the first page'}" if record.kind == "case.looked" else record.words
    label = str(Part(part).label) if part in Part.values else ""
    named = record.actor_name if record.actor_id or not label else ""
    return Entry(record.at, named, label, what)
