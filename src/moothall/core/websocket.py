"""The only WebSocket client: it connects where ``http`` would, notices a dead connection, and bounds what it reads.

A reader that falls behind holds the sender back: some messages wait here, the rest where they come from.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from moothall.core import http

MESSAGE_BYTES = 6_000_000
"""The largest message. Bluesky's largest frame is 5 MB."""
MESSAGES_WAITING = 64
SILENT_SECONDS = 15.0
"""After so long without a message we ask the server whether it is there, and it has as long to answer."""

SERVER_FAULTS = (ConnectionClosed, InvalidHandshake, InvalidURI, OSError, EOFError)
"""What ``connected`` and its connection raise; ``TimeoutError`` and ``http.Refused`` are among the ``OSError``."""

PORTS = {"ws": 80, "wss": 443}


class RefusedByServer(OSError):
    """The server answered, but not with a WebSocket. ``status`` is its HTTP status, ``body`` what it said."""

    def __init__(self, status: int, headers: Mapping[str, str], body: str) -> None:
        super().__init__(f"The server answered {status}.")
        self.status, self.headers, self.body = status, headers, body


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception:
        """Where a server sends us we do not go: that address was not looked at."""
        return exc


@asynccontextmanager
async def connected(address: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[ClientConnection]:
    """A connection to a ``wss://`` (or ``ws://``) address, for as long as one is within this.

    Raises one of ``SERVER_FAULTS``, or ``RefusedByServer``. Redirects are not followed.
    """
    url = httpx.URL(address)
    if url.scheme not in PORTS or not url.host:
        raise http.Refused(f"{address} is not the address of a stream.")
    port = url.port or PORTS[url.scheme]
    options: dict[str, Any] = {}
    if url.scheme == "wss":
        options = {"ssl": http.tls(), "server_hostname": url.host}
    made = await _dial(url.host, port)
    try:
        opening = _Connect(
            address,
            sock=made,
            additional_headers=headers,
            user_agent_header=http.USER_AGENT,
            compression=None,  # a compressed message could unpack to any size
            proxy=None,
            open_timeout=http.CONNECT_SECONDS,
            close_timeout=2.0,
            ping_interval=None,  # ``messages`` asks
            max_size=MESSAGE_BYTES,
            max_queue=MESSAGES_WAITING,
            **options,
        )
        connection = await opening
    except InvalidStatus as error:
        made.close()
        answer = error.response
        body = bytes(answer.body or b"").decode(errors="replace")
        lower = {name.lower(): value for name, value in answer.headers.raw_items()}
        raise RefusedByServer(answer.status_code, lower, body) from error
    except BaseException:
        made.close()
        raise
    try:
        yield connection
    finally:
        await connection.close()


async def messages(connection: ClientConnection, silent: float = SILENT_SECONDS) -> AsyncIterator[bytes]:
    """Every message, a text as UTF-8. An empty one is a sign of life in a silence. Raises one of ``SERVER_FAULTS``."""
    while True:
        try:
            async with asyncio.timeout(silent):
                message = await connection.recv(decode=False)
        except TimeoutError:
            await asyncio.wait_for(await connection.ping(), silent)
            yield b""
            continue
        if message:
            yield message


async def _dial(host: str, port: int, seconds: float = http.CONNECT_SECONDS) -> socket.socket:
    """A socket that is connected to ``host``, at one of the addresses that were looked at. Raises ``OSError``."""
    async with asyncio.timeout(seconds):
        addresses = await asyncio.to_thread(http.reachable_addresses, host, port)
        share = seconds / len(addresses)
        while True:
            try:
                return await _connected(addresses.pop(0), port, share)
            except OSError:  # TimeoutError is one too
                if not addresses:
                    raise


async def _connected(address: str, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return made
