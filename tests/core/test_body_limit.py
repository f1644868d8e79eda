"""The most that one request may send: a real server, and what it writes to the disk meanwhile."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.peers.processes import free_port, stop, wait_until_ready

MIB = 2**20


class Server:
    """Moothall's web entry under uvicorn, as ``moothall web`` runs it."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def is_ready(self) -> bool:
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def unnamed_files(self) -> int:
        """How many bytes it holds in files without a name: the bodies of requests that it has not answered."""
        total = 0
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                if "(deleted)" in os.readlink(link):
                    total += link.stat().st_size
            except FileNotFoundError:
                continue
        return total


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("web")
    port = free_port()
    environment = {"DJANGO_SETTINGS_MODULE": "moothall.config.settings", "MOOTHALL_DATA": str(folder)}
    command = "uvicorn moothall.config.asgi:application --lifespan off --no-proxy-headers --log-level warning --port"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command.split(), str(port)],
            env={**os.environ, **environment, "DATABASE_URL": f"sqlite:///{folder}/web.sqlite3"},
            stdout=log,
            stderr=log,
        )
        try:
            running = Server(port, process)
            wait_until_ready("uvicorn", running.is_ready, process, folder / "log")
            yield running
        finally:
            stop(process)


def head(*headers: str) -> bytes:
    lines = ("POST /no/such/page/ HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/octet-stream", *headers)
    return "\r\n".join((*lines, "", "")).encode()


def answer(connection: socket.socket) -> bytes:
    """What the server says until it closes the connection, or resets it because we still send."""
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


def test_a_request_that_announces_too_much_is_refused_at_once(server: Server) -> None:
    for length in (settings.UPLOAD_REQUEST_BYTES + 1, 10**12):
        with closing(server.connect()) as connection:
            connection.sendall(head(f"Content-Length: {length}"))
            said = answer(connection)
        assert said.startswith(b"HTTP/1.1 413 ")
        assert b"This is larger than 26 MB." in said


def test_a_request_that_says_nothing_of_its_length_is_cut_off_at_the_same_bound(server: Server) -> None:
    block = b"%x\r\n" % MIB + bytes(MIB) + b"\r\n"
    most_written = sent = 0
    with closing(server.connect()) as connection:
        connection.sendall(head("Transfer-Encoding: chunked"))
        try:
            while sent < 200:
                connection.sendall(block)
                sent += 1
                most_written = max(most_written, server.unnamed_files())
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 60, "It was cut off; what goes beyond the bound lies in the buffers between us."
    assert 0 < most_written <= settings.UPLOAD_REQUEST_BYTES
    assert server.unnamed_files() == 0


def test_the_largest_picture_with_its_words_is_let_through(server: Server) -> None:
    """To Django, which knows no such page, or refuses the form without its token."""
    for framing, content in (
        (f"Content-Length: {settings.UPLOAD_REQUEST_BYTES}", bytes(settings.UPLOAD_REQUEST_BYTES)),
        ("Transfer-Encoding: chunked", b"5\r\nHello\r\n0\r\n\r\n"),
    ):
        with closing(server.connect()) as connection:
            connection.sendall(head(framing, "Connection: close") + content)
            assert answer(connection).split(b" ")[1] in (b"403", b"404", b"500")


def test_a_length_of_any_length_is_a_length(server: Server) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(head("Content-Length: " + "9" * 5000))
        assert answer(connection).split(b" ")[1] in (b"400", b"413")
