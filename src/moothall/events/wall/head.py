"""The head of a request, read only so far as to know whether it asks for a wall's stream.

Whatever is not plainly that is left to the web server: it answers, or refuses, as it does anything else.
"""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs

BEGINS = b"GET /events/"
LONGEST = 16_384
"""Bytes of a head that are waited for; a longer one is left to the web server."""
_LINE = re.compile(rb"GET /events/([A-Za-z0-9_-]{1,60})/stream(?:\?([!-~]{0,2000}))? HTTP/1\.1\r\n")
_ELSEWHERE = {b"content-length", b"transfer-encoding", b"upgrade", b"expect"}
"""Headers that no browser sends with a request for a stream."""
_NUMBER = re.compile(r"[0-9]{1,18}")


class Not(Enum):
    """Why there is no request for a stream."""

    YET = "It may become one when more of it has come"
    OURS = "It is another request"


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Somebody asks for the stream of the wall ``slug``."""

    slug: str
    after: int | None
    """The id of the last change that they know; ``None``: they want only what comes from now on."""
    token: str


def recognise(data: bytes) -> StreamRequest | Not:
    """The request for a stream that ``data``, the first bytes of a request, is; or why it is none."""
    if not data.startswith(BEGINS):
        return Not.YET if BEGINS.startswith(data) else Not.OURS
    end = data.find(b"\r\n\r\n", 0, LONGEST)
    if end < 0:
        return Not.OURS if len(data) >= LONGEST or not _may_be_line(data) else Not.YET
    line = _LINE.match(data)
    if line is None:
        return Not.OURS
    headers = [each.partition(b":") for each in data[line.end() : end].split(b"\r\n") if each]
    if any(name.lower() in _ELSEWHERE or not colon for name, colon, _ in headers):
        return Not.OURS
    last = next((value for name, _, value in headers if name.lower() == b"last-event-id"), b"")
    query = parse_qs((line[2] or b"").decode("ascii"), max_num_fields=20) if _few_fields(line[2]) else {}
    after = _number(last.decode("latin-1").strip())
    if after is None:
        after = _number(query.get("after", [""])[0])
    return StreamRequest(line[1].decode("ascii"), after, query.get("token", [""])[0])


def _may_be_line(data: bytes) -> bool:
    """Whether the first line, if it is whole, asks for a stream."""
    return b"\r\n" not in data or _LINE.match(data) is not None


def _few_fields(query: bytes | None) -> bool:
    return query is not None and query.count(b"&") < 20


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
