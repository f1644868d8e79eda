"""Threads, who may reply, cards, videos: against Bluesky's own server, and cut off at every step."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moothall.networks.base import Account, Card, Draft, Published, Reply
from moothall.networks.bluesky import Bluesky
from moothall.networks.errors import NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from tests.networks import moving
from tests.networks.conftest import MakePicture
from tests.networks.homes import BlueskyHome
from tests.peers.proxy import Answer, HoldingProxy, Plan

APPLY = "/xrpc/com.atproto.repo.applyWrites"
GET = "/xrpc/com.atproto.repo.getRecord"
UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
MOMENT = datetime(2026, 11, 23, 12, 30, 15, 123456, tzinfo=UTC)
KEYS = [make_key(MOMENT, number) for number in range(5)]
GATED = Draft("Only some may answer.", dated=MOMENT, options={"reply_controls": "following"})
NONE: frozenset[str] = frozenset()


@pytest.fixture
def network() -> Bluesky:
    return Bluesky()


@pytest.fixture
def account(bluesky_home: BlueskyHome) -> Account:
    return bluesky_home.account(own_password=True)


@pytest.fixture
def proxy(bluesky_home: BlueskyHome) -> Iterator[HoldingProxy]:
    with HoldingProxy(bluesky_home.pds.url) as running:
        yield running


@pytest.fixture
def proxied(account: Account, proxy: HoldingProxy) -> Account:
    return replace(account, credentials={**account.credentials, "server": proxy.url})


def bare(value: Any) -> Any:
    """A piece of a record without the names of its types."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name != "$type"}
    return value


def part(text: str, *before: Published) -> Draft:
    reply = Reply(before[0].remote_id, before[-1].remote_id) if before else None
    return Draft(text, dated=MOMENT, reply=reply)


class TestThreads:
    def test_each_part_names_the_first_and_the_one_before(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        one = network.publish(account, part("One."), KEYS[0])
        two = network.publish(account, part("Two.", one), KEYS[1])
        three = network.publish(account, part("Three.", one, two), KEYS[2])
        posts = {post["uri"]: post for post in bluesky_home.pds.posts(account.ref)}

        def ref(of: Published) -> dict[str, str]:
            return {"uri": of.remote_id, "cid": posts[of.remote_id]["cid"]}

        replies = [bare(posts[each.remote_id]["value"].get("reply")) for each in (one, two, three)]
        assert replies == [None, {"root": ref(one), "parent": ref(one)}, {"root": ref(one), "parent": ref(two)}]

    def test_a_part_is_not_posted_when_the_first_is_gone(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        one = network.publish(account, part("One."), KEYS[0])
        two = network.publish(account, part("Two.", one), KEYS[1])
        network.delete(account, one.remote_id)
        with pytest.raises(Rejected, match="before this one was removed"):
            network.publish(account, part("Three.", one, two), KEYS[2])
        assert bluesky_home.posts(account) == [two.remote_id]

    @pytest.mark.parametrize("plan", [Plan(answer=Answer(500)), Plan(drop=True), Plan(answer=Answer(200, b"{}"))])
    def test_trouble_in_asking_for_the_part_before_leaves_no_doubt(
        self, network: Bluesky, bluesky_home: BlueskyHome, proxied: Account, proxy: HoldingProxy, plan: Plan
    ) -> None:
        one = network.publish(proxied, part("One."), KEYS[0])
        proxy.when("GET", GET, plan)
        with pytest.raises(Temporary):
            network.publish(proxied, part("Two.", one), KEYS[1])
        assert bluesky_home.posts(proxied) == [one.remote_id]
        network.publish(proxied, part("Two.", one), KEYS[1])


class TestWhoMayReply:
    @pytest.mark.parametrize(
        ("chosen", "allow"),
        [
            ("mentioned", [{"$type": "app.bsky.feed.threadgate#mentionRule"}]),
            ("following", [{"$type": "app.bsky.feed.threadgate#followingRule"}]),
            ("nobody", []),
        ],
    )
    def test_a_gate_stands_under_the_posts_own_key(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, chosen: str, allow: list[Any]
    ) -> None:
        said = replace(GATED, options={"reply_controls": chosen})
        for _ in range(2):
            published = network.publish(account, said, KEYS[0])
        assert bluesky_home.posts(account) == [published.remote_id]
        [gate] = bluesky_home.gates(account)
        assert gate["uri"] == f"at://{account.ref}/app.bsky.feed.threadgate/{KEYS[0]}"
        assert gate["value"] == {
            "$type": "app.bsky.feed.threadgate",
            "post": published.remote_id,
            "createdAt": "2026-11-23T12:30:15.123Z",
            "allow": allow,
        }

    def test_everybody_needs_no_gate_and_a_thread_has_one(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        network.publish(account, replace(GATED, options={"reply_controls": "everybody"}), KEYS[0])
        assert bluesky_home.gates(account) == []
        one = network.publish(account, GATED, KEYS[1])
        network.publish(account, replace(GATED, reply=Reply(one.remote_id, one.remote_id)), KEYS[2])
        assert [gate["value"]["post"] for gate in bluesky_home.gates(account)] == [one.remote_id]

    def test_it_goes_with_its_post(self, network: Bluesky, bluesky_home: BlueskyHome, account: Account) -> None:
        published = network.publish(account, GATED, KEYS[0])
        for _ in range(2):
            network.delete(account, published.remote_id)
        assert not bluesky_home.gates(account)
        assert not bluesky_home.posts(account)

    @pytest.mark.parametrize(
        "plan", [Plan(forward=False, drop=True), Plan(forward=False, answer=Answer(500)), Plan(drop=True)]
    )
    @pytest.mark.parametrize("path", ["/xrpc/com.atproto.server.createSession", UPLOAD, GET, APPLY])
    def test_cut_off_at_any_step_there_is_one_post_in_the_end_and_its_gate(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        proxied: Account,
        proxy: HoldingProxy,
        make_picture: MakePicture,
        path: str,
        plan: Plan,
    ) -> None:
        said = replace(GATED, media=(make_picture(),))
        proxy.when("*", path, plan)
        with pytest.raises(NetworkError) as caught:
            network.publish(proxied, said, KEYS[0])
        assert isinstance(caught.value, OutcomeUnknown if path == APPLY else Temporary)
        assert len(bluesky_home.posts(proxied)) == len(bluesky_home.gates(proxied)), "Both or neither."
        found = network.find(proxied, said, KEYS[0], NONE)
        assert (found is not None) == bool(bluesky_home.posts(proxied))
        published = network.publish(proxied, said, KEYS[0])
        assert found in (None, published)
        assert bluesky_home.posts(proxied) == [published.remote_id]
        assert len(bluesky_home.gates(proxied)) == 1

    def test_a_request_that_comes_late_makes_no_second_post(
        self, network: Bluesky, bluesky_home: BlueskyHome, proxied: Account, proxy: HoldingProxy
    ) -> None:
        """The first sending arrives only after the second one has looked whether there is a post."""
        published = network.publish(proxied, GATED, KEYS[0])
        missing = json.dumps({"error": "RecordNotFound", "message": "Could not locate record"}).encode()
        proxy.when("GET", GET, Plan(forward=False, answer=Answer(400, missing, {"Content-Type": "application/json"})))
        with pytest.raises(NetworkError):
            network.publish(proxied, GATED, KEYS[0])
        assert network.find(proxied, GATED, KEYS[0], NONE) == published
        assert bluesky_home.posts(proxied) == [published.remote_id]


class TestEmbeds:
    def test_a_card_has_its_picture(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, make_picture: MakePicture
    ) -> None:
        large = make_picture(1200, 900).path
        card = Card("https://www.exampleshire.example/fire?a=é", "Fire safety", "What to do.", large)
        network.publish(account, Draft("Read this.", dated=MOMENT, card=card), KEYS[0])
        network.publish(account, Draft("And this.", dated=MOMENT, card=replace(card, image=None)), KEYS[1])
        with_picture, without = (record["embed"] for record in bluesky_home.records(account))
        assert with_picture["$type"] == without["$type"] == "app.bsky.embed.external"
        assert with_picture["external"]["uri"] == "https://www.exampleshire.example/fire?a=é"
        assert (with_picture["external"]["title"], with_picture["external"]["description"]) == (
            "Fire safety",
            "What to do.",
        )
        assert with_picture["external"]["thumb"]["size"] <= 1_000_000
        assert "thumb" not in without["external"]

    def test_pictures_leave_no_room_for_a_card(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, make_picture: MakePicture
    ) -> None:
        card = Card("https://www.exampleshire.example/fire", "Fire safety")
        network.publish(account, Draft("Read this.", (make_picture(),), dated=MOMENT, card=card), KEYS[0])
        assert bluesky_home.records(account)[0]["embed"]["$type"] == "app.bsky.embed.images"

    def test_a_video_has_its_captions_and_its_description(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, tmp_path: Path
    ) -> None:
        video = moving.video(tmp_path, "Ember barks", captions=moving.CAPTIONS, captions_language="cy")
        network.publish(account, Draft("Look!", (video,), language="cy", dated=MOMENT), KEYS[0])
        [record] = bluesky_home.records(account)
        embed = record["embed"]
        assert record["langs"] == ["cy"]
        assert (embed["$type"], embed["alt"]) == ("app.bsky.embed.video", "Ember barks")
        assert (embed["video"]["mimeType"], embed["video"]["size"]) == ("video/mp4", video.size)
        assert bare(embed["aspectRatio"]) == {"width": 64, "height": 48}
        [caption] = embed["captions"]
        assert (caption["lang"], caption["file"]["mimeType"]) == ("cy", "text/vtt")

    def test_captions_that_are_too_long_are_said_to_be(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, tmp_path: Path
    ) -> None:
        video = moving.video(tmp_path, captions=moving.CAPTIONS * 500)
        with pytest.raises(Rejected, match="Bluesky takes 20,000"):
            network.publish(account, Draft("Look!", (video,), dated=MOMENT), KEYS[0])
        assert bluesky_home.posts(account) == []

    def test_of_a_gif_the_first_frame_goes_out(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, tmp_path: Path
    ) -> None:
        animation = moving.gif(tmp_path)
        for key, each in zip(KEYS, (animation, replace(animation, still=None)), strict=False):
            network.publish(account, Draft("Look!", (each,), dated=MOMENT), key)
        for record in bluesky_home.records(account):
            [image] = record["embed"]["images"]
            assert image["image"]["mimeType"] == "image/jpeg"
            assert image["alt"] == animation.alt
            assert bare(image["aspectRatio"]) == {"width": 64, "height": 48}
