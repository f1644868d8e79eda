"""What people change about their own way in: asked for the password first, and on record without any secret."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.records.models import Record
from tests import factories
from tests.accounts.test_signing_in import PASSWORD, code_at, page_to_switch_it_on, secret_on, sign_in, somebody

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "a rather long walk on the moor"
NEW_ADDRESS = "rowan.pike@exampleshire.example"


@pytest.fixture(autouse=True)
def _nobody_has_tried_anything() -> None:
    cache.clear()  # no table of a model's, so nothing else empties it between these tests


@pytest.fixture
def rowan(client: Client) -> User:
    """Somebody who has just signed in."""
    person = somebody(name="Rowan Pike")
    sign_in(client, person)
    return person


def kept(person: User) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """What is on record of what ``person`` did to their own account."""
    records = Record.objects.filter(ref=f"user:{person.pk}", actor_id=person.pk).order_by("number")
    return [(each.kind, each.before, each.after) for each in records]


def link_to(address: str) -> str:
    message = next(each for each in mail.outbox if address in each.to)
    found = re.search(r"http://[^/]+(/\S+)", str(message.body))
    assert found
    return found[1]


def give_password(client: Client, question: Any) -> Any:
    assert "/account/reauthenticate/" in question.url
    return client.post(question.url, {"password": PASSWORD, "next": question.url.split("next=")[1].replace("%2F", "/")})


def test_a_new_address_is_asked_the_password_for(client: Client, rowan: User) -> None:
    question = client.post("/account/email/", {"email": NEW_ADDRESS, "action_add": ""})
    assert not mail.outbox, "Nothing has happened yet."
    wrong = client.post(question.url, {"password": "wrong", "next": "/account/email/"})
    assert wrong.status_code == 200
    assert not mail.outbox
    give_password(client, question)
    assert [message.to for message in mail.outbox] == [[NEW_ADDRESS]]
    assert kept(rowan) == [], "It is confirmed before anything changes."


def test_a_new_address_is_on_record_once_it_is_confirmed(client: Client, rowan: User) -> None:
    old = rowan.email
    give_password(client, client.post("/account/email/", {"email": NEW_ADDRESS, "action_add": ""}))
    Client().post(link_to(NEW_ADDRESS))
    rowan.refresh_from_db()
    assert rowan.email == NEW_ADDRESS
    assert kept(rowan) == [("person.email_changed", {"email": old}, {"email": NEW_ADDRESS})]
    assert any(old in message.to for message in mail.outbox), "The old address is told."


def test_a_changed_password_is_on_record(client: Client, rowan: User) -> None:
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert kept(rowan) == [("person.password_changed", {}, {})]


def test_a_password_that_is_not_changed_after_all_is_not(client: Client, rowan: User) -> None:
    client.post("/account/password/change/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert kept(rowan) == []


def test_a_reset_password_is_on_record(client: Client, rowan: User) -> None:
    browser = Client()
    browser.post("/account/password/reset/", {"email": rowan.email})
    form = browser.get(link_to(rowan.email), follow=True)
    assert kept(rowan) == []
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert kept(rowan) == [("person.password_reset", {}, {})]


def test_a_first_password_is_on_record(client: Client) -> None:
    person = factories.person()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/account/password/set/", {"password1": NEW, "password2": NEW})
    assert kept(person) == [("person.password_set", {}, {})]


def test_an_authenticator_app_and_its_codes_are_on_record_from_beginning_to_end(client: Client, rowan: User) -> None:
    secret = secret_on(page_to_switch_it_on(client))
    client.post("/account/2fa/totp/activate/", {"code": code_at(secret, time.time())})
    client.post("/account/2fa/recovery-codes/generate/")
    client.post("/account/2fa/totp/deactivate/")
    found = kept(rowan)
    assert found == [
        ("person.second_step_added", {}, {"kind": "totp"}),
        ("person.recovery_codes_generated", {}, {}),
        ("person.recovery_codes_generated", {}, {}),
        ("person.second_step_removed", {"kind": "totp"}, {}),
        ("person.second_step_removed", {"kind": "recovery_codes"}, {}),
    ]
    assert secret not in str(found)


def test_a_passkey_is_on_record_by_the_name_its_owner_gave_it(rowan: User) -> None:
    data = {"name": "Rowan’s key", "credential": {"id": "cGFzc2tleQ"}}
    passkey = Authenticator.objects.create(user=rowan, type=Authenticator.Type.WEBAUTHN, data=data)
    about = {"sender": Authenticator, "request": None, "user": rowan, "authenticator": passkey}
    signals.authenticator_added.send(**about)
    signals.authenticator_removed.send(**about)
    named = {"kind": "webauthn", "name": "Rowan’s key"}
    assert kept(rowan) == [("person.second_step_added", {}, named), ("person.second_step_removed", named, {})]


def test_no_record_has_a_password_or_its_hash(client: Client, rowan: User) -> None:
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    rowan.refresh_from_db()
    everything = str(list(Record.objects.values()))
    for secret in (PASSWORD, NEW, rowan.password):
        assert secret not in everything


@pytest.mark.parametrize("address", ["/account/email/", "/account/2fa/", "/account/2fa/totp/activate/"])
def test_in_practice_without_a_password_the_pages_open(address: str, client: Client, settings: Any) -> None:
    """The people of the example council have no password: there is nothing to ask them for."""
    settings.DEBUG = True
    desk = factories.person((Role.DESK, None))
    EmailAddress.objects.create(user=desk, email=desk.email, verified=True, primary=True)
    client.post("/sign-in-as/", {"person": desk.pk})
    assert client.get(address).status_code == 200


def test_in_practice_an_address_can_be_changed_and_a_password_set(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    desk = factories.person((Role.DESK, None))
    EmailAddress.objects.create(user=desk, email=desk.email, verified=True, primary=True)
    client.post("/sign-in-as/", {"person": desk.pk})
    client.post("/account/email/", {"email": NEW_ADDRESS, "action_add": ""})
    assert any(NEW_ADDRESS in message.to for message in mail.outbox)
    assert client.get("/account/password/change/").url == "/account/password/set/"
    assert client.get("/account/password/set/").status_code == 200
