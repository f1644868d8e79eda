"""Everything that two people at the desk and the contributor can do, in any order, while time passes."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from moothall.accounts.roles import Role
from moothall.contributions import desk, offering, states
from moothall.contributions.models import Contribution, State
from moothall.core import clock
from tests import factories

pytestmark = pytest.mark.django_db

WHO = st.integers(0, 1)


class TheDesk(RuleBasedStateMachine):
    """Alice and Dan are at the desk; Charlie told them one thing, and another that it may be merged with."""

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        self.people = [factories.person((Role.DESK, None)) for _ in range(2)]
        self.charlie = factories.person()
        self.channel = factories.connected()
        self.now = clock.now()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "now", lambda: self.now)
        self.made, self.other = (
            offering.tell(self.charlie, offering.Told(once=uuid.uuid4(), words="A swan.")) for _ in range(2)
        )
        self.was = State.WAITING
        self.answered: datetime | None = None

    def teardown(self) -> None:
        self.patch.undo()
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    def contribution(self) -> Contribution | None:
        return Contribution.objects.filter(pk=self.made.pk).first()

    def do(self, who: int, act: Callable[[], object]) -> None:
        """Somebody at the desk acts: what another has in hand must not change, whatever they try."""
        before = self.contribution()
        assert before
        others = before.claimed_by_id not in (None, self.people[who].pk)
        is_held = before.state == State.CLAIMED and others and (before.claimed_until or self.now) > self.now
        try:
            act()
        except ValidationError:
            return
        assert not is_held, "it was in another's hand"

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def claim(self, who: int) -> None:
        self.do(who, lambda: desk.claim(self.people[who], self.made))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def release(self, who: int) -> None:
        self.do(who, lambda: desk.release(self.people[who], self.made))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def make_a_post(self, who: int) -> None:
        plan = desk.Plan(self.channel.service, "A swan.", [self.channel], once=uuid.uuid4())
        self.do(who, lambda: desk.make_post(self.people[who], self.made, plan))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def put_back(self, who: int) -> None:
        self.do(who, lambda: desk.put_back(self.people[who], self.made))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO, reason=st.sampled_from(["", "We had three swans today."]))
    def decline(self, who: int, reason: str) -> None:
        self.do(who, lambda: desk.decline(self.people[who], self.made, reason))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def keep(self, who: int) -> None:
        self.do(who, lambda: desk.keep(self.people[who], self.made))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def merge(self, who: int) -> None:
        self.do(who, lambda: desk.merge(self.people[who], self.made, self.other))

    @precondition(lambda self: self.contribution())
    @rule(who=WHO)
    def thank(self, who: int) -> None:
        with pytest.raises(ValidationError):  # it was told, and is out nowhere
            desk.thank(self.people[who], self.made)

    @precondition(lambda self: self.contribution())
    @rule()
    def take_back(self) -> None:
        before = self.contribution()
        assert before
        try:
            offering.take_back(self.charlie, self.made)
        except ValidationError:
            return
        assert before.state in (State.WAITING, State.KEPT)

    @invariant()
    def each_step_is_one_that_the_table_has(self) -> None:
        now = self.contribution()
        if now is None:
            return
        state = State(now.state)
        assert state == self.was or state in states.MOVES[self.was] or state in reachable_by_claiming(self.was)
        self.was = state
        assert (now.claimed_until is not None) == (state == State.CLAIMED)
        assert (now.ended_at is not None) == (state in states.ENDS)
        assert (now.post_id is not None) == (state == State.DRAFTED)
        if self.answered is None and now.answered_at:
            assert now.answered_at == self.now, "answered when somebody first decided"
            self.answered = now.answered_at
        assert now.answered_at == self.answered, "and never again"


def reachable_by_claiming(state: State) -> frozenset[State]:
    """An act claims first, where it may: two moves, seen as one."""
    return states.MOVES[State.CLAIMED] if State.CLAIMED in states.MOVES[state] else frozenset()


def test_the_desk_in_any_order() -> None:
    quiet = settings(
        max_examples=30,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(TheDesk, settings=quiet)
