"""The arithmetic of the budget, against one that is slow and plainly right."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.events import budget
from moothall.events.budget import Load, Room, Stretch
from moothall.networks.base import Account, LimitsRates, Rate
from moothall.networks.registry import network

START = datetime(2027, 10, 30, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOADS = st.lists(
    st.builds(lambda minute, uploads: Load(START + minute * MINUTE, uploads), st.integers(0, 90), st.integers(0, 4)),
    max_size=25,
)
RATES = st.builds(
    lambda number, minutes, a_post, an_upload: Rate("points", number, minutes * MINUTE, a_post, an_upload, "a test"),
    st.integers(1, 40),
    st.integers(1, 60),
    st.integers(0, 3),
    st.integers(0, 2),
)


@given(rate=RATES, loads=LOADS)
def test_the_fullest_stretch_is_the_fullest_of_all(rate: Rate, loads: list[Load]) -> None:
    def within(begins: datetime) -> int:
        return sum(
            rate.a_post + rate.an_upload * each.uploads for each in loads if begins <= each.at < begins + rate.per
        )

    found = budget.tightest(rate, loads)
    assert found.used == max(within(START + minute * MINUTE) for minute in range(-60, 92))
    if found.begins:
        assert within(found.begins) == found.used


@given(rate=RATES, loads=LOADS, minute=st.integers(0, 200))
def test_what_is_used_now_and_when_there_is_room_again(rate: Rate, loads: list[Load], minute: int) -> None:
    def used_at(moment: datetime) -> int:
        sent = [each for each in loads if each.at <= now]
        return sum(
            rate.a_post + rate.an_upload * each.uploads for each in sent if each.at <= moment < each.at + rate.per
        )

    now = START + minute * MINUTE
    assert budget.used(rate, loads, now) == used_at(now)
    later = (now + number * MINUTE for number in range(1, 62))
    free = None if used_at(now) < rate.number else next(each for each in later if used_at(each) < rate.number)
    assert budget.room_again(rate, loads, now) == free


def test_thirty_pictures_in_half_an_hour_are_the_limit_and_not_more() -> None:
    rate = Rate("uploads", 30, 30 * MINUTE, 0, 1, "a test")
    loads = [Load(START + number * MINUTE, 1) for number in range(60)]
    assert budget.tightest(rate, loads) == Stretch(30, START)
    assert budget.tightest(rate, []) == Stretch(0, None)
    assert [budget.room(rate, used) for used in (23, 24, 30, 31)] == [Room.PLENTY, Room.TIGHT, Room.TIGHT, Room.NONE]
    assert budget.room_for_more(rate, 30) == Room.NONE, "another would be one too many"
    assert budget.expected(rate, 10) == 5
    assert budget.worst([Room.PLENTY, Room.NONE, Room.TIGHT]) == Room.NONE
    assert budget.worst([]) == Room.PLENTY


@pytest.mark.parametrize(
    ("slug", "credentials", "said"),
    [
        ("mastodon", {}, [(30, 30 * MINUTE), (300, 5 * MINUTE), (300, 180 * MINUTE)]),
        ("bluesky", {}, [(5_000, 60 * MINUTE), (35_000, 1440 * MINUTE)]),
        ("rehearsal", {"like": "bluesky"}, [(5_000, 60 * MINUTE), (35_000, 1440 * MINUTE)]),
        ("rehearsal", {"like": "newsroom"}, []),
        ("rehearsal", {}, []),
    ],
)
def test_each_network_says_what_it_takes(
    slug: str, credentials: dict[str, str], said: list[tuple[int, timedelta]]
) -> None:
    adapter = network(slug)
    assert isinstance(adapter, LimitsRates)
    assert [(each.number, each.per) for each in adapter.rates(Account("1", "x", credentials))] == said


def test_the_newsroom_takes_as_much_as_one_likes() -> None:
    assert not isinstance(network("newsroom"), LimitsRates)
