"""A web server that says what a test wants, and the two ways to call it."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from moothall.core import http, requests_session

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A local web server that answers each path by a function and counts what it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.answers: dict[str, Answer] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                self.rfile.read(length)
                outer.seen.append((self.command, self.path, dict(self.headers.items())))
                outer.answers.get(self.path, say(b"hello"))(self)

            do_GET = do_POST = handle_any

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def say(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


Get = Callable[..., tuple[int, bytes]]


def httpx_call(url: str, method: str = "GET", **options: Any) -> tuple[int, bytes]:
    with http.client() as client:
        answer = client.request(method, url, **options)
        return answer.status_code, answer.content


def requests_call(url: str, method: str = "GET", **options: Any) -> tuple[int, bytes]:
    answer = requests_session.session().request(method, url, **options)
    return answer.status_code, answer.content


both = pytest.mark.parametrize("call", [httpx_call, requests_call])


def causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
