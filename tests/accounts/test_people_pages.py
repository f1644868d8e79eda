"""The administrators' pages about people, services and units."""

from typing import Any

import pytest
from django.test import Client

from moothall.accounts.models import Service, Unit, User
from moothall.accounts.roles import Role
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(administrator: User, signed_in: Any) -> Client:
    client: Client = signed_in(administrator)
    return client


def test_people_are_found_by_name_address_and_job(browser: Client) -> None:
    factories.person(name="Rowan Pike", job_title="Local studies librarian")
    factories.person(name="Fern Hale")
    for words in ("rowan", "studies", User.objects.get(name="Rowan Pike").email):
        page = browser.get("/people/", {"q": words}).content.decode()
        assert "Rowan Pike" in page
        assert "Fern Hale" not in page
    assert "Nobody matches that." in browser.get("/people/", {"q": "nobody at all"}).content.decode()


def test_a_list_of_many_people_takes_no_more_queries_than_one_of_few(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    libraries = factories.service("Libraries")
    for _ in range(30):
        factories.person((Role.AUTHOR, libraries))
    with django_assert_max_num_queries(16):
        browser.get("/people/")


def test_an_administrator_changes_a_person_and_their_roles_at_once(browser: Client) -> None:
    libraries = factories.service("Libraries")
    rowan = factories.person((Role.CONTRIBUTOR, libraries), name="Rowan Pike")
    values = {
        "name": "Rowan Pike-Marsh",
        "job_title": "Librarian",
        "kind": "staff",
        "is_active": "on",
        "organisation": ["desk"],
    }
    done = browser.post(f"/people/{rowan.pk}/", {**values, f"service_{libraries.pk}": "lead"})
    assert done.url == "/people/"
    rowan = User.objects.get(pk=rowan.pk)
    assert rowan.name == "Rowan Pike-Marsh"
    assert {str(each) for each in rowan.memberships.all()} == {"Lead, Libraries", "Comms desk, the whole organisation"}
    assert set(Record.objects.values_list("kind", flat=True)) >= {"person.changed", "person.roles"}


def test_what_cannot_be_done_to_roles_leaves_the_rest_undone_too(browser: Client, administrator: User) -> None:
    values = {"name": "Somebody Else", "kind": "staff", "is_active": "on", "organisation": []}
    page = browser.post(f"/people/{administrator.pk}/", values)
    assert page.status_code == 200
    assert "is the only administrator" in page.content.decode()
    administrator.refresh_from_db()
    assert administrator.name == "Alder Finch"
    assert not Record.objects.filter(kind="person.changed").exists()


def test_a_service_is_added_and_changed_and_recorded(browser: Client) -> None:
    assert browser.post("/services/new/", {"name": "Libraries", "slug": "libraries"}).url == "/services/"
    libraries = Service.objects.get()
    browser.post(f"/services/{libraries.pk}/", {"name": "Libraries", "slug": "libraries", "summary": "Books."})
    assert list(Record.objects.values_list("kind", flat=True)) == ["service.added", "service.changed"]
    again = browser.post("/services/new/", {"name": "Libraries", "slug": "libraries-2"})
    assert "already exists" in again.content.decode()


def test_units_are_a_tree_and_no_unit_is_part_of_itself(browser: Client) -> None:
    browser.post("/units/new/", {"name": "Culture"})
    culture = Unit.objects.get()
    browser.post("/units/new/", {"name": "Libraries team", "parent": culture.pk})
    team = Unit.objects.get(name="Libraries team")
    assert team.parent == culture
    for parent in (culture, team):
        page = browser.post(f"/units/{culture.pk}/", {"name": "Culture", "parent": parent.pk})
        assert "cannot be part of itself" in page.content.decode()
    assert "Libraries team" in browser.get("/services/").content.decode()


def test_hostile_names_are_shown_as_what_they_are(browser: Client) -> None:
    factories.person(name="<script>alert(1)</script>", job_title="<img src=x onerror=alert(1)>")
    page = browser.get("/people/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_the_rail_shows_each_person_what_they_may_use(browser: Client, signed_in: Any) -> None:
    assert 'href="/people/"' in browser.get("/today/").content.decode()
    assert 'href="/people/"' not in signed_in(factories.person()).get("/today/").content.decode()
