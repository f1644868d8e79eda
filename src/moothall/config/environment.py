"""Typed, strict reading of the environment. Whatever is wrong is said in one line a variable, with what to do."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from environs import Env, EnvError

PREFIX = "MOOTHALL_"

DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")

WEAKEST_KEY_LENGTH = 50
WEAKEST_KEY_VARIETY = 5


class WrongSettings(Exception):
    """The environment does not make sense. ``str()`` is what to tell the operator."""


class Environment(Env):
    """An ``environs.Env`` that remembers which variables were asked for, so that a misspelt one is noticed."""

    def __init__(self) -> None:
        super().__init__(eager=False)
        self.problems: list[str] = []

    def finish(self) -> None:
        """Raise ``WrongSettings`` with everything that was wrong."""
        try:
            self.seal()
        except EnvError as error:
            messages = getattr(error, "error_messages", {"": [str(error)]})
            self.problems += [f"{name}: {' '.join(said)}" for name, said in messages.items()]
        self.problems += [
            f"{name}: there is no such setting; see docs/operators/settings.md"
            for name in os.environ
            if name.startswith(PREFIX) and name not in self._fields
        ]
        if self.problems:
            raise WrongSettings("; ".join(sorted(self.problems)))


def weakness(secret: str) -> str:
    """Why ``secret`` is no good as a secret key; empty if it is good. The bounds are Django's own (security.W009)."""
    if len(secret) < WEAKEST_KEY_LENGTH:
        return f"it has {len(secret)} characters and needs {WEAKEST_KEY_LENGTH}"
    if len(set(secret)) < WEAKEST_KEY_VARIETY:
        return "it repeats the same few characters"
    if secret.startswith("django-insecure-"):
        return "it is marked as insecure"
    return ""


def address_problem(address: str) -> str:
    """What is wrong with ``address`` as that of the whole site; empty if nothing is."""
    what_to_do = "give the address people use, such as https://social.example.gov.uk"
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return what_to_do
    has_more = parts.path or parts.query or parts.fragment or parts.username
    return "" if is_usable and not has_more else what_to_do


def proxies_problem(address: str, proxies: int | None) -> str:
    """What is wrong with the number of servers before a site at ``address``; empty if nothing is."""
    if address.startswith("https://") and proxies == 0:
        return (
            "MOOTHALL_URL is https, and Moothall leaves TLS to a web server before it; "
            "say how many such servers stand in a row, usually 1"
        )
    return ""


def database_problem(database: Mapping[str, Any]) -> str:
    """What is wrong with a database as Django describes one; empty if nothing is, or if the address was no address."""
    if database and (database["ENGINE"] not in DATABASES or not database["NAME"]):
        return "give postgres://user:password@host:port/name or sqlite:////path/to/file"
    return ""


def zone_problem(name: str) -> str:
    """What is wrong with the name of a time zone; empty if nothing is."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "there is no such time zone; give one such as Europe/London"
    return ""


def mailbox_problem(address: str) -> str:
    """What is wrong with the address of a mailbox; empty if nothing is, or if there is none."""
    what_to_do = "give imaps://user:password@host:993/INBOX, with the user and the password percent-encoded"
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in ("imaps", "imap") and parts.hostname and parts.username and parts.password
        return "" if is_usable and (parts.port is None or parts.port > 0) else what_to_do
    except ValueError:
        return what_to_do


def bucket_problem(place: str) -> str:
    """What is wrong with the place of the web-use room's rows; empty if nothing is, or if it is a folder."""
    if "://" not in place or (place.startswith("s3://") and urlsplit(place).netloc):
        return ""
    return "give a folder, or a bucket as s3://bucket/prefix"


def scheduler_problem(address: str) -> str:
    """What is wrong with the address of a Dask scheduler; empty if nothing is, or if there is none."""
    what_to_do = "give the scheduler's address, such as tls://10.0.0.5:8786"
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        return "" if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port else what_to_do
    except ValueError:
        return what_to_do
