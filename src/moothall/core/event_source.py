"""Server-sent events (the HTML standard's "Server-sent events") over the guarded way out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from moothall.core import http

LINE_BYTES = 1_000_000
"""The longest event."""

SERVER_FAULTS = (httpx.HTTPError, httpx.InvalidURL, OSError)
"""What reading events raises."""


@dataclass(frozen=True)
class ServerEvent:
    """One event. A comment, by which a server shows that it is there, has neither name nor data."""

    name: str = ""
    data: str = ""


class Parser:
    """Makes events of the bytes of a stream, however they are cut. Raises ``http.AnswerTooLong``."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that are whole with this ``chunk``."""
        found: list[ServerEvent] = []
        *lines, self._rest = (self._rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            found += self._line(line.rstrip(b"\r").decode(errors="replace"))
        if len(self._rest) + sum(map(len, self._data)) > LINE_BYTES:
            raise http.AnswerTooLong("The server sent an event without end.")
        return found

    def _line(self, line: str) -> Iterable[ServerEvent]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            event, self._name, self._data = ServerEvent(self._name, "\n".join(self._data)), "", []
            return [event] if event.name or event.data else []
        if not field:
            return [ServerEvent()]
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
        return []


class _GuardedBackend(httpcore.AnyIOBackend):
    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """To the very addresses that were looked at: a name may lead elsewhere a moment later."""
        try:
            addresses = await asyncio.to_thread(http.reachable_addresses, host, port)
        except socket.gaierror as error:
            raise httpcore.ConnectError(str(error)) from error
        while True:
            try:
                return await super().connect_tcp(addresses.pop(0), port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise


class _GuardedTransport(httpx.AsyncHTTPTransport):
    def __init__(self) -> None:
        super().__init__(verify=http.tls(), trust_env=False)
        # httpx has no argument for the network backend of the pool it makes, so the pool is made here.
        self._pool = httpcore.AsyncConnectionPool(ssl_context=http.tls(), network_backend=_GuardedBackend())


@asynccontextmanager
async def connected(
    address: str, params: Mapping[str, str], headers: Mapping[str, str], silence: float
) -> AsyncIterator[httpx.Response]:
    """The answer of a stream of events, of whatever status. After ``silence`` seconds without a byte, reading raises.

    Raises one of ``SERVER_FAULTS``.
    """
    timeout = httpx.Timeout(silence, connect=http.CONNECT_SECONDS)
    own = {"User-Agent": http.USER_AGENT, "Accept": "text/event-stream", "Accept-Encoding": "identity"}
    async with (
        httpx.AsyncClient(transport=_GuardedTransport(), timeout=timeout, trust_env=False) as client,
        client.stream("GET", address, params=dict(params), headers=own | dict(headers)) as response,
    ):
        yield response


async def events(response: httpx.Response) -> AsyncIterator[ServerEvent]:
    """The events of the answer, as they come. Raises one of ``SERVER_FAULTS``."""
    parser = Parser()
    async for chunk in response.aiter_raw():
        for event in parser.feed(chunk):
            yield event
