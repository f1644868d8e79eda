"""Signing in, on the real pages: with a password, with a second step, and not too often."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.core import mail
from django.test import Client

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "a rather long walk by the canal"


def somebody(*grants: tuple[Role, Any], **values: Any) -> User:
    """A person with a password and a confirmed address."""
    person = factories.person(*grants, **values)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(client: Client, person: User, password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": person.email, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def code_at(secret: str, moment: float) -> str:
    """RFC 6238's code of six digits for thirty seconds, worked out here from the RFC and not by allauth."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(moment) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def page_to_switch_it_on(client: Client) -> str:
    """The page with the key for the app. It asks for the password first, so that nobody does it at an open desk."""
    address = "/account/2fa/totp/activate/"
    question = client.get(address, follow=True)
    assert "/account/reauthenticate/" in question.redirect_chain[-1][0]
    there = client.post(question.redirect_chain[-1][0], {"password": PASSWORD, "next": address})
    assert there.url == address
    return client.get(address).content.decode()


def secret_on(page: str) -> str:
    shown = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert shown
    return shown[1]


def test_a_colleague_signs_in_and_out(client: Client) -> None:
    rowan = somebody()
    assert sign_in(client, rowan).url == "/today/"
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_capitals_in_an_address_do_not_matter(client: Client) -> None:
    rowan = somebody()
    assert client.post("/account/login/", {"login": rowan.email.upper(), "password": PASSWORD}).url == "/today/"


def test_the_way_back_leads_to_the_page_one_came_for_and_nowhere_else(client: Client) -> None:
    rowan = somebody()
    there = client.get("/notices/")
    assert there.url == "/account/login/?next=/notices/"
    form = {"login": rowan.email, "password": PASSWORD}
    assert client.post(there.url, {**form, "next": "/notices/"}).url == "/notices/"
    assert Client().post("/account/login/", {**form, "next": "https://elsewhere.example/"}).url == "/today/"


def test_somebody_who_has_left_cannot_sign_in_and_is_signed_out(client: Client) -> None:
    rowan = somebody()
    sign_in(client, rowan)
    User.objects.filter(pk=rowan.pk).update(is_active=False)
    assert not is_signed_in(client)
    other = Client()
    sign_in(other, rowan)
    assert not is_signed_in(other)


def test_after_five_wrong_passwords_the_right_one_must_wait(client: Client) -> None:
    rowan, ivy = somebody(), somebody()
    for _ in range(5):
        page = sign_in(client, rowan, "wrong")
        assert page.status_code == 200
        assert "not correct" in page.content.decode()
    locked = sign_in(client, rowan)
    assert "Too many failed login attempts" in locked.content.decode()
    assert not is_signed_in(client)
    assert sign_in(Client(), ivy).url == "/today/", "Nobody else is kept out."


def test_trying_one_person_after_another_is_stopped_as_well(client: Client) -> None:
    answers = {sign_in(client, somebody(), "wrong").status_code for _ in range(12)}
    innocent = somebody()
    page = sign_in(client, innocent)
    assert not is_signed_in(client)
    assert answers <= {200, 429}
    assert page.status_code == 429 or "Too many" in page.content.decode()


def test_a_role_for_the_whole_organisation_needs_a_second_step(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    sign_in(client, desk)
    for address in ("/today/", "/notices/", "/posts/", "/"):
        assert client.get(address).url == "/account/2fa/", address
    page = client.get("/account/2fa/")
    assert "second step" in page.content.decode()
    assert client.get("/brand.css").status_code == 200, "The page has its look."
    assert client.get("/brand/logo.png").status_code == 404, "There is no logo, and that is all."


def test_a_role_in_a_service_does_not(client: Client) -> None:
    sign_in(client, somebody((Role.LEAD, factories.service())))
    assert is_signed_in(client)


def test_setting_up_an_authenticator_app_opens_the_house_and_is_asked_for_from_then_on(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    sign_in(client, desk)
    page = page_to_switch_it_on(client)
    assert "<svg" in page
    secret = secret_on(page)
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_mfa_enabled(desk)
    now = time.time()
    done = client.post("/account/2fa/totp/activate/", {"code": code_at(secret, now)})
    assert done.url == "/account/2fa/recovery-codes/"
    assert client.get(done.url).status_code == 200
    assert client.get("/today/").status_code == 200

    other = Client()
    assert sign_in(other, desk).url == "/account/2fa/authenticate/"
    assert not is_signed_in(other)
    assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_signed_in(other)
    other.post("/account/2fa/authenticate/", {"code": code_at(secret, now + 30)})
    assert is_signed_in(other)


def test_switching_the_second_step_off_closes_the_house_again(client: Client) -> None:
    desk = somebody((Role.DESK, None))
    sign_in(client, desk)
    secret = secret_on(page_to_switch_it_on(client))
    client.post("/account/2fa/totp/activate/", {"code": code_at(secret, time.time())})
    assert is_signed_in(client)
    client.post("/account/2fa/totp/deactivate/")
    assert client.get("/today/").url == "/account/2fa/"


def test_a_mail_server_that_is_away_does_not_undo_a_password_change(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rowan = somebody()
    sign_in(client, rowan)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    new = "a rather long walk on the moor"
    values = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/account/password/change/", values).status_code == 302
    rowan.refresh_from_db()
    assert rowan.check_password(new)
    assert "could not be sent" in caplog.text


def test_a_forgotten_password_is_reset_by_e_mail_and_tells_strangers_nothing(client: Client) -> None:
    rowan = somebody()
    known = client.post("/account/password/reset/", {"email": rowan.email}, follow=True).content
    (message,) = mail.outbox
    link = re.search(r"http://\S+(/account/password/reset/key/\S+)", str(message.body))
    assert link
    unknown = Client().post("/account/password/reset/", {"email": "stranger@elsewhere.example"}, follow=True).content
    assert known == unknown
    assert len(mail.outbox) == 1, "Nobody who has no account here gets mail from us."
    form = client.get(link[1], follow=True)
    new = "a rather long walk on the moor"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(Client(), rowan, new).url == "/today/"


def test_the_page_that_signs_one_in_as_anybody_exists_in_debug_only(client: Client, settings: Any) -> None:
    desk = factories.person((Role.DESK, None), name="Bryony Wold")
    settings.DEBUG = False
    assert client.get("/sign-in-as/").status_code == 404
    assert client.post("/sign-in-as/", {"person": desk.pk}).status_code == 404
    assert not is_signed_in(client)
    settings.DEBUG = True
    assert "Bryony Wold" in client.get("/sign-in-as/").content.decode()
    assert client.post("/sign-in-as/", {"person": desk.pk}).url == "/today/"
    assert is_signed_in(client), "In practice nobody is asked for a second step."
    settings.DEBUG = False
    assert client.get("/today/").url == "/account/2fa/", "What practice allowed ends with it."


def test_even_in_debug_nobody_becomes_somebody_who_has_left(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    gone = factories.person(is_active=False)
    assert client.post("/sign-in-as/", {"person": gone.pk}).status_code == 404
