"""The Bluesky adapter against Bluesky's own server, with a proxy between them for everything that can go wrong."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from atproto import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from moothall.core import clock, http
from moothall.networks import bluesky_session
from moothall.networks.base import Account, Draft
from moothall.networks.bluesky import Bluesky, facets
from moothall.networks.bluesky_session import Login, Sessions
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from tests.networks.conftest import MakePicture
from tests.networks.homes import BlueskyHome
from tests.peers.processes import free_port
from tests.peers.proxy import Answer, HoldingProxy, Plan, Step

XRPC = "/xrpc/com.atproto."
PUT = XRPC + "repo.putRecord"
SIGN_IN = XRPC + "server.createSession"
REFRESH = XRPC + "server.refreshSession"
UPLOAD = XRPC + "repo.uploadBlob"

MOMENT = datetime(2026, 11, 23, 12, 30, 15, 123456, tzinfo=UTC)
KEY = make_key(MOMENT, 7)


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
    """The same account, reached through the proxy."""
    return replace(account, credentials={**account.credentials, "server": proxy.url})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A client that waits for an answer for no more than a second."""
    monkeypatch.setattr(http, "READ_SECONDS", 1.0)
    bluesky_session._http.cache_clear()
    yield
    bluesky_session._http.cache_clear()


def draft(text: str = "Ember visits the library.", **more: Any) -> Draft:
    return Draft(text, language="en-GB", dated=MOMENT, **more)


def error(status: int, name: str, message: str = "", **headers: str) -> Plan:
    """The server says no, and does nothing."""
    body = json.dumps({"error": name, "message": message}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Plan(forward=False, answer=Answer(status, body, {"Content-Type": "application/json", **named}))


def asked(proxy: HoldingProxy, path: str) -> int:
    return sum(request.path == path for request in proxy.requests)


class TestRecord:
    def test_a_post_is_kept_as_it_was_written(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        published = network.publish(account, draft(), KEY)
        assert published.remote_id == f"at://{account.ref}/app.bsky.feed.post/{KEY}"
        assert published.url == f"https://bsky.app/profile/{account.handle}/post/{KEY}"
        assert bluesky_home.records(account) == [
            {
                "$type": "app.bsky.feed.post",
                "text": "Ember visits the library.",
                "createdAt": "2026-11-23T12:30:15.123Z",
                "langs": ["en-GB"],
            }
        ]

    def test_links_hashtags_and_mentions_are_marked(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        friend = bluesky_home.account(own_password=True)
        text = f"👩🏽‍🚒 @{friend.handle} and @nobody.test: https://example.org/é #Ember"
        network.publish(account, draft(text), KEY)
        [record] = bluesky_home.records(account)
        marked = [
            (
                text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
                *[{k: v for k, v in feature.items() if k != "$type"} for feature in facet["features"]],
            )
            for facet in record["facets"]
        ]
        assert marked == [
            (f"@{friend.handle}", {"did": friend.ref}),
            ("https://example.org/é", {"uri": "https://example.org/é"}),
            ("#Ember", {"tag": "Ember"}),
        ]

    def test_pictures_are_made_to_fit_and_described(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, make_picture: MakePicture
    ) -> None:
        large, small = make_picture(1600, 1200, "A large one"), make_picture(60, 40, "")
        assert large.size > 1_000_000
        for _ in range(2):  # sending again makes the very same record
            network.publish(account, draft("", media=(large, small)), KEY)
        [record] = bluesky_home.records(account)
        first, second = record["embed"]["images"]
        assert (first["alt"], second["alt"]) == ("A large one", "")
        assert first["image"]["size"] <= 1_000_000
        assert first["image"]["mimeType"] == "image/jpeg"
        assert first["aspectRatio"]["width"] / first["aspectRatio"]["height"] == pytest.approx(4 / 3, rel=0.01)
        assert second["image"] == {**second["image"], "size": small.size, "mimeType": "image/png"}
        assert (second["aspectRatio"]["width"], second["aspectRatio"]["height"]) == (60, 40)

    def test_both_limits_of_length_hold(self, network: Bluesky) -> None:
        family = "👨‍👩‍👧‍👦"  # one character, 25 bytes
        assert [problem.code for problem in network.check(draft(family * 121), network.limits)] == ["too_many_bytes"]
        assert [problem.code for problem in network.check(draft("x" * 301), network.limits)] == ["too_long"]
        assert not network.check(draft(family * 120), network.limits)

    def test_four_pictures_and_three_hundred_characters_pass_the_server(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account, make_picture: MakePicture
    ) -> None:
        full = draft("é" * 300, media=tuple(make_picture() for _ in range(4)))
        assert not network.check(full, network.limits)
        network.publish(account, full, KEY)
        assert len(bluesky_home.records(account)[0]["embed"]["images"]) == 4

    def test_another_accounts_post_is_not_taken_down(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        theirs = bluesky_home.account(own_password=True)
        published = network.publish(theirs, draft(), KEY)
        with pytest.raises(Rejected, match="another account"):
            network.delete(account, published.remote_id)
        assert bluesky_home.posts(theirs) == [published.remote_id]


class TestFacets:
    @staticmethod
    def marked(text: str) -> list[tuple[str, str]]:
        found = facets(text, lambda handle: f"did:plc:{handle}" if "nobody" not in handle else None)
        return [
            (
                text.encode()[facet.index.byte_start : facet.index.byte_end].decode(),
                next(
                    getattr(facet.features[0], key) for key in ("uri", "tag", "did") if hasattr(facet.features[0], key)
                ),
            )
            for facet in found
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Nothing here.", []),
            ("See exampleshire.gov.uk/news.", [("exampleshire.gov.uk/news", "https://exampleshire.gov.uk/news")]),
            ("Now we are closed.In time we open.", []),
            ("https://食べ物.中国/ is a link", [("https://食べ物.中国/", "https://食べ物.中国/")]),
            ("(https://a.example/x_(y))", []),
            ("(https://example.org/x_(y))", [("https://example.org/x_(y)", "https://example.org/x_(y)")]),
            ("https://example.org/#Ember", [("https://example.org/#Ember", "https://example.org/#Ember")]),
            ("mail ember@exampleshire.gov.uk", []),
            ("(@ember.example.org)", [("@ember.example.org", "did:plc:ember.example.org")]),
            ("@Ember.Example.Org!", []),
            ("@nobody.example.org", []),
            ("@ember", []),
            ("#" + "x" * 64, [("#" + "x" * 64, "x" * 64)]),
            ("#" + "x" * 65, []),
            ("#e\u0301te\u0301 e\u0301 #שלום", [("#e\u0301te\u0301", "e\u0301te\u0301"), ("#שלום", "שלום")]),
        ],
    )
    def test_what_is_marked(self, text: str, expected: list[tuple[str, str]]) -> None:
        assert self.marked(text) == expected

    @given(
        st.lists(
            st.sampled_from(
                ["@a.example.org", "#tag", "https://b.org/x", "c.org", "👩🏽‍🚒", "שלום", "(", ")", ".", " "]
            )
            | st.text(max_size=3),
            max_size=12,
        ).map("".join)
    )
    def test_marks_never_overlap_and_cut_whole_characters(self, text: str) -> None:
        end = 0
        for facet in facets(text, lambda handle: "did:plc:x"):
            assert end <= facet.index.byte_start < facet.index.byte_end
            text.encode()[facet.index.byte_start : facet.index.byte_end].decode()
            end = facet.index.byte_end


class TestIdentity:
    def test_it_names_the_account(self, network: Bluesky, account: Account) -> None:
        identity = network.identify(account)
        assert identity.remote_id == account.ref
        assert identity.handle == identity.display_name == account.handle
        assert identity.url == f"https://bsky.app/profile/{account.handle}"
        assert identity.limits == network.limits

    def test_the_display_name_is_read_from_the_profile(
        self, network: Bluesky, bluesky_home: BlueskyHome, account: Account
    ) -> None:
        session = bluesky_session.sign_in(
            Login(account.credentials["server"], account.handle, account.credentials["app_password"])
        )
        session.client.com.atproto.repo.put_record(
            {
                "repo": account.ref,
                "collection": "app.bsky.actor.profile",
                "rkey": "self",
                "record": {"$type": "app.bsky.actor.profile", "displayName": "Exampleshire Libraries"},
            }
        )
        assert network.identify(account).display_name == "Exampleshire Libraries"

    def test_a_wrong_password(self, network: Bluesky, account: Account) -> None:
        wrong = replace(account, credentials={**account.credentials, "app_password": "abcd-efgh-ijkl-mnop"})
        with pytest.raises(NeedsReconnect, match=r"^127\.0\.0\.1 refused the app password\.$") as caught:
            network.identify(wrong)
        assert caught.value.words == "Invalid identifier or password"

    @pytest.mark.parametrize("password", ["", " ", "päss", "two words"])
    def test_what_cannot_be_a_password_is_not_sent(
        self, network: Bluesky, proxied: Account, proxy: HoldingProxy, password: str
    ) -> None:
        with pytest.raises(NeedsReconnect, match="Connect it again"):
            network.identify(replace(proxied, credentials={**proxied.credentials, "app_password": password}))
        assert not proxy.requests

    @pytest.mark.parametrize("handle", ["", "ember", "ember@exampleshire.gov.uk"])
    def test_what_cannot_be_a_handle_is_not_sent(self, network: Bluesky, proxied: Account, handle: str) -> None:
        with pytest.raises(Rejected, match="not a Bluesky handle"):
            network.identify(replace(proxied, credentials={**proxied.credentials, "handle": handle}))

    def test_a_handle_may_be_written_with_its_sign(self, network: Bluesky, account: Account) -> None:
        written = {**account.credentials, "handle": f" @{account.handle.upper()} "}
        assert network.identify(replace(account, credentials=written)).handle == account.handle

    def test_a_deactivated_account(self, network: Bluesky, bluesky_home: BlueskyHome, account: Account) -> None:
        network.publish(account, draft(), KEY)
        bluesky_home.as_owner(account, "deactivateAccount", {})
        with pytest.raises(NeedsReconnect, match="deactivated"):
            network.identify(account)
        with pytest.raises(NeedsReconnect, match="deactivated"):
            network.publish(account, draft(), KEY)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("AccountTakedown", "has taken this account down"),
            ("AuthFactorTokenRequired", "Make an app password"),
        ],
    )
    def test_accounts_that_are_shut_out_are_named(
        self, network: Bluesky, proxied: Account, proxy: HoldingProxy, name: str, message: str
    ) -> None:
        proxy.when("POST", SIGN_IN, error(401, name))
        with pytest.raises(NeedsReconnect, match=message):
            network.identify(proxied)

    def test_bluesky_itself_is_called_so(self) -> None:
        assert Login("https://bsky.social", "a.example", "x").peer.name == "Bluesky"
        assert Login("https://pds.example.org", "a.example", "x").peer.name == "pds.example.org"
        assert "secret" not in repr(Login("https://pds.example.org", "a.example", "secret"))


ANSWERED_BEFORE = [
    (error(429, "RateLimitExceeded", ratelimit_reset="120"), Temporary),
    (error(400, "InvalidRequest", "Record/text must not be longer than 300 graphemes"), Rejected),
    (error(403, "Forbidden"), Rejected),
    (error(404, "NotFound"), Rejected),
    (error(413, "PayloadTooLarge"), Rejected),
    (Plan(forward=False, answer=Answer(301, b"", {"Location": "https://elsewhere.example/"})), Rejected),
    (error(500, "InternalServerError"), OutcomeUnknown),
    (Plan(forward=False, before_body=True, answer=Answer(500)), OutcomeUnknown),
    (Plan(forward=False, drop=True), OutcomeUnknown),
]
LOST_AFTER = [
    Plan(drop=True),
    Plan(answer=Answer(500)),
    Plan(answer=Answer(502, b"<html><h1>Bad gateway</h1></html>")),
    Plan(answer=Answer(200, b"<html>not JSON")),
    Plan(answer=Answer(200, b"{}", {"Content-Type": "application/json"})),
    Plan(answer=Answer(200, b"[]", {"Content-Type": "application/json"})),
    Plan(answer=Answer(200, b'{"uri": 7, "cid": []}', {"Content-Type": "application/json"})),
]


class TestFaults:
    @pytest.mark.parametrize(("plan", "kind"), ANSWERED_BEFORE, ids=lambda value: getattr(value, "__name__", None))
    def test_refused_before_it_was_posted(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        proxied: Account,
        proxy: HoldingProxy,
        plan: Plan,
        kind: type[NetworkError],
    ) -> None:
        proxy.when("POST", PUT, plan)
        with pytest.raises(NetworkError) as caught:
            network.publish(proxied, draft(), KEY)
        assert type(caught.value) is kind
        assert bluesky_home.posts(proxied) == []
        assert network.find(proxied, draft(), KEY, frozenset()) is None
        network.publish(proxied, draft(), KEY)
        assert len(bluesky_home.posts(proxied)) == 1

    @pytest.mark.parametrize("plan", LOST_AFTER)
    def test_posted_but_the_answer_is_lost(
        self, network: Bluesky, bluesky_home: BlueskyHome, proxied: Account, proxy: HoldingProxy, plan: Plan
    ) -> None:
        proxy.when("POST", PUT, plan)
        with pytest.raises(OutcomeUnknown):
            network.publish(proxied, draft(), KEY)
        found = network.find(proxied, draft(), KEY, frozenset())
        assert found
        assert [found.remote_id] == bluesky_home.posts(proxied)
        assert network.publish(proxied, draft(), KEY) == found
        assert bluesky_home.posts(proxied) == [found.remote_id]

    @pytest.mark.usefixtures("impatient")
    def test_silence(self, network: Bluesky, bluesky_home: BlueskyHome, proxied: Account, proxy: HoldingProxy) -> None:
        rule = proxy.when("POST", PUT, Plan(hold_answer=True))
        with pytest.raises(OutcomeUnknown, match=r"^127\.0\.0\.1 did not answer within 1 seconds\.$"):
            network.publish(proxied, draft(), KEY)
        rule.wait(Step.ANSWERED)
        assert len(bluesky_home.posts(proxied)) == 1

    def test_how_long_to_wait_is_passed_on(self, network: Bluesky, proxied: Account, proxy: HoldingProxy) -> None:
        moment = clock.now() + timedelta(minutes=5)
        proxy.when("POST", PUT, error(429, "RateLimitExceeded", ratelimit_reset=str(int(moment.timestamp()))))
        with pytest.raises(Temporary, match="asks us to wait") as caught:
            network.publish(proxied, draft(), KEY)
        assert caught.value.retry_after
        assert timedelta(minutes=4, seconds=50) < caught.value.retry_after <= timedelta(minutes=5)

    @pytest.mark.parametrize("plan", [Plan(answer=Answer(500)), Plan(drop=True), Plan(answer=Answer(200, b"{"))])
    @pytest.mark.parametrize("path", [SIGN_IN, UPLOAD, XRPC + "identity.resolveHandle"])
    def test_trouble_before_the_post_leaves_no_doubt(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        proxied: Account,
        proxy: HoldingProxy,
        make_picture: MakePicture,
        path: str,
        plan: Plan,
    ) -> None:
        proxy.when("*", path, plan)
        post = draft(f"With @{proxied.handle}", media=(make_picture(),))
        with pytest.raises(Temporary):
            network.publish(proxied, post, KEY)
        assert bluesky_home.posts(proxied) == []
        network.publish(proxied, post, KEY)

    def test_trouble_in_renewing_a_session_leaves_no_doubt_either(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        proxied: Account,
        proxy: HoldingProxy,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        network.find(proxied, draft(), KEY, frozenset())
        monkeypatch.setattr(Client, "_should_refresh_session", lambda self: True)
        proxy.when("POST", REFRESH, Plan(drop=True))
        with pytest.raises(Temporary):
            network.publish(proxied, draft(), KEY)
        assert bluesky_home.posts(proxied) == []

    @pytest.mark.parametrize(
        "plan",
        [Plan(answer=Answer(500)), Plan(drop=True), Plan(answer=Answer(200, b"{")), error(429, "RateLimitExceeded")],
    )
    def test_looking_and_taking_down_may_be_tried_again(
        self, network: Bluesky, proxied: Account, proxy: HoldingProxy, plan: Plan
    ) -> None:
        published = network.publish(proxied, draft(), KEY)
        proxy.when("GET", XRPC + "repo.getRecord", plan)
        with pytest.raises(Temporary):
            network.find(proxied, draft(), KEY, frozenset())
        proxy.when("POST", XRPC + "repo.deleteRecord", plan)
        with pytest.raises(Temporary):
            network.delete(proxied, published.remote_id)
        network.delete(proxied, published.remote_id)

    def test_a_server_that_is_not_there(self, network: Bluesky, account: Account) -> None:
        gone = {**account.credentials, "server": f"http://127.0.0.1:{free_port()}"}
        with pytest.raises(Temporary, match=r"^No connection to 127\.0\.0\.1 could be made\.$"):
            network.publish(replace(account, credentials=gone), draft(), KEY)

    def test_a_private_address_is_refused(self, network: Bluesky, account: Account, settings: Settings) -> None:
        settings.OUTBOUND_ALLOWED_HOSTS = ()
        private = {**account.credentials, "server": "https://localhost"}
        with pytest.raises(Temporary, match="not on the public internet"):
            network.publish(replace(account, credentials=private), draft(), KEY)
        with pytest.raises(Rejected, match="Use https://"):
            network.publish(account, draft(), KEY)

    def test_a_password_that_comes_back_is_not_repeated(
        self, network: Bluesky, proxied: Account, proxy: HoldingProxy
    ) -> None:
        password = proxied.credentials["app_password"]
        proxy.when("POST", PUT, error(400, "InvalidRequest", f"You sent {password}, did you not?"))
        with pytest.raises(Rejected) as caught:
            network.publish(proxied, draft(), KEY)
        assert caught.value.words == "You sent […], did you not?"
        assert password not in str(caught.value)


class TestSessions:
    def test_one_sign_in_serves_many_posts(self, network: Bluesky, proxied: Account, proxy: HoldingProxy) -> None:
        for number in range(3):
            network.publish(proxied, draft(f"Number {number}"), make_key(MOMENT, number))
        assert asked(proxy, SIGN_IN) == 1
        assert proxy.requests[0].headers["user-agent"] == http.USER_AGENT

    def test_threads_that_start_at_once_sign_in_once(
        self, network: Bluesky, bluesky_home: BlueskyHome, proxied: Account, proxy: HoldingProxy
    ) -> None:
        proxy.when("POST", SIGN_IN, Plan(delay=0.3))
        threads = [
            threading.Thread(
                target=network.publish, args=(proxied, draft(f"Number {number}"), make_key(MOMENT, number))
            )
            for number in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert asked(proxy, SIGN_IN) == 1
        assert len(bluesky_home.posts(proxied)) == 5

    @pytest.mark.parametrize(("status", "name"), [(400, "ExpiredToken"), (400, "InvalidToken"), (401, "AuthMissing")])
    def test_a_session_that_ended_is_renewed_once(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        proxied: Account,
        proxy: HoldingProxy,
        status: int,
        name: str,
    ) -> None:
        proxy.when("POST", PUT, error(status, name))
        network.publish(proxied, draft(), KEY)
        assert (asked(proxy, SIGN_IN), asked(proxy, PUT)) == (2, 2)
        assert len(bluesky_home.posts(proxied)) == 1
        proxy.when("POST", PUT, error(status, name), times=None)
        with pytest.raises(NeedsReconnect):
            network.publish(proxied, draft(), KEY)
        assert (asked(proxy, SIGN_IN), asked(proxy, PUT)) == (3, 4)

    def test_a_withdrawn_app_password_ends_when_the_session_wants_renewing(
        self,
        network: Bluesky,
        bluesky_home: BlueskyHome,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        account = bluesky_home.account()
        network.publish(account, draft(), KEY)
        bluesky_home.revoke(account)
        monkeypatch.setattr(Client, "_should_refresh_session", lambda self: True)
        with pytest.raises(NeedsReconnect, match="refused the app password"):
            network.publish(account, draft(), make_key(MOMENT, 8))

    def test_testing_the_credentials_always_signs_in(
        self, network: Bluesky, proxied: Account, proxy: HoldingProxy
    ) -> None:
        for _ in range(2):
            network.identify(proxied)
        assert asked(proxy, SIGN_IN) == 2

    def test_another_password_is_another_session(self, network: Bluesky, account: Account) -> None:
        network.publish(account, draft(), KEY)
        wrong = replace(account, credentials={**account.credentials, "app_password": "abcd-efgh-ijkl-mnop"})
        with pytest.raises(NeedsReconnect):
            network.publish(wrong, draft(), KEY)

    def test_the_least_used_is_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        signed_in: list[str] = []

        def sign_in(login: Login) -> Any:
            signed_in.append(login.handle)
            return object()

        monkeypatch.setattr(bluesky_session, "sign_in", sign_in)
        sessions = Sessions(size=2)
        for name in ("a", "b", "a", "c", "a", "b"):
            sessions.get(Login("https://bsky.social", name, "x"))
        assert signed_in == ["a", "b", "c", "b"]


def test_profile_addresses(network: Bluesky) -> None:
    assert network.profile_url("@Libraries.Example.Org") == "https://bsky.app/profile/libraries.example.org"
    assert network.profile_url("libraries") == ""


def test_requests_go_through_the_guarded_client() -> None:
    request = bluesky_session.GuardedRequest(Login("https://bsky.social", "a.example", "x").peer)
    assert request._client is bluesky_session._http() is request.clone()._client
    assert isinstance(request._client._transport, http._GuardedTransport)
    assert isinstance(request._client, httpx.Client)
