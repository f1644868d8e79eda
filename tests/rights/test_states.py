"""The state table of requests."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.rights.states import MOVES, OUTCOMES, RUNNING, Kind, State, WrongMove, check, moves

ENDS = set(State) - RUNNING
KINDS = st.sampled_from(Kind)


@st.composite
def ways(draw: st.DrawFn) -> tuple[Kind, list[State]]:
    """A kind, and a way through the table from the beginning to an end."""
    kind, way = draw(KINDS), [State.OPEN]
    while after := moves(kind, way[-1]):
        way.append(draw(st.sampled_from(sorted(after))))
    return kind, way


@given(ways())
def test_every_way_ends_and_nothing_is_answered_before_it_is_acknowledged(found: tuple[Kind, list[State]]) -> None:
    kind, way = found
    assert way[-1] in {*OUTCOMES[kind], State.WITHDRAWN}
    assert len(way) == len(set(way)) <= 3, "it never comes back"
    assert State.ACKNOWLEDGED in way or way[-1] == State.WITHDRAWN


@given(ways())
def test_whoever_asked_may_withdraw_until_it_has_ended(found: tuple[Kind, list[State]]) -> None:
    kind, way = found
    assert all(State.WITHDRAWN in moves(kind, state) for state in way[:-1])


@given(KINDS, st.sampled_from(State), st.sampled_from(State))
def test_whatever_is_not_in_the_table_is_refused(kind: Kind, before: State, after: State) -> None:
    if after in moves(kind, before):
        check(kind, before, after)
        assert after in MOVES[before]
        return
    with pytest.raises(WrongMove):
        check(kind, before, after)


@given(ways())
def test_no_step_back_is_in_the_table(found: tuple[Kind, list[State]]) -> None:
    kind, way = found
    for before, after in pairwise(way):
        with pytest.raises(WrongMove):
            check(kind, after, before)


def test_each_kind_reaches_each_of_its_outcomes_and_no_other() -> None:
    for kind in Kind:
        assert moves(kind, State.ACKNOWLEDGED) - {State.WITHDRAWN} == set(OUTCOMES[kind])
    assert {State.ANSWERED} == set(OUTCOMES[Kind.QUESTION])
    assert {State.ANSWERED, State.UPHELD, State.REFUSED, State.WITHDRAWN} == ENDS
