"""The Mastodon adapter against a stand-in for Mastodon, with a proxy between them for everything that can go wrong.

The stand-in (`mastodon_mock`) is not Mastodon: what is proved here agrees with its, and our, reading of Mastodon's
documentation. What it cannot show (the HTML of the real server, pictures that take time) is played by the proxy.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from moothall.core import clock, http, requests_session
from moothall.networks import mastodon, mastodon_api, plain
from moothall.networks.base import Account, Draft, Limits, Media, MediaKind, Published
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.networks.mastodon import Mastodon, read_limits
from tests.networks.conftest import MakePicture
from tests.networks.homes import MastodonHome
from tests.peers.mastodon import MastodonMock
from tests.peers.processes import free_port
from tests.peers.proxy import Answer, HoldingProxy, Plan, Step

STATUSES = "/api/v1/statuses"
VERIFY = "/api/v1/accounts/verify_credentials"
JSON = {"Content-Type": "application/json"}


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
    """The same account, reached through the proxy."""
    return replace(account, credentials={**account.credentials, "server": proxy.url})


@pytest.fixture
def key() -> str:
    return make_key(clock.now(), 7)


def draft(text: str = "Ember visits the library.", *media: Media) -> Draft:
    return Draft(text, media, "en-GB", clock.now())


def no(status: int, error: str = "No.", **headers: str) -> Plan:
    """The server says no, and does nothing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Plan(forward=False, answer=Answer(status, json.dumps({"error": error}).encode(), {**JSON, **named}))


def says(content: object, status: int = 200) -> Plan:
    return Plan(forward=False, answer=Answer(status, json.dumps(content).encode(), JSON))


class TestStatus:
    def test_a_status_is_kept_as_it_was_written(
        self, network: Mastodon, mastodon_home: MastodonHome, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        published = network.publish(proxied, draft(), key)
        [status] = mastodon_home.statuses(proxied)
        assert published == Published(status["id"], status["url"])
        assert status["content"] == "<p>Ember visits the library.</p>"
        assert (status["visibility"], status["language"]) == ("public", "en")
        [request] = proxy.requests
        assert request.headers["idempotency-key"] == key
        assert request.headers["user-agent"] == http.USER_AGENT

    def test_pictures_keep_their_descriptions_and_order(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        make_picture: MakePicture,
        key: str,
    ) -> None:
        pictures = [make_picture(60, 40, "A dog"), make_picture(50, 50, ""), make_picture(40, 60, "A fire engine")]
        network.publish(proxied, draft("", *pictures), key)
        [status] = mastodon_home.statuses(proxied)
        assert [each["description"] for each in status["media_attachments"]] == ["A dog", None, "A fire engine"]
        assert [request.path for request in proxy.requests] == ["/api/v2/media"] * 3 + [STATUSES]

    def test_a_large_picture_is_made_to_fit_the_server(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, make_picture: MakePicture, key: str
    ) -> None:
        tight = replace(network.limits, image_bytes=20_000, image_pixels=10_000, image_types=("image/jpeg",))
        network.publish(replace(proxied, limits=tight), draft("", make_picture(400, 300)), key)
        upload = proxy.requests[0]
        assert b"Content-Type: image/jpeg" in upload.body
        assert len(upload.body) < 21_000

    def test_a_token_that_is_a_files_name_is_not_read_from_the_file(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, tmp_path: Path
    ) -> None:
        file = tmp_path / "token"
        file.write_text("what nobody should see\n")
        with pytest.raises(NeedsReconnect):
            network.identify(replace(proxied, credentials={**proxied.credentials, "access_token": str(file)}))
        assert proxy.requests[0].headers["authorization"] == f"Bearer {file}"


class TestUploads:
    @pytest.fixture(autouse=True)
    def no_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("moothall.networks.mastodon.time.sleep", lambda seconds: None)

    @pytest.fixture
    def uploaded(self, account: Account) -> dict[str, Any]:
        """A picture that is on the server already."""
        answer = httpx.post(
            f"{account.credentials['server']}/api/v2/media",
            files={"file": ("a.png", b"-", "image/png")},
            headers={"Authorization": f"Bearer {account.credentials['access_token']}"},
        )
        content: dict[str, Any] = answer.json()
        return content

    def test_a_picture_is_waited_for(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        uploaded: dict[str, Any],
        make_picture: MakePicture,
        key: str,
    ) -> None:
        unfinished = {**uploaded, "url": None}
        proxy.when("POST", "/api/v2/media", says(unfinished, 202))
        proxy.when("GET", f"/api/v1/media/{uploaded['id']}", says(unfinished, 206), times=2)
        network.publish(proxied, draft("", make_picture()), key)
        assert [request.method for request in proxy.requests] == ["POST", "GET", "GET", "GET", "POST"]
        assert mastodon_home.statuses(proxied)[0]["media_attachments"][0]["id"] == uploaded["id"]

    def test_but_not_for_ever(
        self,
        network: Mastodon,
        proxied: Account,
        proxy: HoldingProxy,
        uploaded: dict[str, Any],
        make_picture: MakePicture,
        key: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setitem(mastodon.PROCESSING_SECONDS, MediaKind.IMAGE, 0.1)
        unfinished = says({**uploaded, "url": None}, 206)
        proxy.when("POST", "/api/v2/media", unfinished)
        proxy.when("GET", "/api/v1/media/*", unfinished, times=None)
        with pytest.raises(Temporary, match="has not finished with a picture"):
            network.publish(proxied, draft("", make_picture()), key)

    @pytest.mark.parametrize(
        ("plan", "kind"),
        [
            (Plan(answer=Answer(500)), Temporary),
            (Plan(drop=True), Temporary),
            (Plan(answer=Answer(200, b"<html>")), Temporary),
            (says([]), Temporary),
            (says({}), Temporary),
            (no(429, retry_after="9"), Temporary),
            (no(401), NeedsReconnect),
            (no(413), Rejected),
            (no(422, "Validation failed: File content type is not supported"), Rejected),
        ],
    )
    def test_trouble_leaves_no_doubt(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        make_picture: MakePicture,
        key: str,
        plan: Plan,
        kind: type[NetworkError],
    ) -> None:
        proxy.when("POST", "/api/v2/media", plan)
        with pytest.raises(NetworkError) as caught:
            network.publish(proxied, draft("", make_picture()), key)
        assert type(caught.value) is kind
        assert mastodon_home.statuses(proxied) == []


class TestIdentity:
    def test_it_names_the_account_and_its_server(self, network: Mastodon, account: Account) -> None:
        identity = network.identify(account)
        server = account.credentials["server"]
        assert identity.remote_id == account.ref
        assert identity.handle == f"{account.handle}@{server.removeprefix('http://')}"
        assert identity.url == f"{server}/{account.handle}"
        assert identity.limits.characters == 500
        assert identity.limits.image_pixels == 16_777_216
        assert identity.limits.image_types == ("image/jpeg", "image/png", "image/webp")

    def test_an_older_server_has_only_the_first_instance_document(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy
    ) -> None:
        proxy.when("GET", "/api/v2/instance/", no(404))
        proxy.when("GET", "/api/v1/instance/", says({"uri": "https://old.example/", "max_toot_chars": 5_000}))
        identity = network.identify(proxied)
        assert identity.handle == f"{proxied.handle}@old.example"
        assert identity.limits.characters == 5_000

    def test_a_server_that_drops_the_slash_by_a_redirect(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy
    ) -> None:
        redirect = Answer(301, b"", {"Location": "/api/v2/instance"})
        proxy.when("GET", "/api/v2/instance/", Plan(forward=False, answer=redirect))
        assert network.identify(proxied).limits.characters == 500

    def test_a_wrong_token(self, network: Mastodon, account: Account) -> None:
        wrong = replace(account, credentials={**account.credentials, "access_token": "wrong"})
        with pytest.raises(NeedsReconnect, match=r"^127\.0\.0\.1:\d+ refused the access token\.$"):
            network.identify(wrong)

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (403, "Your login is currently disabled"),
            (403, "This action is outside the authorized scopes"),
            (422, "This method requires an authenticated user"),
        ],
    )
    def test_an_account_that_is_shut_out(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str, status: int, words: str
    ) -> None:
        proxy.when("GET", VERIFY, no(status, words))
        with pytest.raises(NeedsReconnect) as caught:
            network.identify(proxied)
        assert caught.value.words == words
        proxy.when("POST", STATUSES, no(status, words))
        with pytest.raises(NeedsReconnect):
            network.publish(proxied, draft(), key)

    def test_an_address_that_is_another_kind_of_site(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy
    ) -> None:
        proxy.when("GET", VERIFY, Plan(forward=False, answer=Answer(404, b"<html><h1>Not here</h1></html>")))
        with pytest.raises(Rejected, match="Check the server's address") as caught:
            network.identify(proxied)
        assert caught.value.words == "Not here"
        proxy.when("GET", VERIFY, Plan(forward=False, answer=Answer(200, b"<html>Welcome to Exampleshire</html>")))
        with pytest.raises(Temporary, match="makes no sense"):
            network.identify(proxied)
        elsewhere = Answer(301, b"", {"Location": "https://social.exampleshire.example/"})
        proxy.when("GET", VERIFY, Plan(forward=False, answer=elsewhere))
        with pytest.raises(Rejected, match=r"passes us on to https://social\.exampleshire\.example/"):
            network.identify(proxied)

    @pytest.mark.parametrize(
        "server", ["", "https://", "ftp://mastodon.example", "https://a@b.example", "https://[", "a b"]
    )
    def test_what_cannot_be_a_server(self, network: Mastodon, account: Account, server: str) -> None:
        with pytest.raises((Rejected, Temporary)):
            network.identify(replace(account, credentials={**account.credentials, "server": server}))

    def test_an_address_may_be_written_in_several_ways(self, network: Mastodon, account: Account) -> None:
        server = account.credentials["server"]
        for written in (f" {server}/ ", f"{server}/@ember", f"{server}/explore?x=y"):
            assert network.identify(replace(account, credentials={**account.credentials, "server": written}))


LONGEST = {
    "configuration": {
        "statuses": {"max_characters": 1_000, "max_media_attachments": 16, "characters_reserved_per_url": 30},
        "media_attachments": {
            "supported_mime_types": ["image/avif", "image/webp", "image/jpeg", "video/mp4"],
            "description_limit": 10_000,
            "image_size_limit": 16_777_216,
            "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
    }
}


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        (
            LONGEST,
            Limits(
                characters=1_000,
                url_characters=30,
                images=16,
                image_bytes=16_777_216,
                image_pixels=33_177_600,
                image_types=("image/jpeg", "image/webp"),
                alt_characters=10_000,
                animations=False,
                animation_pixels=mastodon.ANIMATION_PIXELS,
                videos=1,
                video_bytes=103_809_024,
                video_pixels=8_294_400,
            ),
        ),
        ({}, Mastodon.limits),
        ({"configuration": None}, Mastodon.limits),
        ({"configuration": {"statuses": {"max_characters": "many"}, "media_attachments": {}}}, Mastodon.limits),
        (
            {"max_toot_chars": 5_000, "description_limit": 99},
            replace(Mastodon.limits, characters=5_000, alt_characters=99),
        ),
        ({"configuration": {"statuses": {"max_characters": 0, "max_media_attachments": -1}}}, Mastodon.limits),
    ],
)
def test_limits_are_read_from_the_servers_own_document(instance: dict[str, Any], expected: Limits) -> None:
    assert read_limits(instance, Mastodon.limits) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Open late.", 10),
        ("👩🏽‍🚒 e\u0301", 3),
        ("https://exampleshire.gov.uk/libraries/opening-hours-in-the-week-of-the-fair", 23),
        ("https://a.uk", 23),
        ("exampleshire.gov.uk", 19),
        ("@ember@fire.exampleshire.gov.uk hello", 12),
        ("@ember hello", 12),
        ("mail ember@exampleshire.gov.uk", 30),
        ("https://social.gov.uk/@ember@fire.exampleshire.gov.uk", 23),
    ],
)
def test_characters_are_counted_mastodons_way(text: str, expected: int) -> None:
    assert Mastodon().length(draft(text), Mastodon.limits) == expected


def test_profile_addresses() -> None:
    network = Mastodon()
    assert network.profile_url("@ember@Social.Example.Org") == "https://social.example.org/@ember"
    assert network.profile_url("ember@social.example.org") == "https://social.example.org/@ember"
    for handle in ("@ember", "ember", "@em/ber@social.example.org", "@@social.example.org"):
        assert network.profile_url(handle) == ""


class TestFind:
    # How Mastodon itself shows a text (its TextFormatter), which the stand-in does not do.
    SENT = (
        "Hello @ember@fire.exampleshire.gov.uk & all <b>\n"
        "https://exampleshire.gov.uk/libraries/opening-hours-this-week?a=1&b=2\n\n\n#FireSafety  today…"
    )
    SHOWN = (
        '<p>Hello <span class="h-card" translate="no"><a href="https://fire.exampleshire.gov.uk/@ember" '
        'class="u-url mention">@<span>ember</span></a></span> &amp; all &lt;b&gt;<br />'
        '<a href="https://exampleshire.gov.uk/libraries/opening-hours-this-week?a=1&amp;b=2" target="_blank" '
        'rel="nofollow noopener" translate="no"><span class="invisible">https://</span>'
        '<span class="ellipsis">exampleshire.gov.uk/libraries/</span>'
        '<span class="invisible">opening-hours-this-week?a=1&amp;b=2</span></a></p>'
        '<p><a href="https://social.example/tags/FireSafety" class="mention hashtag" rel="tag">'
        "#<span>FireSafety</span></a>  today…</p>"
    )

    def test_mastodons_html_and_what_was_sent_are_compared_alike(self) -> None:
        assert plain.comparable(plain.words(self.SHOWN)) == plain.comparable(self.SENT)
        assert plain.comparable(plain.words(self.SHOWN)) != plain.comparable(self.SENT.replace("b=2", "b=3"))

    def test_a_link_cut_short_for_good_is_read_from_its_address(self) -> None:
        html = 'See <a href="https://exampleshire.gov.uk/a/b">exampleshire.gov.uk/…</a><br>now'
        assert plain.words(html) == "See https://exampleshire.gov.uk/a/b now"

    def test_broken_html_is_no_trouble(self) -> None:
        for html in ("", "<", "<p", "<a>x</a></a>", "<p>a<br", "&#xZZ;&nbsp;", "<!-- x", "<a href>…</a>"):
            plain.words(html)

    def test_it_is_found_as_mastodon_shows_it(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        self.play(proxy, proxied, [self.status("7", self.SHOWN)])
        found = network.find(proxied, draft(self.SENT), key, frozenset())
        assert found == Published("7", "https://social.example/@ember/7")

    def test_the_text_as_sent_decides_where_a_server_makes_markdown_of_it(
        self, network: Mastodon, mastodon_home: MastodonHome, account: Account, key: str
    ) -> None:
        post = draft("Bring a *torch*, **boots** and `rope`")
        published = network.publish(account, post, key)
        assert "<strong>" in mastodon_home.statuses(account)[0]["content"]
        assert network.find(account, post, key, frozenset()) == published

    def test_the_earliest_is_taken(self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str) -> None:
        shown = "<p>Ember visits the library.</p>"
        self.play(proxy, proxied, [self.status(name, shown) for name in ("9", "8", "7")])
        for others, expected in ((set(), "7"), ({"7"}, "8"), ({"7", "9"}, "8")):
            found = network.find(proxied, draft(), key, frozenset(others))
            assert found
            assert found.remote_id == expected

    @pytest.mark.parametrize(
        "change",
        [
            {"content": "<p>Ember visits the archive.</p>"},
            {"created_at": (clock.now() - timedelta(minutes=5)).isoformat()},
            {"media_attachments": [{"id": "1", "description": "A dog"}]},
            {"content": ""},
        ],
    )
    def test_another_post_is_not_taken_for_it(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str, change: dict[str, Any]
    ) -> None:
        self.play(proxy, proxied, [{**self.status("7", "<p>Ember visits the library.</p>"), **change}])
        assert network.find(proxied, draft(), key, frozenset()) is None

    def test_a_clock_that_is_a_little_behind_is_allowed_for(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        moment = clock.now() - timedelta(seconds=100)
        self.play(proxy, proxied, [self.status("7", "<p>Ember visits the library.</p>", moment)])
        assert network.find(proxied, draft(), key, frozenset())

    def test_descriptions_of_pictures_tell_two_posts_apart(
        self, network: Mastodon, account: Account, make_picture: MakePicture
    ) -> None:
        dog, engine = draft("Look!", make_picture(alt="A dog")), draft("Look!", make_picture(alt="A fire engine"))
        first = network.publish(account, dog, make_key(clock.now(), 1))
        second = network.publish(account, engine, make_key(clock.now(), 2))
        assert network.find(account, dog, "", frozenset()) == first
        assert network.find(account, engine, "", frozenset()) == second
        assert network.find(account, draft("Look!"), "", frozenset()) is None

    def test_it_reads_as_many_pages_as_it_takes(
        self, network: Mastodon, account: Account, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mastodon, "PAGE", 5)
        post = draft()
        published = network.publish(account, post, key)
        for number in range(12):
            network.publish(account, draft(f"Number {number}"), make_key(clock.now(), number))
        assert network.find(account, post, key, frozenset()) == published
        monkeypatch.setattr(mastodon, "PAGES", 2)
        with pytest.raises(Temporary, match="more than 10 posts"):
            network.find(account, post, key, frozenset())

    def test_it_does_not_read_back_beyond_the_first_attempt(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mastodon, "PAGE", 1)
        old = clock.now() - timedelta(days=1)
        self.play(proxy, proxied, [self.status("7", "<p>Old.</p>", old)])
        assert network.find(proxied, draft(), key, frozenset()) is None
        assert [request.path for request in proxy.requests].count(f"/api/v1/accounts/{proxied.ref}/statuses") == 1

    def status(self, name: str, content: str, moment: datetime | None = None) -> dict[str, Any]:
        return {
            "id": name,
            "content": content,
            "created_at": (moment or clock.now()).isoformat(),
            "url": f"https://social.example/@ember/{name}",
            "media_attachments": [],
        }

    def play(self, proxy: HoldingProxy, account: Account, statuses: list[dict[str, Any]]) -> None:
        """Let the server have these statuses, newest first: on the first page of whoever asks, and no others."""
        path = f"/api/v1/accounts/{account.ref}/statuses"
        for _ in range(3):
            proxy.when("GET", path, says(statuses))
            proxy.when("GET", path, says([]))


REFUSED_BEFORE = [
    (no(429, retry_after="120"), Temporary),
    (no(422, "Validation failed: Text character limit of 500 exceeded"), Rejected),
    (no(403, "This action is not allowed"), Rejected),
    (no(404, "Record not found"), Rejected),
    (no(413), Rejected),
    (no(401, "The access token was revoked"), NeedsReconnect),
    (Plan(forward=False, answer=Answer(301, b"", {"Location": "/api/v2/statuses"})), Rejected),
    (no(500), OutcomeUnknown),
    (Plan(forward=False, before_body=True, answer=Answer(500)), OutcomeUnknown),
    (Plan(forward=False, drop=True), OutcomeUnknown),
]
LOST_AFTER = [
    Plan(drop=True),
    Plan(answer=Answer(500)),
    Plan(answer=Answer(502, b"<html><h1>Bad gateway</h1></html>")),
    Plan(answer=Answer(200, b"<html>not JSON")),
    Plan(answer=Answer(200, b"")),
    Plan(answer=Answer(200, b"{}", JSON)),
    Plan(answer=Answer(200, b"[]", JSON)),
    Plan(answer=Answer(200, b'{"id": null}', JSON)),
    Plan(answer=Answer(204)),
]


class TestFaults:
    @pytest.mark.parametrize(("plan", "kind"), REFUSED_BEFORE)
    def test_refused_before_it_was_posted(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        key: str,
        plan: Plan,
        kind: type[NetworkError],
    ) -> None:
        proxy.when("POST", STATUSES, plan)
        with pytest.raises(NetworkError) as caught:
            network.publish(proxied, draft(), key)
        assert type(caught.value) is kind
        # The proxy may yet be closing the connection on which it answered too early.
        requests_session._adapter().close()
        assert network.find(proxied, draft(), key, frozenset()) is None
        network.publish(proxied, draft(), key)
        assert len(mastodon_home.statuses(proxied)) == 1

    @pytest.mark.parametrize("plan", LOST_AFTER)
    def test_posted_but_the_answer_is_lost(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        key: str,
        plan: Plan,
    ) -> None:
        proxy.when("POST", STATUSES, plan)
        post = draft()
        with pytest.raises(OutcomeUnknown):
            network.publish(proxied, post, key)
        found = network.find(proxied, post, key, frozenset())
        assert found
        assert network.publish(proxied, post, key) == found
        assert [status["id"] for status in mastodon_home.statuses(proxied)] == [found.remote_id]

    def test_a_server_that_ignores_the_key_still_shows_what_it_has(self, network: Mastodon, key: str) -> None:
        with MastodonMock(ignore_idempotency=True) as forgetful:
            made = forgetful.create_account("libraries")
            account = Account("", "", {"server": forgetful.url, "access_token": made.access_token})
            post = draft()
            published = network.publish(account, post, key)
            assert network.find(account, post, key, frozenset()) == published
            assert network.publish(account, post, key) != published, "so the sender must ask first"

    def test_silence(
        self,
        network: Mastodon,
        mastodon_home: MastodonHome,
        proxied: Account,
        proxy: HoldingProxy,
        key: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(http, "READ_SECONDS", 1.0)
        rule = proxy.when("POST", STATUSES, Plan(hold_answer=True))
        with pytest.raises(OutcomeUnknown, match=r"^127\.0\.0\.1:\d+ did not answer within 1 seconds\.$"):
            network.publish(proxied, draft(), key)
        rule.wait(Step.ANSWERED)
        assert len(mastodon_home.statuses(proxied)) == 1

    def test_how_long_to_wait_is_passed_on(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        reset = (clock.now() + timedelta(minutes=5)).isoformat()
        proxy.when("POST", STATUSES, no(429, "Too many requests", X_RateLimit_Reset=reset))
        with pytest.raises(Temporary) as caught:
            network.publish(proxied, draft(), key)
        assert caught.value.words == "Too many requests"
        assert caught.value.retry_after
        assert timedelta(minutes=4, seconds=50) < caught.value.retry_after <= timedelta(minutes=5)

    @pytest.mark.parametrize("plan", [no(500), Plan(drop=True), Plan(answer=Answer(200, b"{")), says({}), no(429)])
    def test_looking_and_taking_down_may_be_tried_again(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str, plan: Plan
    ) -> None:
        published = network.publish(proxied, draft(), key)
        proxy.when("GET", VERIFY, plan)
        with pytest.raises(Temporary):
            network.find(proxied, draft(), key, frozenset())
        proxy.when("GET", f"/api/v1/accounts/{proxied.ref}/statuses", plan)
        with pytest.raises(Temporary):
            network.find(proxied, draft(), key, frozenset())
        if plan.answer and plan.answer.body == b"{}":
            return  # which is as good an answer as any to a deletion
        proxy.when("DELETE", f"{STATUSES}/{published.remote_id}", plan)
        with pytest.raises(Temporary):
            network.delete(proxied, published.remote_id)
        network.delete(proxied, published.remote_id)

    def test_what_may_not_be_taken_down_is_said(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        published = network.publish(proxied, draft(), key)
        proxy.when("DELETE", f"{STATUSES}/{published.remote_id}", no(403, "This action is not allowed"))
        with pytest.raises(Rejected, match="does not allow"):
            network.delete(proxied, published.remote_id)

    def test_a_server_that_is_not_there(self, network: Mastodon, account: Account, key: str) -> None:
        gone = {**account.credentials, "server": f"http://127.0.0.1:{free_port()}"}
        with pytest.raises(Temporary, match=r"^No connection to 127\.0\.0\.1:\d+ could be made\.$"):
            network.publish(replace(account, credentials=gone), draft(), key)

    def test_a_private_address_is_refused(
        self, network: Mastodon, account: Account, key: str, settings: Settings
    ) -> None:
        settings.OUTBOUND_ALLOWED_HOSTS = ()
        private = {**account.credentials, "server": "localhost"}
        with pytest.raises(Temporary, match="not on the public internet"):
            network.publish(replace(account, credentials=private), draft(), key)
        with pytest.raises(Rejected, match="Use https://"):
            network.publish(account, draft(), key)

    def test_a_token_that_comes_back_is_not_repeated(
        self, network: Mastodon, proxied: Account, proxy: HoldingProxy, key: str
    ) -> None:
        token = proxied.credentials["access_token"]
        proxy.when("POST", STATUSES, no(422, f"You sent {token}, did you not?"))
        with pytest.raises(Rejected) as caught:
            network.publish(proxied, draft(), key)
        assert caught.value.words == "You sent […], did you not?"
        assert token not in str(caught.value)

    def test_making_an_adapter_asks_nobody(self, proxied: Account, proxy: HoldingProxy) -> None:
        mastodon_api.Api(proxied)
        assert proxy.requests == []
