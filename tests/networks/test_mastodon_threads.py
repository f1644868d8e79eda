"""Threads, content warnings, who sees a post, what moves: against the stand-in for Mastodon.

What the stand-in does not do (videos that take time, a server that forgets what a reply replied to) the proxy plays.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from moothall.core import clock
from moothall.networks.base import Account, Draft, Limits, Media, MediaKind, Published, Reply
from moothall.networks.errors import Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.networks.mastodon import ANIMATION_PIXELS, PROCESSING_SECONDS, Mastodon, read_limits
from tests.networks import moving
from tests.networks.conftest import MakePicture
from tests.networks.homes import MastodonHome
from tests.peers.proxy import Answer, HoldingProxy, Plan

STATUSES = "/api/v1/statuses"
JSON = {"Content-Type": "application/json"}
NONE: frozenset[str] = frozenset()


@pytest.fixture
def network() -> Mastodon:
    return Mastodon()


@pytest.fixture
def account(mastodon_home: MastodonHome) -> Account:
    return mastodon_home.account()


@pytest.fixture
def proxy(mastodon_home: MastodonHome) -> Iterator[HoldingProxy]:
    with HoldingProxy(mastodon_home.server.url) as running:
        yield running


@pytest.fixture
def proxied(account: Account, proxy: HoldingProxy) -> Account:
    return replace(account, credentials={**account.credentials, "server": proxy.url})


def key(number: int = 0) -> str:
    return make_key(clock.now(), number)


def draft(text: str = "Ember visits the library.", *media: Media, **more: Any) -> Draft:
    return Draft(text, media, dated=clock.now(), **more)


def after(published: Published, text: str) -> Draft:
    return draft(text, reply=Reply(published.remote_id, published.remote_id))


def says(content: object, status: int = 200) -> Plan:
    return Plan(forward=False, answer=Answer(status, json.dumps(content).encode(), JSON))


class TestThreads:
    def test_each_part_replies_to_the_one_before(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account
    ) -> None:
        one = network.publish(account, draft("One."), key())
        two = network.publish(account, after(one, "Two."), key(1))
        three = network.publish(account, draft("Three.", reply=Reply(one.remote_id, two.remote_id)), key(2))
        replies = {status["id"]: status["in_reply_to_id"] for status in mastodon_home.statuses(account)}
        assert replies == {one.remote_id: None, two.remote_id: one.remote_id, three.remote_id: two.remote_id}

    def test_a_server_that_would_post_a_part_on_its_own_is_not_asked_to(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy
    ) -> None:
        one = network.publish(proxied, draft("One."), key())
        network.delete(proxied, one.remote_id)
        proxy.requests.clear()
        with pytest.raises(Rejected, match=r"^The part of this thread before this one was removed from 127\.0\.0\.1"):
            network.publish(proxied, after(one, "Two."), key(1))
        assert [request.method for request in proxy.requests] == ["GET"]

    @pytest.mark.parametrize("plan", [Plan(answer=Answer(500)), Plan(drop=True), says({}), says([])])
    def test_trouble_in_asking_for_the_part_before_leaves_no_doubt(
        self, network: Mastodon, mastodon_home: MastodonHome, proxied: Account, proxy: HoldingProxy, plan: Plan
    ) -> None:
        one = network.publish(proxied, draft("One."), key())
        proxy.when("GET", f"{STATUSES}/{one.remote_id}", plan)
        with pytest.raises(Temporary):
            network.publish(proxied, after(one, "Two."), key(1))
        assert mastodon_home.posts(proxied) == [one.remote_id]

    def test_a_reply_is_known_though_its_parent_was_removed_since(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy
    ) -> None:
        """Mastodon then forgets what it replied to; while the parent stands, such a status is another one."""
        one = network.publish(proxied, draft("One."), key())
        part = after(one, "Two.")
        two = network.publish(proxied, part, key(1))
        forgotten: dict[str, Any] = {
            "id": two.remote_id,
            "content": "<p>Two.</p>",
            "created_at": clock.now().isoformat(),
            "url": two.url,
            "media_attachments": [],
            "in_reply_to_id": None,
        }
        for _ in range(2):
            proxy.when("GET", f"/api/v1/accounts/{proxied.ref}/statuses", says([forgotten]))
            proxy.when("GET", f"/api/v1/accounts/{proxied.ref}/statuses", says([]))
        assert network.find(proxied, part, key(1), NONE) is None
        network.delete(proxied, one.remote_id)
        assert network.find(proxied, part, key(1), NONE) == two


class TestOptions:
    def test_a_warning_hides_the_words_and_the_pictures(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account, make_picture: MakePicture
    ) -> None:
        said = draft("It burnt down.", make_picture(), options={"content_warning": " Fire ", "visibility": "unlisted"})
        published = network.publish(account, said, key())
        [status] = mastodon_home.statuses(account)
        assert (status["spoiler_text"], status["sensitive"], status["visibility"]) == ("Fire", True, "unlisted")
        assert network.find(account, said, key(), NONE) == published
        assert network.find(account, replace(said, options={"content_warning": "Smoke"}), key(), NONE) is None
        assert network.find(account, replace(said, options={}), key(), NONE) is None

    @pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
    def test_who_sees_it(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account, visibility: str
    ) -> None:
        network.publish(account, draft(options={"visibility": visibility}), key())
        [status] = mastodon_home.statuses(account)
        assert (status["visibility"], status["sensitive"], status["spoiler_text"]) == (visibility, False, "")

    def test_nothing_goes_out_as_a_private_message(self, network: Mastodon, account: Account) -> None:
        with pytest.raises(Rejected, match="Choose one of these: Everybody"):
            network.publish(account, draft(options={"visibility": "direct"}), key())

    def test_a_warning_without_words_becomes_the_words(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account, make_picture: MakePicture
    ) -> None:
        """As Mastodon itself makes of it (its ``PostStatusService``)."""
        said = draft("", make_picture(), options={"content_warning": "Fire"})
        published = network.publish(account, said, key())
        [status] = mastodon_home.statuses(account)
        assert (status["content"], status["spoiler_text"], status["sensitive"]) == ("<p>Fire</p>", "", True)
        assert network.find(account, said, key(), NONE) == published

    def test_a_second_language_is_said(self, network: Mastodon, mastodon_home: MastodonHome, account: Account) -> None:
        network.publish(account, draft("Amser stori.", language="cy"), key())
        assert mastodon_home.statuses(account)[0]["language"] == "cy"


class TestWhatMoves:
    def test_a_video_is_sent_as_it_is(
        self, network: Mastodon, mastodon_home: MastodonHome, proxied: Account, proxy: HoldingProxy, tmp_path: Path
    ) -> None:
        video = moving.video(tmp_path, "Ember barks", captions=moving.CAPTIONS)
        network.publish(proxied, draft("Look!", video), key())
        [attached] = mastodon_home.statuses(proxied)[0]["media_attachments"]
        assert (attached["type"], attached["description"]) == ("video", "Ember barks")
        assert video.path.read_bytes() in proxy.requests[0].body
        assert b"WEBVTT" not in b"".join(request.body for request in proxy.requests)

    def test_a_gif_goes_out_as_one_unless_the_server_would_refuse_it(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account, tmp_path: Path
    ) -> None:
        animation = moving.gif(tmp_path)
        still, small = replace(network.limits, animations=False), replace(network.limits, animation_pixels=64 * 48 - 1)
        for number, limits in enumerate((network.limits, still, small)):
            network.publish(replace(account, limits=limits), draft("", animation), key(number))
        kinds = [status["media_attachments"][0]["type"] for status in reversed(mastodon_home.statuses(account))]
        assert kinds == ["gifv", "image", "image"]

    def test_a_video_is_waited_for_longer_than_a_picture(
        self,
        network: Mastodon,
        proxied: Account,
        proxy: HoldingProxy,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("moothall.networks.mastodon.time.sleep", lambda seconds: None)
        monkeypatch.setitem(PROCESSING_SECONDS, MediaKind.VIDEO, 0.1)
        sign_in = {"Authorization": f"Bearer {proxied.credentials['access_token']}"}
        files = {"file": ("a.mp4", b"-", "video/mp4")}
        made = httpx.post(f"{proxied.credentials['server']}/api/v2/media", files=files, headers=sign_in).json()
        proxy.when("POST", "/api/v2/media", says({**made, "url": None}, 202))
        proxy.when("GET", "/api/v1/media/*", says({**made, "url": None}, 206), times=None)
        with pytest.raises(Temporary, match="has not finished with a video"):
            network.publish(proxied, draft("Look!", moving.video(tmp_path)), key())

    def test_a_video_that_our_storage_lost_is_tried_again(
        self, network: Mastodon, account: Account, tmp_path: Path
    ) -> None:
        video = moving.video(tmp_path)
        video.path.unlink()
        with pytest.raises(Temporary, match="own storage"):
            network.publish(account, draft("Look!", video), key())

    def test_the_stand_ins_document_has_limits_for_videos(self, network: Mastodon, account: Account) -> None:
        limits = network.identify(account).limits
        assert (limits.videos, limits.video_bytes, limits.video_pixels) == (1, 41_943_040, 2_304_000)
        assert (limits.animations, limits.animation_pixels) == (True, ANIMATION_PIXELS)

    @pytest.mark.parametrize(
        ("kinds", "expected"),
        [
            (["image/gif", "video/mp4"], (True, 1)),
            (["image/gif"], (True, 0)),
            (["image/png", "video/mp4"], (False, 1)),
            ([], (True, 1)),
            (None, (True, 1)),
        ],
    )
    def test_what_a_server_does_not_list_it_does_not_take(
        self, kinds: list[str] | None, expected: tuple[bool, int]
    ) -> None:
        document = {"configuration": {"media_attachments": {"supported_mime_types": kinds}}}
        limits: Limits = read_limits(document, Mastodon.limits)
        assert (limits.animations, limits.videos) == expected
