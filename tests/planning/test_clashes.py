"""Too full and too empty: the arithmetic."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moothall.planning.clashes import TOO_CLOSE, Said, clashes, gaps, run_words

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
said = st.builds(
    Said,
    channel=st.integers(1, 3),
    moment=st.integers(0, 90).map(lambda minutes: TEN + timedelta(minutes=minutes)),
    post=st.integers(1, 6),
)


def test_two_posts_a_quarter_of_an_hour_apart_clash_and_both_are_marked() -> None:
    first, second, later = Said(1, TEN, 1), Said(1, TEN + TOO_CLOSE, 2), Said(1, TEN + 3 * TOO_CLOSE, 3)
    assert clashes([later, second, first]) == {first, second}


def test_no_clash_on_two_channels_or_between_the_parts_of_one_thread() -> None:
    assert clashes([Said(1, TEN, 1), Said(2, TEN, 2)]) == set()
    assert clashes([Said(1, TEN, 1), Said(1, TEN, 1), Said(1, TEN + timedelta(minutes=5), 1)]) == set()


@given(st.lists(said, max_size=25))
def test_a_clash_is_what_comparing_each_with_each_finds(plan: list[Said]) -> None:
    by_hand = {
        one
        for one in plan
        for other in plan
        if one.channel == other.channel and one.post != other.post and abs(one.moment - other.moment) <= TOO_CLOSE
    }
    assert clashes(plan) == by_hand


days_of_a_fortnight = [date(2026, 11, 24) + timedelta(days=number) for number in range(14)]
plans = st.dictionaries(st.integers(1, 4), st.sets(st.sampled_from(days_of_a_fortnight)))


@given(plans)
def test_each_day_is_either_planned_or_in_one_gap_and_no_gap_could_be_longer(planned: dict[int, set[date]]) -> None:
    found = gaps(range(1, 5), days_of_a_fortnight, planned)
    for channel in range(1, 5):
        runs = found.get(channel, [])
        in_gaps = [day for first, last in runs for day in days_of_a_fortnight if first <= day <= last]
        assert len(in_gaps) == len(set(in_gaps))
        assert set(in_gaps) | planned.get(channel, set()) == set(days_of_a_fortnight)
        assert not set(in_gaps) & planned.get(channel, set())
        for (_, last), (first, _) in pairwise(runs):
            assert first - last > timedelta(days=1)


def test_gaps_are_said_in_few_words() -> None:
    assert run_words(date(2026, 11, 24), date(2026, 11, 24)) == "Tue 24 Nov"
    assert run_words(date(2026, 11, 24), date(2026, 11, 26)) == "Tue 24 to Thu 26 Nov"
    assert run_words(date(2026, 11, 30), date(2026, 12, 1)) == "Mon 30 Nov to Tue 1 Dec"
