"""Moments as people read and choose them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from moothall.core import localtime

NOW = datetime(2026, 10, 6, 13, 30, tzinfo=UTC)


def test_words_name_the_zone() -> None:
    assert localtime.words(NOW) == "Tuesday 6 October 2026, 14:30 (UK time)"
    assert localtime.short(NOW) == "6 Oct 2026, 14:30"


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=30), "in less than a minute"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=3, minutes=59), "in 3 hours"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=40), "15 Nov 2026, 13:30"),
    ],
)
def test_relative(away: timedelta, expected: str) -> None:
    assert localtime.relative(NOW + away, NOW) == expected


def test_summer_and_winter() -> None:
    assert localtime.from_wall(date(2026, 7, 1), time(9)) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert localtime.from_wall(date(2026, 12, 1), time(9)) == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first() -> None:
    assert localtime.from_wall(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_that_never_comes_is_refused() -> None:
    with pytest.raises(localtime.NoSuchTime) as refused:
        localtime.from_wall(date(2027, 3, 28), time(1, 30))
    assert refused.value.instead.time() == time(2, 30)


def test_words_tell_the_two_hours_apart_when_the_clocks_go_back() -> None:
    half_past_one = [localtime.words(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)]
    assert half_past_one == [
        "Sunday 25 October 2026, 01:30 (UK time, before the clocks go back)",
        "Sunday 25 October 2026, 01:30 (UK time, after the clocks go back)",
    ]
    assert localtime.words(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) == "Sunday 29 March 2026, 02:30 (UK time)"


def test_either_of_two_hours_can_be_chosen() -> None:
    day, half_past = date(2026, 10, 25), time(1, 30)
    assert localtime.comes_twice(day, half_past)
    assert localtime.from_wall(day, half_past, second=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_second_of_one_hour_is_the_hour_itself() -> None:
    for day in (date(2026, 10, 25), date(2026, 3, 29), date(2026, 7, 1)):
        assert not localtime.comes_twice(day, time(2, 30))
        assert localtime.from_wall(day, time(2, 30), second=True) == localtime.from_wall(day, time(2, 30))


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_no_hour_that_is_jumped_over_is_found_by_asking_for_its_second_coming(day: date) -> None:
    assert not localtime.comes_twice(day, time(1, 30))
    with pytest.raises(localtime.NoSuchTime):
        localtime.from_wall(day, time(1, 30), second=True)


@pytest.mark.parametrize(
    ("day", "number", "third"),
    [
        (date(2026, 7, 1), 24, "02:00"),
        (date(2026, 10, 25), 25, "01:00"),
        (date(2026, 3, 29), 23, "03:00"),
    ],
)
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day: date, number: int, third: str) -> None:
    hours = localtime.hours_of(day)
    assert len(hours) == number
    assert f"{localtime.local(hours[2]):%H:%M}" == third
    assert localtime.start_of(day) == hours[0]
    assert localtime.start_of(day + timedelta(days=1)) == hours[-1] + timedelta(hours=1)
