"""Who may see which unit: Alice leads one with parts, Bob one of its parts, Charlie none."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from moothall.accounts import actions, forms
from moothall.accounts.models import Unit
from moothall.accounts.roles import Role
from moothall.records.models import Record
from moothall.webuse import seeing
from tests import factories
from tests.webuse import figures, purposes


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    alice, bob, charlie = (factories.person(name=name) for name in ("Alice", "Bob", "Charlie"))
    communities = Unit.objects.create(name="Communities")
    libraries = Unit.objects.create(name="Libraries", parent=communities)
    highways = Unit.objects.create(name="Highways")
    communities.leads.add(alice)
    libraries.leads.add(bob)
    key = purposes.in_force().key
    figures.read(key)
    return SimpleNamespace(
        alice=alice,
        bob=bob,
        charlie=charlie,
        communities=communities,
        libraries=libraries,
        highways=highways,
        officer=factories.person((Role.MONITORING_OFFICER, None)),
        key=key,
    )


def test_a_lead_sees_their_unit_and_its_parts_and_nothing_above_or_beside(house: SimpleNamespace) -> None:
    assert [unit for unit, _ in seeing.sight(house.alice).visible()] == [house.communities, house.libraries]
    assert [unit for unit, _ in seeing.sight(house.bob).visible()] == [house.libraries]
    assert seeing.sight(house.charlie).visible() == []
    for unit in (house.communities, house.highways):
        with pytest.raises(PermissionDenied):
            seeing.sight(house.bob).unit(unit.pk)


def test_the_monitoring_officer_sees_any_unit_and_leads_none(house: SimpleNamespace) -> None:
    sight = seeing.sight(house.officer)
    assert len(sight.visible()) == 3
    assert not sight.leads(house.highways)
    with pytest.raises(Http404):
        sight.unit(9_999)


def test_a_unit_that_is_not_there_looks_like_one_that_they_may_not_see(house: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        seeing.sight(house.charlie).unit(9_999)


def test_whoever_has_left_leads_nothing(house: SimpleNamespace) -> None:
    house.alice.is_active = False
    house.alice.save()
    assert not seeing.has_a_page(house.alice)
    assert seeing.sight(house.alice).visible() == []


def test_a_circle_of_units_is_gone_round_once(house: SimpleNamespace) -> None:
    Unit.objects.filter(pk=house.communities.pk).update(parent=house.libraries)
    assert [each.name for each in seeing.units().above(house.libraries)] == ["Libraries", "Communities"]


@pytest.mark.parametrize(
    ("who", "answers"),
    [("alice", (200, 200, 403)), ("bob", (403, 200, 403)), ("charlie", (403, 403, 403)), ("officer", (200, 200, 200))],
)
def test_pages_and_files_of_units_are_for_the_same_people(
    who: str, answers: tuple[int, ...], house: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(getattr(house, who))
    units = [house.communities, house.libraries, house.highways]
    for name, more in (("web-use-unit", []), ("web-use-unit-csv", ["days"]), ("web-use-why", [])):
        found = [client.get(reverse(name, args=[unit.pk, *more])).status_code for unit in units]
        assert tuple(found) == answers, name


def test_the_front_page_sends_each_to_what_they_may_see(house: SimpleNamespace, signed_in: Any) -> None:
    front = reverse("web-use")
    assert signed_in(house.officer).get(front).status_code == 200
    assert signed_in(house.bob).get(front)["Location"] == reverse("web-use-unit", args=[house.libraries.pk])
    assert signed_in(house.charlie).get(front).status_code == 403


def test_who_leads_a_unit_is_on_record(house: SimpleNamespace) -> None:
    administrator = factories.person((Role.ADMINISTRATOR, None))
    typed = {"name": "Highways", "leads": f"{house.charlie.email.upper()}\n{house.bob.email}"}
    form = forms.UnitForm(typed, instance=house.highways)
    assert form.is_valid()
    actions.save_unit(administrator, house.highways, form.cleaned_data["leads"])
    assert set(house.highways.leads.all()) == {house.bob, house.charlie}
    record = Record.objects.get(kind="unit.changed")
    assert (record.before["leads"], record.after["leads"]) == ([], sorted([house.bob.pk, house.charlie.pk]))


def test_an_address_that_nobody_has_is_complained_of(house: SimpleNamespace) -> None:
    form = forms.UnitForm({"name": "Highways", "leads": "nobody@exampleshire.example"}, instance=house.highways)
    assert "Nobody here has the address" in str(form.errors)
