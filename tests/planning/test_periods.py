"""The days and hours of the calendar's pages, through both changes of the clocks."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.planning.periods import FIRST_DAY, LAST_DAY, Hour, View, clock_changes, hours, period

days = st.dates(date(2000, 2, 1), date(2100, 11, 1))
views = st.sampled_from(View)


@pytest.mark.parametrize(
    ("view", "day", "first", "last", "words"),
    [
        (View.DAY, date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24), "Tuesday 24 November 2026"),
        (View.WEEK, date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 29), "23 to 29 November 2026"),
        (View.WEEK, date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 to 3 January 2027"),
        (View.MONTH, date(2026, 11, 24), date(2026, 10, 26), date(2026, 12, 6), "November 2026"),
    ],
)
def test_a_day_a_week_and_a_month(view: View, day: date, first: date, last: date, words: str) -> None:
    found = period(view, day)
    assert (found.first, found.last, found.words) == (first, last, words)


@given(views, days)
def test_a_period_holds_its_day_and_leads_on_without_a_gap(view: View, day: date) -> None:
    found = period(view, day)
    assert found.first <= day <= found.last
    if view != View.DAY:
        assert found.first.weekday() == 0
        assert found.last.weekday() == 6
    following, earlier = period(view, found.after), period(view, found.before)
    if view == View.MONTH:
        assert following.day.month == day.month % 12 + 1
    else:
        assert following.first == found.last + timedelta(days=1)
    assert period(view, following.before).first == found.first
    assert period(view, earlier.after).first == found.first


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendar_ends_somewhere(day: date) -> None:
    for view in View:
        assert FIRST_DAY - timedelta(days=40) < period(view, day).first < LAST_DAY + timedelta(days=40)


def test_the_hour_that_comes_twice_is_there_twice() -> None:
    found = hours([date(2026, 10, 25)])
    assert len(found) == 25
    assert found[1:4] == [Hour(time(1)), Hour(time(1), True), Hour(time(2))]
    assert found[2].words == "01:00 again"


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_the_hour_that_never_comes_is_not_there(day: date) -> None:
    assert len(hours([day])) == 23
    assert Hour(time(1)) not in hours([day])


def test_a_week_has_every_hour_that_one_of_its_days_has() -> None:
    assert len(hours(period(View.WEEK, date(2026, 10, 25)).days)) == 25
    assert len(hours(period(View.WEEK, date(2026, 3, 29)).days)) == 24
    assert len(hours(period(View.WEEK, date(2026, 7, 1)).days)) == 24


def test_a_change_of_the_clocks_is_said() -> None:
    assert clock_changes([date(2026, 7, 1)]) == []
    (back,) = clock_changes(period(View.WEEK, date(2026, 10, 25)).days)
    assert "go back on Sunday 25 October 2026" in back
    (forward,) = clock_changes([date(2026, 3, 29)])
    assert "go forward on Sunday 29 March 2026" in forward
