"""The door of the web server: requests for a wall's stream go to the hub, all others to uvicorn unchanged.

Django and ASGI cost a stream several times the memory and time that it needs (docs/decisions/0011). So a connection's
first bytes are looked at here, before uvicorn makes its parser for it; and later requests on a connection that is kept
open are looked at as well, as browsers ask for the stream on the one that brought the page. What this relies on of
uvicorn is pinned by ``tests/events/test_hub_server.py``; a request for a stream that comes by another way, or to
another web server, is answered by Django (``views.stream``), and the browser asks again.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from moothall.events.wall.head import Not, StreamRequest, recognise
from moothall.events.wall.hub import Hub


def take_over(hub: Hub, transport: asyncio.Transport, request: StreamRequest, state: ServerState) -> None:
    """Give a connection to the hub, with the headers that uvicorn gives every answer (the date among them)."""
    head = b"".join(name + b": " + value + b"\r\n" for name, value in state.default_headers)
    hub.join(transport, request, head, state.connections)  # type: ignore[arg-type]  # any object with shutdown()


class Door(asyncio.Protocol):
    """A new connection, of which not much is known."""

    __slots__ = ("_arguments", "_data", "_hub", "_state", "_transport")

    def __init__(self, hub: Hub, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any):
        self._hub = hub
        self._state = server_state
        self._arguments = (config, server_state, app_state, rest)
        self._data = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._state.connections.add(self)  # type: ignore[arg-type]  # any object with shutdown()

    def data_received(self, data: bytes) -> None:
        self._data += data
        found = recognise(self._data)
        if found is Not.YET:
            return
        self._state.connections.discard(self)
        if isinstance(found, StreamRequest):
            take_over(self._hub, self._transport, found, self._state)
        else:
            self._pass_on()

    def _pass_on(self) -> None:
        config, state, app_state, rest = self._arguments
        protocol = Pages(self._hub, config, state, app_state, **rest)
        protocol.connection_made(self._transport)
        self._transport.set_protocol(protocol)
        protocol.data_received(self._data)

    def connection_lost(self, error: Exception | None) -> None:
        self._state.connections.discard(self)

    def shutdown(self) -> None:
        """The web server stops."""
        self._transport.close()


class Pages(HttpToolsProtocol):
    """A connection for everything else, on which somebody may ask for a stream later."""

    def __init__(self, hub: Hub, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any):
        super().__init__(config, server_state, app_state, **rest)
        self._hub = hub
        self._has_begun = False
        """Whether the beginning of a request's head has come, and not all of it."""

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests() and not self._has_begun:
            found = recognise(data)
            if isinstance(found, StreamRequest):
                self._unset_keepalive_if_required()
                self.connections.discard(self)
                take_over(self._hub, self.transport, found, self.server_state)
                return
        before = self.cycle
        super().data_received(data)
        self._has_begun = self.cycle is before and self._is_between_requests()

    def _is_between_requests(self) -> bool:
        """Whether the last request has come and been answered as a whole, so that a new one begins."""
        cycle = self.cycle
        return cycle is not None and cycle.response_complete and not cycle.more_body and not self.pipeline
