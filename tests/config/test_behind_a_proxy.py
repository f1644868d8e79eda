"""What follows from the address of the site, and from the servers that stand before it."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from moothall.config import settings as module
from moothall.config.environment import WrongSettings
from tests.accounts.test_signing_in import PASSWORD, somebody

SETTINGS = str(Path(module.__file__))


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> dict[str, Any]:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(SETTINGS)


@pytest.mark.parametrize("debug", ["true", "false"])
def test_https_with_nobody_before_us_is_refused_in_one_line(debug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings) as wrong:
        read(monkeypatch, MOOTHALL_URL="https://social.exampleshire.example", MOOTHALL_DEBUG=debug)
    assert str(wrong.value) == (
        "MOOTHALL_TRUSTED_PROXIES: MOOTHALL_URL is https, and Moothall leaves TLS to a web server before it; "
        "say how many such servers stand in a row, usually 1"
    )


def test_a_wrong_address_or_number_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings, match=r"^MOOTHALL_URL: [^;]*$"):
        read(monkeypatch, MOOTHALL_URL="https://exampleshire.example/social")
    with pytest.raises(WrongSettings, match=r"^MOOTHALL_TRUSTED_PROXIES: Not a valid integer.$"):
        read(monkeypatch, MOOTHALL_URL="https://exampleshire.example", MOOTHALL_TRUSTED_PROXIES="many")


def test_the_links_in_e_mails_have_the_scheme_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch)["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "http"
    secure = read(monkeypatch, MOOTHALL_URL="https://exampleshire.example", MOOTHALL_TRUSTED_PROXIES="1")
    assert secure["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"
    assert secure["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.django_db
def test_they_lead_to_the_site_whatever_host_and_port_the_request_names(settings: Any) -> None:
    cache.clear()
    settings.ALLOWED_HOSTS = ["social.exampleshire.example"]
    settings.SITE_URL = "https://social.exampleshire.example"
    rowan = somebody()
    browser = Client(headers={"Host": "social.exampleshire.example:8443"})
    browser.post("/account/password/reset/", {"email": rowan.email})
    browser.post("/account/login/", {"login": rowan.email, "password": PASSWORD})
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    browser.post("/account/email/", {"email": "rowan.pike@exampleshire.example", "action_add": ""})
    reset, confirm = (str(message.body) for message in mail.outbox)
    assert "https://social.exampleshire.example/account/password/reset/key/" in reset
    assert "https://social.exampleshire.example/account/confirm-email/" in confirm
