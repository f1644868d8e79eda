"""The most that one request may send. Django writes a body to the disk before any view sees it, whoever sends it."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

LONGEST_LENGTH = 18
"""Digits of a length that are read. More are too many bytes anyway, and Python takes no number of any length."""

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyLimit:
    """An ASGI application that passes requests of at most so many bytes on to ``application``; to others it says 413.

    A request that announces more is answered at once. One that does not say how much it brings is cut off at the same
    bound: to ``application`` it looks as if the browser had gone away. ``most_for`` tells the bound of a request.
    """

    def __init__(self, application: Application, most_for: Callable[[Scope], Awaitable[int]]) -> None:
        self._application = application
        self._most_for = most_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        most = await self._most_for(scope)
        if _announced(scope) > most:
            await _refuse(send, most)
        else:
            await self._pass_on(scope, receive, send, most)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            if received > most:
                return {"type": "http.disconnect"}
            message = await receive()
            received += len(message.get("body", b""))
            return {"type": "http.disconnect"} if received > most else message

        await self._application(scope, counted, send)
        if received > most:  # Django reads the whole body before it says anything, so nothing was said yet
            await _refuse(send, most)


async def _refuse(send: Send, most: int) -> None:
    words = f"This is larger than {most // 2**20} MB. Go back, and send smaller files.\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"connection", b"close"),  # what still comes is not read
    ]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def _announced(scope: Scope) -> int:
    """How many bytes the request says it brings; 0 if it does not say, or says what is no number."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said[:LONGEST_LENGTH]) if said.isdigit() else 0
