"""Every address of Moothall, as a stranger, a colleague of another service and the right person meet it.

A new view must be added to ``PAGES`` (ours) or ``SIGN_IN_PAGES`` (allauth's), or a test below fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from moothall.accounts import actions as account_actions
from moothall.accounts.models import Invitation, Unit, User
from moothall.accounts.permissions import PERMISSIONS
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity
from moothall.core.access import PUBLIC
from moothall.newsroom.models import Entry
from moothall.publishing import actions, delivery
from moothall.publishing.models import Delivery, Post, Revision
from moothall.rehearsal.models import PracticeAccount, Sent
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Page:
    """One address. ``needs`` is its permission.

    ``of`` names the things of ``world`` that stand in the address. ``wrong`` is what a lead of another service gets, of
    a ``GET`` or, if ``post`` alone is answered, of a ``POST``; ``right`` what the right person gets.
    """

    name: str
    needs: str
    of: tuple[str, ...] = ()
    right: int = 200
    wrong: int = 403
    post: bool = False

    def __str__(self) -> str:
        return " ".join((self.name, *self.of))


ANYBODY = [
    Page("home", PUBLIC),
    Page("newsroom-page", PUBLIC, ("handle",)),
    Page("newsroom-atom", PUBLIC, ("handle",)),
    Page("newsroom-json", PUBLIC, ("handle",)),
    Page("newsroom-entry", PUBLIC, ("handle", "entry_key")),
    Page("channels", PUBLIC),
    Page("channel", PUBLIC, ("channel_slug",)),
    Page("channels-json", PUBLIC),
    Page("channels-csv", PUBLIC),
    Page("channels-opml", PUBLIC),
    Page("channels-check", PUBLIC),
    Page("channels-check-json", PUBLIC, right=400),  # nothing was asked
    Page("brand-css", PUBLIC),
    Page("brand-logo", PUBLIC, right=404),  # there is no logo yet
    Page("healthz", PUBLIC),
    Page("media", PUBLIC, ("public_file",)),
    Page("invitation", PUBLIC, ("token",), right=302),
    Page("sign-in-as", PUBLIC, right=404),  # outside debug
    Page("house-style", PUBLIC),
]
STAFF = [
    Page("today", "staff", wrong=200),
    Page("notices", "staff", wrong=200),
    Page("read-notices", "staff", wrong=302, post=True),
    Page("register", "channel.see", wrong=200),
    Page("register-channel", "channel.see", ("channel_slug",), wrong=200),
    Page("register-new", "channel.edit", wrong=200),
    Page("register-health", "channel.edit", wrong=200),
    Page("register-edit", "channel.edit", ("channel_slug",)),
    Page("register-state", "channel.edit", ("channel_slug",)),
    Page("register-connect", "channel.connect", ("channel_slug",)),
    Page("register-check", "channel.connect", ("channel_slug",), post=True),
    Page("register-disconnect", "channel.connect", ("channel_slug",)),
    Page("register-import", "channel.import"),
    Page("register-import-apply", "channel.import", post=True),
    Page("register-export", "channel.import"),
    Page("posts", "post.see", wrong=200),
    Page("write", "post.write", wrong=200),
    Page("approvals", "post.approve", wrong=200),
    Page("post", "post.see", ("post",), wrong=404),
    Page("edit-post", "post.write", ("post",), wrong=404),
    Page("take-back-post", "post.write", ("post",), wrong=404, post=True),
    Page("reopen-post", "post.write", ("post",), wrong=404, post=True),
    Page("decide-post", "post.approve", ("post", "revision"), wrong=404, post=True),
    Page("decide-delivery", "delivery.decide", ("delivery", "look_again"), wrong=404, post=True),
    Page("decide-delivery", "delivery.decide", ("delivery", "cancel"), wrong=404, post=True),
    Page("rehearsal", "rehearsal.practise", wrong=200),
    Page("rehearsal-fault-off", "rehearsal.practise", ("practice_account",), wrong=302, post=True),
    Page("rehearsal-speak-up", "rehearsal.practise", ("rehearsed",), wrong=302, post=True),
    Page("people", "people.manage"),
    Page("invite", "people.manage"),
    Page("person", "people.manage", ("person",)),
    Page("withdraw-invitation", "people.manage", ("invitation",), post=True),
    Page("services", "services.manage"),
    Page("new-service", "services.manage"),
    Page("edit-service", "services.manage", ("service",)),
    Page("new-unit", "services.manage"),
    Page("edit-unit", "services.manage", ("unit",)),
    Page("council-settings", "council.settings"),
]
PAGES = [*ANYBODY, *STAFF]
IN_DEBUG_ONLY = {"house-style"}

SIGN_IN = "/account/login/"
SIGN_IN_PAGES: dict[str, tuple[tuple[Any, ...], int, int]] = {
    # name: (what stands in the address, what a stranger gets, what a signed-in colleague gets)
    "account_login": ((), 200, 302),
    "account_logout": ((), 302, 200),
    "account_inactive": ((), 200, 200),
    "account_signup": ((), 200, 302),
    "account_reauthenticate": ((), 302, 200),
    "account_email": ((), 302, 200),
    "account_email_verification_sent": ((), 200, 200),
    "account_change_password": ((), 302, 200),
    "account_set_password": ((), 302, 302),
    "account_reset_password": ((), 200, 200),
    "account_confirm_login_code": ((), 302, 302),
    "account_confirm_email": (("no-such-key",), 200, 200),
    "account_reset_password_from_key_done": ((), 200, 200),
    "account_reset_password_from_key": (("a", "no-such-key"), 200, 200),
    "account_reset_password_done": ((), 200, 200),
    "mfa_index": ((), 302, 200),
    "mfa_authenticate": ((), 302, 302),
    "mfa_reauthenticate": ((), 302, 302),
    "mfa_activate_totp": ((), 302, 302),
    "mfa_deactivate_totp": ((), 302, 404),
    "mfa_view_recovery_codes": ((), 302, 404),
    "mfa_generate_recovery_codes": ((), 302, 302),
    "mfa_download_recovery_codes": ((), 302, 404),
    "mfa_list_webauthn": ((), 302, 200),
    "mfa_add_webauthn": ((), 302, 302),
    "mfa_reauthenticate_webauthn": ((), 302, 302),
    "mfa_remove_webauthn": ((1,), 302, 302),
    "mfa_edit_webauthn": ((1,), 302, 302),
    "mfa_login_webauthn": ((), 302, 302),
}


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
    """One of everything, all of the libraries: what their lead may reach and the lead of the highways may not."""
    libraries, highways = factories.service("Libraries"), factories.service("Highways")
    alice = factories.person((Role.LEAD, libraries), name="Alice of the libraries")
    bob = factories.person((Role.LEAD, highways), name="Bob of the highways")
    author = factories.person((Role.AUTHOR, libraries))
    channel = factories.connected(service=libraries, handle="libraries", slug="libraries", capacity=Capacity.SERVICE)
    rehearsal = factories.channel(service=libraries, network="rehearsal")
    factories.connect(rehearsal, like="")
    awaiting = factories.post(author, channel, rehearsal, pictures=1)
    revision = actions.send_for_approval(author, awaiting)
    public_file = _send(author, alice, channel)
    (failed,) = factories.approved(rehearsal)
    Delivery.objects.filter(pk=failed.pk).update(state="unconfirmed")
    entry = Entry.objects.get()
    invited = account_actions.invite(None, email="ivy@exampleshire.example", name="Ivy")
    return SimpleNamespace(
        alice=alice,
        bob=bob,
        colleague=factories.person(name="A colleague without a role"),
        desk=factories.person((Role.DESK, None)),
        administrator=factories.person((Role.ADMINISTRATOR, None)),
        handle="libraries",
        channel_slug="libraries",
        entry_key=entry.key,
        public_file=public_file,
        private_file=awaiting.attachments.get().picture.name,
        token=invited.link.split("/")[-2],
        invitation=invited.invitation.pk,
        post=awaiting.pk,
        revision=revision.number,
        delivery=failed.pk,
        look_again="look-again",
        cancel="cancel",
        practice_account=PracticeAccount.objects.create(handle="somebody", display_name="Somebody").pk,
        rehearsed=Sent.objects.create(handle="somebody", key="3k", text="Hello", said_at=entry.said_at).pk,
        person=author.pk,
        service=libraries.pk,
        unit=Unit.objects.create(name="Culture").pk,
    )


@pytest.fixture
def mail_server_is_away(settings: Any, db: None) -> None:
    """Nothing on these pages needs one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def _send(author: User, approver: User, channel: Any) -> str:
    """Send a post with a picture, and return the name of the file that the public then sees."""
    post: Post = factories.post(author, channel, text="Out in the open.", pictures=1)
    actions.approve(approver, actions.send_for_approval(author, post))
    claimed = delivery.claim(channel.pk)
    assert claimed
    delivery.send(claimed)
    return Entry.objects.get().pictures.get().name


@pytest.fixture
def browsers(world: SimpleNamespace, signed_in: Any) -> dict[str, Client]:
    people = ("alice", "bob", "colleague", "desk", "administrator")
    return {"stranger": Client(), **{name: signed_in(getattr(world, name)) for name in people}}


def address_of(page: Page, world: SimpleNamespace) -> str:
    return reverse(page.name, args=[getattr(world, each) for each in page.of])


def right_person(page: Page, world: SimpleNamespace) -> str:
    libraries = SimpleNamespace(service_id=world.service)
    return next(name for name in ("alice", "desk", "administrator") if getattr(world, name).may(page.needs, libraries))


def snapshot() -> list[Any]:
    """What a person without the right must not be able to change."""
    models = (Post, Revision, Delivery, User, Invitation, PracticeAccount)
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
        assert browsers["bob"].post(address).status_code == row.wrong
    assert snapshot() == before, "They changed something all the same."
    assert browsers[right_person(row, world)].get(address).status_code == (405 if row.post else 200)


@pytest.mark.parametrize("row", [page for page in STAFF if page.wrong == 200 and page.needs != "channel.see"], ids=str)
def test_a_page_open_to_every_service_shows_each_its_own(
    row: Page, world: SimpleNamespace, browsers: dict[str, Client]
) -> None:
    shown = browsers["bob"].get(address_of(row, world)).content.decode()
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
