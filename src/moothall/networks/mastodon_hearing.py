"""Hearing what is said with a hashtag on Mastodon's servers: streaming in two ways, and timelines.

A server brings what it knows: posts of its own people, and those that others sent it. Sources: docs.joinmastodon.org,
pages "Streaming API", "timelines", "statuses" and "instance".
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from websockets.asyncio.client import ClientConnection

from moothall.core import clock, event_source, websocket
from moothall.networks import asking, credentials, mastodon_items
from moothall.networks.bounded import mapping, moment, objects, text
from moothall.networks.errors import NetworkError, Rejected
from moothall.networks.hearing import RemoteItem, Searched, Signal, Source, Wanted
from moothall.networks.translate import Answer, Peer

SILENT_SECONDS = 45.0
"""The server writes a comment every 15 seconds."""
PAGE = 40
PAGES = 125
LATELY = timedelta(days=2)
"""How far back a first search goes."""
OVERLAP = timedelta(minutes=30)
"""How far back before the last one a search goes: so late may a post come from another server."""
AT_ONCE = 20
"""How many statuses a server gives at once to somebody who has not signed in."""


class HearsMastodon:
    """What the adapter can do beside posting."""

    ways = (("websocket", "Hashtag stream (WebSocket)"), ("sse", "Hashtag stream (server-sent events)"))
    places: tuple[tuple[str, str], ...] = ()
    """There is no server that everybody is on."""

    async def stream(self, source: Source, wanted: Wanted, cursor: str) -> AsyncGenerator[Signal, None]:
        server = await asyncio.to_thread(_Server.find, source)
        heard = _by_events if source.way == "sse" else _by_websocket
        try:
            async with aclosing(heard(server, sorted(wanted.tags))) as signals:
                async for signal in signals:
                    if signal.item:
                        wanted.authors.add(signal.item.author.remote_id)
                    yield signal
        except asking.STREAM_FAULTS as error:
            raise asking.stream_fault(server.peer, error) from error

    def search(self, source: Source, tag: str, cursor: str) -> Searched:
        """All with the tag since ``cursor``, a moment. What other servers send late is dated earlier than it came."""
        now = clock.now()
        before = moment(cursor)
        items = _since(_Server.find(source), tag, before - OVERLAP if before else now - LATELY)
        return Searched(tuple(items), now.isoformat())

    def standing(self, source: Source, remote_ids: Collection[str]) -> dict[str, RemoteItem | None]:
        server = _Server.find(source)
        begin = mastodon_items.alias(server.url, "")
        numbers = [each.removeprefix(begin) for each in remote_ids if each.startswith(begin)]
        found: dict[str, RemoteItem | None] = {}
        for at in range(0, len(numbers), AT_ONCE):
            some = numbers[at : at + AT_ONCE]
            found |= {mastodon_items.alias(server.url, number): item for number, item in _stand(server, some)}
        return found


@dataclass(frozen=True)
class _Server:
    """A server, and how one speaks to it."""

    url: str
    domain: str
    streaming: str
    peer: Peer
    headers: Mapping[str, str]

    @classmethod
    def find(cls, source: Source) -> "_Server":
        """Ask the server what it is called, and where its streams are. Raises the errors of ``errors.py``."""
        url = credentials.address(source.address)
        token = credentials.secret(source.account, "access_token") if source.account else ""
        if source.account and credentials.server(source.account) != url:
            raise Rejected("The channel whose sign-in is used here has its account on another server.")
        peer = Peer(mastodon_items.host(url), (token,) if token else ())
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        instance = mapping(_instance(peer, url))
        domain = text(instance.get("domain"), 300) or text(instance.get("uri"), 300) or mastodon_items.host(url)
        urls = mapping(mapping(instance.get("configuration")).get("urls")) or mapping(instance.get("urls"))
        named = text(urls.get("streaming"), 300) or text(urls.get("streaming_api"), 300)
        streaming = credentials.address(named.replace("ws", "http", 1)) if named.startswith("ws") else url
        return cls(url, domain.partition("://")[2] or domain, streaming, peer, headers)

    def item(self, status: object) -> RemoteItem | None:
        return mastodon_items.item(mapping(status), self.url, self.domain)

    @property
    def stream_headers(self) -> Mapping[str, str]:
        """The token goes to the server itself and to its subdomains alone, whatever address it names."""
        host = httpx.URL(self.streaming).host
        own = httpx.URL(self.url).host
        return self.headers if host == own or host.endswith(f".{own}") else {}

    def get(self, path: str, params: asking.Params) -> Any:
        return asking.get(self.peer, f"{self.url}{path}", params, self.headers)


def _instance(peer: Peer, url: str) -> Any:
    try:
        return asking.get(peer, f"{url}/api/v2/instance", {})
    except Rejected as error:
        if error.status != 404:
            raise
    return asking.get(peer, f"{url}/api/v1/instance", {})


# --- Timelines ---


def _since(server: _Server, tag: str, since: datetime) -> list[RemoteItem]:
    """All with the tag that is dated since then, oldest first."""
    found: list[RemoteItem] = []
    params: dict[str, str] = {"limit": str(PAGE)}
    for _ in range(PAGES):
        page = server.get(f"/api/v1/timelines/tag/{quote(tag, safe='')}", params)
        if not isinstance(page, list):
            raise server.peer.unreadable()
        statuses = objects(page, PAGE)
        found += [item for status in statuses if (item := server.item(status))]
        dates = [when for status in statuses if (when := moment(status.get("created_at")))]
        if not dates or min(dates) < since:
            break
        params["max_id"] = text(statuses[-1].get("id"), 100)
    return found[::-1]


def _stand(server: _Server, numbers: list[str]) -> Iterator[tuple[str, RemoteItem | None]]:
    """Each of these statuses as it stands now; ``None`` for one that the server no longer shows."""
    try:
        answer = server.get("/api/v1/statuses", [("id[]", each) for each in numbers])
    except Rejected as error:
        if error.status not in (404, 405):
            raise
        for each in numbers:  # servers before Mastodon 4.3
            yield from _stands(server, each)
        return
    if not isinstance(answer, list):
        raise server.peer.unreadable()
    stand = {text(each.get("id"), 100): each for each in objects(answer)}
    for number in numbers:
        if number not in stand:
            yield number, None
        elif item := server.item(stand[number]):
            yield number, item


def _stands(server: _Server, number: str) -> Iterator[tuple[str, RemoteItem | None]]:
    try:
        item = server.item(server.get(f"/api/v1/statuses/{number}", {}))
    except Rejected as error:
        if error.status not in (404, 410):
            raise
        yield number, None
        return
    if item:
        yield number, item


# --- Streams ---


def read(server_url: str, domain: str, event: str, payload: object) -> Signal | None:
    """What an event of a stream says; ``None`` if nothing that concerns us, or if it cannot be read. Pure."""
    if event == "delete":
        number = text(payload, 100)
        return Signal(gone=mastodon_items.alias(server_url, number)) if number else None
    if event not in ("update", "status.update"):
        return None
    try:
        status = json.loads(payload) if isinstance(payload, str | bytes) else payload
    except (ValueError, RecursionError):
        return None
    item = mastodon_items.item(mapping(status), server_url, domain)
    return Signal(item=item) if item else None


async def _by_websocket(server: _Server, tags: list[str]) -> AsyncGenerator[Signal, None]:
    address = f"{server.streaming.replace('http', 'ws', 1)}/api/v1/streaming"
    async with websocket.connected(address, server.stream_headers) as connection:
        await _subscribe(connection, tags)
        yield Signal()
        async for message in websocket.messages(connection):
            if signal := of_message(server.url, server.domain, message):
                yield signal


async def _subscribe(connection: ClientConnection, tags: list[str]) -> None:
    for tag in tags:
        await connection.send(json.dumps({"type": "subscribe", "stream": "hashtag", "tag": tag}))


def of_message(server_url: str, domain: str, message: bytes) -> Signal | None:
    """What a message on the WebSocket says; an empty one is a sign of life."""
    if not message:
        return Signal()
    try:
        content = mapping(json.loads(message))
    except (ValueError, RecursionError):
        return None
    return read(server_url, domain, text(content.get("event"), 50), content.get("payload"))


async def _by_events(server: _Server, tags: list[str]) -> AsyncGenerator[Signal, None]:
    """A connection for each hashtag. The first that ends ends all."""
    waiting: asyncio.Queue[Signal | BaseException] = asyncio.Queue(100)
    standing = asyncio.Barrier(len(tags))
    readers = [asyncio.create_task(_read_events(server, tag, waiting, standing)) for tag in tags]
    try:
        while True:
            signal = await waiting.get()
            if isinstance(signal, BaseException):
                raise signal
            yield signal
    finally:
        for each in readers:
            each.cancel()


async def _read_events(
    server: _Server, tag: str, waiting: "asyncio.Queue[Signal | BaseException]", standing: asyncio.Barrier
) -> None:
    """Read one hashtag's events, once the connections of all stand."""
    address = f"{server.streaming}/api/v1/streaming/hashtag"
    try:
        async with event_source.connected(address, {"tag": tag}, server.stream_headers, SILENT_SECONDS) as response:
            if response.status_code != httpx.codes.OK:
                raise _refused(server, response)
            await standing.wait()
            await waiting.put(Signal())
            async for event in event_source.events(response):
                signal = read(server.url, server.domain, event.name, event.data) if event.name else Signal()
                if signal:
                    await waiting.put(signal)
        raise httpx.RemoteProtocolError("The stream ended")
    except Exception as error:
        await waiting.put(error)


def _refused(server: _Server, response: httpx.Response) -> NetworkError:
    return server.peer.refusal(Answer(response.status_code, response.headers, ""))
