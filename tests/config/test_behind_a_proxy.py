"""What follows from the address of the site, and from the servers that stand before it."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from moothall.config import settings as module
from moothall.config.environment import WrongSettings

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
