"""The WebSocket client, against a real server: where it connects, what it takes, and how long it waits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from moothall.core import http, websocket

Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, **options: Any) -> AsyncIterator[str]:
    """A server's address. Its pages beside the stream: a refusal, and a redirect to the stream."""

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/refused":
            response = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "Later, please.")
            response.headers["Retry-After"] = "7"
            return response
        if request.path == "/elsewhere":
            response = connection.respond(HTTPStatus.FOUND, "")
            response.headers["Location"] = "/"
            return response
        return None

    async with serve(handler, "127.0.0.1", 0, process_request=answer, **options) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def says_hello(connection: ServerConnection) -> None:
    await connection.send("Grüezi")
    await connection.send(b"\x00\xff")
    await connection.send("")
    await connection.send("Bye")


async def says_nothing(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def first(address: str, number: int, silent: float = 5.0) -> list[bytes]:
    async with websocket.connected(address) as connection:
        found: list[bytes] = []
        async for message in websocket.messages(connection, silent):
            found.append(message)
            if len(found) == number:
                break
        return found


def test_messages_come_as_bytes_and_empty_ones_do_not() -> None:
    async def run() -> None:
        async with serving(says_hello) as address:
            assert await first(address, 3) == ["Grüezi".encode(), b"\x00\xff", b"Bye"]

    asyncio.run(run())


def test_a_silence_in_which_the_server_answers_is_told_as_a_sign_of_life() -> None:
    async def run() -> None:
        async with serving(says_nothing) as address:
            assert await first(address, 2, silent=0.1) == [b"", b""]

    asyncio.run(run())


def test_a_message_that_is_too_large_ends_the_connection() -> None:
    async def says_much(connection: ServerConnection) -> None:
        await connection.send(b"x" * (websocket.MESSAGE_BYTES + 1))

    async def run() -> None:
        async with serving(says_much) as address:
            with pytest.raises(ConnectionClosed):
                await first(address, 1)

    asyncio.run(run())


@pytest.mark.parametrize(("path", "status"), [("/refused", 429), ("/elsewhere", 302)])
def test_a_server_that_answers_otherwise_is_told_as_it_answered(path: str, status: int) -> None:
    async def run() -> websocket.RefusedByServer:
        async with serving(says_hello) as address:
            with pytest.raises(websocket.RefusedByServer) as caught:
                await first(address + path, 1)
            return caught.value

    refused = asyncio.run(run())
    assert refused.status == status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        assert refused.headers["retry-after"] == "7"
        assert refused.body == "Later, please."


def test_no_stream_leads_into_the_house_s_own_network(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = []
    came: list[str] = []

    async def notices(connection: ServerConnection) -> None:
        came.append("somebody")

    async def run() -> None:
        async with serving(notices) as address:
            for each in (address, address.replace("127.0.0.1", "localhost"), address.replace("127.0.0.1", "[::1]")):
                with pytest.raises(http.Refused):
                    await first(each, 1)

    asyncio.run(run())
    assert not came


@pytest.mark.parametrize("address", ["https://stream.example/", "file:///etc/passwd", "ws://", "stream.example"])
def test_what_is_no_address_of_a_stream_is_refused(address: str) -> None:
    with pytest.raises(http.Refused):
        asyncio.run(first(address, 1))
