"""The state table: read whole, every combination tried, every path walked."""

import itertools
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from moothall.concerns.process import (
    MISSING,
    MOVES,
    SEES_IN,
    CannotMove,
    Facts,
    Move,
    Part,
    State,
    Step,
    after,
    missing,
    move,
    open_to,
)

ALL_TRUE = Facts(**{each.name: True for each in fields(Facts)})
FAIR = (State.ALLOCATED, State.TOLD, State.GATHERED, State.CALLED, State.MET, State.DECIDED)
"""What lies behind every decision, in this order."""


def paths(state: State, gone: tuple[State, ...] = ()) -> Iterator[tuple[State, ...]]:
    """All ways from a state to the end that come to no state twice."""
    gone = (*gone, state)
    onward = {each.target for each in MOVES if state in each.sources} - {*gone}
    if state == State.CLOSED:
        yield gone
    for target in sorted(onward):
        yield from paths(target, gone)


def test_nothing_but_the_table_moves_a_case() -> None:
    moved = 0
    for step, part, state in itertools.product(Step, Part, State):
        row = move(step)
        if state in row.sources and part in row.by:
            assert after(step, part, state, ALL_TRUE) == row.target
            moved += 1
        else:
            with pytest.raises(CannotMove):
                after(step, part, state, ALL_TRUE)
    assert moved == sum(len(row.sources) * len(row.by) for row in MOVES)


@pytest.mark.parametrize("row", MOVES, ids=lambda row: row.step)
def test_each_thing_that_a_move_needs_is_asked_for_in_a_sentence(row: Move) -> None:
    for name in row.needs:
        without = replace(ALL_TRUE, **{name: False})
        assert missing(row, without) == [MISSING[name]]
        with pytest.raises(CannotMove, match=MISSING[name][:20]):
            after(row.step, row.by[0], row.sources[0], without)


def test_from_everywhere_there_is_a_way_to_the_end_and_none_leads_back_from_it() -> None:
    for state in State:
        assert any(paths(state)), state
    assert not [row for row in MOVES if State.CLOSED in row.sources]


def test_whoever_is_punished_was_told_had_the_papers_and_was_heard() -> None:
    ways = [path for path in paths(State.RAISED) if State.DECIDED in path]
    assert ways
    for path in ways:
        assert tuple(state for state in path if state in FAIR) == FAIR


def test_the_formal_way_asks_why_the_informal_one_was_not_enough() -> None:
    assert "reason_against_informal" in move(Step.ALLOCATE).needs
    assert {row.step for row in open_to(Part.KEEPER, State.RAISED)} >= {Step.TALK, Step.ALLOCATE}


def test_only_the_person_appeals_and_whoever_decided_does_not_decide_the_appeal() -> None:
    assert move(Step.APPEAL).by == (Part.PERSON,)
    assert not {*move(Step.DECIDE).by} & {*move(Step.DECIDE_APPEAL).by}
    assert not {*move(Step.HAND_OVER).by} & {*move(Step.DECIDE).by}


def test_whoever_makes_a_move_sees_the_case_where_it_begins() -> None:
    for row in MOVES:
        for part, state in itertools.product(row.by, row.sources):
            assert state in SEES_IN[part], (row.step, part, state)


def test_nobody_sees_a_case_before_they_are_needed_or_after_they_are_done() -> None:
    assert State.CLOSED not in SEES_IN[Part.RECEIVER]
    assert SEES_IN[Part.APPEAL_OFFICER] == {State.APPEALED}
    assert not SEES_IN[Part.DECIDER] & {State.RAISED, State.INFORMAL, State.ALLOCATED, State.TOLD, State.CLOSED}
    assert not SEES_IN[Part.INVESTIGATOR] & {State.RAISED, State.INFORMAL, State.SETTLED, State.CLOSED}
