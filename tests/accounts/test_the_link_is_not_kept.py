"""Pages that show a secret, once: no browser keeps a copy."""

from typing import Any

import pytest
from django.test import Client

from moothall.accounts.models import User
from tests.accounts.test_signing_in import page_to_switch_it_on, sign_in, somebody

pytestmark = pytest.mark.django_db


def test_no_browser_keeps_the_page_with_the_link(administrator: User, signed_in: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens, so the page shows the link
    browser = signed_in(administrator)
    form = browser.get("/people/invite/")
    assert "no-store" not in form["Cache-Control"], "What was typed is still there when one goes back."
    shown = browser.post("/people/invite/", {"email": "ivy@exampleshire.example", "name": "Ivy Brook"})
    assert "/invitation/" in shown.content.decode()
    assert {"private", "no-store"} <= set(shown["Cache-Control"].split(", "))


def test_no_browser_keeps_the_key_for_an_authenticator_app(client: Client) -> None:
    sign_in(client, somebody())
    page_to_switch_it_on(client)
    for address in ("/account/2fa/totp/activate/", "/account/2fa/", "/account/email/", "/account/login/"):
        assert {"private", "no-store"} <= set(client.get(address)["Cache-Control"].split(", ")), address


def test_public_pages_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/channels/").get("Cache-Control", "")
