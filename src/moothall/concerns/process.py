"""The fair process as a table, after the ACAS Code of Practice on disciplinary and grievance procedures (2015). Pure.

Each move names who makes it, from where to where, and what must be there first. Any other move raises. The order is the
Code's: informal first; tell the person; establish the facts; a meeting with a companion; decide; appeal.
"""

from dataclasses import dataclass, fields

from django.db.models import TextChoices


class State(TextChoices):
    """Where a concern is."""

    RAISED = "raised", "Waits for triage"
    INFORMAL = "informal", "Being settled informally"
    ALLOCATED = "allocated", "People are named"
    TOLD = "told", "The person has been told"
    GATHERED = "gathered", "The facts are gathered"
    CALLED = "called", "A meeting is called"
    MET = "met", "The meeting was held"
    DECIDED = "decided", "Decided"
    APPEALED = "appealed", "Appealed"
    SETTLED = "settled", "Settled"
    CLOSED = "closed", "Closed"


class Part(TextChoices):
    """What somebody is on a case. One person is one of these on one case, and never another."""

    REPORTER = "reporter", "Raised it"
    RECEIVER = "receiver", "Receives concerns"
    KEEPER = "keeper", "Keeps the case"
    CONTACT = "contact", "It was passed on to them"
    PERSON = "person", "The person it is about"
    INVESTIGATOR = "investigator", "Investigator"
    DECIDER = "decider", "Decision maker"
    APPEAL_OFFICER = "appeal_officer", "Appeal officer"
    APPROVER_HR = "approver_hr", "Approves an opening, for HR"
    APPROVER_MO = "approver_mo", "Approves an opening, as monitoring officer"


class Outcome(TextChoices):
    """How it ended, from the lightest to the gravest; the first four never began a formal process."""

    NOTHING = "nothing", "Nothing in it"
    COMPLAINT = "complaint", "Passed on as a customer’s complaint"
    SECURITY = "security", "Passed on as a security incident"
    SAFEGUARDING = "safeguarding", "Passed on for safeguarding"
    NO_ACTION = "no_action", "No further action"
    INFORMAL = "informal", "Settled informally"
    FIRST_WARNING = "first_warning", "First written warning"
    FINAL_WARNING = "final_warning", "Final written warning"
    DISMISSAL = "dismissal", "Dismissal"


PASSED_ON = (Outcome.COMPLAINT, Outcome.SECURITY, Outcome.SAFEGUARDING)
DECISIONS = (Outcome.NO_ACTION, Outcome.FIRST_WARNING, Outcome.FINAL_WARNING, Outcome.DISMISSAL)
"""What a decision maker may decide, and an appeal officer, who may not decide anything graver than was decided."""


class Step(TextChoices):
    """The moves, as buttons say them."""

    NOTHING_IN_IT = "nothing_in_it", "Nothing in it"
    PASS_ON = "pass_on", "Pass it on"
    TALK = "talk", "Settle it informally"
    AGREE = "agree", "It is settled informally"
    ALLOCATE = "allocate", "Begin the formal process"
    TELL = "tell", "The person has been told"
    HAND_OVER = "hand_over", "Hand over the report"
    NO_CASE = "no_case", "No case to answer"
    CALL = "call", "Call the meeting"
    POSTPONE = "postpone", "Postpone the meeting"
    MEET = "meet", "The meeting was held"
    DECIDE = "decide", "Decide"
    APPEAL = "appeal", "Appeal"
    LET_STAND = "let_stand", "The decision stands"
    DECIDE_APPEAL = "decide_appeal", "Decide the appeal"
    CLOSE = "close", "Close the case"


@dataclass(frozen=True)
class Facts:
    """What is true of a case, as far as the table asks. Each has the sentence that is said where it is missing."""

    triaged_as_misconduct: bool = False
    reason_against_informal: bool = False
    investigator_named: bool = False
    decider_named: bool = False
    person_named: bool = False
    person_told: bool = False
    report_written: bool = False
    speaks_for_person: bool = False
    evidence_shared: bool = False
    evidence_shared_in_time: bool = False
    meeting_called: bool = False
    companion_recorded: bool = False
    meeting_recorded: bool = False
    outcome_given: bool = False
    reasons_given: bool = False
    appeal_time_over: bool = False
    appeal_officer_named: bool = False
    appeal_called: bool = False
    appeal_heard: bool = False
    outcome_told: bool = False
    lesson_drawn: bool = False


MISSING = {
    "triaged_as_misconduct": "Say first that it is possible misconduct, and why.",
    "reason_against_informal": "An informal way comes first. Say why it was not enough, or cannot be.",
    "investigator_named": "Name an investigator first.",
    "decider_named": "Name a decision maker first.",
    "person_named": "Say first whom it is about.",
    "person_told": "Send the person the letter that tells them, first.",
    "report_written": "Write the investigator’s report first.",
    "speaks_for_person": "Write down first what speaks for the person; that nothing was found is an answer too.",
    "evidence_shared": "Share all evidence, and the report, with the person first.",
    "evidence_shared_in_time": "The person must have the evidence five working days before. Choose a later day.",
    "meeting_called": "Send the letter that invites to the meeting first.",
    "companion_recorded": "Record who accompanied the person, or that they wanted nobody.",
    "meeting_recorded": "Record what was said at the meeting first.",
    "outcome_given": "Choose an outcome.",
    "reasons_given": "Give reasons.",
    "appeal_time_over": "The person can still appeal: their time runs from the letter that tells them the outcome.",
    "appeal_officer_named": "Name an appeal officer first.",
    "appeal_called": "Send the letter that invites to the appeal meeting first.",
    "appeal_heard": "Hold the appeal meeting, and record it, first.",
    "outcome_told": "Send the person the letter that tells them how it ended first.",
    "lesson_drawn": "Write the lesson, or say why there is none.",
}


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    step: Step
    sources: tuple[State, ...]
    target: State
    by: tuple[Part, ...]
    needs: tuple[str, ...] = ()


_FORMAL = ("triaged_as_misconduct", "investigator_named", "decider_named")

MOVES = (
    Move(Step.NOTHING_IN_IT, (State.RAISED,), State.SETTLED, (Part.KEEPER,), ("reasons_given",)),
    Move(Step.PASS_ON, (State.RAISED,), State.SETTLED, (Part.KEEPER,), ("outcome_given",)),
    Move(Step.TALK, (State.RAISED,), State.INFORMAL, (Part.KEEPER,), ("triaged_as_misconduct", "person_named")),
    Move(Step.AGREE, (State.INFORMAL,), State.SETTLED, (Part.KEEPER,), ("reasons_given",)),
    Move(
        Step.ALLOCATE,
        (State.RAISED, State.INFORMAL),
        State.ALLOCATED,
        (Part.KEEPER,),
        (*_FORMAL, "reason_against_informal"),
    ),
    Move(Step.TELL, (State.ALLOCATED,), State.TOLD, (Part.KEEPER,), ("person_named", "person_told")),
    Move(
        Step.HAND_OVER,
        (State.TOLD,),
        State.GATHERED,
        (Part.INVESTIGATOR,),
        ("report_written", "speaks_for_person"),
    ),
    Move(Step.NO_CASE, (State.ALLOCATED, State.GATHERED), State.SETTLED, (Part.KEEPER,), ("reasons_given",)),
    Move(
        Step.CALL,
        (State.GATHERED,),
        State.CALLED,
        (Part.KEEPER,),
        ("evidence_shared", "evidence_shared_in_time", "meeting_called"),
    ),
    Move(Step.POSTPONE, (State.CALLED,), State.GATHERED, (Part.KEEPER,), ("reasons_given",)),
    Move(
        Step.MEET,
        (State.CALLED,),
        State.MET,
        (Part.DECIDER, Part.KEEPER),
        ("evidence_shared", "evidence_shared_in_time", "companion_recorded", "meeting_recorded"),
    ),
    Move(
        Step.DECIDE,
        (State.MET,),
        State.DECIDED,
        (Part.DECIDER,),
        ("evidence_shared", "appeal_officer_named", "outcome_given", "reasons_given"),
    ),
    Move(Step.APPEAL, (State.DECIDED,), State.APPEALED, (Part.PERSON,), ("reasons_given",)),
    Move(Step.LET_STAND, (State.DECIDED,), State.SETTLED, (Part.KEEPER,), ("appeal_time_over",)),
    Move(
        Step.DECIDE_APPEAL,
        (State.APPEALED,),
        State.SETTLED,
        (Part.APPEAL_OFFICER,),
        ("evidence_shared", "appeal_officer_named", "appeal_called", "appeal_heard", "outcome_given", "reasons_given"),
    ),
    Move(Step.CLOSE, (State.SETTLED,), State.CLOSED, (Part.KEEPER,), ("outcome_told", "lesson_drawn")),
)


class CannotMove(Exception):
    """A move that the table does not have, or not yet. Its text says what is missing."""


def move(step: Step) -> Move:
    """The row of a step."""
    return next(each for each in MOVES if each.step == step)


def open_to(part: Part, state: State) -> list[Move]:
    """What somebody in this part may do next, whether or not everything for it is there."""
    return [each for each in MOVES if state in each.sources and part in each.by]


def missing(each: Move, facts: Facts) -> list[str]:
    """What is missing for a move, in sentences."""
    return [MISSING[name] for name in each.needs if not getattr(facts, name)]


def after(step: Step, part: Part, state: State, facts: Facts) -> State:
    """The state after a move. Raises ``CannotMove``."""
    each = move(step)
    if state not in each.sources:
        raise CannotMove(f"“{step.label}” is not the next thing here. Load the page again to see how it stands.")
    if part not in each.by:
        raise CannotMove(f"“{step.label}” is not for you to say on this case.")
    if gaps := missing(each, facts):
        raise CannotMove(" ".join(gaps))
    return each.target


_ALL = frozenset(State)
_FORMAL_STATES = _ALL - {State.RAISED, State.INFORMAL}
SEES_IN: dict[Part, frozenset[State]] = {
    Part.REPORTER: _ALL,
    Part.RECEIVER: _ALL - {State.CLOSED},
    Part.KEEPER: _ALL,
    Part.CONTACT: _ALL,
    Part.PERSON: _ALL,
    Part.INVESTIGATOR: _FORMAL_STATES - {State.SETTLED, State.CLOSED},
    Part.DECIDER: frozenset({State.GATHERED, State.CALLED, State.MET, State.DECIDED}),
    Part.APPEAL_OFFICER: frozenset({State.APPEALED}),
    Part.APPROVER_HR: _FORMAL_STATES - {State.SETTLED, State.CLOSED},
    Part.APPROVER_MO: _FORMAL_STATES - {State.SETTLED, State.CLOSED},
}
"""While what a part sees the case: nobody knows of it before they have to, or when they are done.

Receivers are on a case only while nobody keeps it.
"""

if {each.name for each in fields(Facts)} != set(MISSING):
    raise AssertionError("each fact that the table asks for needs its sentence")
