"""Reading Jetstream, Bluesky's firehose as JSON (github.com/bluesky-social/jetstream, its README). Pure."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moothall.networks.bluesky_frames import GONE, Said, Told
from moothall.networks.bluesky_items import POSTS, has_tag, uri
from moothall.networks.bounded import mapping, text
from moothall.networks.hearing import Wanted

REWIND_MICROSECONDS = 5_000_000
"""How far before the cursor we begin again, as its README advises: it then misses nothing."""

_SIGN = re.compile(rb"(?<!facet)#|" + "＃".encode() + rb"|facet#tag|\\u")
_TAGS = b'"tags":'
_DID = re.compile(rb'"did":\s*"(did:[^"\\]+)"')


def may_matter(message: bytes, wanted: Wanted) -> bool:
    """Whether the message may tell of a post with a hashtag, whichever, or of a known author."""
    if _SIGN.search(message) or _TAGS in message:
        return True
    return any(match[1].decode(errors="replace") in wanted.authors for match in _DID.finditer(message))


def read(message: bytes, wanted: Wanted) -> Told:
    """What the message tells, of what is wanted. Raises ``ValueError`` if it is none."""
    content = _object(message)
    did, cursor = text(content.get("did"), 300), _cursor(content)
    if not did.startswith("did:"):
        return Told(cursor)
    if content.get("kind") == "account":
        account = mapping(content.get("account"))
        gone = account.get("active") is False and account.get("status") in GONE
        return Told(cursor, gone_author=did if gone else "")
    return _commit(did, cursor, content, wanted)


def cursor_of(message: bytes) -> str:
    """The place of a message that told us nothing; empty if it cannot be read."""
    try:
        return _cursor(_object(message))
    except ValueError:
        return ""


def _object(message: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(message))
    except RecursionError as error:
        raise ValueError("Too deep") from error


def _cursor(content: Mapping[str, Any]) -> str:
    number = content.get("time_us")
    return str(number) if isinstance(number, int) and number > 0 else ""


def _commit(did: str, cursor: str, content: Mapping[str, Any], wanted: Wanted) -> Told:
    commit = mapping(content.get("commit"))
    key = text(commit.get("rkey"), 600)
    if commit.get("collection") != POSTS or not key:
        return Told(cursor)
    is_known = did in wanted.authors
    if commit.get("operation") == "delete":
        return Told(cursor, gone=(uri(did, key),) if is_known else ())
    record = mapping(commit.get("record"))
    is_edit = commit.get("operation") == "update"
    if not ((is_edit and is_known) or has_tag(record, wanted.tags)):
        return Told(cursor)
    return Told(cursor, (Said(did, key, record, _when(cursor) if is_edit else None),))


def _when(cursor: str) -> datetime | None:
    """The moment of a cursor, which counts microseconds."""
    try:
        return datetime.fromtimestamp(int(cursor or 0) / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
