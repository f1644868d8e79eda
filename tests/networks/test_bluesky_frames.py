"""The firehose's frames: what may matter is never overlooked, and what is no frame does no harm."""

import json
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.firehose import TAG, Firehose, cbor
from moothall.networks import bluesky_frames, bluesky_hearing, bluesky_jetstream
from moothall.networks.bluesky_hearing import Reading
from moothall.networks.bluesky_items import POSTS, has_tag, uri
from moothall.networks.errors import Temporary
from moothall.networks.hearing import Wanted
from moothall.networks.text import fold_tag, hashtags
from tests.peers.bluesky_streams import Operation, commit

ALICE, BOB = "did:plc:alice", "did:plc:bob"
TAGS = ("ExDay24", "Zürich24", "図書館", "straße")
WANTED = frozenset(map(fold_tag, TAGS))
NONSENSE = b"\xa2atg#commitbop\x01\xff nonsense"


def frame(*operations: Operation, did: str = ALICE, size: int = 0, **values: Any) -> bytes:
    """A commit of Alice's."""
    return commit(*operations, did=did, size=size, **values)


def post(text: str, facets: list[str] | None = None, **values: Any) -> dict[str, Any]:
    """A post's record; ``facets`` are the hashtags that its facets name."""
    record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": "2026-10-25T01:00:00Z", "langs": ["en"]}
    if facets:
        index = {"byteStart": 0, "byteEnd": 1}
        kind = "app.bsky.richtext.facet#tag"
        record["facets"] = [{"index": index, "features": [{"$type": kind, "tag": each}]} for each in facets]
    return record | values


def matters(content: bytes, *authors: str) -> bool:
    return bluesky_frames.may_matter(content, Wanted(WANTED, set(authors)))


def styled(draw: st.DrawFn, tag: str) -> str:
    """The hashtag as somebody may write it: in capitals, full width, or with its marks apart."""
    return draw(
        st.sampled_from(
            [
                tag,
                tag.upper(),
                tag.lower(),
                tag.swapcase(),
                "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in tag),
                tag.replace("ü", "u\u0308"),
            ]
        )
    )


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Posts with and without one of the hashtags, in the text, in the facets or beside them."""
    others = st.text(max_size=12) | st.sampled_from(["#other", "library", "dtext", "ctag", POSTS, "#", "＃", "drepo"])
    words = draw(st.lists(others, max_size=8))
    tag = styled(draw, draw(st.sampled_from(TAGS)))
    where = draw(st.sampled_from(["text", "facets", "beside", "both", "nowhere"]))
    if where in ("text", "both"):
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(["#", "＃"])) + tag)
    named = [tag] if where in ("facets", "both") else []
    record = post(" ".join(words), [*draw(st.lists(others.filter(bool), max_size=2)), *named])
    if where == "beside":
        record["tags"] = [*draw(st.lists(others, max_size=2)), tag]
    if draw(st.booleans()):
        record["reply"] = {"root": {"uri": uri(BOB, "3k"), "cid": "b"}, "parent": {"uri": uri(BOB, "3k"), "cid": "b"}}
    return record


@given(
    st.lists(records(), min_size=1, max_size=3), st.integers(0, 70_000), st.sampled_from([ALICE, "did:web:x.example"])
)
@example([post("#ExDay24")], 0, ALICE)
@example([post("", tags=["図書館"])], 0, ALICE)
@example([post("x" * 400 + " ＃ｅｘｄａｙ２４")], 300, ALICE)
def test_a_post_with_one_of_the_hashtags_is_never_overlooked(made: list[dict[str, Any]], size: int, did: str) -> None:
    content = frame(*(("create", f"{POSTS}/3k{at}", each) for at, each in enumerate(made)), did=did, size=size)
    has = [has_tag(each, WANTED) for each in made]
    assert matters(content) or not any(has)
    told = bluesky_frames.read(content, Wanted(WANTED))
    assert [each.key for each in told.said] == [f"3k{at}" for at, one in enumerate(has) if one]
    assert told.cursor == "7"


def test_what_does_not_concern_us_is_seen_by_its_bytes_alone() -> None:
    like = {"$type": "app.bsky.feed.like", "subject": {"uri": uri(BOB, "3k"), "cid": "b"}, "createdAt": "2026"}
    assert not matters(frame(("create", "app.bsky.feed.like/3k", like)))
    assert not matters(frame(("create", f"{POSTS}/3k", post("Nothing to do with it #other", ["other"]))))
    assert not matters(frame(("delete", f"{POSTS}/3k", None)))
    assert not matters(frame(("delete", "app.bsky.feed.like/3k", None), did=BOB), BOB)
    assert not matters(cbor({"op": 1, "t": "#identity"}) + cbor({"seq": 8, "did": ALICE, "time": "2026"}))


def test_of_a_known_author_deletions_and_edits_matter_and_of_others_only_with_the_hashtag() -> None:
    for action, record in (("delete", None), ("update", post("Without it"))):
        content = frame((action, f"{POSTS}/3k", record))
        assert matters(content, ALICE)
        assert not matters(content, BOB)
    deleted = bluesky_frames.read(frame(("delete", f"{POSTS}/3k", None)), Wanted(WANTED, {ALICE}))
    assert deleted.gone == (uri(ALICE, "3k"),)
    (edited,) = bluesky_frames.read(frame(("update", f"{POSTS}/3k", post("Now"))), Wanted(WANTED, {ALICE})).said
    assert edited.edited_at is not None
    both = frame(("delete", f"{POSTS}/3k1", None), ("create", f"{POSTS}/3k2", post("Anew #exday24")))
    assert matters(both)
    assert [each.key for each in bluesky_frames.read(both, Wanted(WANTED)).said] == ["3k2"]


@pytest.mark.parametrize("status", bluesky_frames.GONE)
def test_an_account_that_is_gone_takes_its_posts_along(status: str) -> None:
    content = cbor({"op": 1, "t": "#account"}) + cbor({"seq": 9, "did": ALICE, "active": False, "status": status})
    assert matters(content)
    assert bluesky_frames.read(content, Wanted(WANTED)).gone_author == ALICE


def test_a_commit_with_keys_that_we_do_not_expect_is_decoded_rather_than_passed_over() -> None:
    made = post("Hello #exday24")
    content = frame(("create", f"{POSTS}/3k", made), aaa=1, zoo={"drepo": "drepo"})
    assert matters(content)
    assert len(bluesky_frames.read(content, Wanted(WANTED)).said) == 1


@given(st.binary(max_size=300), st.integers(0, 4_000))
def test_garbage_is_no_frame_and_does_no_harm(garbage: bytes, at: int) -> None:
    whole = frame(("create", f"{POSTS}/3k", post("Hello #exday24")), ("delete", f"{POSTS}/3j", None))
    for content in (
        garbage,
        whole[: at % len(whole)] + garbage,
        whole[: at % len(whole)] + whole[at % len(whole) + 1 :],
    ):
        matters(content, BOB)
        bluesky_frames.cursor_of(content)
        try:
            bluesky_frames.read(content, Wanted(WANTED))
        except ValueError:
            continue


def test_of_a_made_up_day_exactly_the_posts_with_the_hashtag_are_found() -> None:
    firehose = Firehose(random.Random(5))
    frames = firehose.frames(3_000)
    wanted = Wanted(frozenset({fold_tag(TAG)}))
    told = [bluesky_frames.read(each, wanted) for each in frames if bluesky_frames.may_matter(each, wanted)]
    assert {uri(each.did, each.key) for one in told for each in one.said} == firehose.tagged


@given(st.text(max_size=60), st.sampled_from(TAGS))
def test_jetstream_s_messages_with_a_hashtag_are_never_overlooked(words: str, tag: str) -> None:
    for record in (post(f"{words} #{tag}"), post(words, [tag]), post(words, tags=[tag])):
        for is_ascii in (True, False):
            message = jetstream(record, is_ascii)
            assert bluesky_jetstream.may_matter(message, Wanted(WANTED))
            said = bluesky_jetstream.read(message, Wanted(WANTED)).said
            assert bool(said) == has_tag(record, WANTED)


def jetstream(record: dict[str, Any], is_ascii: bool) -> bytes:
    """A message, with other letters as they are or by their numbers."""
    commit = {"rev": "3k", "operation": "create", "collection": POSTS, "rkey": "3k", "record": record, "cid": "b"}
    whole = {"did": ALICE, "time_us": 1_792_890_000_000_000, "kind": "commit", "commit": commit}
    return json.dumps(whole, ensure_ascii=is_ascii).encode(errors="surrogatepass")


def test_hashtags_of_facets_count_before_those_of_the_text() -> None:
    assert has_tag(post("No sign in the words", ["EXDAY24"]), WANTED)
    assert has_tag(post("In the words alone #exday24"), WANTED)
    assert not has_tag(post("Part of an address: https://example.org/#exday24"), WANTED)
    assert not has_tag(post("Another that only begins so: #exday2400", ["exday2400"]), WANTED)
    assert not hashtags("https://example.org/#exday24")


def test_garbage_in_a_row_ends_the_connection() -> None:
    reading = Reading(bluesky_frames, Wanted(WANTED), "https://pds.example")
    for _ in range(bluesky_hearing.GARBAGE_IN_A_ROW - 1):
        assert reading.read(NONSENSE) == []
    with pytest.raises(Temporary):
        reading.read(NONSENSE)
