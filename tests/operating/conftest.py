"""Whole houses of their own, run by the real command: a data folder, a database of the kind under test, and keys."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from moothall.core.sealing import new_key

_number = itertools.count(1)

SQLITE = "moothall.sqlite3"

SETTING_UP = """
import django
django.setup()
"""


@dataclass(frozen=True)
class House:
    """A Moothall that a test may break. ``environment`` is what its commands get."""

    folder: Path
    environment: dict[str, str]

    def moothall(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run ``moothall …`` to its end, with these settings changed."""
        return subprocess.run(
            [sys.executable, "-m", "moothall.cli", *arguments],
            env=self.environment | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def python(self, code: str) -> str:
        """Run Python inside it; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", SETTING_UP + code],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _house(folder: Path, database: str) -> House:
    folder.mkdir()
    environment = {
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "MOOTHALL_DATA": str(folder),
        "MOOTHALL_SEALING_KEYS": new_key(),
        "MOOTHALL_EMAIL_URL": "dummy://",
        "DATABASE_URL": database,
    }
    return House(folder, os.environ | environment)


@pytest.fixture(scope="session")
def show_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose database is ready and empty. The others are copies of it, which takes no time."""
    with ExitStack() as cleaning:
        folder = tmp_path_factory.mktemp("houses") / "show-house"
        house = _house(folder, _database(folder, cleaning))
        house.python("from moothall.operating import house; house.prepare()")
        yield house


@pytest.fixture
def build_house(show_house: House, tmp_path: Path) -> Iterator[Callable[[], House]]:
    """A function that builds a house with an empty database."""
    with ExitStack() as cleaning:

        def build() -> House:
            folder = tmp_path / f"house-{next(_number)}"
            house = _house(folder, _database(folder, cleaning, like=show_house.environment["DATABASE_URL"]))
            if (show_house.folder / SQLITE).exists():
                shutil.copy(show_house.folder / SQLITE, folder)
            return house

        yield build


@pytest.fixture
def house(build_house: Callable[[], House]) -> House:
    return build_house()


def _database(folder: Path, cleaning: ExitStack, like: str = "") -> str:
    """A database of the kind that this test run is about: an empty one, or with PostgreSQL one ``like`` another."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return f"sqlite:///{folder / SQLITE}"
    name = f"house_{os.getpid()}_{next(_number)}"
    template = f" TEMPLATE {urlsplit(like).path.strip('/')}" if like else ""
    _run(server, f"CREATE DATABASE {name}{template}")
    cleaning.callback(_run, server, f"DROP DATABASE {name} WITH (FORCE)")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]  # a name of ours, and no parameters
