"""Nobody has two parts in one case: the rules alone, and everything that a keeper can try, in any order."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Role
from moothall.concerns import moving, raising, seating, separation
from moothall.concerns.circle import NotHere, NotYours
from moothall.concerns.facts import Given
from moothall.concerns.models import Concern, Seat
from moothall.concerns.models.cases import About, To, Triage
from moothall.concerns.process import CannotMove, Part, State, Step
from moothall.concerns.raising import Raised
from moothall.core import clock
from tests import factories

pytestmark = pytest.mark.django_db

APART = (Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER, Part.APPROVER_HR, Part.APPROVER_MO, Part.KEEPER)


@given(
    who=st.integers(1, 6),
    part=st.sampled_from(Part),
    parts=st.dictionaries(st.integers(1, 6), st.sampled_from(Part)),
    managers=st.sets(st.integers(1, 6)),
)
def test_whoever_is_let_in_had_no_part_and_manages_nobody_here(
    who: int, part: Part, parts: dict[int, Part], managers: set[int]
) -> None:
    if not separation.problem(who, part, parts, managers):
        assert parts.get(who) in (None, Part.RECEIVER, part)
        assert who not in managers or part in (Part.REPORTER, Part.PERSON, Part.CONTACT)


@given(
    person=st.integers(1, 6),
    parts=st.dictionaries(st.integers(1, 6), st.sampled_from(sorted({*Part} - {Part.PERSON}))),
    managers=st.sets(st.integers(1, 6)),
)
def test_what_is_found_when_the_person_becomes_known_is_what_would_have_been_refused(
    person: int, parts: dict[int, Part], managers: set[int]
) -> None:
    found = separation.problems_with(person, parts, managers)
    for who, part in parts.items():
        is_wrong = who == person or (who in managers and bool(separation.problem(who, part, {}, managers)))
        assert (who in found) == (is_wrong and part != Part.RECEIVER)


def test_the_database_itself_refuses_a_second_part_and_a_second_investigator() -> None:
    alice, bob = factories.person((Role.HR, None)), factories.person()
    concern = raising.raise_concern(bob, Raised(About.ONLINE, "Something was said."))
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(concern=concern, user=alice, part=Part.DECIDER, since=clock.now())
    Seat.objects.create(concern=concern, user=factories.person(), part=Part.INVESTIGATOR, since=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(concern=concern, user=factories.person(), part=Part.INVESTIGATOR, since=clock.now())


PEOPLE = 9
WHO = st.integers(0, PEOPLE - 1)


class ACase(RuleBasedStateMachine):
    """Nine people: three in HR, two monitoring officers, and four others, of whom the last leads the unit of two."""

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        unit = Unit.objects.create(name="Highways")
        roles = [Role.HR] * 3 + [Role.MONITORING_OFFICER] * 2
        self.people = [factories.person((role, None)) for role in roles]
        self.people += [factories.person(unit=unit) for _ in range(2)] + [factories.person() for _ in range(2)]
        unit.leads.add(self.people[-1])
        self.now = clock.now()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "now", lambda: self.now)
        raised = Raised(About.WEB_USE, "Something was seen.", to=To.HR)
        self.reference = raising.raise_concern(self.people[2], raised).reference
        self.ever: dict[int, Part] = {}
        self.done: list[tuple[int, Step]] = []

    def teardown(self) -> None:
        self.patch.undo()
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    def concern(self) -> Concern:
        return Concern.objects.get(reference=self.reference)

    def do(self, act: Callable[[], object]) -> bool:
        """Try something; whatever is refused must have left nothing behind."""
        before = self.seats()
        try:
            act()
        except (ValidationError, NotHere, NotYours, CannotMove):
            assert self.seats() == before
            return False
        return True

    def seats(self) -> list[tuple[object, ...]]:
        return sorted(Seat.objects.values_list("user_id", "part", "ended_at", "sees_from"), key=str)

    def keeper(self) -> User:
        seat = Seat.objects.filter(part=Part.KEEPER, ended_at=None).select_related("user").first()
        return seat.user if seat else self.people[0]

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        self.now: datetime = self.now + timedelta(days=days)

    @rule(who=WHO)
    def take(self, who: int) -> None:
        self.do(lambda: seating.take(self.people[who], self.reference))

    @rule(to=WHO)
    def give_up(self, to: int) -> None:
        self.do(lambda: seating.give_up(self.keeper(), self.reference, self.people[to]))

    @rule(part=st.sampled_from(Part), who=WHO)
    def name(self, part: Part, who: int) -> None:
        self.do(lambda: seating.name(self.keeper(), self.reference, part, self.people[who]))

    @rule(who=WHO)
    def name_person(self, who: int) -> None:
        self.do(lambda: seating.name_person(self.keeper(), self.reference, self.people[who]))

    @rule(who=WHO)
    def name_manager(self, who: int) -> None:
        self.do(lambda: seating.name_manager(self.keeper(), self.reference, self.people[who]))

    @rule(kind=st.sampled_from(Triage))
    def triage(self, kind: Triage) -> None:
        self.do(lambda: moving.triage(self.keeper(), self.reference, kind, "For this reason."))

    @rule(who=WHO, step=st.sampled_from(Step), outcome=st.sampled_from(["", "no_action", "first_warning", "dismissal"]))
    def move(self, who: int, step: Step, outcome: str) -> None:
        given = Given(reasons="For this reason.", outcome=outcome)
        if self.do(lambda: moving.make(self.people[who], self.reference, step, given)):
            self.done.append((self.people[who].pk, step))

    @invariant()
    def nobody_has_two_parts_now_or_ever(self) -> None:
        untold = {Part.RECEIVER, Part.PERSON}  # who left a part may turn out to be the person
        for seat in Seat.objects.all():
            part = Part(seat.part)
            was = self.ever.get(seat.user_id, part)
            assert was == part or was in untold or part == Part.PERSON, (was, part)
            self.ever[seat.user_id] = part

    @invariant()
    def those_apart_are_different_people_and_none_of_them_is_a_manager(self) -> None:
        here = {seat.part: seat.user_id for seat in Seat.objects.filter(ended_at=None) if seat.part != Part.RECEIVER}
        for one, other in itertools.combinations(here, 2):
            assert here[one] != here[other]
        managers = seating.managers(self.concern())
        assert not managers & {here[part] for part in APART if part in here}

    @invariant()
    def the_chain_of_turns_ends_at_the_state(self) -> None:
        concern, at = self.concern(), State.RAISED
        for turn in concern.turns.order_by("pk"):
            assert turn.source == at
            at = State(turn.target)
        assert concern.state == at


def test_whatever_is_tried_in_whatever_order_nobody_gets_two_parts() -> None:
    run_state_machine_as_test(
        ACase,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
