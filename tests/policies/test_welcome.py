"""A new person meets the policies on the way to their first page: once, and without being kept from anything."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.roles import Kind, Role
from moothall.policies import actions
from moothall.policies.models import Met
from tests import factories
from tests.policies import making

pytestmark = pytest.mark.django_db

MIDDLEWARE = "moothall.policies.middleware.WelcomeMiddleware"
TODAY, WELCOME = "/today/", "/policies/welcome/"


@pytest.fixture(autouse=True)
def with_the_middleware(settings: Any) -> None:
    if MIDDLEWARE not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]


def test_a_new_person_is_met_once_and_goes_on_to_work(signed_in: Any) -> None:
    making.in_force()
    alice = factories.person()
    browser = signed_in(alice)
    met = browser.get(TODAY)
    assert (met.status_code, met["Location"]) == (302, WELCOME)
    page = browser.get(WELCOME).content.decode()
    assert "Read and acknowledge" in page
    assert f'href="{TODAY}">Later' in page
    assert browser.get(TODAY).status_code == 200
    assert Met.objects.filter(user=alice).count() == 1
    making.in_force("another")
    assert browser.get(TODAY).status_code == 200


def test_nobody_is_sent_away_from_anything_else(signed_in: Any) -> None:
    making.in_force()
    bob = factories.person((Role.AUTHOR, factories.service()))
    browser = signed_in(bob)
    for name in ("posts", "write", "notices", "policies", "channels"):
        assert browser.get(reverse(name)).status_code == 200
    assert browser.post(TODAY).status_code != 302
    assert not Met.objects.exists()


@pytest.mark.parametrize("kind", [Kind.CONTRACTOR, Kind.GUEST, Kind.COUNCILLOR])
def test_contractors_guests_and_councillors_are_met_too(kind: Kind, signed_in: Any) -> None:
    making.in_force("social-media", "contractors", "guests", "councillors")
    browser = signed_in(factories.person(kind=kind))
    assert browser.get(TODAY)["Location"] == WELCOME
    assert browser.get(reverse("policy", args=["social-media"])).status_code == 200
    done = browser.post(reverse("acknowledge-policy", args=["social-media", 1]), follow=True)
    assert "Thank you." in done.content.decode()
    assert "You have read everything" in browser.get(WELCOME).content.decode()


def test_who_has_nothing_to_acknowledge_is_not_sent_there(signed_in: Any) -> None:
    version = making.in_force("councillors", "councillors")
    browser = signed_in(factories.person())
    assert browser.get(TODAY).status_code == 200
    councillor = factories.person(kind=Kind.COUNCILLOR)
    actions.acknowledge(councillor, version)
    assert signed_in(councillor).get(TODAY).status_code == 200
    assert not Met.objects.exists()


def test_a_stranger_signs_in_first(client: Client) -> None:
    making.in_force()
    assert client.get(TODAY)["Location"].startswith("/account/login/")
