"""How long to wait before trying again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from moothall.core.retry import FIRST, LONGEST, backoff


def test_it_begins_soon_and_triples() -> None:
    assert [backoff(tries).total_seconds() for tries in (1, 2, 3, 4)] == [5, 15, 45, 135]


@given(st.integers(1, 10_000))
def test_it_never_shrinks_and_never_grows_beyond_the_longest(tries: int) -> None:
    assert FIRST <= backoff(tries) <= backoff(tries + 1) <= LONGEST


@given(st.integers(1, 50), st.timedeltas(timedelta(seconds=1), timedelta(hours=1)))
def test_first_and_longest_can_be_chosen(tries: int, first: timedelta) -> None:
    longest = first * 10
    assert first <= backoff(tries, first=first, longest=longest) <= longest
