"""The real web server in a process of its own on the test's database, and viewers that read a wall's stream from it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.db import connection

from moothall.core import clock
from moothall.events import taking
from moothall.events.models import Event, Item
from moothall.networks.hearing import RemoteAuthor, RemoteItem
from tests import factories
from tests.peers.processes import free_port, stop, wait_until_ready

PATIENCE = 30.0
"""Seconds after which something is not going to happen any more."""
LAST_CHUNK = b"\r\n0\r\n\r\n"
NETWORK = "mastodon"

TAG = "ExDay24"


def make_event(slug: str = "a-day", tag: str = TAG, **values: Any) -> Event:
    """One that is on, and shows everybody's items at once."""
    return factories.event(tag, slug=slug, **{"shows_public_at_once": True, **values})


def say(number: int, text: str = "", tag: str = TAG, **values: Any) -> Item:
    """Charlie says something with the hashtag, and it is taken."""
    remote = RemoteItem(
        **{
            "remote_id": f"https://social.example/statuses/{number}",
            "url": f"https://social.example/@charlie/{number}",
            "author": RemoteAuthor("https://social.example/users/charlie", "charlie@social.example"),
            "text": f"{text or f'Number {number}.'} #{tag}",
            "said_at": clock.now() - timedelta(minutes=1),
            **values,
        }
    )
    return taking.take(NETWORK, remote, "a test")[0]


def take_back(item: Item) -> None:
    """It is deleted on its network."""
    taking.gone(NETWORK, item.remote_id)


class Web:
    """``moothall web`` from ``start()`` to ``stop()`` or ``kill()``, as often as one likes, at the same address."""

    def __init__(self, database: str = "", **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="moothall-web-")
        self.log = Path(self._folder.name) / "log"
        self.environment = os.environ | {
            "DATABASE_URL": database or database_url(),
            "MOOTHALL_DATA": self._folder.name,
            "MOOTHALL_URL": self.url,
            **variables,
        }
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        stop(self.process)
        self._folder.cleanup()

    def start(self, *, wait: bool = True) -> None:
        """Start it; ``wait`` until it answers."""
        command = [sys.executable, "-m", "moothall.cli", "web", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        if wait:
            wait_until_ready("The web server", self.is_there, self.process, self.log)

    def is_there(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def page(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=PATIENCE)

    def says(self, request: bytes) -> bytes:
        """What comes back for these bytes until the server closes."""
        with self.connected() as line:
            line.sendall(request)
            return read_all(line)

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


def read_all(line: socket.socket) -> bytes:
    found = b""
    while came := line.recv(65_536):
        found += came
    return found


def database_url() -> str:
    """The address of the test's own database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def stream_request(slug: str = "a-day", after: int | None = None, token: str = "", last: int | None = None) -> bytes:
    """As a browser asks: ``after`` on a new page, ``last`` (Last-Event-ID) when it comes back."""
    query = f"?after={after if after is not None else ''}&token={token}"
    header = "" if last is None else f"Last-Event-ID: {last}\r\n"
    return f"GET /events/{slug}/stream{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()


@dataclass(frozen=True)
class Said:
    """One event of a stream."""

    kind: str
    number: int
    data: Any


@dataclass
class Viewer:
    """Somebody's page: the stream, what it says, and what stands on the page because of it."""

    line: socket.socket
    head: str = ""
    said: list[Said] = field(default_factory=list)
    shows: dict[int, str] = field(default_factory=dict)
    last: int = 0
    _rest: bytes = b""

    @classmethod
    def of(cls, web: Web, slug: str = "a-day", **known: Any) -> Self:
        """Ask for the stream, and wait for the head of the answer."""
        viewer = cls(web.connected())
        viewer.line.sendall(stream_request(slug, **known))
        viewer.last = known.get("last") or known.get("after") or 0
        viewer.begins()
        return viewer

    def begins(self) -> None:
        self._wait(lambda: b"\r\n\r\n" in self._rest, PATIENCE)
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        self.head = head.decode().lower()

    def hears(self, wanted: Callable[[Said], bool], within: float = PATIENCE) -> Said:
        """Wait until something like this was said; fails if it was not, or the stream ended."""
        found: list[Said] = []

        def came() -> bool:
            self._parse()
            found.extend(each for each in self.said if wanted(each))
            return bool(found)

        self._wait(came, within)
        return found[0]

    def sees(self, items: set[int], within: float = PATIENCE) -> None:
        """Wait until exactly these stand on the page, those that it had before included."""

        def came() -> bool:
            self._parse()
            return set(self.shows) == items

        self._wait(came, within)

    def is_over(self, within: float = PATIENCE) -> bool:
        """Whether the server ends the stream in time."""
        try:
            self._wait(lambda: False, within)
        except ConnectionError:
            self._parse()
            return True
        except TimeoutError:
            return False
        return False

    def close(self) -> None:
        self.line.close()

    def _wait(self, came: Callable[[], bool], within: float) -> None:
        until = time.monotonic() + within
        while not came():
            self.line.settimeout(max(0.01, until - time.monotonic()))
            data = self.line.recv(65_536)
            self._rest += data
            # A proxy may end the answer and keep the line for another request.
            if not data or ("transfer-encoding: chunked" in self.head and self._rest.endswith(LAST_CHUNK)):
                raise ConnectionError("The stream ended.")

    def _parse(self) -> None:
        *blocks, self._rest = self._rest.split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line)
            if "data" in fields:
                self._take(Said(fields["event"], int(fields.get("id", 0)), json.loads(fields["data"])))

    def _take(self, said: Said) -> None:
        self.said.append(said)
        self.last = said.number or self.last
        if said.kind in ("show", "update"):
            self.shows[said.data["item"]] = said.data["html"]
        elif said.kind == "remove":
            self.shows.pop(said.data["item"], None)


def items_on(page: str) -> set[int]:
    """The items that a wall's page shows."""
    return {int(number) for number in re.findall(r'data-item="(\d+)"', page)}
