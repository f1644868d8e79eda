"""Who belongs where, by lists and by the people of Moothall."""

from datetime import date

import pytest

from moothall.accounts.models import Unit
from moothall.webuse import house, unit_lists
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 6)


def test_a_list_places_alice_her_own_page_places_bob_and_nothing_places_charlie() -> None:
    libraries, highways = Unit.objects.create(name="Libraries"), Unit.objects.create(name="Highways")
    for name, unit in (("alice", highways), ("bob", highways), ("charlie", None)):
        person = factories.person(unit=unit)
        person.email = f"{name}@exampleshire.example"
        person.save()
    kept = unit_lists.keep(house.folder("units"), "user,unit\nalice,Libraries\n", {"Libraries": libraries.pk})
    assert kept.entries == 1
    placing = house.placing()
    assert placing.unit_of_user("Alice", DAY) == libraries.pk
    assert placing.unit_of_user("EXAMPLE\\bob", DAY) == highways.pk
    assert placing.unit_of_user("charlie", DAY) is None
    assert placing.placed == {libraries.pk, highways.pk}


def test_whoever_has_left_and_whoever_has_another_address_is_placed_nowhere() -> None:
    libraries = Unit.objects.create(name="Libraries")
    gone, guest = factories.person(unit=libraries, is_active=False), factories.person(unit=libraries)
    gone.email, guest.email = "gone@exampleshire.example", "guest@elsewhere.example"
    gone.save()
    guest.save()
    placing = house.placing()
    assert placing.unit_of_user("gone", DAY) is None
    assert placing.unit_of_user("guest", DAY) is None
