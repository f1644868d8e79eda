"""The record of looks, and having to say why."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Unit
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records.models import Record
from moothall.webuse import looking
from tests import factories
from tests.webuse import figures, purposes

WHY = "The works council asked about Fridays."


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    alice = factories.person(name="Alice")
    key = purposes.in_force().key
    unit = figures.led_by(alice, key, "Libraries")
    return SimpleNamespace(
        alice=alice,
        officer=factories.person((Role.MONITORING_OFFICER, None), name="Philippa Strand"),
        unit=unit,
        page=reverse("web-use-unit", args=[unit.pk]),
        why=reverse("web-use-why", args=[unit.pk]),
    )


def looks() -> list[Record]:
    return list(Record.objects.filter(kind=looking.KIND))


def look_often(client: Client, page: str) -> None:
    for _ in range(looking.LOOKS_UNASKED):
        assert client.get(page).status_code == 200


def test_a_look_leaves_who_in_which_role_at_what_and_which_week(house: SimpleNamespace, signed_in: Any) -> None:
    signed_in(house.officer).get(house.page)
    (record,) = looks()
    assert (record.actor_id, record.ref) == (house.officer.pk, f"unit:{house.unit.pk}")
    assert record.after == {"page": "unit", "week": figures.WEEK, "as": "Monitoring officer"}


def test_a_file_leaves_a_record_as_a_page_does(house: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(house.officer)
    client.get(reverse("web-use-unit-csv", args=[house.unit.pk, "hours"]))
    client.get(reverse("web-use-security-csv", args=["security"]))
    assert [each.after["page"] for each in looks()] == ["unit, hours.csv", "security, security.csv"]


def test_the_totals_of_the_council_leave_none(house: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(house.officer)
    for name in ("web-use", "web-use-social", "web-use-units"):
        assert client.get(reverse(name)).status_code == 200
    assert looks() == []


def test_whoever_looks_again_and_again_is_asked_why(house: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(house.officer)
    look_often(client, house.page)
    asked = client.get(house.page)
    assert asked.status_code == 302
    assert asked["Location"].startswith(house.why)
    assert client.get(reverse("web-use-unit-csv", args=[house.unit.pk, "days"]))["Location"].startswith(house.why)
    assert len(looks()) == looking.LOOKS_UNASKED
    assert WHY not in client.post(house.why, {"why": "Because"}).content.decode()
    answered = client.post(house.why, {"why": WHY, "week": figures.WEEK})
    assert answered["Location"] == f"{house.page}?week={figures.WEEK}"
    assert client.get(answered["Location"]).status_code == 200
    assert looks()[-1].why == WHY


def test_a_reason_holds_for_an_hour_and_for_one_unit(house: SimpleNamespace) -> None:
    session: dict[str, Any] = {}
    now = clock.now()
    other = Unit.objects.create(name="Archives")
    looking.give_reason(session, house.unit, WHY, now)
    assert looking.reason(session, house.unit, now + timedelta(minutes=59)) == WHY
    assert looking.reason(session, house.unit, now + timedelta(minutes=60)) == ""
    assert looking.reason(session, other, now) == ""


def test_whoever_leads_it_is_never_asked(house: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(house.alice)
    look_often(client, house.page)
    assert client.get(house.page).status_code == 200


def test_looks_of_long_ago_do_not_count(house: SimpleNamespace, signed_in: Any, monkeypatch: Any) -> None:
    client = signed_in(house.officer)
    look_often(client, house.page)
    later = clock.now() + looking.SPAN + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(house.page).status_code == 200


def test_those_who_lead_it_read_who_looked_and_nobody_else_does(house: SimpleNamespace, signed_in: Any) -> None:
    officer = signed_in(house.officer)
    look_often(officer, house.page)
    officer.post(house.why, {"why": WHY})
    assert "Who has looked" not in officer.get(house.page).content.decode()
    officer.get(reverse("web-use-security"))
    shown = signed_in(house.alice).get(house.page).content.decode()
    for words in ("Philippa Strand", "Monitoring officer", WHY, "All units", "Leads the unit"):
        assert words in shown
