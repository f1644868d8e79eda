"""The next free slot: never past, never taken, in order, and right when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import localtime
from moothall.publishing import slots

minutes = st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0))
weeks = st.lists(st.tuples(st.integers(0, 6), minutes), min_size=1, max_size=12, unique=True)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
around_changes = st.sampled_from(
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
).flatmap(lambda change: st.timedeltas(timedelta(days=-2), timedelta(hours=3)).map(lambda away: change + away))

SUNDAY = 6
HALF_PAST_ONE = time(1, 30)


@given(weeks, moments | around_changes)
def test_slots_come_after_now_strictly_in_order_at_their_times(week: list[tuple[int, time]], now: datetime) -> None:
    before = now
    for moment in islice(slots.coming(week, now), 30):
        assert moment > before
        before = moment
        here = localtime.local(moment)
        jumped = here - timedelta(hours=1)
        assert (here.weekday(), here.time()) in week or (here.weekday(), jumped.time()) in week


@given(weeks, moments | around_changes)
def test_every_slot_of_every_day_comes_once(week: list[tuple[int, time]], now: datetime) -> None:
    found = list(slots.coming(week, now, days=15))
    first = localtime.local(now).date() + timedelta(days=1)
    for offset in range(14):
        day = first + timedelta(days=offset)
        on_the_day = [each for each in found if localtime.local(each).date() == day]
        times = {at for weekday, at in week if weekday == day.weekday()}
        if len(localtime.hours_of(day)) == 23:  # 01:30 and 02:30 are one moment that night
            times = {at if at.hour != 1 else at.replace(hour=2) for at in times}
        assert len(on_the_day) == len(times)


@given(weeks, moments | around_changes, st.sets(st.integers(0, 20)))
def test_the_next_free_slot_is_the_first_that_is_not_taken(
    week: list[tuple[int, time]], now: datetime, numbers: set[int]
) -> None:
    first = list(islice(slots.coming(week, now), 22))
    taken = {first[number] for number in numbers}
    free = slots.first_free(week, taken, now)
    assert free == next(each for each in first if each not in taken)


def test_a_channel_without_slots_or_with_all_of_a_year_taken_has_none() -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert slots.first_free([], set(), now) is None
    every_monday = [(0, time(9))]
    assert slots.first_free(every_monday, set(slots.coming(every_monday, now)), now) is None


def test_a_slot_in_the_hour_that_comes_twice_is_its_first_coming_and_comes_once() -> None:
    found = list(islice(slots.coming([(SUNDAY, HALF_PAST_ONE)], datetime(2026, 10, 24, 12, tzinfo=UTC)), 2))
    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 11, 1, 1, 30, tzinfo=UTC)]
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert next(slots.coming([(SUNDAY, HALF_PAST_ONE)], between)) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_a_slot_in_the_hour_that_never_comes_is_as_far_behind_the_jump(day: date) -> None:
    before = localtime.start_of(day - timedelta(days=1))
    found = next(slots.coming([(SUNDAY, HALF_PAST_ONE)], before))
    assert found == localtime.from_wall(day, time(2, 30))


def test_two_slots_that_fall_together_that_night_are_one_moment() -> None:
    week = [(SUNDAY, HALF_PAST_ONE), (SUNDAY, time(2, 30))]
    found = list(islice(slots.coming(week, datetime(2026, 3, 28, 12, tzinfo=UTC)), 3))
    assert [f"{localtime.local(each):%d %H:%M}" for each in found] == ["29 02:30", "05 01:30", "05 02:30"]
