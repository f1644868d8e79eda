"""Reading the firehose of the AT Protocol: ``com.atproto.sync.subscribeRepos`` of a PDS or a relay. Pure.

A frame is two DAG-CBOR objects, a header and a body; a commit's body carries the changed blocks as a CAR file. Nearly
no frame concerns us, so ``may_matter`` looks at the bytes before anything is decoded. It relies on DAG-CBOR having one
way to write a thing, which the specification demands ("Event Stream", "Data Model" on atproto.com). It may say yes for
nothing, and never says no to a post with one of the hashtags, however its letters are written: of a post it reads the
text and the names of hashtags, and compares them folded, as is done later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atproto_core.car import CAR
from atproto_core.cbor import decode_dag_multi
from atproto_core.cid import CID

from moothall.networks.bluesky_items import POSTS, has_tag, uri
from moothall.networks.bounded import mapping, moment, objects, text
from moothall.networks.hearing import Wanted
from moothall.networks.text import fold_tag

_COMMIT = b"\xa2atg#commitbop\x01"
"""A commit's header."""
_UNIMPORTANT = (b"i#identity", b"e#sync", b"g#handle")
_HEADER_BYTES = 24
_SEQ, _REPO = b"cseq", b"drepo"
"""Of a commit's keys: DAG-CBOR puts shorter ones first. Between ``ops`` and ``repo`` is all that it does."""
_USUAL = tuple(_COMMIT + bytes([0xA0 + keys]) + b"cops" for keys in (12, *range(8, 12), *range(13, 24)))
"""How a commit begins that has its keys where we look for them, of which there are twelve now."""
_LONGEST_SEQ = 13
"""So many bytes at most are ``seq`` and its number."""
_PATH = POSTS.encode() + b"/"
_POST = b"e$typer" + POSTS.encode()
"""A post's ``$type`` as DAG-CBOR writes it. A like or a repost names its subject otherwise."""
_CREATE, _UPDATE, _DELETE = b"fcreate", b"fupdate", b"fdelete"
_TEXT, _TAG = b"dtext", b"ctag"
_SIGN, _WIDE_SIGN = b"#", "＃".encode()
_BLOCK = b"\x01\x71\x12\x20"
"""How a block begins in a CAR file: with its CID, which is of DAG-CBOR and SHA-256."""
_TO_TEXT = len(_BLOCK) + 32 + 1
"""How far it is from there to the first key of its map."""

GONE = ("takendown", "suspended", "deleted", "deactivated")
"""Why an account is not active, in ``#account``; after all of these, its server shows nothing of it."""

# The errors of the endpoint, and the note that part of what was asked for is no longer kept.
FUTURE_CURSOR, OUTDATED_CURSOR = "FutureCursor", "OutdatedCursor"


@dataclass(frozen=True)
class Said:
    """A post that was made, or changed (``edited_at``)."""

    did: str
    key: str
    record: Mapping[str, Any]
    edited_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """What a frame or a message of Jetstream tells us."""

    cursor: str = ""
    said: tuple[Said, ...] = ()
    gone: tuple[str, ...] = ()
    """The remote ids of deleted posts."""
    gone_author: str = ""
    has_missed: bool = False
    """The server no longer has all that came after our cursor."""
    error: str = ""
    """The server's name for why it ends the stream."""
    words: str = ""


def may_matter(frame: bytes, wanted: Wanted) -> bool:
    """Whether the frame may tell of a post with one of the hashtags, of a known author's, or of the stream itself.

    Called for all that a network says, thousands of times a second: its lines are counted (``bench/listen.py``).
    """
    if not frame.startswith(_USUAL):
        return frame.startswith(_COMMIT) or not any(each in frame[:_HEADER_BYTES] for each in _UNIMPORTANT)
    repo = frame.find(_REPO)
    if repo < _LONGEST_SEQ or frame.find(_SEQ, repo - _LONGEST_SEQ, repo) < 0:
        return True  # not what we know how to look at
    posts = frame.count(_PATH, 0, repo)
    if not posts:
        return False  # nothing becomes of any post
    is_update = frame.find(_UPDATE, 0, repo) >= 0
    if is_update or frame.find(_DELETE, 0, repo) >= 0:
        begin, end = _string(frame, repo + len(_REPO))
        if frame[begin:end].decode(errors="replace") in wanted.authors:
            return True
        if not is_update and frame.find(_CREATE, 0, repo) < 0:
            return False
    post = frame.rfind(_POST, repo)  # records come after the tree that leads to them
    while post >= 0:
        if _post_may_matter(frame, repo, post, wanted.tags):
            return True
        post = frame.rfind(_POST, repo, post) if posts > 1 else -1
    return False


def _post_may_matter(frame: bytes, after: int, post: int, tags: Collection[str]) -> bool:
    """Whether the post whose ``$type`` stands at ``post`` may have one of the hashtags.

    Its text comes before that, as the first of its keys, unless it has hashtags beside the text; its facets after it.
    """
    key = frame.rfind(_TEXT, after, post)
    begin, end = _string(frame, key + len(_TEXT))
    if key < 0 or end > post or not frame.startswith(_BLOCK, key - _TO_TEXT):
        return True
    if frame.find(_SIGN, begin, end) >= 0 or frame.find(_WIDE_SIGN, begin, end) >= 0:
        _, *after_signs = frame[begin:end].decode(errors="replace").replace("＃", "#").split("#")
        for words in after_signs:
            word = fold_tag("".join(words.split(maxsplit=1)[:1]))  # no hashtag has a space
            for each in tags:
                if each in word:
                    return True
    tag = frame.find(_TAG, end)
    while tag >= 0:
        begin, end = _string(frame, tag + len(_TAG))
        if fold_tag(frame[begin:end].decode(errors="replace")) in tags:
            return True
        tag = frame.find(_TAG, tag + len(_TAG))
    return False


def _string(frame: bytes, at: int) -> tuple[int, int]:
    """Where the CBOR text that begins at ``at`` begins and ends; an empty place if it is none."""
    head = frame[at] if at < len(frame) else 0
    if 0x60 <= head < 0x78:
        return at + 1, at + 1 + head - 0x60
    if head == 0x78 and at + 1 < len(frame):
        return at + 2, at + 2 + frame[at + 1]
    width = {0x79: 2, 0x7A: 4}.get(head, 0)
    begin = at + 1 + width
    return begin, begin + int.from_bytes(frame[at + 1 : begin], "big") if width else begin


def read(frame: bytes, wanted: Wanted) -> Told:
    """What the frame tells, of what is wanted. Raises ``ValueError`` if it is no frame."""
    try:
        header, body = (mapping(each) for each in decode_dag_multi(frame))
    except (ValueError, RecursionError, OverflowError) as error:
        raise ValueError("Not a frame") from error
    if header.get("op") == -1:
        return Told(error=text(body.get("error"), 100) or "error", words=text(body.get("message"), 300))
    cursor = _cursor(body)
    match text(header.get("t")):
        case "#commit":
            return _commit(body, cursor, wanted)
        case "#account":
            gone = body.get("active") is False and body.get("status") in GONE
            return Told(cursor, gone_author=text(body.get("did"), 300) if gone else "")
        case "#tombstone":  # what servers said before there was ``#account``
            return Told(cursor, gone_author=text(body.get("did"), 300))
        case "#info":
            return Told(has_missed=body.get("name") == OUTDATED_CURSOR)
    return Told(cursor)


def cursor_of(frame: bytes) -> str:
    """The place of a frame that told us nothing; empty if it cannot be read."""
    try:
        return _cursor(mapping(decode_dag_multi(frame)[-1]))
    except (ValueError, RecursionError, OverflowError, IndexError):
        return ""


def _cursor(body: Mapping[str, Any]) -> str:
    number = body.get("seq")
    return str(number) if isinstance(number, int) and number >= 0 else ""


def _commit(body: Mapping[str, Any], cursor: str, wanted: Wanted) -> Told:
    did = text(body.get("repo"), 300)
    is_known = did in wanted.authors
    said: list[Said] = []
    gone: list[str] = []
    blocks: dict[CID, Any] | None = None
    for operation in objects(body.get("ops"), 1_000):
        collection, _, key = text(operation.get("path"), 600).partition("/")
        if collection != POSTS or not key:
            continue
        if operation.get("action") == "delete":
            gone += [uri(did, key)] if is_known else []
            continue
        if blocks is None:
            blocks = _blocks(body.get("blocks"))
        record = _record(blocks, operation.get("cid"))
        is_edit = operation.get("action") == "update"
        if (is_edit and is_known) or has_tag(record, wanted.tags):
            said.append(Said(did, key, record, moment(body.get("time")) if is_edit else None))
    return Told(cursor, tuple(said), tuple(gone))


def _blocks(content: object) -> dict[CID, Any]:
    if not isinstance(content, bytes):
        return {}
    try:
        return dict(CAR.from_bytes(content).blocks)
    except Exception as error:  # the library has errors of its own for a CAR file that is none
        raise ValueError("Not a CAR file") from error


def _record(blocks: Mapping[CID, Any], cid: object) -> Mapping[str, Any]:
    return mapping(blocks.get(CID.from_decoded_bytes(cid))) if isinstance(cid, bytes) and cid else {}
