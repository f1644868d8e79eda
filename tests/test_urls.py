"""Every address of Moothall, as a stranger, a colleague of another service and the right person meet it.

A new view must be added to ``PAGES`` (ours) or ``SIGN_IN_PAGES`` (allauth's) of ``addresses.py``, or a test
below fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from moothall.accounts.models import Invitation, User
from moothall.accounts.permissions import PERMISSIONS
from moothall.core.access import PUBLIC
from moothall.library.models import Asset, Consent
from moothall.planning.models import PostFile
from moothall.publishing.models import Absence, ApprovalRule, Delivery, Pause, Post, ReadyMade, Revision
from moothall.rehearsal.models import PracticeAccount
from moothall.webuse.models import Purpose, PurposeApproval
from tests import factories
from tests.addresses import IN_DEBUG_ONLY, SIGN_IN, SIGN_IN_PAGES, Page
from tests.live_world import LIVE_MODELS
from tests.whole_world import ANYBODY, PAGES, STAFF, address_of, whole_world

pytestmark = pytest.mark.django_db

RIGHT_PEOPLE = ("alice", "desk", "administrator", "monitoring_officer")


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def is_ours(pattern: URLPattern) -> bool:
    return pattern.callback.__module__.startswith("moothall.")


@pytest.fixture
def world(mail_server_is_away: None) -> SimpleNamespace:
    return whole_world()


@pytest.fixture
def mail_server_is_away(settings: Any, db: None) -> None:
    """Nothing on these pages needs one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


@pytest.fixture
def browsers(world: SimpleNamespace, signed_in: Any) -> dict[str, Client]:
    people = ("alice", "bob", "colleague", *RIGHT_PEOPLE[1:])
    return {"stranger": Client(), **{name: signed_in(getattr(world, name)) for name in people}}


def right_person(page: Page, world: SimpleNamespace) -> str:
    libraries = SimpleNamespace(service_id=world.service)
    return next(name for name in RIGHT_PEOPLE if getattr(world, name).may(page.needs, libraries))


def snapshot() -> list[Any]:
    """What a person without the right must not be able to change."""
    models = (
        Post,
        ReadyMade,
        PostFile,
        Asset,
        Consent,
        Revision,
        Delivery,
        Pause,
        Absence,
        ApprovalRule,
        User,
        Invitation,
        PracticeAccount,
        Purpose,
        PurposeApproval,
        *LIVE_MODELS,
    )
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_no_view_is_missing_from_the_tables() -> None:
    ours = {each.name for each in patterns() if is_ours(each)}
    assert ours | IN_DEBUG_ONLY == {page.name for page in PAGES}
    theirs = {each.name for each in patterns() if not is_ours(each)}
    assert theirs == set(SIGN_IN_PAGES)


@pytest.mark.parametrize("pattern", [each for each in patterns() if is_ours(each)], ids=lambda each: each.name)
def test_every_view_of_ours_says_who_may_see_it(pattern: URLPattern) -> None:
    permission = getattr(pattern.callback, "permission", None)
    assert permission is not None, "Mark the view with @public or @needs(…) of core.access."
    assert permission == PUBLIC or permission in PERMISSIONS
    assert {permission} == {page.needs for page in PAGES if page.name == pattern.name}


def test_strangers_and_everybody_else_meet_the_public_pages(
    world: SimpleNamespace, browsers: dict[str, Client]
) -> None:
    for page in ANYBODY:
        if page.name in IN_DEBUG_ONLY and not settings.DEBUG:
            continue
        for who in ("stranger", "bob"):
            assert browsers[who].get(address_of(page, world)).status_code == page.right, (who, str(page))


@pytest.mark.parametrize("row", STAFF, ids=str)
def test_a_staff_page(row: Page, world: SimpleNamespace, browsers: dict[str, Client]) -> None:
    address = address_of(row, world)
    before = snapshot()
    for method in ("get", "post"):
        turned_away = getattr(browsers["stranger"], method)(address)
        assert turned_away.status_code == 302
        assert turned_away["Location"].startswith(f"{SIGN_IN}?next=")
    for_all_staff = PERMISSIONS[row.needs].all_staff
    if not for_all_staff:
        assert browsers["colleague"].get(address).status_code == 403
        assert browsers["colleague"].post(address).status_code == 403
    wrong: HttpResponse = browsers["bob"].post(address) if row.post else browsers["bob"].get(address)
    assert wrong.status_code == row.wrong
    if row.wrong in (403, 404):
        assert browsers["bob"].post(address).status_code in (row.wrong, 405)  # some only show
    assert snapshot() == before, "They changed something all the same."
    assert browsers[right_person(row, world)].get(address).status_code == (405 if row.post else row.right)


@pytest.mark.parametrize("row", [page for page in STAFF if page.wrong == 200 and page.needs != "channel.see"], ids=str)
def test_a_page_open_to_every_service_shows_each_its_own(
    row: Page, world: SimpleNamespace, browsers: dict[str, Client]
) -> None:
    shown = browsers["bob"].get(address_of(row, world)).content.decode(errors="replace")  # some are PDFs
    assert not re.search(rf'href="/posts/{world.post}/', shown)
    assert 'href="/register/libraries/' not in shown


def test_a_picture_that_is_not_public_exists_for_those_who_see_posts_alone(
    world: SimpleNamespace, browsers: dict[str, Client]
) -> None:
    private = reverse("media", args=[world.private_file])
    assert browsers["stranger"].get(private).status_code == 404
    assert browsers["colleague"].get(private).status_code == 404
    assert browsers["alice"].get(private).status_code == 200
    by_a_detour = reverse("media", args=[f"newsroom/../{world.private_file}"])
    assert browsers["stranger"].get(by_a_detour).status_code == 404
    assert (Path(settings.MEDIA_ROOT) / world.private_file).exists()


@pytest.mark.parametrize("name", SIGN_IN_PAGES)
def test_a_page_of_the_sign_in(name: str, client: Client, signed_in: Any) -> None:
    args, for_a_stranger, for_a_colleague = SIGN_IN_PAGES[name]
    address = reverse(name, args=args)
    assert client.get(address).status_code == for_a_stranger
    colleague = factories.person()
    colleague.set_password("a rather long walk by the canal")
    colleague.save()
    EmailAddress.objects.create(user=colleague, email=colleague.email, verified=True, primary=True)
    assert signed_in(colleague).get(address).status_code == for_a_colleague


def test_addresses_that_do_not_exist_say_so_in_our_own_page(client: Client) -> None:
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert "There is no such page" in page.content.decode()
