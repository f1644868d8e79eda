"""What the database itself refuses about people and their roles, on SQLite and on PostgreSQL alike."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from moothall.accounts import actions
from moothall.accounts.models import Membership, User
from moothall.accounts.roles import Role
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_service_role_needs_a_service_and_an_organisation_role_has_none() -> None:
    someone, libraries = factories.person(), factories.service()
    for role in Role.for_service():
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=someone, role=role, service=None)
    for role in Role.for_organisation():
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=someone, role=role, service=libraries)


def test_there_is_no_role_that_the_table_does_not_name() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=factories.person(), role="mayor", service=None)


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.DESK])
def test_each_role_is_held_once(role: Role) -> None:
    service = factories.service() if role in Role.for_service() else None
    someone = factories.person((role, service))
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=someone, role=role, service=service)


def test_an_address_has_one_account_whatever_its_capitals() -> None:
    User.objects.create(email="hazel@exampleshire.example", name="Hazel")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Hazel@Exampleshire.example", name="Another Hazel")
    assert User.objects.get_by_natural_key("HAZEL@exampleshire.example").name == "Hazel"


def test_an_administrator_replaces_roles_and_a_record_says_what_they_were() -> None:
    administrator = factories.person((Role.ADMINISTRATOR, None))
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    rowan = factories.person((Role.AUTHOR, libraries), (Role.CONTRIBUTOR, highways))
    actions.set_roles(administrator, rowan, [("author", libraries.pk), ("desk", None), ("desk", None)])
    assert set(rowan.memberships.values_list("role", "service_id")) == {("author", libraries.pk), ("desk", None)}
    record = Record.objects.get(kind="person.roles")
    assert record.before["roles"] == [["author", libraries.pk], ["contributor", highways.pk]]
    assert record.after["roles"] == [["author", libraries.pk], ["desk", None]]
    actions.set_roles(administrator, rowan, [("author", libraries.pk), ("desk", None)])
    assert Record.objects.filter(kind="person.roles").count() == 1, "Nothing changed, so nothing is recorded."


def test_a_lead_may_not_give_roles() -> None:
    libraries = factories.service()
    lead, rowan = factories.person((Role.LEAD, libraries)), factories.person()
    with pytest.raises(PermissionDenied):
        actions.set_roles(lead, rowan, [("author", libraries.pk)])
    with pytest.raises(PermissionDenied):
        actions.update_person(lead, rowan)
    with pytest.raises(PermissionDenied):
        actions.save_service(lead, libraries)
    assert not rowan.memberships.exists()


def test_the_last_administrator_cannot_be_taken_away() -> None:
    alice = factories.person((Role.ADMINISTRATOR, None), name="Alice")
    factories.person((Role.ADMINISTRATOR, None), name="Charlie, who has left", is_active=False)
    with pytest.raises(ValidationError, match="Alice is the only administrator"):
        actions.set_roles(alice, alice, [("desk", None)])
    alice.is_active = False
    with pytest.raises(ValidationError, match="Alice is the only administrator"):
        actions.update_person(alice, alice)
    alice.refresh_from_db()
    assert alice.is_active
    assert alice.memberships.filter(role=Role.ADMINISTRATOR).exists()


def test_one_of_two_administrators_can_go() -> None:
    alice = factories.person((Role.ADMINISTRATOR, None))
    bob = factories.person((Role.ADMINISTRATOR, None))
    bob.is_active = False
    actions.update_person(alice, bob)
    bob.refresh_from_db()
    assert not bob.is_active
    assert not bob.may("people.manage")


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_each_other_away_at_once_leave_one() -> None:
    alice = factories.person((Role.ADMINISTRATOR, None))
    bob = factories.person((Role.ADMINISTRATOR, None))
    start, refused = threading.Barrier(2), []

    def take_away(actor: User, other: User) -> None:
        try:
            start.wait()
            actions.set_roles(actor, other, [])
        except (ValidationError, PermissionDenied) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_away, args=pair) for pair in ((alice, bob), (bob, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_somebody_who_left_long_ago_can_lose_the_role() -> None:
    alice = factories.person((Role.ADMINISTRATOR, None))
    bob = factories.person((Role.ADMINISTRATOR, None), is_active=False)
    actions.set_roles(alice, bob, [])
    assert not bob.memberships.exists()
