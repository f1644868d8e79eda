"""A server that takes posts as Mastodon's API does and answers after a set time. Only for measuring: it checks nothing.

It is not Mastodon, and not a stand-in for it: nobody signs in, a post is kept as a line in a list, and every answer has
just what an adapter reads. In return it is so quick (some 10,000 answers a second) that what is measured is the sender.

    python -m bench.answerer        prints its address, and ends when its standard input does
"""

import asyncio
import json
import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qs

import httpx

ACCOUNT = {
    "id": "1",
    "username": "measured",
    "acct": "measured",
    "display_name": "Measured",
    "url": "http://127.0.0.1/",
}


class Answerer(asyncio.Protocol):
    """One connection. ``posts`` and ``delay`` (seconds) belong to all of them."""

    posts: list[dict[str, Any]] = []
    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (head_end := self.received.find(b"\r\n\r\n")) >= 0:
            lines = self.received[:head_end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            whole = head_end + 4 + int(headers.get("content-length", 0))
            if len(self.received) < whole:
                return
            body, self.received = self.received[head_end + 4 : whole], self.received[whole:]
            method, path, _ = lines[0].split(" ")
            self.request(method, path, headers, body.decode())

    def request(self, method: str, path: str, headers: dict[str, str], body: str) -> None:
        match method, path.partition("?")[0].rstrip("/"):
            case "POST", "/api/v1/statuses":
                loop = asyncio.get_running_loop()
                token = headers.get("authorization", "")
                loop.call_later(type(self).delay, self.post, token, parse_qs(body), time.time())
            case "GET", "/api/v1/accounts/verify_credentials":
                self.answer(ACCOUNT)
            case "GET", "/api/v2/instance":
                self.answer({"domain": "127.0.0.1"})
            case "GET", "/bench/posts":
                self.answer(self.posts)
            case "POST", "/bench/begin":
                self.posts.clear()
                type(self).delay = float(body)
                self.answer({})
            case _:
                self.answer([])

    def post(self, token: str, fields: dict[str, list[str]], asked: float) -> None:
        """The post is made, and the answer leaves, when the delay is over."""
        now = time.time()
        self.posts.append({"token": token, "text": fields["status"][0], "asked": asked, "at": now})
        number = str(len(self.posts))
        self.answer({"id": number, "url": f"http://127.0.0.1/{number}", "created_at": "2026-01-01T00:00:00Z"})

    def answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


class Measured:
    """The answerer as the benchmark sees it; ``url`` is its address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def begin(self, delay: float) -> None:
        """Forget all posts; from now on answer after ``delay`` seconds."""
        httpx.post(f"{self.url}/bench/begin", content=str(delay)).raise_for_status()

    def posts(self) -> list[dict[str, Any]]:
        """``{"token", "text", "asked", "at"}`` of each post, in the order in which they were made.

        ``asked`` is when its request was in, ``at`` when it was made, both in Unix time.
        """
        posts: list[dict[str, Any]] = httpx.get(f"{self.url}/bench/posts").json()
        return posts


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answerer, "127.0.0.1", 0, backlog=500)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve())
