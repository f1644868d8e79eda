"""A stand-in for the streaming of a Mastodon server, with the timelines that go with it. It is not Mastodon.

It is our reading of the documentation (docs.joinmastodon.org, "Streaming API", "timelines", "statuses"), and of
Mastodon's ``streaming/index.js``: events ``update``, ``status.update`` and ``delete``, a comment every so often on
server-sent events, subscribing by a message on the WebSocket, and a payload that is JSON within JSON. Beside that it
does what a bad day brings: it drops connections, and says a thing twice. For a line that goes dead there is
``tests.peers.relay``.
"""

import asyncio
import http
import itertools
import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.peers.loops import OnALoop

QUIET = logging.getLogger("stand-in")
QUIET.setLevel(logging.CRITICAL)


class MastodonStreaming(OnALoop):
    """The stand-in, in a thread of its own, for as long as one is within it. ``url`` is its address."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[str, dict[str, Any]] = {}
        self.way = "websocket"
        """For which of the two the instance document names the address. (Mastodon has one for both.)"""
        self.streams_at = ""
        """The address that the instance document names, if it is not the stand-in's own: a line that goes dead."""
        self.connections = 0
        """How many streams were opened."""
        self.searches = 0
        self._numbers = itertools.count(115_000_000_000_000_000)
        self._sockets: set[ServerConnection] = set()
        self._writers: dict[asyncio.StreamWriter, str] = {}

    # --- What people do there ---

    def post(self, text: str, who: str = "charlie", *, tell: bool = True, **values: Any) -> str:
        """Somebody posts; returns the server's number of it. ``tell``: the streams bring it."""
        number = str(next(self._numbers))
        self.statuses[number] = status(self.url, number, text, who) | values
        if tell:
            self.tell("update", number)
        return number

    def edit(self, number: str, text: str) -> None:
        made = self.statuses[number]
        made |= {"content": f"<p>{text}</p>", "edited_at": _now(), "tags": tags(text)}
        self.tell("status.update", number)

    def delete(self, number: str, *, tell: bool = True) -> None:
        gone = self.statuses.pop(number)
        if tell:
            self._on_loop(self._send("delete", number, {each["name"] for each in gone["tags"]}))

    def tell(self, event: str, number: str) -> None:
        """Let the streams bring an event about a status, once more if need be."""
        made = self.statuses[number]
        self._on_loop(self._send(event, json.dumps(made), {each["name"] for each in made["tags"]}))

    def drop(self) -> None:
        """Break all streams off, without a word."""

        async def abort() -> None:
            for socket in list(self._sockets):
                socket.transport.abort()
            for writer in list(self._writers):
                writer.transport.abort()

        self._on_loop(abort())

    def remote_id(self, number: str) -> str:
        return f"{self.url}/users/statuses/{number}"

    # --- The server ---

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._websockets = await serve(self._socket, "127.0.0.1", 0, ping_interval=None, logger=QUIET)
        self.url = f"http://127.0.0.1:{port}"
        self._ports = {"sse": port, "websocket": next(iter(self._websockets.sockets)).getsockname()[1]}

    async def _stop(self) -> None:
        self._server.close()
        self._websockets.close(close_connections=False)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _send(self, event: str, payload: str, of: set[str]) -> None:
        for socket in list(self._sockets):
            for tag in of & getattr(socket, "tags", set()):
                message = {"stream": ["hashtag", tag], "event": event, "payload": payload}
                with suppress(ConnectionClosed):  # whoever listened may have been killed
                    await socket.send(json.dumps(message))
        for writer, tag in list(self._writers.items()):
            if tag in of:
                with suppress(ConnectionError):
                    writer.write(f"event: {event}\ndata: {payload}\n\n".encode())
                    await writer.drain()

    async def _socket(self, socket: ServerConnection) -> None:
        self.connections += 1
        socket.tags = set()  # type: ignore[attr-defined]
        self._sockets.add(socket)
        try:
            async for message in socket:
                asked = json.loads(message)
                if asked["type"] == "subscribe" and asked["stream"] == "hashtag":
                    socket.tags.add(asked["tag"].lower())  # type: ignore[attr-defined]
        finally:
            self._sockets.discard(socket)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Plain HTTP, one request a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            address = urlsplit(head.split(" ")[1])
            query = parse_qs(address.query)
            if address.path == "/api/v1/streaming/hashtag":
                await self._stream(writer, query["tag"][0].lower())
                return
            code, content = self._answer(address.path, query)
            body = json.dumps(content).encode()
            reason = http.HTTPStatus(code).phrase
            head = f"HTTP/1.1 {code} {reason}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            pass  # The stand-in is stopping; Python 3.11 would report a cancelled conversation as an error.
        finally:
            self._writers.pop(writer, None)
            writer.close()

    async def _stream(self, writer: asyncio.StreamWriter, tag: str) -> None:
        self.connections += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:)\n\n")
        await writer.drain()
        self._writers[writer] = tag
        while True:
            await asyncio.sleep(0.5)
            writer.write(b":thump\n")
            await writer.drain()

    @property
    def streaming(self) -> str:
        """Where its streams are."""
        return f"ws://127.0.0.1:{self._ports[self.way]}"

    def _answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/api/v2/instance":
            return 200, {
                "domain": "social.example",
                "configuration": {"urls": {"streaming": self.streams_at or self.streaming}},
            }
        if path.startswith("/api/v1/timelines/tag/"):
            self.searches += 1
            tag = unquote(path.rsplit("/", 1)[1]).lower()
            before = query.get("max_id", ["9" * 30])[0]
            found = [each for each in self.statuses.values() if tag in {one["name"] for one in each["tags"]}]
            page = [each for each in reversed(found) if int(each["id"]) < int(before)]
            return 200, page[: int(query["limit"][0])]
        if path == "/api/v1/statuses":
            return 200, [self.statuses[each] for each in query.get("id[]", []) if each in self.statuses]
        return 404, {"error": "Record not found"}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tags(text: str) -> list[dict[str, str]]:
    words = (word.strip(".,!") for word in text.split())
    return [{"name": word[1:].lower(), "url": "https://social.example/tags/x"} for word in words if word[:1] == "#"]


def status(server: str, number: str, text: str, who: str) -> dict[str, Any]:
    """A status as the documentation's entity "Status" has it."""
    return {
        "id": number,
        "uri": f"{server}/users/statuses/{number}",
        "url": f"{server}/@{who}/{number}",
        "created_at": _now(),
        "edited_at": None,
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "content": f"<p>{text}</p>",
        "tags": tags(text),
        "media_attachments": [],
        "reblog": None,
        "in_reply_to_id": None,
        "account": {
            "id": "7",
            "username": who,
            "acct": who,
            "uri": f"{server}/users/{who}",
            "url": f"{server}/@{who}",
            "display_name": who.title(),
            "avatar": "",
        },
    }
