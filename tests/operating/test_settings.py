"""A wrong setting stops the start with one clear line."""

import os
import runpy
from pathlib import Path

import pytest

from moothall.config import settings as module
from moothall.config.environment import WrongSettings, weakness
from tests.operating.conftest import House

SETTINGS = Path(module.__file__)

WRONG = [
    ({"MOOTHALL_DEBUG": "perhaps"}, "MOOTHALL_DEBUG: Not a valid boolean."),
    ({"MOOTHALL_SECRET_KEY": ""}, "MOOTHALL_SECRET_KEY: too weak, it has 0 characters and needs 50"),
    ({"MOOTHALL_SECRET_KEY": "short"}, "MOOTHALL_SECRET_KEY: too weak, it has 5 characters and needs 50"),
    ({"MOOTHALL_SECRET_KEY": "ab" * 30}, "MOOTHALL_SECRET_KEY: too weak, it repeats the same few characters"),
    ({"MOOTHALL_SECRET_KEY": "django-insecure-" + "abcdefgh" * 8}, "MOOTHALL_SECRET_KEY: too weak, it is marked"),
    ({"MOOTHALL_SECRET_KEY": "", "MOOTHALL_DEBUG": "true"}, "MOOTHALL_SECRET_KEY: none given"),
    ({"MOOTHALL_SEALING_KEYS": ""}, "MOOTHALL_SEALING_KEYS: none given"),
    ({"MOOTHALL_SEALING_KEYS": "one,two"}, "MOOTHALL_SEALING_KEYS: a key is not 32 bytes"),
    ({"MOOTHALL_URL": "social.exampleshire.example"}, "MOOTHALL_URL: give the address people use"),
    ({"MOOTHALL_URL": "ftp://social.exampleshire.example"}, "MOOTHALL_URL: give the address people use"),
    ({"MOOTHALL_URL": "https://exampleshire.example/social"}, "MOOTHALL_URL: give the address people use"),
    ({"MOOTHALL_URL": "https://exampleshire.example?a=b"}, "MOOTHALL_URL: give the address people use"),
    ({"MOOTHALL_URL": "https://exampleshire.example:99999"}, "MOOTHALL_URL: give the address people use"),
    ({"MOOTHALL_URL": "https://[::1"}, "MOOTHALL_URL: give the address people use"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL: Not a valid database URL."),
    ({"DATABASE_URL": "mysql://localhost/moothall"}, "DATABASE_URL: give postgres://"),
    ({"DATABASE_URL": "postgres://localhost"}, "DATABASE_URL: give postgres://"),
    ({"MOOTHALL_EMAIL_URL": "nonsense"}, "MOOTHALL_EMAIL_URL: give a mail server"),
    ({"MOOTHALL_EMAIL_URL": "ftp://localhost"}, "MOOTHALL_EMAIL_URL: give a mail server"),
    ({"MOOTHALL_TIME_ZONE": "Europe/Exampleshire"}, "MOOTHALL_TIME_ZONE: there is no such time zone"),
    ({"MOOTHALL_TIME_ZONE": "../../etc/passwd"}, "MOOTHALL_TIME_ZONE: there is no such time zone"),
    ({"MOOTHALL_TRUSTED_PROXIES": "many"}, "MOOTHALL_TRUSTED_PROXIES: Not a valid integer."),
    ({"MOOTHALL_TRUSTED_PROXIES": "-1"}, "MOOTHALL_TRUSTED_PROXIES: Must be greater than or equal to 0"),
    ({"MOOTHALL_WORKER_THREADS": "0"}, "MOOTHALL_WORKER_THREADS: Must be greater than or equal to 1"),
    ({"MOOTHALL_LOG_LEVEL": "LOUD"}, "MOOTHALL_LOG_LEVEL: Must be one of: DEBUG, INFO, WARNING, ERROR."),
    ({"MOOTHALL_WORKER_TREADS": "4"}, "MOOTHALL_WORKER_TREADS: there is no such setting"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=lambda each: " ".join(each) if isinstance(each, dict) else "")
def test_a_wrong_setting_is_told(given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        runpy.run_path(str(SETTINGS))
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MOOTHALL_LOG_LEVEL", "LOUD"), ("MOOTHALL_URL", "x"), ("MOOTHALL_SECRET_KEY", "x")):
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        runpy.run_path(str(SETTINGS))
    assert [each.split(":")[0] for each in str(wrong.value).split("; ") if each.startswith("MOOTHALL_")] == [
        "MOOTHALL_LOG_LEVEL",
        "MOOTHALL_SECRET_KEY",
        "MOOTHALL_URL",
    ]


def test_what_is_right_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOOTHALL_URL", "https://social.exampleshire.example/")
    monkeypatch.setenv("MOOTHALL_TRUSTED_PROXIES", "1")
    monkeypatch.setenv("MOOTHALL_EMAIL_URL", "submission://moothall:secret@mail.exampleshire.example:587")
    read = runpy.run_path(str(SETTINGS))
    assert read["SITE_URL"] == "https://social.exampleshire.example"
    assert read["ALLOWED_HOSTS"] == ["social.exampleshire.example"]
    assert read["SESSION_COOKIE_SECURE"] is read["CSRF_COOKIE_SECURE"] is True
    assert read["SECURE_HSTS_SECONDS"] > 0
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"], read["EMAIL_USE_TLS"]) == ("mail.exampleshire.example", 587, True)


def test_postgresql_is_chosen_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://moothall:secret@db.exampleshire.example:5433/hall")
    database = runpy.run_path(str(SETTINGS))["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.exampleshire.example", 5433, "hall")


def test_a_good_key_is_not_weak() -> None:
    assert weakness("only-for-tests-" * 5) == ""


@pytest.mark.parametrize("given", [{"MOOTHALL_WORKER_THREADS": "none"}, {"MOOTHALL_SECRET_KEY": "weak"}])
def test_the_command_stops_with_one_line_and_status_2(house: House, given: dict[str, str]) -> None:
    done = house.moothall("check", **given)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"Wrong settings: {next(iter(given))}: ")
    assert done.stdout == ""


def test_help_and_new_keys_need_no_settings(house: House) -> None:
    bare = House(house.folder, {name: value for name, value in os.environ.items() if not name.startswith("MOOTHALL_")})
    made = bare.moothall("keys", "new")
    assert made.returncode == 0, made.stderr
    keys = dict(line.split("=", 1) for line in made.stdout.splitlines())
    assert set(keys) == {"MOOTHALL_SECRET_KEY", "MOOTHALL_SEALING_KEYS"}
    assert weakness(keys["MOOTHALL_SECRET_KEY"]) == ""
    assert bare.moothall("restore", "-h").stdout.startswith("Usage: moothall restore")
    refused = bare.moothall("check")
    assert refused.returncode == 2
    assert "MOOTHALL_SECRET_KEY" in refused.stderr
