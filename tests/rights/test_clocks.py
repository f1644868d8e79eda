"""The clocks, on days that anybody can count, and by their laws."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moothall.core.working_days import is_working_day, working_days_between
from moothall.rights import clocks
from moothall.rights.clocks import CannotTakeLonger, due_if_longer, first_due, months_after
from moothall.rights.states import Kind

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
KINDS = st.sampled_from(Kind)
IN_A_MONTH = st.sampled_from([Kind.OBJECTION, Kind.CORRECTION])


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 9, 3), 1, date(2026, 10, 3)),  # the Commissioner's own example, and a Saturday
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),  # the same date, not the last day
        (date(2026, 10, 31), 12, date(2027, 10, 31)),
    ],
)
def test_a_month_ends_on_the_same_date_or_on_the_last_of_a_shorter_month(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@pytest.mark.parametrize(
    ("kind", "made_on", "due_on"),
    [
        (Kind.OBJECTION, date(2026, 10, 6), date(2026, 11, 6)),
        (Kind.CORRECTION, date(2027, 1, 30), date(2027, 2, 28)),
        (Kind.COMPLAINT, date(2026, 6, 19), date(2026, 7, 19)),  # the first day of section 164A
        (Kind.QUESTION, date(2026, 10, 6), date(2026, 10, 13)),
        (Kind.QUESTION, date(2026, 12, 23), date(2027, 1, 4)),  # over Christmas
        (Kind.QUESTION, date(2026, 10, 10), date(2026, 10, 16)),  # asked on a Saturday
    ],
)
def test_when_each_is_due(kind: Kind, made_on: date, due_on: date) -> None:
    assert first_due(kind, made_on) == due_on


def test_a_complaint_that_was_acknowledged_is_heard_of_each_month() -> None:
    assert clocks.due_once_acknowledged(Kind.COMPLAINT, date(2026, 7, 19), date(2026, 6, 22)) == date(2026, 7, 22)
    assert clocks.due_once_acknowledged(Kind.OBJECTION, date(2026, 7, 19), date(2026, 6, 22)) == date(2026, 7, 19)


def test_two_months_more_are_three_from_the_day_on_which_it_came() -> None:
    made_on = date(2026, 11, 30)
    assert due_if_longer(Kind.OBJECTION, made_on, date(2026, 12, 30), date(2026, 12, 30)) == date(2027, 2, 28)
    with pytest.raises(CannotTakeLonger, match="The first month is over"):
        due_if_longer(Kind.OBJECTION, made_on, date(2026, 12, 30), date(2026, 12, 31))
    with pytest.raises(CannotTakeLonger, match="given longer once"):
        due_if_longer(Kind.OBJECTION, made_on, date(2027, 2, 28), date(2026, 12, 1))


@given(DAYS, st.integers(0, 24))
def test_months_are_months(day: date, months: int) -> None:
    then = months_after(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, st.integers(0, 24))
def test_who_asks_earlier_is_never_answered_later(day: date, other: date, months: int) -> None:
    first, second = sorted((day, other))
    assert months_after(first, months) <= months_after(second, months)
    for kind in Kind:
        assert first_due(kind, first) <= first_due(kind, second)


@given(KINDS, DAYS)
def test_no_first_clock_is_longer_than_31_days(kind: Kind, made_on: date) -> None:
    due_on = first_due(kind, made_on)
    assert timedelta(days=5) <= due_on - made_on <= timedelta(days=31)
    if kind == Kind.QUESTION:
        assert is_working_day(due_on)
        assert working_days_between(made_on, due_on) == clocks.QUESTION_WORKING_DAYS


@given(IN_A_MONTH, DAYS, st.integers(0, 31))
def test_the_law_gives_three_months_at_most_and_once(kind: Kind, made_on: date, after: int) -> None:
    first, today = first_due(kind, made_on), made_on + timedelta(days=after)
    assume(today <= first)
    last = due_if_longer(kind, made_on, first, today)
    assert first < last == months_after(made_on, 3)
    with pytest.raises(CannotTakeLonger):
        due_if_longer(kind, made_on, last, today)


@given(KINDS, DAYS, st.integers(0, 200))
def test_nothing_is_ever_due_earlier_because_it_takes_longer(kind: Kind, made_on: date, after: int) -> None:
    due_on, today = first_due(kind, made_on), made_on + timedelta(days=after)
    try:
        assert due_if_longer(kind, made_on, due_on, today) >= due_on
    except CannotTakeLonger:
        assert today > due_on
        assert kind in (Kind.OBJECTION, Kind.CORRECTION)


@given(KINDS, DAYS)
def test_somebody_is_reminded_before_a_clock_runs_out_and_after(kind: Kind, made_on: date) -> None:
    due_on = first_due(kind, made_on)
    before = clocks.remind_first(kind, due_on)
    assert made_on <= before < due_on
    after = clocks.remind_next(due_on, before)
    assert after == due_on + timedelta(days=1)
    assert clocks.remind_next(due_on, after) == after + timedelta(days=7)


def test_every_kind_has_its_rule_and_its_source() -> None:
    assert set(clocks.RULES) == set(Kind)
    assert all(rule.words and rule.source for rule in clocks.RULES.values())
