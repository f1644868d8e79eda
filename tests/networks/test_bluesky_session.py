"""One session an account, shared by everybody: against Bluesky's own server, with a proxy that counts and breaks."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from moothall.core import clock
from moothall.networks.base import Account, Draft, SignsOut
from moothall.networks.bluesky import Bluesky
from moothall.networks.errors import NeedsReconnect, Temporary
from moothall.networks.keys import make_key
from tests.networks.homes import BlueskyHome
from tests.peers.proxy import Answer, HoldingProxy, Plan

SERVER = "/xrpc/com.atproto.server."
SIGN_IN, REFRESH = f"{SERVER}createSession", f"{SERVER}refreshSession"


class Shelf:
    """A keeper in memory, for adapters that stand for processes: our reading of ``base.SessionKeeper``."""

    def __init__(self) -> None:
        self.session: Mapping[str, str] = {}
        self.loses_what_it_gets = False
        self._turn = threading.Lock()

    def load(self) -> Mapping[str, str]:
        return dict(self.session)

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._turn:
            yield

    def store(self, session: Mapping[str, str]) -> None:
        assert self._turn.locked()
        if not self.loses_what_it_gets:
            self.session = dict(session)

    def expire(self) -> None:
        """Let the first token be past its time: its claims say so, and the server would see that it is forged."""
        self.session = {**self.session, "access_jwt": expired(self.session["access_jwt"])}


def expired(token: str) -> str:
    head, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**said, "exp": 1_000_000_000}).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def proxy(bluesky_home: BlueskyHome) -> Iterator[HoldingProxy]:
    with HoldingProxy(bluesky_home.pds.url) as running:
        yield running


@pytest.fixture
def account(bluesky_home: BlueskyHome, proxy: HoldingProxy, shelf: Shelf) -> Account:
    """A connected channel's account, reached through the proxy, with a keeper."""
    made = bluesky_home.account()
    return replace(made, credentials={**made.credentials, "server": proxy.url}, keeper=shelf)


@pytest.fixture
def processes() -> list[Bluesky]:
    """Adapters that know nothing of each other, as in four processes."""
    return [Bluesky() for _ in range(4)]


def asked(proxy: HoldingProxy, path: str) -> int:
    return sum(request.path == path for request in proxy.requests)


def post(network: Bluesky, account: Account, number: int = 1) -> None:
    now = clock.now()
    network.publish(account, Draft(f"Number {number}", dated=now), make_key(now, number))


def at_once(acts: list[Callable[[], object]]) -> None:
    troubles: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


class TestSharing:
    def test_four_processes_sign_in_once(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy, bluesky_home: BlueskyHome
    ) -> None:
        proxy.when("POST", SIGN_IN, Plan(delay=0.3))
        at_once([lambda n=n, each=each: post(each, account, n) for n, each in enumerate(processes)])  # type: ignore[misc]
        assert asked(proxy, SIGN_IN) == 1
        assert len(bluesky_home.posts(account)) == 4

    def test_a_process_that_starts_later_signs_in_not_at_all(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy
    ) -> None:
        for each in processes:
            post(each, account)
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (1, 0)

    def test_all_renew_at_once_and_one_does(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy, shelf: Shelf, bluesky_home: BlueskyHome
    ) -> None:
        post(processes[0], account, 0)
        shelf.expire()
        before = shelf.session["refresh_jwt"]
        proxy.when("POST", REFRESH, Plan(delay=0.3))
        fresh = [Bluesky() for _ in range(4)]
        at_once([lambda n=n, each=each: post(each, account, n) for n, each in enumerate(fresh, 1)])  # type: ignore[misc]
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (1, 1)
        assert shelf.session["refresh_jwt"] != before
        assert len(bluesky_home.posts(account)) == 5

    def test_testing_the_credentials_renews_it_for_all(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy, shelf: Shelf
    ) -> None:
        post(processes[0], account)
        before = dict(shelf.session)
        processes[1].identify(account)
        assert shelf.session != before
        post(processes[2], account)
        assert asked(proxy, SIGN_IN) == 2

    def test_a_session_that_the_server_refuses_is_replaced_once_for_all(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy
    ) -> None:
        for each in processes:
            post(each, account)
        said = Answer(400, b'{"error": "InvalidToken"}', {"Content-Type": "application/json"})
        proxy.when("POST", "/xrpc/com.atproto.repo.putRecord", Plan(forward=False, answer=said), times=1)
        post(processes[0], account)
        proxy.when("POST", "/xrpc/com.atproto.repo.putRecord", Plan(forward=False, answer=said), times=1)
        post(processes[1], account)
        assert asked(proxy, SIGN_IN) == 2

    @pytest.mark.parametrize("kept", [{}, {"did": "did:plc:x"}, {"nonsense": "1"}])
    def test_what_the_keeper_has_may_be_of_another_version(
        self, processes: list[Bluesky], account: Account, shelf: Shelf, kept: dict[str, str]
    ) -> None:
        shelf.session = kept
        post(processes[0], account)
        assert shelf.session["refresh_jwt"]


class TestCrashes:
    def test_between_the_servers_answer_and_our_keeping_it(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy, shelf: Shelf
    ) -> None:
        """The next one asks with the token that is used up, and gets the same answer again."""
        post(processes[0], account)
        shelf.expire()
        shelf.loses_what_it_gets = True
        post(Bluesky(), account, 2)
        shelf.loses_what_it_gets = False
        post(Bluesky(), account, 3)
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (1, 2)

    def test_and_long_after_we_sign_in_with_the_app_password(
        self, processes: list[Bluesky], account: Account, proxy: HoldingProxy, shelf: Shelf
    ) -> None:
        post(processes[0], account)
        token = shelf.session["refresh_jwt"]
        httpx.post(f"{proxy.url}{SERVER}deleteSession", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        shelf.expire()
        post(Bluesky(), account, 2)
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (2, 1)
        assert shelf.session["refresh_jwt"] != token

    @pytest.mark.parametrize("plan", [Plan(drop=True), Plan(answer=Answer(500)), Plan(answer=Answer(200, b"{}"))])
    def test_trouble_in_renewing_leaves_the_session_as_it_was(
        self, account: Account, proxy: HoldingProxy, shelf: Shelf, bluesky_home: BlueskyHome, plan: Plan
    ) -> None:
        post(Bluesky(), account)
        shelf.expire()
        before = dict(shelf.session)
        proxy.when("POST", REFRESH, plan)
        with pytest.raises(Temporary):
            post(Bluesky(), account, 2)
        assert shelf.session == before
        assert len(bluesky_home.posts(account)) == 1
        post(Bluesky(), account, 3)
        assert asked(proxy, SIGN_IN) == 1


class TestTheEnd:
    def test_an_app_password_that_was_withdrawn_is_named(
        self, account: Account, shelf: Shelf, bluesky_home: BlueskyHome
    ) -> None:
        post(Bluesky(), account)
        bluesky_home.revoke(account)
        shelf.expire()
        words = r"^The app password of @t\w+\.test was withdrawn on 127\.0\.0\.1\. Make a new one and connect again\.$"
        for act in (lambda: post(Bluesky(), account, 2), lambda: Bluesky().identify(account)):
            with pytest.raises(NeedsReconnect, match=words):
                act()

    def test_one_that_was_never_good_is_not_called_withdrawn(self, account: Account) -> None:
        wrong = replace(account, credentials={**account.credentials, "app_password": "abcd-efgh-ijkl-mnop"})
        with pytest.raises(NeedsReconnect, match="refused the app password"):
            Bluesky().identify(wrong)

    def test_signing_out_ends_the_session_at_the_server(
        self, account: Account, proxy: HoldingProxy, shelf: Shelf
    ) -> None:
        network = Bluesky()
        assert isinstance(network, SignsOut)
        post(network, account)
        network.sign_out(account)
        sign = {"Authorization": f"Bearer {shelf.session['refresh_jwt']}"}
        assert httpx.post(f"{proxy.url}{REFRESH}", headers=sign).json()["error"] == "ExpiredToken"

    def test_signing_out_of_nothing_asks_nobody(self, account: Account, proxy: HoldingProxy) -> None:
        Bluesky().sign_out(account)
        Bluesky().sign_out(replace(account, keeper=None))
        assert proxy.requests == []

    def test_no_token_is_shown(self, account: Account, shelf: Shelf) -> None:
        post(Bluesky(), account)
        shown: Any = repr(account)
        assert shelf.session["access_jwt"] not in shown
        assert account.credentials["app_password"] not in shown
