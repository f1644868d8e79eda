"""Records as a test wants them: kept for real, at a time that the test chooses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

from asgiref.sync import async_to_sync

from moothall.core import clock
from moothall.records.actions import capture
from moothall.records.models import Record


@dataclass(frozen=True)
class Someone:
    """Who did it."""

    name: str
    pk: int = 7


def keep(
    kind: str = "post.saved", ref: str = "post:1", *, by: str = "", at: datetime | None = None, **more: Any
) -> Record:
    """A record; Moothall's own and of now, unless told otherwise."""
    with mock.patch.object(clock, "now", return_value=at or clock.now()):
        return capture(kind, ref, actor=Someone(by) if by else None, **more)


def file_of(answer: Any) -> str:
    """The whole of a file that comes in pieces, as a server takes it."""

    async def taken() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(taken)().decode()
