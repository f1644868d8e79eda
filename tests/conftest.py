"""What every test needs: settings of its own, a data folder of its own, and the real servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations as DatabaseOperations
from django.test import Client

from tests.peers.bluesky import BlueskyPds
from tests.peers.bluesky import installed as bluesky_installed
from tests.peers.mastodon import MastodonMock
from tests.peers.needs import require


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker waits for another at the end.

    The browser's tests come last: Playwright leaves an event loop running, in which Django's ORM refuses to work. Those
    of one file stay together, for they share what they did to the house.
    """
    items.sort(key=lambda item: (marked(item, "browser"), not marked(item, "crash")))
    for item in items:
        if marked(item, "browser"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def marked(item: pytest.Item, name: str) -> bool:
    return item.get_closest_marker(name) is not None


@pytest.fixture(autouse=True)
def quick_and_private(settings: Any, tmp_path: Path) -> None:
    """Files in the test's own folder; passwords hashed quickly."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    settings.INCOMING_ROOT = tmp_path / "incoming"
    settings.WEBUSE_FOLDER = tmp_path / "webuse"
    settings.WEBUSE_ROWS = str(tmp_path / "webuse" / "rows")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database for each of the test run's processes. SQLite in a file, as in real use: others can open it."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def records_can_be_emptied_between_tests() -> Iterator[None]:
    """A test that commits is followed by the emptying of every table, which the records' triggers refuse."""
    with pytest.MonkeyPatch.context() as patch:
        empty = DatabaseOperations.execute_sql_flush

        def empty_without_triggers(operations: DatabaseOperations, sql_list: list[str]) -> None:
            with transaction.atomic(), connection.cursor() as cursor, without_triggers(cursor):
                empty(operations, sql_list)

        patch.setattr(DatabaseOperations, "execute_sql_flush", empty_without_triggers)
        yield


@contextmanager
def without_triggers(cursor: Any) -> Iterator[None]:
    """The rest of the transaction, for the test database's superuser; SQLite's triggers are made anew afterwards."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        cursor.execute(sql)


@pytest.fixture
def signed_in(settings: Any) -> Any:
    """A function: a browser in which ``person`` is signed in, second factor and all."""
    settings.DEBUG = False

    def sign_in(person: Any) -> Client:
        if person.memberships.filter(service=None).exists():
            TOTP.activate(person, generate_totp_secret())
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture(scope="session")
def pds() -> Iterator[BlueskyPds]:
    """A real Bluesky server."""
    require(bluesky_installed(), "The Bluesky server is not installed; run: python -m tests.peers.install")
    with BlueskyPds() as server:
        yield server


@pytest.fixture(scope="session")
def mastodon() -> Iterator[MastodonMock]:
    """A stand-in for a Mastodon server."""
    with MastodonMock() as server:
        yield server
