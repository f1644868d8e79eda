"""The servers that the other tests rely on do what those tests take for granted."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import psycopg
import pytest
from atproto import Client, models
from mastodon import Mastodon, MastodonRatelimitError, MastodonUnauthorizedError

from tests.peers import bluesky, mastodon, postgres
from tests.peers.bluesky import BlueskyAccount, BlueskyPds
from tests.peers.mail import MailServer
from tests.peers.mastodon import MastodonMock
from tests.peers.needs import require
from tests.peers.postgres import PostgresServer
from tests.peers.proxy import Answer, Event, HoldingProxy, Plan, Step

INSTALL = "is not installed; run: python -m tests.peers.install"
STATUSES = "/api/v1/statuses"
PUT_RECORD = "/xrpc/com.atproto.repo.putRecord"
START_A_PDS = """
import time
from tests.peers.bluesky import BlueskyPds
with BlueskyPds() as pds:
    print(pds.url, flush=True)
    time.sleep(60)
"""
POST_A_STATUS = """
import sys, httpx
url, token = sys.argv[1:]
httpx.post(url + "/api/v1/statuses", data={"status": "Ember"}, headers={"Authorization": "Bearer " + token}, timeout=60)
print("answered")
"""


@pytest.fixture(scope="module")
def pds() -> Iterator[BlueskyPds]:
    require(bluesky.installed(), f"The Bluesky PDS {INSTALL}")
    with BlueskyPds() as server:
        yield server


@pytest.fixture(scope="module")
def mock() -> Iterator[MastodonMock]:
    require(mastodon.installed(), f"mastodon_mock {INSTALL}")
    with MastodonMock() as server:
        yield server


@pytest.fixture
def proxy(mock: MastodonMock) -> Iterator[HoldingProxy]:
    with HoldingProxy(mock.url) as running:
        yield running


def put_post(base_url: str, account: BlueskyAccount, rkey: str, text: str) -> None:
    client = Client(base_url=base_url)
    client.login(account.handle, account.password, fetch_bsky_profile=False)
    record = models.AppBskyFeedPost.Record(text=text, created_at=client.get_current_time_iso())
    data = models.ComAtprotoRepoPutRecord.Data(
        repo=account.did, collection="app.bsky.feed.post", rkey=rkey, record=record
    )
    client.com.atproto.repo.put_record(data)


def kill_and_wait(worker: subprocess.Popen[bytes]) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


class TestBluesky:
    def test_one_record_key_put_twice_is_one_post(self, pds: BlueskyPds) -> None:
        account = pds.create_account("libraries.test")
        for text in ("Ember", "Ember visits"):
            put_post(pds.url, account, "3jzfcijpj2z2a", text)

        [post] = pds.posts(account.did)
        assert post["uri"] == f"at://{account.did}/app.bsky.feed.post/3jzfcijpj2z2a"
        assert post["value"]["text"] == "Ember visits"

    def test_all_pages_of_posts_are_read(self, pds: BlueskyPds) -> None:
        account = pds.create_account("youth.test")
        client = Client(base_url=pds.url)
        client.login(account.handle, account.password, fetch_bsky_profile=False)
        post = {"$type": "app.bsky.feed.post", "text": "Ember", "createdAt": client.get_current_time_iso()}
        create = {"$type": "com.atproto.repo.applyWrites#create", "collection": "app.bsky.feed.post", "value": post}
        for _ in range(2):
            writes = {"repo": account.did, "writes": [create] * 60}
            client.request.post(f"{pds.url}/xrpc/com.atproto.repo.applyWrites", json=writes, headers=auth(client))
        assert len({post["uri"] for post in pds.posts(account.did)}) == 120

    def test_a_client_that_signed_in_through_a_proxy_stays_on_it(self, pds: BlueskyPds) -> None:
        account = pds.create_account("fostering.test")
        with HoldingProxy(pds.url) as proxy:
            put_post(proxy.url, account, "3jzfcijpj2z2a", "Ember")
            assert [request.path for request in proxy.requests][-1] == PUT_RECORD

    def test_the_server_ends_when_the_test_run_is_killed(self) -> None:
        require(bluesky.installed(), f"The Bluesky PDS {INSTALL}")
        run = subprocess.Popen([sys.executable, "-c", START_A_PDS], stdout=subprocess.PIPE)
        assert run.stdout
        with run.stdout:
            url = run.stdout.readline().decode().strip()
            kill_and_wait(run)
        deadline = time.monotonic() + 10
        while answers(url):
            assert time.monotonic() < deadline, f"{url} still answers"
            time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return bool(httpx.get(url))
    except httpx.ConnectError:
        return False


def auth(client: Client) -> dict[str, str]:
    session = client._session
    assert session
    return {"Authorization": f"Bearer {session.access_jwt}"}


class TestMastodon:
    def test_one_idempotency_key_is_one_status(self, mock: MastodonMock) -> None:
        account = mock.create_account("libraries")
        api = Mastodon(access_token=account.access_token, api_base_url=mock.url)
        first, second = (api.status_post("Ember", idempotency_key="delivery-1") for _ in range(2))
        assert first.id == second.id
        assert [status["id"] for status in mock.statuses(account)] == [str(first.id)]

    def test_a_server_that_ignores_idempotency_keys_makes_two(self) -> None:
        require(mastodon.installed(), f"mastodon_mock {INSTALL}")
        with MastodonMock(ignore_idempotency=True) as forgetful:
            account = forgetful.create_account("libraries")
            api = Mastodon(access_token=account.access_token, api_base_url=forgetful.url)
            for _ in range(2):
                api.status_post("Ember", idempotency_key="delivery-1")
            assert len(forgetful.statuses(account)) == 2

    def test_all_pages_of_statuses_are_read(self, mock: MastodonMock) -> None:
        account = mock.create_account("archives")
        api = Mastodon(access_token=account.access_token, api_base_url=mock.url)
        for number in range(45):
            api.status_post(f"Ember {number}", visibility="private")
        assert len(mock.statuses(account)) == 45

    def test_a_fault_acts_once_and_nothing_is_posted(self, mock: MastodonMock) -> None:
        account = mock.create_account("youth")
        api = Mastodon(access_token=account.access_token, api_base_url=mock.url, ratelimit_method="throw")
        mock.fault("ratelimit", path=STATUSES, methods=["POST"])
        with pytest.raises(MastodonRatelimitError):
            api.status_post("Ember")
        assert mock.statuses(account) == []
        api.status_post("Ember")
        assert len(mock.statuses(account)) == 1

    def test_a_revoked_token_is_refused(self, mock: MastodonMock) -> None:
        account = mock.create_account("highways")
        mock.revoke(account)
        with pytest.raises(MastodonUnauthorizedError):
            Mastodon(access_token=account.access_token, api_base_url=mock.url).status_post("Ember")

    def test_media_is_ready_at_once(self, mock: MastodonMock, tmp_path: Path) -> None:
        account = mock.create_account("fostering")
        picture = tmp_path / "ember.png"
        picture.write_bytes(b"not looked at")
        files = {"file": (picture.name, picture.read_bytes(), "image/png")}
        sign_in = {"Authorization": f"Bearer {account.access_token}"}
        answer = httpx.post(f"{mock.url}/api/v2/media", files=files, data={"description": "A dog"}, headers=sign_in)
        assert (answer.status_code, answer.json()["description"]) == (200, "A dog")
        assert answer.json()["url"].startswith(f"{mock.url}/media/")


class TestPostgres:
    def test_a_database_that_one_can_make_tables_and_databases_in(self) -> None:
        require(postgres.installed(), f"PostgreSQL 15 {INSTALL}")
        with PostgresServer() as server, psycopg.connect(server.url, autocommit=True) as connection:
            assert connection.info.server_version // 10_000 == 15
            connection.execute("CREATE DATABASE test_moothall")
            connection.execute("CREATE TABLE post (text TEXT)")

    def test_the_shell_command_passes_the_address_and_the_exit_code_on(self) -> None:
        require(postgres.installed(), f"PostgreSQL 15 {INSTALL}")
        script = "import os, sys, psycopg; psycopg.connect(os.environ['DATABASE_URL']); sys.exit(7)"
        command = [sys.executable, "-m", "tests.peers.postgres", "--", sys.executable, "-c", script]
        assert subprocess.run(command, check=False).returncode == 7


class TestMail:
    def test_it_keeps_what_it_is_sent(self) -> None:
        message = EmailMessage()
        message["Subject"] = "Approved: Ember's café"
        message.set_content("Café at ten.")
        with MailServer() as server:
            with smtplib.SMTP(server.host, server.port) as smtp:
                smtp.send_message(message, "moothall@example.org", ["alice@example.org"])
            [mail] = server.wait_for(1)
        assert (mail.sender, mail.recipients) == ("moothall@example.org", ("alice@example.org",))
        assert mail.message["Subject"] == "Approved: Ember's café"
        assert mail.message.get_content().strip() == "Café at ten."


class TestProxy:
    """Against the Mastodon stand-in: what its statuses are afterwards tells whether it saw the request."""

    def post(self, proxy: HoldingProxy, token: str) -> httpx.Response:
        sign_in = {"Authorization": f"Bearer {token}", "Idempotency-Key": "delivery-1"}
        return httpx.post(f"{proxy.url}{STATUSES}?source=test", data={"status": "Ember"}, headers=sign_in)

    def test_it_passes_everything_on_and_records_it(self, mock: MastodonMock, proxy: HoldingProxy) -> None:
        account = mock.create_account("proxy_plain")
        steps: list[Step] = []
        proxy.on_event = lambda event: steps.append(event.step)
        with httpx.Client(base_url=proxy.url, headers={"Authorization": f"Bearer {account.access_token}"}) as client:
            assert client.post(f"{STATUSES}?source=test", data={"status": "Ember"}).json()["content"] == "<p>Ember</p>"
            assert client.head("/health").status_code in (200, 405)
            assert client.get("/api/v1/nothing").status_code == 404
        first = proxy.requests[0]
        assert (first.method, first.path, first.query, first.body) == ("POST", STATUSES, "source=test", b"status=Ember")
        assert first.headers["authorization"] == f"Bearer {account.access_token}"
        assert steps[:4] == [Step.RECEIVED, Step.FORWARDED, Step.ANSWERED, Step.DELIVERED]
        assert len(proxy.requests) == 3

    @pytest.mark.parametrize(
        ("plan", "outcome", "posted"),
        [
            (Plan(forward=False, answer=Answer(429, b"{}", {"x-ratelimit-reset": "soon"})), 429, 0),
            (Plan(forward=False, before_body=True, answer=Answer(500)), 500, 0),
            (Plan(answer=Answer(500)), 500, 1),
            (Plan(answer=Answer(200, b"<html>not JSON")), 200, 1),
            (Plan(forward=False, answer=Answer(401)), 401, 0),
            (Plan(forward=False, answer=Answer(404)), 404, 0),
            (Plan(forward=False, drop=True), httpx.RemoteProtocolError, 0),
            (Plan(drop=True), httpx.RemoteProtocolError, 1),
            (Plan(delay=0.3), 200, 1),
        ],
        ids=lambda value: None if isinstance(value, Plan) else str(getattr(value, "__name__", value)),
    )
    def test_a_plan_decides_what_client_and_server_see(
        self,
        mock: MastodonMock,
        proxy: HoldingProxy,
        plan: Plan,
        outcome: int | type[Exception],
        posted: int,
    ) -> None:
        account = mock.create_account(f"proxy_{time.monotonic_ns()}")
        proxy.when("POST", STATUSES, plan)
        started = time.monotonic()
        if isinstance(outcome, int):
            answer = self.post(proxy, account.access_token)
            assert answer.status_code == outcome
            if plan.answer:
                assert answer.content == plan.answer.body
                assert plan.answer.headers.items() <= answer.headers.items()
        else:
            with pytest.raises(outcome):
                self.post(proxy, account.access_token)
        assert time.monotonic() - started >= plan.delay
        assert len(mock.statuses(account)) == posted
        assert self.post(proxy, account.access_token).status_code == 200, "a plan is for one request"

    def test_rules_play_out_in_the_order_made(self, proxy: HoldingProxy) -> None:
        proxy.when("*", "/api/*", Plan(forward=False, answer=Answer(500)), times=2)
        proxy.when("GET", "/api/v1/instance", Plan(forward=False, answer=Answer(404)), times=None)
        codes = [httpx.get(f"{proxy.url}/api/v1/instance").status_code for _ in range(4)]
        assert codes == [500, 500, 404, 404]
        proxy.reset()
        assert httpx.get(f"{proxy.url}/api/v1/instance").status_code == 200

    @pytest.mark.parametrize("plan", [Plan(hold_request=True), Plan(hold_answer=True)], ids=["request", "answer"])
    def test_what_is_held_goes_on_when_released(self, mock: MastodonMock, proxy: HoldingProxy, plan: Plan) -> None:
        account = mock.create_account(f"proxy_{time.monotonic_ns()}")
        rule = proxy.when("POST", STATUSES, plan)
        with self.worker(proxy, account.access_token) as worker:
            rule.wait(Step.ANSWERED if plan.hold_answer else Step.RECEIVED)
            assert len(mock.statuses(account)) == int(plan.hold_answer)
            assert worker.poll() is None
            rule.release()
            rule.wait(Step.DELIVERED)
            assert worker.communicate()[0] == b"answered\n"
        assert len(mock.statuses(account)) == 1

    @pytest.mark.parametrize("step", [Step.RECEIVED, Step.FORWARDED, Step.ANSWERED], ids=lambda step: step.name)
    def test_a_client_killed_at_a_step_has_still_asked(
        self, mock: MastodonMock, proxy: HoldingProxy, step: Step
    ) -> None:
        account = mock.create_account(f"proxy_{time.monotonic_ns()}")
        rule = proxy.when("POST", STATUSES, Plan())
        with self.worker(proxy, account.access_token) as worker:

            def kill(event: Event) -> None:
                if event.step is step:
                    kill_and_wait(worker)

            proxy.on_event = kill
            rule.wait(Step.CLIENT_GONE)
            assert worker.communicate()[0] == b""
        assert len(mock.statuses(account)) == 1

    def test_a_client_killed_while_its_request_is_held_has_still_asked(
        self, mock: MastodonMock, proxy: HoldingProxy
    ) -> None:
        account = mock.create_account("proxy_held")
        rule = proxy.when("POST", STATUSES, Plan(hold_request=True))
        with self.worker(proxy, account.access_token) as worker:
            rule.wait(Step.RECEIVED)
            kill_and_wait(worker)
            assert mock.statuses(account) == []
            rule.release()
            rule.wait(Step.CLIENT_GONE)
        assert len(mock.statuses(account)) == 1

    def test_a_client_killed_before_its_request_was_whole_has_not_asked(self, proxy: HoldingProxy) -> None:
        with httpx.Client() as client, pytest.raises(httpx.WriteError):
            client.post(f"{proxy.url}{STATUSES}", content=broken_body(), headers={"Content-Length": "100"})
        assert httpx.get(f"{proxy.url}/health").status_code == 200
        assert [request.path for request in proxy.requests] == ["/health"]

    def test_what_is_still_held_at_the_end_is_never_forwarded(self, mock: MastodonMock) -> None:
        account = mock.create_account("proxy_stopped")
        with HoldingProxy(mock.url) as proxy:
            rule = proxy.when("POST", STATUSES, Plan(hold_request=True))
            worker = self.worker(proxy, account.access_token)
            rule.wait(Step.RECEIVED)
        with worker:
            assert worker.communicate()[0] == b""
        assert mock.statuses(account) == []

    def test_a_server_that_is_not_there_is_a_502(self) -> None:
        with HoldingProxy("http://127.0.0.1:9") as proxy:
            assert httpx.get(proxy.url).status_code == 502

    def worker(self, proxy: HoldingProxy, token: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", POST_A_STATUS, proxy.url, token], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )


def broken_body() -> Iterator[bytes]:
    """The first bytes of a request's body, and no more."""
    yield b"status=Em"
    raise httpx.WriteError("the client died")
