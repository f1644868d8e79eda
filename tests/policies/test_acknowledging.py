"""What somebody still has to acknowledge, and saying that it is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Kind, Role
from moothall.core import clock
from moothall.policies import actions, audience, queries
from moothall.policies.models import Acknowledgement, Audience, Policy, Version
from moothall.records.models import Record
from tests import factories
from tests.policies import making
from tests.policies.making import DAY

pytestmark = pytest.mark.django_db


# --- For whom ---------------------------------------------------------------------------------------------------------


def test_a_policy_is_due_to_those_it_is_for(db: None) -> None:
    for_staff, for_authors = making.in_force("staff"), making.in_force("authors", "authors", "desk")
    for_others = making.in_force("others", "councillors", "contractors", "guests")
    colleague = factories.person()
    author = factories.person((Role.AUTHOR, factories.service()))
    contributor = factories.person((Role.CONTRIBUTOR, factories.service()))
    desk = factories.person((Role.DESK, None))
    assert queries.due(colleague) == queries.due(contributor) == [for_staff]
    assert queries.due(author) == queries.due(desk) == [for_authors, for_staff]
    for kind in (Kind.COUNCILLOR, Kind.CONTRACTOR, Kind.GUEST):
        assert queries.due(factories.person(kind=kind)) == [for_others]
    writing_councillor = factories.person((Role.LEAD, factories.service()), kind=Kind.COUNCILLOR)
    assert queries.due(writing_councillor) == [for_authors, for_others]


def test_nothing_is_due_to_those_who_left_nor_of_what_asks_for_nothing(db: None) -> None:
    making.in_force("staff")
    making.in_force("for-reading", needs_acknowledgement=False)
    assert queries.due(factories.person(is_active=False)) == []
    assert [each.policy.slug for each in queries.due(factories.person())] == ["staff"]


def test_a_menu_asks_the_database_twice(db: None, django_assert_num_queries: Callable[[int], Any]) -> None:
    for number in range(4):
        making.in_force(f"policy-{number}", "all_staff", "authors")
    colleague = User.objects.get(pk=factories.person().pk)
    with django_assert_num_queries(3):  # the versions, the roles of this person, what they acknowledged
        assert len(queries.due(colleague)) == 4


# --- Saying that it is done -------------------------------------------------------------------------------------------


def test_an_acknowledgement_is_kept_once(db: None) -> None:
    version, alice = making.in_force(), factories.person()
    first = actions.acknowledge(alice, version)
    assert actions.acknowledge(alice, version) == first
    assert queries.due(alice) == []
    record = Record.objects.get(kind="policy.acknowledged")
    assert (record.actor_id, record.after) == (alice.pk, {"version": 1})


def test_who_may_not_acknowledge_what(db: None) -> None:
    """Alice of the staff may, Bob who is a councillor may not, and neither may Charlie, who has left."""
    version = making.in_force()
    bob, charlie = factories.person(kind=Kind.COUNCILLOR), factories.person(is_active=False)
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            actions.acknowledge(person, version)
    actions.acknowledge(factories.person(), version)
    assert Acknowledgement.objects.count() == 1


def test_only_what_is_in_force_is_acknowledged(db: None) -> None:
    alice, policy = factories.person(), making.policy()
    first = making.publish(policy)
    coming = making.publish(policy, effective_on=queries.today() + DAY)
    draft = making.draft(policy)
    for version in (coming, draft):
        with pytest.raises(ValidationError, match="not the one in force"):
            actions.acknowledge(alice, version)
    actions.acknowledge(alice, first)
    quiet = making.in_force("quiet", needs_acknowledgement=False)
    with pytest.raises(ValidationError, match="asks nobody"):
        actions.acknowledge(alice, quiet)
    actions.withdraw(policy.owner, policy, "Not needed.")
    with pytest.raises(ValidationError):
        actions.acknowledge(factories.person(), first)


def test_a_new_version_is_acknowledged_anew_unless_the_change_is_small(db: None) -> None:
    alice, bob, policy = factories.person(), factories.person(), making.policy()
    actions.acknowledge(alice, making.publish(policy))
    second = making.publish(policy, earlier_stand=True)
    third = making.publish(policy, earlier_stand=True)
    assert queries.due(alice) == []
    assert queries.due(bob) == [third]
    found = queries.acknowledged_by(alice, queries.standing_of(third))
    assert found is not None
    assert found.version.number == 1
    fourth = making.publish(policy)
    assert queries.due(alice) == queries.due(bob) == [fourth]
    assert queries.standing_of(third).counted >= {second.pk, third.pk}
    assert queries.standing_of(fourth).counted == {fourth.pk}


# --- Against a simple model -------------------------------------------------------------------------------------------


@dataclass
class Told:
    """A version as the model knows it."""

    effective_on: date
    earlier_stand: bool
    row: Version
    acknowledged: set[int] = field(default_factory=set)


KINDS_OF_PEOPLE = ("staff", "author", "approver", "desk", "councillor", "contractor", "guest", "left")
MEANT = {
    "staff": {Audience.ALL_STAFF},
    "author": {Audience.ALL_STAFF, Audience.AUTHORS},
    "approver": {Audience.COUNCILLORS, Audience.AUTHORS},
    "desk": {Audience.ALL_STAFF, Audience.DESK},
    "councillor": {Audience.COUNCILLORS},
    "contractor": {Audience.CONTRACTORS},
    "guest": {Audience.GUESTS},
    "left": set[Audience](),
}
AUDIENCES = st.lists(st.sampled_from(Audience.values), min_size=1, unique=True)
VERSIONS = st.lists(st.tuples(st.integers(-6, 3), st.booleans(), st.sets(st.integers(0, 7))), max_size=4)
POLICIES = st.lists(st.tuples(AUDIENCES, st.booleans(), st.booleans(), VERSIONS), max_size=3)


def people(service: Service) -> list[User]:
    return [
        factories.person(),
        factories.person((Role.AUTHOR, service)),
        factories.person((Role.APPROVER, service), kind=Kind.COUNCILLOR),
        factories.person((Role.DESK, None)),
        factories.person(kind=Kind.COUNCILLOR),
        factories.person(kind=Kind.CONTRACTOR),
        factories.person(kind=Kind.GUEST),
        factories.person((Role.AUTHOR, service), is_active=False),
    ]


def owes(person: int, versions: list[Told], today: date) -> Version | None:
    """The version that the model says this person still has to acknowledge."""
    begun = [each for each in versions if each.effective_on <= today]
    for place in range(len(begun) - 1, -1, -1):
        if person in begun[place].acknowledged:
            return None
        if not begun[place].earlier_stand:
            break
    return begun[-1].row if begun else None


class DueAgainstTheModel(TestCase):
    """``due`` and ``due_to_each`` say what the model says, whatever was published and acknowledged."""

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(POLICIES)
    def test_due(self, drawn: list[tuple[list[str], bool, bool, Any]]) -> None:
        owner, somebody, today = making.writer(), people(factories.service()), queries.today()
        expected: list[list[Version]] = [[] for _ in somebody]
        for number, (meant, asks, is_withdrawn, versions) in enumerate(drawn):
            policy = Policy.objects.create(
                slug=f"policy-{number}",
                title=f"Policy {number}",
                owner=owner,
                audience=meant,
                needs_acknowledgement=asks,
                withdrawn_at=clock.now() if is_withdrawn else None,
            )
            told = [
                _told(policy, place, today + days * DAY, stands and place > 1, done, somebody)
                for place, (days, stands, done) in enumerate(sorted(versions, key=lambda each: each[0]), start=1)
            ]
            for person, kind in enumerate(KINDS_OF_PEOPLE):
                owed = owes(person, told, today)
                if owed and asks and not is_withdrawn and MEANT[kind] & set(meant):
                    expected[person].append(owed)
        standings = queries.in_force(today)
        together = queries.due_to_each([each.pk for each in somebody], standings)
        for person, user in enumerate(somebody):
            fresh = User.objects.get(pk=user.pk)
            assert queries.due(fresh) == expected[person] == together.get(user.pk, [])
            for standing in standings:
                is_in = audience.people(standing.policy.audience).filter(pk=user.pk).exists()
                assert is_in == bool(audience.of(fresh) & set(standing.policy.audience))


def _told(policy: Policy, number: int, day: date, stands: bool, done: set[int], somebody: list[User]) -> Told:
    row = Version.objects.create(
        policy=policy,
        number=number,
        text="Words.",
        summary="Words.",
        effective_on=day,
        review_on=day + 300 * DAY,
        earlier_stand=stands,
        published_at=clock.now(),
        published_by=policy.owner,
        published_title=policy.title,
        published_audience=policy.audience_words,
    )
    for person in done:
        Acknowledgement.objects.create(user=somebody[person], version=row)
    return Told(day, stands, row, done)
