"""Cases in each state, made through the real actions on the working days that they take. The last of them is now."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from unittest import mock

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Role
from moothall.concerns import closing, meetings, moving, papers, posting, raising, seating
from moothall.concerns.circle import Place
from moothall.concerns.facts import Given
from moothall.concerns.letters import LetterKind
from moothall.concerns.meetings import Minutes
from moothall.concerns.models import Concern, Paper
from moothall.concerns.models.cases import About, Triage
from moothall.concerns.models.papers import Side
from moothall.concerns.process import Outcome, Part, State, Step
from moothall.concerns.raising import Raised
from moothall.core import clock, localtime
from moothall.core.working_days import add_working_days
from tests import factories

WORDS = "On Friday an account of ours called a neighbour names. Their street saw it."
GAP = re.compile(r"\[[^\[\]]*\]")
NOON = time(12)


@dataclass(frozen=True)
class Case:
    """A case and all who come to be on it; who has no seat yet is there all the same."""

    concern: Concern
    reporter: User
    keeper: User
    person: User
    investigator: User
    decider: User
    appeal_officer: User
    hr: User
    """A second one from HR, who received it too."""
    mo: User

    @property
    def reference(self) -> str:
        return self.concern.reference

    def place(self, user: User) -> Place:
        """Where somebody is on it."""
        return Place(self.concern, self.concern.seats.get(user=user), user)


# --- The clock --------------------------------------------------------------------------------------------------------


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Meanwhile it is ``moment``."""
    with mock.patch.object(clock, "now", return_value=moment):
        yield


def today() -> date:
    return localtime.local(clock.now()).date()


def noon(working_days: int) -> datetime:
    """Noon so many working days from today; before it, if negative."""
    return localtime.from_wall(add_working_days(today(), working_days), NOON)


# --- The steps --------------------------------------------------------------------------------------------------------


def letter(case: Case, kind: LetterKind) -> Paper:
    """Send a letter whose gaps are filled."""
    text = posting.draft(case.place(case.keeper), kind)
    return posting.send(case.keeper, case.reference, kind, GAP.sub("as we said", text))


def name_approvers(case: Case) -> None:
    """HR's second and the monitoring officer may approve openings."""
    seating.name(case.keeper, case.reference, Part.APPROVER_HR, case.hr)
    seating.name(case.keeper, case.reference, Part.APPROVER_MO, case.mo)


def _take(case: Case) -> None:
    seating.take(case.keeper, case.reference)


def _triage(case: Case) -> None:
    if not case.concern.seats.filter(part=Part.PERSON).exists():
        seating.name_person(case.keeper, case.reference, case.person)
    moving.triage(case.keeper, case.reference, Triage.MISCONDUCT, "If it is true, it is against the code of conduct.")


def _talk(case: Case) -> None:
    _triage(case)
    moving.make(case.keeper, case.reference, Step.TALK)


def _allocate(case: Case) -> None:
    _triage(case)
    seating.name(case.keeper, case.reference, Part.INVESTIGATOR, case.investigator)
    seating.name(case.keeper, case.reference, Part.DECIDER, case.decider)
    seating.name(case.keeper, case.reference, Part.APPEAL_OFFICER, case.appeal_officer)
    moving.make(case.keeper, case.reference, Step.ALLOCATE, Given(reasons="A talk was had before, and did not help."))


def _tell(case: Case) -> None:
    letter(case, LetterKind.TOLD)


def _gather(case: Case) -> None:
    by, reference = case.investigator, case.reference
    papers.add_evidence(by, reference, side=Side.AGAINST, title="The post", text="As it stood at ten.")
    papers.add_evidence(by, reference, side=Side.FOR, title="The rota", text="Two others were signed in.")
    papers.write_report(by, reference, text="What was found, in short.", speaks_for="They were on leave until noon.")
    moving.make(by, reference, Step.HAND_OVER)


def _call(case: Case) -> None:
    papers.share(case.keeper, case.reference)
    meetings.plan(case.keeper, case.reference, noon(6), "Town hall, room 4")
    letter(case, LetterKind.MEETING)


def _meet(case: Case) -> None:
    minutes = Minutes("Fern Hale, UNISON", without_companion=False, notes="They said who else knew the password.")
    meetings.record(case.decider, case.reference, minutes)


def _appeal(case: Case) -> None:
    letter(case, LetterKind(Concern.objects.get(pk=case.concern.pk).outcome))
    moving.make(case.person, case.reference, Step.APPEAL, Given(reasons="Nobody asked who was signed in."))


def _call_appeal(case: Case) -> None:
    meetings.plan(case.keeper, case.reference, noon(2), "Town hall, room 5")
    letter(case, LetterKind.APPEAL_MEETING)


def _hear_appeal(case: Case) -> None:
    minutes = Minutes("", without_companion=True, notes="The rota was read again.")
    meetings.record(case.appeal_officer, case.reference, minutes)


def _close(case: Case) -> None:
    letter(case, LetterKind.APPEAL_OUTCOME)
    closing.close_without_lesson(case.keeper, case.reference, "It was a plain slip.")


def _decide(outcome: Outcome) -> Callable[[Case], None]:
    given = Given(reasons="The post was theirs.", outcome=outcome)
    return lambda case: _must(moving.make(case.decider, case.reference, Step.DECIDE, given), State.DECIDED)


def _decide_appeal(outcome: Outcome) -> Callable[[Case], None]:
    given = Given(reasons="It cannot be known who wrote it.", outcome=outcome)
    return lambda case: _must(
        moving.make(case.appeal_officer, case.reference, Step.DECIDE_APPEAL, given), State.SETTLED
    )


def _must(state: State, be: State) -> None:
    assert state == be


# --- The cases --------------------------------------------------------------------------------------------------------

Stage = tuple[int, Callable[[Case], None]]
"""The working day on which a step is made, counted from the raising, and the step."""
_ALLOCATED: tuple[Stage, ...] = ((0, _take), (1, _allocate))
_GATHERED = (*_ALLOCATED, (2, _tell), (5, _gather))
_MET = (*_GATHERED, (6, _call), (13, _meet))
_FIRST_WARNING, _NO_ACTION = Outcome.FIRST_WARNING, Outcome.NO_ACTION


def _made(*stages: Stage, **raised: Any) -> Case:
    now, last = clock.now(), max([0, *(day for day, _ in stages)])
    moments = {day: now if day == last else noon(day - last) for day in (0, *(day for day, _ in stages))}
    with at(moments[0]):
        case = _raised(**raised)
    for day, step in stages:
        with at(moments[day]):
            step(case)
    case.concern.refresh_from_db()
    return case


def _raised(*, person_is_known: bool = True, **raised: Any) -> Case:
    reporter = factories.person()
    keeper, hr = factories.person((Role.HR, None)), factories.person((Role.HR, None))
    mo = factories.person((Role.MONITORING_OFFICER, None))
    unit, _ = Unit.objects.get_or_create(name="Streets and parks")
    person = factories.person(unit=unit)
    values = {"about": About.ONLINE, "words": WORDS, "person": person if person_is_known else None, **raised}
    concern = raising.raise_concern(reporter, Raised(**values))
    investigator, decider, appeal_officer = (factories.person() for _ in range(3))
    return Case(concern, reporter, keeper, person, investigator, decider, appeal_officer, hr, mo)


def raised(**raised: Any) -> Case:
    """Received by HR. Keywords are those of ``Raised``, and ``person_is_known``: whether it says whom it is about."""
    return _made(**raised)


def taken(**raised: Any) -> Case:
    """Kept by one of HR, and waiting for triage."""
    return _made((0, _take), **raised)


def informal(**raised: Any) -> Case:
    """Being talked about."""
    return _made((0, _take), (1, _talk), **raised)


def allocated(**raised: Any) -> Case:
    """Investigator, decision maker and appeal officer are named, and the person does not know of it."""
    return _made(*_ALLOCATED, **raised)


def told(**raised: Any) -> Case:
    return _made(*_ALLOCATED, (2, _tell), **raised)


def gathered(**raised: Any) -> Case:
    """The report is handed over, and not shared with the person yet."""
    return _made(*_GATHERED, **raised)


def called(**raised: Any) -> Case:
    """The person has all evidence, and an invitation to a meeting in six working days."""
    return _made(*_GATHERED, (6, _call), **raised)


def met(**raised: Any) -> Case:
    return _made(*_MET, **raised)


def decided(outcome: Outcome = _FIRST_WARNING, **raised: Any) -> Case:
    """Decided today; the letter with the outcome is still to be sent."""
    return _made(*_MET, (14, _decide(outcome)), **raised)


def appealed(outcome: Outcome = _FIRST_WARNING, **raised: Any) -> Case:
    """The person has appealed; no meeting is planned yet."""
    return _made(*_MET, (14, _decide(outcome)), (16, _appeal), **raised)


def heard(outcome: Outcome = _FIRST_WARNING, **raised: Any) -> Case:
    """The appeal was heard and waits to be decided."""
    appeal: tuple[Stage, ...] = ((16, _appeal), (17, _call_appeal), (20, _hear_appeal))
    return _made(*_MET, (14, _decide(outcome)), *appeal, **raised)


def settled(outcome: Outcome = _FIRST_WARNING, on_appeal: Outcome = _NO_ACTION, **raised: Any) -> Case:
    """The appeal is decided."""
    return _made(*_settled(outcome, on_appeal), **raised)


def closed(outcome: Outcome = _FIRST_WARNING, on_appeal: Outcome = _NO_ACTION, **raised: Any) -> Case:
    """Closed without a lesson."""
    return _made(*_settled(outcome, on_appeal), (21, _close), **raised)


def _settled(outcome: Outcome, on_appeal: Outcome) -> tuple[Stage, ...]:
    appeal: tuple[Stage, ...] = ((16, _appeal), (17, _call_appeal), (20, _hear_appeal))
    return (*_MET, (14, _decide(outcome)), *appeal, (20, _decide_appeal(on_appeal)))


MAKERS: dict[State, Callable[..., Case]] = {
    State.RAISED: taken,
    State.INFORMAL: informal,
    State.ALLOCATED: allocated,
    State.TOLD: told,
    State.GATHERED: gathered,
    State.CALLED: called,
    State.MET: met,
    State.DECIDED: decided,
    State.APPEALED: appealed,
    State.SETTLED: settled,
    State.CLOSED: closed,
}
"""For each state, who makes a case in it."""
