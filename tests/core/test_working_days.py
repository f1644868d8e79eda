"""Working days of England and Wales, on days that everybody can look up, and by their laws."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.working_days import add_working_days, bank_holidays, is_working_day, working_days_between

DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))
NUMBERS = st.integers(-60, 60)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 12, 25),  # Christmas Day, a Friday
        date(2026, 12, 28),  # for Boxing Day, which falls on Saturday
        date(2027, 12, 27),  # for Christmas Day, which falls on Saturday
        date(2027, 12, 28),  # for Boxing Day, which falls on Sunday
        date(2022, 1, 3),  # for New Year's Day, which fell on Saturday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2027, 3, 26),  # Good Friday of the year after
        date(2026, 5, 4),  # the early May bank holiday
        date(2020, 5, 8),  # the same, moved to the Friday of VE Day
        date(2026, 5, 25),  # the spring bank holiday
        date(2022, 6, 2),  # the same, moved to a Thursday
        date(2022, 6, 3),  # the Platinum Jubilee
        date(2022, 9, 19),  # the State Funeral of Queen Elizabeth II
        date(2023, 5, 8),  # the Coronation
        date(2026, 8, 31),  # the summer bank holiday
        date(2026, 10, 3),  # a Saturday
        date(2026, 10, 4),  # a Sunday
    ],
)
def test_nobody_is_expected_at_work(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 12, 24),  # Christmas Eve
        date(2026, 12, 29),
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 7),
        date(2020, 5, 4),  # the first Monday in May, from which the holiday was moved away
        date(2022, 5, 30),  # the last Monday in May of a year in which it was moved
        date(2026, 1, 2),  # a bank holiday in Scotland alone
        date(2026, 8, 3),  # Scotland's summer bank holiday
        date(2026, 3, 17),  # St Patrick's Day, in Northern Ireland alone
        date(2026, 7, 13),  # for the Battle of the Boyne, in Northern Ireland alone
    ],
)
def test_these_are_days_like_any_other(day: date) -> None:
    assert is_working_day(day)


def test_england_and_wales_are_one() -> None:
    for year in range(2015, 2046):
        assert bank_holidays(year) == frozenset(holidays.country_holidays("GB", subdiv="WLS", years=year))


def test_the_subdivisions_are_the_ones_we_mean() -> None:
    names = holidays.country_holidays("GB").get_subdivision_aliases()
    assert names["ENG"] == ["England"]
    assert names["WLS"] == ["Wales"]


def test_counting_on_over_christmas_and_easter() -> None:
    assert add_working_days(date(2026, 12, 23), 5) == date(2027, 1, 4)  # 24, 29, 30, 31 December, 4 January
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), -1) == date(2026, 4, 2)
    assert working_days_between(date(2026, 12, 23), date(2027, 1, 4)) == 5
    assert working_days_between(date(2027, 1, 4), date(2026, 12, 23)) == -5


def test_no_day_is_the_day_itself() -> None:
    christmas = date(2026, 12, 25)
    assert add_working_days(christmas, 0) == christmas
    assert working_days_between(christmas, christmas) == 0
    assert working_days_between(christmas, date(2026, 12, 28)) == 0


@given(DAYS, NUMBERS)
def test_it_lands_on_a_working_day_that_many_away(day: date, n: int) -> None:
    there = add_working_days(day, n)
    assert n == 0 or is_working_day(there)
    between = (day + timedelta(days=number) for number in range(1, (there - day).days + 1))
    if n >= 0:
        assert working_days_between(day, there) == n == sum(map(is_working_day, between))
    else:
        assert working_days_between(there - timedelta(days=1), day - timedelta(days=1)) == -n


@given(DAYS, DAYS, DAYS)
def test_spans_add_up(a: date, b: date, c: date) -> None:
    assert working_days_between(a, b) + working_days_between(b, c) == working_days_between(a, c)
    assert working_days_between(a, b) == -working_days_between(b, a)


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_steps_add_up(day: date, first: int, then: int) -> None:
    assert add_working_days(add_working_days(day, first), then) == add_working_days(day, first + then)
