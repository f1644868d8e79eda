"""How people who may do more than contribute sign in is on record: with which second step, and not from where."""

import time
from typing import Any

import pytest
from allauth.account import signals as account_signals
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client, RequestFactory

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.records import refs
from moothall.records.models import Record
from tests import factories
from tests.accounts.test_signing_in import PASSWORD, code_at, is_signed_in, sign_in, somebody

pytestmark = pytest.mark.django_db

STEP = "/account/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_anything() -> None:
    cache.clear()


def with_app(person: User) -> str:
    """Set an authenticator app up for them; its key."""
    secret: str = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def kept(person: User) -> list[tuple[str, int | None, dict[str, Any]]]:
    found = Record.objects.filter(ref=f"user:{person.pk}", kind__startswith="person.s").order_by("number")
    return [(each.kind, each.actor_id, each.after) for each in found]


def everything_kept() -> str:
    return str(list(Record.objects.values()))


def test_a_sign_in_with_a_code_is_on_record(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    secret = with_app(desk)
    sign_in(client, desk)
    assert kept(desk) == [], "The password alone is no sign-in."
    code = code_at(secret, time.time())
    client.post(STEP, {"code": code}, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Lynx of the hills")
    assert is_signed_in(client)
    assert kept(desk) == [("person.signed_in", desk.pk, {"second_step": "totp"})]
    for unsaid in (code, secret, "192.0.2.7", "Lynx", desk.email):
        assert unsaid not in everything_kept()


def test_so_is_one_with_a_recovery_code(client: Client) -> None:
    desk = somebody((Role.HR, None))
    with_app(desk)
    (code, *_) = RecoveryCodes.activate(desk).get_unused_codes()
    sign_in(client, desk)
    client.post(STEP, {"code": code})
    assert is_signed_in(client)
    assert kept(desk) == [("person.signed_in", desk.pk, {"second_step": "recovery_codes"})]
    assert code not in everything_kept()


def test_and_one_with_a_passkey_alone(client: Client) -> None:
    """The ceremony with the device is allauth's; this is what it leaves in the session."""
    officer = somebody((Role.MONITORING_OFFICER, None))
    request = RequestFactory().get("/account/login/")
    request.session = SessionStore()
    record_authentication(request, officer, "mfa", id=1, type=Authenticator.Type.WEBAUTHN, passwordless=True)
    account_signals.user_logged_in.send(User, request=request, user=officer)
    assert kept(officer) == [("person.signed_in", officer.pk, {"second_step": "webauthn"})]


def test_a_wrong_code_is_on_record_and_nobody_is_blamed_for_it(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    with_app(desk)
    sign_in(client, desk)
    client.post(STEP, {"code": "000000"})
    assert not is_signed_in(client)
    assert kept(desk) == [("person.second_step_failed", None, {"second_step": "totp"})]
    assert "000000" not in str(Record.objects.values_list("why", "before", "after"))


def test_a_code_asked_for_again_is_no_sign_in_and_a_wrong_one_is_kept(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    secret = with_app(desk)
    sign_in(client, desk)
    now = time.time()
    client.post(STEP, {"code": code_at(secret, now)})
    client.post("/account/2fa/reauthenticate/", {"code": "000000"})
    cache.clear()  # the same code again: allauth takes each once
    client.post("/account/2fa/reauthenticate/", {"code": code_at(secret, now + 30)})
    assert client.session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["reauthenticated"]
    assert [kind for kind, _, _ in kept(desk)] == ["person.signed_in", "person.second_step_failed"]


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.APPROVER, Role.LEAD])
def test_so_is_that_of_people_whose_acts_the_public_sees(role: Role, client: Client) -> None:
    person = somebody((role, factories.service()))
    secret = with_app(person)
    sign_in(client, person)
    client.post(STEP, {"code": "000000"})
    client.post(STEP, {"code": code_at(secret, time.time())})
    assert is_signed_in(client)
    assert [kind for kind, _, _ in kept(person)] == ["person.second_step_failed", "person.signed_in"]


@pytest.mark.parametrize("has_role", [True, False])
def test_people_who_only_contribute_leave_no_trace_of_coming_in(has_role: bool, client: Client) -> None:
    person = somebody(*([(Role.CONTRIBUTOR, factories.service())] if has_role else []))
    secret = with_app(person)
    sign_in(client, person)
    client.post(STEP, {"code": "000000"})
    client.post(STEP, {"code": code_at(secret, time.time())})
    assert is_signed_in(client)
    assert not Record.objects.exists()


def test_nor_does_a_sign_in_with_the_password_alone(client: Client) -> None:
    """Whoever has such a role and no second step yet comes no further than to setting one up."""
    desk = somebody((Role.DESK, None))
    assert sign_in(client, desk, PASSWORD).status_code == 302
    assert not Record.objects.exists()


def test_records_know_what_people_services_and_units_are_called() -> None:
    rowan, libraries = factories.person(name="Rowan Pike"), factories.service("Libraries")
    asked = [
        f"user:{rowan.pk}",
        f"person:{rowan.pk}",
        f"service:{libraries.pk}",
        "unit:9",
        "user:0",
        "user:x",
        "post:1",
    ]
    assert refs.names(asked) == {
        f"user:{rowan.pk}": "Rowan Pike",
        f"person:{rowan.pk}": "Rowan Pike",
        f"service:{libraries.pk}": "Libraries",
    }
