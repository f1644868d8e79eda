"""Everything that whoever asked, two who answer and a stranger can do, in any order, while days pass."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from moothall.core import clock, localtime
from moothall.records.models import Record
from moothall.rights import actions, clocks
from moothall.rights.models import RightsEntry, RightsRequest
from moothall.rights.states import OUTCOMES, RUNNING, Kind, State, moves
from tests import factories
from tests.rights.making import officer

pytestmark = pytest.mark.django_db

WHO = st.integers(0, 3)
WORDS = st.sampled_from(["", "   ", "These words."])
ASKER, STRANGER = 0, 3


class OneRequest(RuleBasedStateMachine):
    """Alice, who is a data protection officer herself, asks. Dora and Bob answer. Charlie has nothing to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        self.people = [officer("Alice"), officer("Dora"), officer("Bob"), factories.person(name="Charlie")]
        self.now = clock.now()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "now", lambda: self.now)
        self.was = State.OPEN

    @initialize(kind=st.sampled_from(Kind))
    def ask(self, kind: Kind) -> None:
        self.kind = kind
        self.made = actions.ask(self.people[ASKER], kind, "What I ask.")

    def teardown(self) -> None:
        self.patch.undo()
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    def request(self) -> RightsRequest:
        return RightsRequest.objects.get(pk=self.made.pk)

    def do(self, act: Callable[[], object], *, allowed: bool) -> None:
        """Somebody acts. Who may not is turned away, whatever the state, and nothing is changed."""
        before = (RightsRequest.objects.values().get(pk=self.made.pk), RightsEntry.objects.count())
        try:
            act()
        except PermissionDenied:
            assert not allowed
        except ValidationError:
            assert allowed
        else:
            assert allowed
            assert self.was in RUNNING, "what has ended stays as it is"
            return
        after = (RightsRequest.objects.values().get(pk=self.made.pk), RightsEntry.objects.count())
        assert before == after

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        actions.remind()

    @rule(who=WHO, words=WORDS)
    def add(self, who: int, words: str) -> None:
        self.do(lambda: actions.add(self.people[who], self.made, words), allowed=who == ASKER)

    @rule(who=WHO)
    def withdraw(self, who: int) -> None:
        self.do(lambda: actions.withdraw(self.people[who], self.made), allowed=who == ASKER)

    @rule(who=WHO)
    def acknowledge(self, who: int) -> None:
        self.do(lambda: actions.acknowledge(self.people[who], self.made), allowed=who not in (ASKER, STRANGER))

    @rule(who=WHO, words=WORDS, longer=st.booleans())
    def tell(self, who: int, words: str, longer: bool) -> None:
        self.do(
            lambda: actions.tell(self.people[who], self.made, words, takes_longer=longer),
            allowed=who not in (ASKER, STRANGER),
        )

    @rule(who=WHO, words=WORDS, outcome=st.sampled_from(State))
    def answer(self, who: int, words: str, outcome: State) -> None:
        self.do(
            lambda: actions.answer(self.people[who], self.made, outcome, words), allowed=who not in (ASKER, STRANGER)
        )

    @invariant()
    def each_step_is_in_the_table(self) -> None:
        now = self.request()
        state = State(now.state)
        reached = moves(self.kind, self.was)
        if State.ACKNOWLEDGED in reached:  # what is said before that acknowledges it: two moves, seen as one
            reached |= moves(self.kind, State.ACKNOWLEDGED)
        assert state == self.was or state in reached
        self.was = state

    @invariant()
    def what_is_known_of_it_fits_its_state(self) -> None:
        now = self.request()
        entries = list(now.entries.values_list("what", flat=True))
        assert entries.count("acknowledged") == (now.handler is not None)
        assert entries.count("answer") == (now.state in OUTCOMES[self.kind])
        assert now.handler_id not in (self.people[ASKER].pk, self.people[STRANGER].pk)
        if now.state in RUNNING:
            made_on = localtime.local(now.made_at).date()
            assert now.due_on >= clocks.first_due(self.kind, made_on) or self.kind == Kind.COMPLAINT
            if self.kind in (Kind.OBJECTION, Kind.CORRECTION):
                assert now.due_on in (clocks.months_after(made_on, 1), clocks.months_after(made_on, 3))

    @invariant()
    def no_record_says_who_asked(self) -> None:
        kept = Record.objects.filter(ref=actions.ref(self.made))
        assert not kept.filter(actor_id=self.people[ASKER].pk).exists()
        assert "What I ask" not in str(list(kept.values()))


def test_a_request_in_any_order() -> None:
    quiet = settings(
        max_examples=30,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(OneRequest, settings=quiet)
