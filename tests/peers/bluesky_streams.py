"""A stand-in for Bluesky's streams: the firehose of a relay, or Jetstream. It is not Bluesky.

It is our reading of "Event Stream" on atproto.com, of the lexicon ``com.atproto.sync.subscribeRepos`` and of the README
of Jetstream. The frames are real DAG-CBOR with CAR files. It goes on from a cursor, keeps everything, says a thing
twice, breaks connections off, and tells whose a DID is. For what must be the real software there is
``tests.peers.bluesky``.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bench.firehose import car, cbor, cid
from tests.peers.loops import OnALoop

QUIET = logging.getLogger("stand-in")
QUIET.setLevel(logging.CRITICAL)
POSTS = "app.bsky.feed.post"
Operation = tuple[str, str, dict[str, Any] | None]
"""An action, a path, and the record."""


def commit(
    *operations: Operation, did: str, seq: int = 7, at: datetime | None = None, size: int = 0, **values: Any
) -> bytes:
    """A commit's frame. ``size`` bytes of the repository's tree come before the records."""
    blocks = [cbor({"e": [], "l": random.Random(size).randbytes(size)})] if size else []
    ops: list[dict[str, Any]] = []
    for action, path, record in operations:
        block = cbor(record) if record is not None else b""
        ops.append({"path": path, "action": action, "cid": cid(block) if block else None})
        blocks += [block] if block else []
    root = cbor({"did": did, "rev": "3k", "version": 3})
    body = {
        "ops": ops, "rev": "3k", "seq": seq, "repo": did, "time": _moment(at), "blobs": [], "since": None,
        "blocks": car(cid(root), [root, *blocks]), "commit": cid(root), "rebase": False, "tooBig": False,
        "prevData": None,
    }  # fmt: skip
    return cbor({"op": 1, "t": "#commit"}) + cbor(body | values)


def post(text: str, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """A post's record."""
    return {"$type": POSTS, "text": text, "createdAt": _moment(at), "langs": ["en"]} | values


def _moment(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class BlueskyStreams(OnALoop):
    """The stand-in, in a thread of its own, for as long as one is within it. ``url`` is its address."""

    url: str

    def __init__(
        self, way: Literal["firehose", "jetstream"] = "firehose", now: Callable[[], datetime] | None = None
    ) -> None:
        super().__init__()
        self.way = way
        self.now = now or (lambda: datetime.now(UTC))
        self.handles: dict[str, str] = {}
        """By DID; whoever is not here has none that can be found."""
        self.connections: list[int | None] = []
        """The cursor of each connection that was made."""
        self._said: list[tuple[int, bytes | str]] = []
        self._sockets: set[ServerConnection] = set()

    # --- What people do there ---

    def say(self, did: str, key: str, record: dict[str, Any], action: str = "create") -> str:
        """Somebody posts, or edits with ``action`` "update"; returns the post's remote id."""
        self._tell(did, action, key, record)
        return f"at://{did}/{POSTS}/{key}"

    def delete(self, did: str, key: str) -> None:
        self._tell(did, "delete", key, None)

    def end_account(self, did: str, status: str = "deleted") -> None:
        number = self._next()
        account = {"active": False, "did": did, "seq": number, "status": status, "time": _moment(self.now())}
        if self.way == "firehose":
            self._add(number, cbor({"op": 1, "t": "#account"}) + cbor(account))
        else:
            self._add(number, json.dumps({"did": did, "time_us": number, "kind": "account", "account": account}))

    def tell_again(self, which: int) -> None:
        """Send the message with this place among all once more, number and all."""
        self._add(*self._said[which])

    @property
    def told(self) -> int:
        """How many messages there have been."""
        return len(self._said)

    def drop(self) -> None:
        """Break all connections off, without a word."""

        async def abort() -> None:
            for socket in list(self._sockets):
                socket.transport.abort()

        self._on_loop(abort())

    # --- The server ---

    def _tell(self, did: str, action: str, key: str, record: dict[str, Any] | None) -> None:
        number = self._next()
        if self.way == "firehose":
            self._add(
                number, commit((action, f"{POSTS}/{key}", record), did=did, seq=number, at=self.now(), size=2_000)
            )
            return
        told = {"rev": "3k", "operation": action, "collection": POSTS, "rkey": key} | (
            {"record": record} if record else {}
        )
        self._add(number, json.dumps({"did": did, "time_us": number, "kind": "commit", "commit": told}))

    def _next(self) -> int:
        last = max((number for number, _ in self._said[-1_000:]), default=0)
        return max(int(self.now().timestamp() * 1_000_000), last + 1) if self.way == "jetstream" else last + 1

    def _add(self, number: int, message: bytes | str) -> None:
        self._said.append((number, message))
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _start(self) -> None:
        self._changed = asyncio.Event()
        self._server = await serve(
            self._stream, "127.0.0.1", 0, process_request=self._answer, ping_interval=None, logger=QUIET
        )
        self.url = f"http://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"

    async def _stop(self) -> None:
        self._server.close(close_connections=False)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """What is asked beside the stream."""
        address = urlsplit(request.path)
        if address.path.endswith(("subscribeRepos", "/subscribe")):
            return None
        did = parse_qs(address.query).get("repo", [""])[0]
        if address.path.endswith("com.atproto.server.describeServer"):
            return connection.respond(200, "{}")
        if address.path.endswith("com.atproto.repo.describeRepo") and did in self.handles:
            return connection.respond(
                200, json.dumps({"did": did, "handle": self.handles[did], "handleIsCorrect": True})
            )
        return connection.respond(404, json.dumps({"error": "NotFound"}))

    async def _stream(self, socket: ServerConnection) -> None:
        query = parse_qs(urlsplit(socket.request.path if socket.request else "").query)
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        self.connections.append(cursor)
        self._sockets.add(socket)
        at = len(self._said) if cursor is None else 0
        try:
            while True:
                changed = self._changed
                while at < len(self._said):
                    number, message = self._said[at]
                    at += 1
                    if number > (cursor or 0):
                        await socket.send(message)
                await changed.wait()
        finally:
            self._sockets.discard(socket)
