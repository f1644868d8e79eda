"""A made-up firehose: frames as a relay sends them, in the mix of a usual day, with a hashtag in one of a thousand.

The bytes are real: DAG-CBOR, CIDs, CAR files with the record, the commit and the nodes of the repository's tree. Shares
and sizes are our estimate of Bluesky's own stream: half of it likes, a fifth posts, some five kilobytes a commit.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

TAG = "ExDay24"
TAGGED = 0.001
"""The share of all events that have the hashtag."""
MIX = {
    "like": 0.46,
    "post": 0.20,
    "follow": 0.12,
    "repost": 0.09,
    "delete": 0.09,
    "block": 0.02,
    "identity": 0.01,
    "account": 0.01,
}
COLLECTIONS = {
    "like": "app.bsky.feed.like",
    "post": "app.bsky.feed.post",
    "follow": "app.bsky.graph.follow",
    "repost": "app.bsky.feed.repost",
    "block": "app.bsky.graph.block",
}
WITH_OTHER_TAG, WITH_REPLY, WITH_LINK, WITH_PICTURE = 0.12, 0.45, 0.25, 0.2
WORDS = [
    "the",
    "council",
    "library",
    "opens",
    "at",
    "ten",
    "with",
    "tea",
    "cake",
    "and",
    "a",
    "story",
    "about",
    "foxes",
    "who",
    "cross",
    "the",
    "road",
    "when",
    "nobody",
    "looks",
    "today",
    "was",
    "long",
    "but",
    "good",
    "今日はいい天気ですね",
    "naïve",
    "café",
    "straße",
    "and",
    "then",
    "it",
    "rained",
    "on",
    "us",
    "all",
    "again",
    "why",
    "though",
    "😀",
    "lovely",
]
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
NODES, ENTRIES = 4, 12
PEOPLE = 100_000
"""Far fewer than speak there in a day: an event's authors are heard again all the more often."""


class Link(bytes):
    """A CID."""


def cbor(value: Any) -> bytes:
    """``value`` as DAG-CBOR."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + _head(2, len(value) + 1) + b"\0" + value
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(value[key]) for key in keys)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    width = next(each for each in (1, 2, 4, 8) if number < 256**each)
    return bytes([kind << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + number.to_bytes(width, "big")


def cid(block: bytes, codec: int = 0x71) -> Link:
    return Link(bytes([1, codec, 0x12, 32]) + hashlib.sha256(block).digest())


def car(root: Link, blocks: list[bytes]) -> bytes:
    header = cbor({"roots": [root], "version": 1})
    parts = [_varint(len(header)) + header]
    for block in blocks:
        name = cid(block)
        parts.append(_varint(len(name) + len(block)) + name + block)
    return b"".join(parts)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


@dataclass
class Firehose:
    """Frames, one after the other. ``tagged`` are the remote ids of the posts with the hashtag so far."""

    chance: random.Random
    seq: int = 40_000_000_000

    def __post_init__(self) -> None:
        self.tagged: set[str] = set()
        self.people = [f"did:plc:{self._letters(24)}" for _ in range(PEOPLE)]
        self._at = datetime(2026, 10, 24, 6, tzinfo=UTC)

    def frames(self, number: int) -> list[bytes]:
        kinds = self.chance.choices(list(MIX), list(MIX.values()), k=number)
        marked = set(self.chance.sample(range(number), max(1, round(number * TAGGED))))
        return [self._frame("post" if at in marked else kind, at in marked) for at, kind in enumerate(kinds)]

    def _frame(self, kind: str, is_tagged: bool) -> bytes:
        self.seq += 1
        self._at += timedelta(milliseconds=2)
        did = self.chance.choice(self.people)
        if kind in ("identity", "account"):
            body = {"seq": self.seq, "did": did, "time": self._now()}
            body |= {"handle": f"{self._letters(8)}.bsky.social"} if kind == "identity" else {"active": True}
            return _framed(f"#{kind}", body)
        return _framed("#commit", self._commit(did, kind, is_tagged))

    def _commit(self, did: str, kind: str, is_tagged: bool) -> dict[str, Any]:
        key = "3" + self._letters(12)
        blocks = [self._node() for _ in range(NODES)]
        is_delete = kind == "delete"
        collection = COLLECTIONS[self.chance.choice(["like", "post", "follow"]) if is_delete else kind]
        operation: dict[str, Any] = {"path": f"{collection}/{key}", "action": "create", "cid": None}
        if is_delete:
            operation |= {"action": "delete", "prev": self._link()}
        else:
            block = cbor(self._record(kind, collection, is_tagged))
            operation["cid"] = cid(block)
            blocks.append(block)
        if is_tagged:
            self.tagged.add(f"at://{did}/{collection}/{key}")
        rev = "3" + self._letters(12)
        signed = {"did": did, "rev": rev, "sig": self.chance.randbytes(64), "data": cid(blocks[0]), "prev": None}
        commit = cbor(signed | {"version": 3})
        root = cid(commit)
        return {
            "ops": [operation],
            "rev": rev,
            "seq": self.seq,
            "repo": did,
            "time": self._now(),
            "blobs": [],
            "since": "3" + self._letters(12),
            "blocks": car(root, [commit, *blocks]),
            "commit": root,
            "rebase": False,
            "tooBig": False,
            "prevData": self._link(),
        }

    def _record(self, kind: str, collection: str, is_tagged: bool) -> dict[str, Any]:
        record: dict[str, Any] = {"$type": collection, "createdAt": self._now()}
        if kind in ("follow", "block"):
            return record | {"subject": self.chance.choice(self.people)}
        if kind != "post":
            return record | {"subject": self._reference()}
        return record | self._words(is_tagged)

    def _words(self, is_tagged: bool) -> dict[str, Any]:
        text = " ".join(self.chance.choices(WORDS, k=self.chance.randint(3, 40)))
        facets: list[dict[str, Any]] = []
        tags = [self.chance.choice([TAG, TAG.lower(), TAG.upper()])] if is_tagged else []
        if self.chance.random() < WITH_OTHER_TAG:
            tags += [f"tag{self._letters(5)}" for _ in range(self.chance.randint(1, 3))]
        for tag in tags:
            begin = len(text.encode()) + 1
            text += f" #{tag}"
            facets.append(_facet(begin, len(text.encode()), "tag", "tag", tag))
        if self.chance.random() < WITH_LINK:
            begin = len(text.encode()) + 1
            text += " news.example/story"
            facets.append(_facet(begin, len(text.encode()), "link", "uri", "https://news.example/story"))
        said: dict[str, Any] = {"text": text, "langs": ["en"]} | ({"facets": facets} if facets else {})
        if self.chance.random() < WITH_REPLY:
            said["reply"] = {"root": self._reference(), "parent": self._reference()}
        if self.chance.random() < WITH_PICTURE:
            said["embed"] = self._picture()
        return said

    def _picture(self) -> dict[str, Any]:
        blob = {
            "$type": "blob",
            "ref": cid(self.chance.randbytes(8), 0x55),
            "mimeType": "image/jpeg",
            "size": self.chance.randint(10_000, 900_000),
        }
        image = {"alt": "A picture", "image": blob, "aspectRatio": {"width": 4, "height": 3}}
        return {"$type": "app.bsky.embed.images", "images": [image]}

    def _node(self) -> bytes:
        """A node of the repository's tree."""
        entries = [
            {"k": f"app.bsky.feed.like/3{self._letters(12)}".encode(), "p": 0, "t": None, "v": self._link()}
            if not at
            else {"k": self._letters(6).encode(), "p": 26, "t": self._link() if at % 3 else None, "v": self._link()}
            for at in range(ENTRIES)
        ]
        return cbor({"e": entries, "l": self._link()})

    def _reference(self) -> dict[str, str]:
        uri = f"at://{self.chance.choice(self.people)}/app.bsky.feed.post/3{self._letters(12)}"
        return {"uri": uri, "cid": "bafyrei" + self._letters(52)}

    def _link(self) -> Link:
        return Link(b"\x01\x71\x12\x20" + self.chance.randbytes(32))

    def _letters(self, number: int) -> str:
        return "".join(self.chance.choices(LETTERS, k=number))

    def _now(self) -> str:
        return self._at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _framed(kind: str, body: dict[str, Any]) -> bytes:
    return cbor({"op": 1, "t": kind}) + cbor(body)


def _facet(begin: int, end: int, kind: str, name: str, value: str) -> dict[str, Any]:
    feature = {"$type": f"app.bsky.richtext.facet#{kind}", name: value}
    return {"index": {"byteStart": begin, "byteEnd": end}, "features": [feature]}
