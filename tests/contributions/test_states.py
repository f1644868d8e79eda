"""A contribution's states: whatever two people at the desk do, in whatever order, it is decided once."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.contributions import desk, states
from moothall.contributions.models import Contribution, State
from moothall.core import clock
from tests import factories

pytestmark = pytest.mark.django_db


def contribution(**values: Any) -> Contribution:
    now = clock.now()
    return Contribution.objects.create(
        words="The gritters are out.", once=uuid.uuid4(), told_at=now, received_at=now, **values
    )


def test_every_state_is_in_the_table_and_every_end_is_an_answer() -> None:
    assert set(states.MOVES) == set(State)
    assert states.ENDS < states.ANSWERS
    assert all(not states.MOVES[end] for end in states.ENDS - {State.MERGED})
    assert states.MOVES[State.MERGED] == {State.WAITING}, "when what it was merged into is gone"


def test_a_move_that_the_table_does_not_know_is_a_mistake_in_the_code() -> None:
    with pytest.raises(states.WrongMove), transaction.atomic():
        states.move(contribution(), State.PUBLISHED, actor=None)


def test_of_two_who_read_it_as_waiting_one_gets_it() -> None:
    alice, dan = (factories.person((Role.DESK, None), name=name) for name in ("Alice Marsh", "Dan Pike"))
    made = contribution()
    as_alice_read, as_dan_read = (Contribution.objects.get(pk=made.pk) for _ in range(2))
    states.claim(as_alice_read, alice)
    with pytest.raises(states.TakenByAnother):
        states.claim(as_dan_read, dan)
    with pytest.raises(states.TakenByAnother, match="Alice Marsh has this in hand"):
        states.claim(Contribution.objects.get(pk=made.pk), dan)


class TwoAtTheDesk(RuleBasedStateMachine):
    """Alice and Dan act on one contribution, each from what they last read, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [factories.person((Role.DESK, None)) for _ in range(2)]
        self.now = clock.now()
        self.made = contribution()
        self.read = [Contribution.objects.get(pk=self.made.pk) for _ in range(2)]
        self.ends: list[State] = []
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "now", lambda: self.now)

    def teardown(self) -> None:
        self.patch.undo()

    @rule(who=st.integers(0, 1))
    def read_again(self, who: int) -> None:
        self.read[who] = Contribution.objects.get(pk=self.made.pk)

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=st.integers(0, 1))
    def claim(self, who: int) -> None:
        before = Contribution.objects.get(pk=self.made.pk)
        is_held = before.claimed_until is not None and before.claimed_until > self.now
        try:
            states.claim(self.read[who], self.people[who])
        except states.TakenByAnother:
            return
        assert not is_held or before.claimed_by == self.people[who]

    @rule(who=st.integers(0, 1), after=st.sampled_from(State))
    def move(self, who: int, after: State) -> None:
        mine = self.read[who]
        if mine.state == State.CLAIMED and mine.claimed_by != self.people[who]:
            return
        if after == State.CLAIMED:
            return
        before = Contribution.objects.get(pk=self.made.pk)
        try:
            states.move(mine, after, actor=self.people[who])
        except (states.TakenByAnother, states.WrongMove):
            return
        assert after in states.MOVES[State(before.state)]
        if after in states.ENDS:
            self.ends.append(after)

    @invariant()
    def it_ends_once_and_says_when(self) -> None:
        now = Contribution.objects.get(pk=self.made.pk)
        assert len(self.ends) <= 1
        assert (now.ended_at is not None) == (now.state in states.ENDS)
        assert (now.claimed_until is not None) == (now.state == State.CLAIMED)
        if now.state in states.ANSWERS:
            assert isinstance(now.answered_at, datetime)


def test_two_at_the_desk() -> None:
    quiet = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    run_state_machine_as_test(TwoAtTheDesk, settings=quiet)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_the_same_moment_one_gets_it() -> None:
    people = [factories.person((Role.DESK, None)) for _ in range(2)]
    made = contribution()
    ready = threading.Barrier(2)

    def claim(who: User) -> bool:
        try:
            ready.wait(10)
            desk.claim(who, made)
        except states.TakenByAnother:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        got = list(threads.map(claim, people))
    assert sorted(got) == [False, True]
    made.refresh_from_db()
    assert made.claimed_by == people[got.index(True)]
