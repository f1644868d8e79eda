"""Who may do what. The table below is the whole of it, read from the policy and not from the code."""

import itertools
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from moothall.accounts import queries
from moothall.accounts.permissions import NOBODY, PERMISSIONS, Standing, may, require, services_for, standing
from moothall.accounts.roles import Role
from tests import factories

WHO_MAY = """
staff                everyone
channel.see          everyone
channel.edit         lead desk
channel.connect      lead desk
channel.import       desk
post.see             contributor author approver lead desk records_officer
post.write           author approver lead desk
post.approve         approver lead desk
delivery.decide      author approver lead desk
media.see            contributor author approver lead desk records_officer
media.add            author approver lead desk
publishing.pause     desk
approval.rules       desk
event.see            everyone
event.manage         desk
event.moderate       desk
handle.link          everyone
contribution.offer   everyone
contribution.handle  desk
rehearsal.practise   author approver lead desk administrator
purpose.see          everyone
purpose.write        hr it_security monitoring_officer
purpose.approve      hr it_security monitoring_officer
webuse.council       it_security monitoring_officer
webuse.units         monitoring_officer
webuse.security      it_security monitoring_officer
webuse.social        desk it_security monitoring_officer
webuse.own           everyone
policy.read          everyone
policy.write         desk hr monitoring_officer
policy.coverage      desk hr monitoring_officer
policy.audit         hr monitoring_officer
lesson.read          everyone
lesson.write         desk hr it_security monitoring_officer
lesson.review        hr monitoring_officer
concern.raise        everyone
concern.receive      hr monitoring_officer
concern.contacts     hr monitoring_officer
incident.see         author approver lead desk it_security monitoring_officer
incident.open        author approver lead desk it_security
incident.run         lead desk
incident.calls       desk
rights.ask           everyone
rights.answer        data_protection_officer
records.search       monitoring_officer
people.manage        administrator
services.manage      administrator
council.settings     administrator
"""
FOR_EVERYONE = {
    "staff",
    "channel.see",
    "event.see",
    "handle.link",
    "contribution.offer",
    "purpose.see",
    "webuse.own",
    "policy.read",
    "lesson.read",
    "concern.raise",
    "rights.ask",
}


def _table() -> dict[tuple[str, Role], bool]:
    rows = [line.split() for line in WHO_MAY.strip().splitlines()]
    return {
        (permission, role): words == ["everyone"] or role.value in words for permission, *words in rows for role in Role
    }


TABLE = _table()
LIBRARIES, HIGHWAYS = 1, 2


@dataclass(frozen=True)
class Thing:
    """Something that belongs to a service."""

    service_id: int | None


def test_the_table_knows_every_permission_and_no_role_that_there_is_not() -> None:
    assert {permission for permission, _ in TABLE} == set(PERMISSIONS)
    assert {word for line in WHO_MAY.split("\n") for word in line.split()[1:]} - {"everyone"} <= {*map(str, Role)}


@pytest.mark.parametrize(("permission", "role"), TABLE)
def test_a_role_carries_a_permission_as_the_table_says(permission: str, role: Role) -> None:
    expected = TABLE[permission, role]
    is_of_service = role in Role.for_service()
    who = standing([(LIBRARIES if is_of_service else None, role)])
    assert may(who, permission, Thing(LIBRARIES)) is expected
    assert may(who, permission) is expected
    everywhere = expected if not is_of_service else permission in FOR_EVERYONE
    assert may(who, permission, Thing(HIGHWAYS)) is everywhere
    assert may(who, permission, Thing(None)) is everywhere


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_member_of_staff_without_a_role_has_what_all_staff_have(permission: str) -> None:
    assert may(standing([]), permission, Thing(LIBRARIES)) is (permission in FOR_EVERYONE)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nobody_may_nothing(permission: str) -> None:
    assert not may(NOBODY, permission)
    assert not may(NOBODY, permission, Thing(LIBRARIES))
    assert services_for(NOBODY, permission) == []


def test_a_misspelt_permission_is_an_error_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        may(NOBODY, "post.aprove")
    with pytest.raises(KeyError):
        services_for(NOBODY, "post.aprove")


memberships = st.lists(
    st.one_of(
        st.tuples(st.none(), st.sampled_from(Role.for_organisation())),
        st.tuples(st.integers(1, 3), st.sampled_from(Role.for_service())),
    ),
    max_size=6,
)
subjects = st.one_of(st.none(), st.builds(Thing, st.one_of(st.none(), st.integers(1, 4))))


@given(memberships, memberships, st.sampled_from(sorted(PERMISSIONS)), subjects)
def test_fewer_roles_never_give_more(
    some: list[tuple[int | None, str]], more: list[tuple[int | None, str]], permission: str, subject: Thing | None
) -> None:
    if may(standing(some), permission, subject):
        assert may(standing(some + more), permission, subject)


@given(memberships, st.sampled_from(sorted(PERMISSIONS)), st.integers(1, 4))
def test_a_list_of_services_says_the_same_as_asking_for_each(
    held: list[tuple[int | None, str]], permission: str, service_id: int
) -> None:
    who: Standing = standing(held)
    listed = services_for(who, permission)
    assert may(who, permission, Thing(service_id)) is (listed is None or service_id in listed)


@given(memberships)
def test_a_wider_role_of_a_service_contains_the_narrower(held: list[tuple[int | None, str]]) -> None:
    for permission, (narrow, wide) in itertools.product(PERMISSIONS, itertools.pairwise(Role.for_service())):
        if may(standing([*held, (LIBRARIES, narrow)]), permission, Thing(LIBRARIES)):
            assert may(standing([*held, (LIBRARIES, wide)]), permission, Thing(LIBRARIES))


@pytest.mark.django_db
def test_alice_may_approve_for_the_libraries_and_bob_of_highways_may_not_and_charlie_has_left() -> None:
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    alice = factories.person((Role.APPROVER, libraries))
    bob = factories.person((Role.APPROVER, highways))
    charlie = factories.person((Role.APPROVER, libraries), is_active=False)
    require(alice, "post.approve", libraries)
    for other in (bob, charlie):
        with pytest.raises(PermissionDenied, match="You may not approve or refuse a service's posts"):
            require(other, "post.approve", libraries)
    assert not hasattr(AnonymousUser(), "may")


@pytest.mark.django_db
@pytest.mark.parametrize("permission", sorted(set(PERMISSIONS) - FOR_EVERYONE))
def test_those_who_are_told_are_those_who_may(permission: str) -> None:
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    people = [factories.person((role, libraries)) for role in Role.for_service()]
    people += [factories.person((role, highways)) for role in Role.for_service()]
    people += [factories.person((role, None)) for role in Role.for_organisation()]
    people += [factories.person((Role.LEAD, libraries), is_active=False), factories.person()]
    told = set(queries.holders(permission, libraries))
    assert told == {person for person in people if person.may(permission, libraries)}
