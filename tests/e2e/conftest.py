"""A whole Moothall with the example council, run by its own command, and a real browser before it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Page

from tests.peers.needs import require

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), "")
START_SECONDS = 180


@dataclass(frozen=True)
class House:
    """A running Moothall. ``environment`` is what its commands need."""

    url: str
    environment: dict[str, str]

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run ``moothall …`` beside it. ``typed`` is what somebody answers to its questions."""
        return subprocess.run(
            [sys.executable, "-m", "moothall.cli", *arguments],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Moothall with the example council on its own database, with web pages and worker."""
    folder = tmp_path_factory.mktemp("house")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "MOOTHALL_DEBUG": "true",
        "MOOTHALL_SECRET_KEY": "only-for-tests-" * 5,
        "MOOTHALL_SEALING_KEYS": Fernet.generate_key().decode(),
        "MOOTHALL_OUTBOUND_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "MOOTHALL_EMAIL_URL": "dummy://",
        "MOOTHALL_DATA": str(folder),
        "MOOTHALL_URL": url,
        "MOOTHALL_WEBUSE_LOGIN_DOMAIN": "exampleshire.example",
        "DATABASE_URL": _database(folder),
    }
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "moothall.cli", "run", "--example", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(url, process, folder / "log")
            yield House(url, environment)
        finally:
            process.terminate()
            process.wait(60)


def _database(folder: Path) -> str:
    """A database of the same kind as the other tests use, and not theirs."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{folder / 'moothall.sqlite3'}"
    name = f"moothall_e2e_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name of ours
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"Moothall did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    require(bool(CHROMIUM), "Chromium is not installed; run: python -m tests.peers.install")
    return {
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    }


@pytest.fixture(scope="session")
def browser_context_args(house: House) -> dict[str, Any]:
    return {"base_url": house.url, "locale": "en-GB", "timezone_id": "Europe/London"}


def sign_in(page: Page, role: str) -> str:
    """Sign in as the first person of the example council whose roles read so; returns their name."""
    page.goto("/sign-in-as/")
    row = page.get_by_role("row").filter(has_text=role).first
    name = row.get_by_role("rowheader").inner_text()
    row.get_by_role("button").click()
    page.wait_for_url(re.compile(r"/(today|policies/welcome)/$"))  # who is new meets the policies first
    return name
