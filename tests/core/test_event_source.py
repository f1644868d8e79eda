"""Server-sent events: read however they are cut, bounded, and only from where we may go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import event_source, http
from moothall.core.event_source import Parser, ServerEvent

STREAM = (
    b":)\n\n"
    b"event: update\ndata: {\"id\": \"1\"}\n\n"
    b":thump\r\n"
    b"event:delete\r\ndata:7\r\n\r\n"
    b"data: one\ndata: two\n\n"
    b"id: 3\nretry: 5\n\n"
    b"event: update\ndata: Gr\xc3\xbcezi: a colon\n\n"
)  # fmt: skip
EVENTS = [
    ServerEvent(),
    ServerEvent("update", '{"id": "1"}'),
    ServerEvent(),
    ServerEvent("delete", "7"),
    ServerEvent("", "one\ntwo"),
    ServerEvent("update", "Grüezi: a colon"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    parser = Parser()
    edges = [0, *sorted(cuts), len(STREAM)]
    found = [event for at, to in pairwise(edges) for event in parser.feed(STREAM[at:to])]
    assert found == EVENTS


@pytest.mark.parametrize("endless", [b"data: " + b"x" * 300_000, b"data: " + b"x" * 300_000 + b"\n"])
def test_an_event_without_end_is_not_kept(endless: bytes) -> None:
    parser = Parser()
    with pytest.raises(http.AnswerTooLong):
        feed_for_ever(parser, endless)


def feed_for_ever(parser: Parser, chunk: bytes) -> None:
    for _ in range(10):
        parser.feed(chunk)


@asynccontextmanager
async def serving(answer: bytes, *, stays: bool = False) -> AsyncIterator[str]:
    """A server that says ``answer`` to everybody, and hangs up unless it stays."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + answer)
        await writer.drain()
        if stays:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def read(address: str, silence: float = 5.0) -> list[ServerEvent]:
    async with event_source.connected(address, {}, {}, silence) as response:
        return [event async for event in event_source.events(response)]


def test_events_of_a_server() -> None:
    async def run() -> list[ServerEvent]:
        async with serving(STREAM) as address:
            return await read(address)

    assert asyncio.run(run()) == EVENTS


def test_a_server_that_falls_silent_is_given_up() -> None:
    async def run() -> None:
        async with serving(STREAM, stays=True) as address:
            with pytest.raises(httpx.ReadTimeout):
                await read(address, silence=0.3)

    asyncio.run(run())


def test_no_stream_leads_into_the_house_s_own_network(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = []

    async def run() -> None:
        async with serving(STREAM) as address:
            with pytest.raises(http.Refused):
                await read(address)

    asyncio.run(run())
