"""By when a request is acknowledged and answered, and when whoever answers is reminded. Pure; all days are ours.

Where a rule can be counted in several ways, Moothall takes the earlier day. The Information Commissioner lets a time
that ends on a weekend or a bank holiday run on to the next working day; no clock here does.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from moothall.core.working_days import add_working_days, is_working_day
from moothall.rights.states import Kind

ACKNOWLEDGE_WITHIN = timedelta(days=30)
"""Data Protection Act 2018, section 164A(3), as inserted by section 103 of the Data (Use and Access) Act 2025 and in
force from 19 June 2026: a complaint is acknowledged within 30 days. By the Information Commissioner's guidance on
complaints (2026) the first of them is the day after it came."""
ANSWER_WITHIN_MONTHS = 1
"""UK GDPR article 12(3): one month. From the day on which it came to the same date of the next month or, where that
month is too short, to its last day (the Information Commissioner's guidance on individual rights)."""
LONGER_BY_MONTHS = 2
"""The same article: by so many further months where that is necessary, if the person is told so and why within the
first."""
PROGRESS_MONTHS = 1
"""No law sets a day for the answer to a complaint: it comes "without undue delay", and the person hears how far it is
(section 164A(4) and (5)). That they hear something each month is a rule of our own."""
QUESTION_WORKING_DAYS = 5
"""A rule of our own."""
REMIND_BEFORE = timedelta(days=7)
REMIND_WORKING_DAYS_BEFORE = 1
"""The same for a question."""
REMIND_AGAIN = timedelta(days=7)
"""So often, once a clock has run out."""
REMIND_FROM, REMIND_UNTIL = time(9), time(17)
"""Reminders come on working days within these hours. A clock that runs out at night or on a Sunday runs out all the
same, and is told of when somebody is there to read it."""
KEPT_MONTHS = 24
"""A request is erased so long after its end. By then whoever asked has long been able to complain of the answer and to
turn to the Information Commissioner or a court; a rule of our own."""


class CannotTakeLonger(ValueError):
    """A time that cannot be moved on. Its text says why."""


@dataclass(frozen=True)
class Rule:
    """A clock in the words of the pages, and where it is written."""

    words: str
    source: str


RULES: dict[Kind, Rule] = {
    Kind.OBJECTION: Rule(
        "You get an answer within one month. Where it is hard to decide that can become three; then you are told why "
        "within the first.",
        "UK GDPR articles 21 and 12(3)",
    ),
    Kind.CORRECTION: Rule(
        "It is put right within one month, or you are told why not. Where it is hard to decide that can become three; "
        "then you are told why within the first.",
        "UK GDPR articles 16 and 12(3)",
    ),
    Kind.COMPLAINT: Rule(
        "You hear within 30 days that we have it, at least once a month how far it is, and what came of it without "
        "undue delay.",
        "Data Protection Act 2018, section 164A, in force from 19 June 2026; that you hear each month is our own rule",
    ),
    Kind.QUESTION: Rule("A person answers within five working days.", "our own rule"),
}


def months_after(day: date, months: int) -> date:
    """The same date so many months later or, where that month is too short, its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def first_due(kind: Kind, made_on: date) -> date:
    """The last day in time: of the acknowledgement for a complaint, of the answer for all else."""
    if kind == Kind.COMPLAINT:
        return made_on + ACKNOWLEDGE_WITHIN
    if kind == Kind.QUESTION:
        return add_working_days(made_on, QUESTION_WORKING_DAYS)
    return months_after(made_on, ANSWER_WITHIN_MONTHS)


def due_once_acknowledged(kind: Kind, due_on: date, today: date) -> date:
    """The last day in time from the acknowledgement on; it changes what a complaint waits for, and nothing else."""
    return months_after(today, PROGRESS_MONTHS) if kind == Kind.COMPLAINT else due_on


def due_if_longer(kind: Kind, made_on: date, due_on: date, today: date) -> date:
    """The last day in time, if the person is told today that it takes longer, and why. Never earlier than before.

    Raises ``CannotTakeLonger``.
    """
    if kind == Kind.COMPLAINT:
        return max(due_on, months_after(today, PROGRESS_MONTHS))
    if kind == Kind.QUESTION:
        return max(due_on, add_working_days(today, QUESTION_WORKING_DAYS))
    first, last = first_due(kind, made_on), months_after(made_on, ANSWER_WITHIN_MONTHS + LONGER_BY_MONTHS)
    if due_on > first:
        raise CannotTakeLonger("It has been given longer once, and the law allows no more. Answer it.")
    if today > first:
        raise CannotTakeLonger("The first month is over, and with it the time to say that it takes longer. Answer it.")
    return last


def remind_first(kind: Kind, due_on: date) -> date:
    """The day on which whoever answers is reminded that a clock runs out."""
    if kind == Kind.QUESTION:
        return add_working_days(due_on, -REMIND_WORKING_DAYS_BEFORE)
    return due_on - REMIND_BEFORE


def remind_next(due_on: date, today: date) -> date:
    """The day of the next reminder after today's: the day after the clock ran out, and from then on each week."""
    return due_on + timedelta(days=1) if today <= due_on else today + REMIND_AGAIN


def may_remind(here: datetime) -> bool:
    """Whether somebody is there to be reminded at this moment of our clocks."""
    return is_working_day(here.date()) and REMIND_FROM <= here.time() < REMIND_UNTIL


def last_erased(today: date) -> date:
    """The day so long ago that what ended on it, or before, is erased today."""
    return months_after(today, -KEPT_MONTHS)
