"""How long a case is kept, and by when each thing is due. Pure.

The ACAS Code asks for no unreasonable delay (paragraph 4); the numbers are Moothall's, and any may be put off with a
reason. Retention follows how it ended: UK GDPR, article 5(1)(e).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from moothall.concerns.process import Outcome, State
from moothall.core.working_days import add_working_days

WORKING_DAYS: Mapping[State, tuple[int, str]] = MappingProxyType(
    {
        State.RAISED: (2, "Triage"),
        State.INFORMAL: (10, "Settling it informally"),
        State.ALLOCATED: (5, "Telling the person"),
        State.TOLD: (20, "Gathering the facts"),
        State.GATHERED: (5, "Deciding whether to call a meeting"),
        State.CALLED: (15, "The meeting"),
        State.MET: (5, "The decision"),
        State.DECIDED: (10, "The person’s time to appeal"),
        State.APPEALED: (15, "Hearing and deciding the appeal"),
        State.SETTLED: (20, "The lesson"),
    }
)
"""In each state: how many working days it may last, and what is due then."""

BEFORE_A_MEETING = 5
"""So many working days before a meeting the person has all evidence."""
TO_APPEAL = 10

_SHORT = relativedelta(days=28)
KEPT: Mapping[Outcome, relativedelta] = MappingProxyType(
    {
        Outcome.NOTHING: _SHORT,
        Outcome.COMPLAINT: _SHORT,
        Outcome.SECURITY: _SHORT,
        Outcome.SAFEGUARDING: _SHORT,
        Outcome.NO_ACTION: _SHORT,
        Outcome.INFORMAL: relativedelta(months=6),
        Outcome.FIRST_WARNING: relativedelta(months=12),
        Outcome.FINAL_WARNING: relativedelta(months=24),
        Outcome.DISMISSAL: relativedelta(years=6),
    }
)
"""How long after its end a case is kept, by how it ended."""


def due_on(state: State, since: date) -> date | None:
    """By when a state is to be left that began on ``since``; ``None`` where nothing is due."""
    days, _ = WORKING_DAYS.get(state, (0, ""))
    return add_working_days(since, days) if days else None


def what_is_due(state: State) -> str:
    """What is due at the end of a state, as a heading says it."""
    return WORKING_DAYS.get(state, (0, ""))[1]


def erase_on(outcome: Outcome, ended_on: date) -> date:
    """The day on which a case that ended so is erased."""
    kept: date = ended_on + KEPT[outcome]
    return kept


def earliest_meeting(shared_on: date) -> date:
    """The first day on which a meeting may be held, if the person had the last evidence on ``shared_on``."""
    return add_working_days(shared_on, BEFORE_A_MEETING)


def appeal_until(told_on: date) -> date:
    """The last day to appeal, if the person was told the outcome on ``told_on``."""
    return add_working_days(told_on, TO_APPEAL)


def days_left(due: date, today: date) -> int:
    """Days until ``due``; negative if it is over."""
    return (due - today) // timedelta(days=1)
