"""What was heard becomes an item: what each network has to say of a post, and nothing worse from hostile ones."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.networks import bluesky_hearing, bluesky_items, mastodon_hearing, mastodon_items
from moothall.networks.hearing import RemoteAuthor, RemoteMedia, Wanted
from tests.peers.bluesky_streams import POSTS
from tests.peers.mastodon_streaming import status

SERVER, DOMAIN = "https://social.example", "social.example"
ALICE = RemoteAuthor("did:plc:alice", "alice.test")
BLOB = "bafkreiabcdefgh"


def test_a_mastodon_status_with_all_that_it_may_have() -> None:
    made = status(SERVER, "7", "Hello #exday24", "charlie") | {
        "content": '<p>Hello <a href="https://social.example/tags/exday24">#<span>exday24</span></a><br>Good day</p>',
        "created_at": "2026-10-25T01:30:00.000Z",
        "edited_at": "2026-10-25T01:40:00.000Z",
        "spoiler_text": "Foxes",
        "in_reply_to_id": "6",
        "card": {"url": "https://example.org/story"},
        "media_attachments": [
            {
                "type": "image",
                "url": "https://files.social.example/1.jpg",
                "preview_url": "https://files.social.example/1s.jpg",
                "description": "A fox",
                "meta": {"original": {"width": 640, "height": 480}},
            },
            {"type": "unknown", "url": "https://files.social.example/2.bin"},
        ],
    }
    item = mastodon_items.item(made, SERVER, DOMAIN)
    assert item is not None
    assert item.text == "Hello #exday24\nGood day"
    assert item.tags == ("exday24",)
    assert (item.author.handle, item.author.remote_id) == ("charlie@social.example", f"{SERVER}/users/charlie")
    assert item.aliases == (f"{SERVER}#7",)
    assert (item.said_at, item.edited_at) == (
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 40, tzinfo=UTC),
    )
    assert (item.warning, item.reply_to, item.links) == ("Foxes", f"{SERVER}#6", ("https://example.org/story",))
    assert item.media == (
        RemoteMedia(
            "image", "https://files.social.example/1.jpg", "https://files.social.example/1s.jpg", "A fox", 640, 480
        ),
    )


@pytest.mark.parametrize(
    ("visibility", "is_public"), [("public", True), ("unlisted", True), ("private", False), ("direct", False)]
)
def test_only_what_mastodon_s_authors_let_everybody_see_is_public(visibility: str, is_public: bool) -> None:
    made = mastodon_items.item(status(SERVER, "7", "Hello", "charlie") | {"visibility": visibility}, SERVER, DOMAIN)
    assert made is not None
    assert made.is_public == is_public


def test_a_boost_is_nobody_s_own_words() -> None:
    boost = status(SERVER, "8", "", "bob") | {"reblog": status(SERVER, "7", "Hello #exday24", "charlie")}
    assert mastodon_items.item(boost, SERVER, DOMAIN) is None


def test_somebody_of_another_server_keeps_that_server_s_name() -> None:
    made = status(SERVER, "7", "Hello", "bob")
    made["account"] |= {"acct": "bob@other.example"}
    item = mastodon_items.item(made, SERVER, DOMAIN)
    assert item is not None
    assert item.author.handle == "bob@other.example"


def test_a_bluesky_post_with_all_that_it_may_have() -> None:
    picture = {"alt": "A fox", "image": {"ref": {"$link": BLOB}}, "aspectRatio": {"width": 4, "height": 3}}
    features = [
        {"$type": "app.bsky.richtext.facet#tag", "tag": "ExDay24"},
        {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/story"},
    ]
    record = {
        "$type": POSTS,
        "text": "Hello #ExDay24 example.org/story",
        "createdAt": "2026-10-25T01:30:00.000Z",
        "langs": ["en", "cy"],
        "tags": ["beside"],
        "facets": [{"index": {"byteStart": 6, "byteEnd": 14}, "features": [each]} for each in features],
        "reply": {"parent": {"uri": bluesky_items.uri("did:plc:bob", "3k0")}},
        "embed": {"media": {"images": [picture]}},
        "labels": {"values": [{"val": "nudity"}]},
    }
    item = bluesky_items.item(ALICE, "3k1", record)
    assert item.remote_id == bluesky_items.uri("did:plc:alice", "3k1")
    assert item.tags == ("ExDay24", "beside")
    assert item.said_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert (item.language, item.warning, item.links) == ("en", "nudity", ("https://example.org/story",))
    assert item.reply_to == bluesky_items.uri("did:plc:bob", "3k0")
    (media,) = item.media
    assert (media.alt, media.width, media.height) == ("A fox", 4, 3)
    assert BLOB in media.url


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
STATUS_KEYS = [*status(SERVER, "7", "Hello", "charlie"), "card"]
RECORD_KEYS = ["text", "createdAt", "langs", "tags", "facets", "reply", "embed", "labels"]


@given(st.dictionaries(st.sampled_from(STATUS_KEYS), JUNK, max_size=6))
def test_whatever_a_mastodon_server_sends_is_an_item_or_nothing(junk: dict[str, Any]) -> None:
    item = mastodon_items.item(status(SERVER, "7", "Hello", "charlie") | junk, SERVER, DOMAIN)
    assert item is None or (item.remote_id and isinstance(item.text, str))
    signal = mastodon_hearing.read(SERVER, DOMAIN, "update", junk)
    assert signal is None or signal.item


@given(st.dictionaries(st.sampled_from(RECORD_KEYS), JUNK, max_size=6))
def test_whatever_stands_in_a_bluesky_record_is_an_item(junk: dict[str, Any]) -> None:
    item = bluesky_items.item(ALICE, "3k1", junk)
    assert isinstance(item.text, str)
    bluesky_items.has_tag(junk, Wanted(frozenset({"exday24"})).tags)
    bluesky_hearing.viewed({"uri": item.remote_id, "author": {"did": ALICE.remote_id}, "record": junk})


@given(st.text(max_size=20), JUNK | st.text(max_size=30))
def test_whatever_comes_on_a_mastodon_stream_ends_nothing(event: str, payload: Any) -> None:
    mastodon_hearing.read(SERVER, DOMAIN, event, payload)
    mastodon_hearing.of_message(SERVER, DOMAIN, repr(payload).encode())
