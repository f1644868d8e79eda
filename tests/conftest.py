"""What every test needs: settings of its own, a data folder of its own, and the real servers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

os.environ.setdefault("MOOTHALL_DEBUG", "false")
os.environ.setdefault("MOOTHALL_SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("MOOTHALL_SEALING_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("MOOTHALL_OUTBOUND_ALLOWED_HOSTS", "127.0.0.1,localhost")
os.environ.setdefault("MOOTHALL_EMAIL_URL", "memory://")

from django.test import Client

from tests.peers.bluesky import BlueskyPds
from tests.peers.bluesky import installed as bluesky_installed
from tests.peers.mastodon import MastodonMock
from tests.peers.needs import require


@pytest.fixture(autouse=True)
def quick_and_private(settings: Any, tmp_path: Path) -> None:
    """Files in the test's own folder; passwords hashed quickly."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def signed_in(settings: Any) -> Any:
    """A function: a browser in which ``person`` is signed in, second factor and all."""
    settings.DEBUG = False

    def sign_in(person: Any) -> Client:
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
