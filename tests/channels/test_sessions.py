"""A channel's session with Bluesky's own server, kept in the database for threads and processes."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.db import connection as database
from django.db import transaction

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.channels import connecting, queries, sealing, sessions
from moothall.channels.models import Channel, Connection
from moothall.channels.sessions import Keeper
from moothall.core import clock
from moothall.core.sealing import new_key
from moothall.networks.base import Account, Draft
from moothall.networks.bluesky import Bluesky
from moothall.networks.errors import NeedsReconnect, Temporary
from moothall.networks.keys import make_key
from tests import factories
from tests.networks.homes import BlueskyHome
from tests.networks.test_bluesky_session import REFRESH, SERVER, SIGN_IN, asked, expired
from tests.peers.proxy import Answer, HoldingProxy, Plan

SESSION = {"access_jwt": "opens everything", "refresh_jwt": "gets another"}


@pytest.fixture
def home(request: pytest.FixtureRequest) -> BlueskyHome:
    return BlueskyHome(request)


@pytest.fixture
def proxy(home: BlueskyHome) -> Iterator[HoldingProxy]:
    with HoldingProxy(home.pds.url) as running:
        yield running


@pytest.fixture
def account(home: BlueskyHome) -> Account:
    return home.account()


@pytest.fixture
def owner() -> User:
    return factories.person((Role.DESK, None))


@pytest.fixture
def channel(account: Account, proxy: HoldingProxy, owner: User) -> Channel:
    """A channel on Bluesky's own server, reached through the proxy, connected."""
    made = factories.channel(network="bluesky", handle=account.handle, owner=owner)
    connecting.connect(owner, made, {**account.credentials, "server": proxy.url})
    return made


def kept(channel: Channel) -> dict[str, str]:
    return sessions.opened(Connection.objects.get(channel=channel).session)


def expire(channel: Channel) -> None:
    session = kept(channel)
    forged = {**session, "access_jwt": expired(session["access_jwt"])}
    Connection.objects.filter(channel=channel).update(session=sessions.to_keep(forged))


def post(channel: Channel, number: int = 1) -> None:
    """As another process: with an adapter of its own."""
    now = clock.now()
    Bluesky().publish(queries.account(channel), Draft(f"Number {number}", dated=now), make_key(now, number))


def at_once(channel: Channel, count: int) -> list[BaseException]:
    troubles: list[BaseException] = []

    def run(number: int) -> None:
        try:
            post(channel, number)
        except BaseException as error:
            troubles.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


@pytest.mark.django_db(transaction=True)
class TestWithTheRealServer:
    def test_connecting_keeps_the_session_sealed(self, channel: Channel, proxy: HoldingProxy) -> None:
        post(channel)
        assert asked(proxy, SIGN_IN) == 1
        session = kept(channel)
        row = str(Connection.objects.values().get())
        assert session["refresh_jwt"] not in row
        assert session["access_jwt"] not in row

    def test_threads_that_renew_at_once_renew_once(
        self, channel: Channel, proxy: HoldingProxy, home: BlueskyHome, account: Account
    ) -> None:
        expire(channel)
        proxy.when("POST", REFRESH, Plan(delay=0.3))
        assert at_once(channel, 4) == []
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (1, 1)
        assert len(home.posts(account)) == 4

    def test_so_do_processes(self, channel: Channel, proxy: HoldingProxy, home: BlueskyHome, account: Account) -> None:
        expire(channel)
        proxy.when("POST", REFRESH, Plan(delay=0.3))
        running = [process(channel, number) for number in range(2)]
        for each in running:
            _, trouble = each.communicate(timeout=60)
            assert each.returncode == 0, trouble
        assert (asked(proxy, SIGN_IN), asked(proxy, REFRESH)) == (1, 1)
        assert len(home.posts(account)) == 2

    def test_a_process_killed_in_its_turn_locks_nobody_out(
        self, channel: Channel, proxy: HoldingProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expire(channel)
        rule = proxy.when("POST", REFRESH, Plan(hold_answer=True))
        dying = process(channel, 1)
        deadline = time.monotonic() + 30
        while not asked(proxy, REFRESH):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        dying.kill()
        dying.communicate()
        rule.release()
        monkeypatch.setattr(sessions, "PATIENCE_SECONDS", 0.2)
        with pytest.raises(Temporary, match="elsewhere"):
            post(channel, 2)
        assert Connection.objects.get().broken_since is None
        Connection.objects.update(session_until=clock.now() - timedelta(seconds=1))
        post(channel, 3)
        assert asked(proxy, SIGN_IN) == 1, "The server gave the successor of the used token again."
        assert Connection.objects.get().session_token == ""

    def test_no_transaction_is_open_while_the_server_is_asked(
        self, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expire(channel)
        seen = []
        send = httpx.Client.request

        def watched(self: httpx.Client, *args: Any, **options: Any) -> httpx.Response:
            seen.append(database.in_atomic_block)
            return send(self, *args, **options)

        monkeypatch.setattr(httpx.Client, "request", watched)
        post(channel)
        assert seen == [False, False]

    def test_a_withdrawn_app_password_is_named_and_the_owner_told_once(
        self, channel: Channel, home: BlueskyHome, account: Account, owner: User
    ) -> None:
        home.revoke(account)
        for _ in range(2):
            assert "was withdrawn on 127.0.0.1. Make a new one and connect again." in connecting.check_connection(
                channel
            )
        assert Connection.objects.get().broken_since
        assert [notice.user for notice in Notice.objects.all()] == [owner]
        assert "was withdrawn" in Notice.objects.get().text

    def test_a_server_with_a_fault_disconnects_nobody(self, channel: Channel, proxy: HoldingProxy) -> None:
        before = kept(channel)
        proxy.when("POST", SIGN_IN, Plan(forward=False, answer=Answer(503)), times=None)
        for _ in range(3):
            assert "fault of its own" in connecting.check_connection(channel)
        assert Connection.objects.get().broken_since is None
        assert kept(channel) == before
        post(channel)

    def test_reconnecting_in_vain_keeps_the_old_session(
        self, channel: Channel, account: Account, owner: User, proxy: HoldingProxy
    ) -> None:
        before = Connection.objects.values().get()
        wrong = {**account.credentials, "server": proxy.url, "app_password": "abcd-efgh-ijkl-mnop"}
        with pytest.raises(NeedsReconnect, match="refused the app password"):
            connecting.connect(owner, channel, wrong)
        assert Connection.objects.values().get() == before
        post(channel)

    def test_reconnecting_ends_the_old_session_and_goes_on_with_another(
        self, channel: Channel, account: Account, owner: User, proxy: HoldingProxy
    ) -> None:
        before, row = kept(channel), Connection.objects.get().pk
        connecting.connect(owner, channel, {**account.credentials, "server": proxy.url})
        assert kept(channel)["refresh_jwt"] != before["refresh_jwt"]
        assert Connection.objects.get().pk == row
        assert is_ended(proxy, before)
        post(channel)
        assert asked(proxy, SIGN_IN) == 2

    def test_disconnecting_ends_the_session(self, channel: Channel, owner: User, proxy: HoldingProxy) -> None:
        session = kept(channel)
        connecting.disconnect(owner, channel)
        assert is_ended(proxy, session)

    @pytest.mark.parametrize("plan", [Plan(forward=False, drop=True), Plan(forward=False, answer=Answer(500))])
    def test_a_server_that_will_not_listen_holds_nobody_up(
        self, channel: Channel, owner: User, proxy: HoldingProxy, plan: Plan
    ) -> None:
        proxy.when("POST", f"{SERVER}deleteSession", plan)
        connecting.disconnect(owner, channel)
        assert not queries.is_connected(channel)

    def test_a_disconnecting_that_is_taken_back_ends_nothing(
        self, channel: Channel, owner: User, proxy: HoldingProxy
    ) -> None:
        with transaction.atomic():
            connecting.disconnect(owner, channel)
            transaction.set_rollback(True)
        assert not is_ended(proxy, kept(channel))


def is_ended(proxy: HoldingProxy, session: dict[str, str]) -> bool:
    sign = {"Authorization": f"Bearer {session['refresh_jwt']}"}
    return httpx.post(f"{proxy.url}{REFRESH}", headers=sign).status_code == 400


def process(channel: Channel, number: int) -> "subprocess.Popen[str]":
    """A process of its own that posts on the channel, on this test's database and with its keys."""
    code = f"""
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {str(database.settings_dict["NAME"])!r}
settings.SEALING_KEYS = {django_settings.SEALING_KEYS!r}
django.setup()
from moothall.channels.models import Channel
from tests.channels.test_sessions import post
post(Channel.objects.get(pk={channel.pk}), {number})
"""
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


@pytest.mark.django_db
class TestKeeper:
    @pytest.fixture
    def row(self) -> Connection:
        return Connection.objects.get(channel=factories.connected())

    def test_what_is_stored_in_a_turn_is_loaded(self, row: Connection) -> None:
        one, other = Keeper(row), Keeper(row)
        assert one.load() == {}
        with one.turn():
            one.store(SESSION)
        assert other.load() == SESSION

    def test_a_late_worker_changes_nothing(self, row: Connection) -> None:
        late, other = Keeper(row), Keeper(row)
        with late.turn():
            Connection.objects.update(session_until=clock.now() - timedelta(seconds=1))
            with other.turn():
                other.store(SESSION)
                late.store({"access_jwt": "old"})
            assert other.load() == SESSION
            late.store({"access_jwt": "old"})
        assert other.load() == SESSION
        assert Connection.objects.get().session_token == ""

    def test_a_turn_taken_before_the_clock_went_back_is_over(self, row: Connection) -> None:
        Connection.objects.update(session_token="theirs", session_until=clock.now() + timedelta(days=3))
        with Keeper(row).turn():
            assert Connection.objects.get().session_token != "theirs"

    def test_a_turn_ends_when_its_holder_fails(self, row: Connection) -> None:
        with pytest.raises(Temporary), Keeper(row).turn():
            raise Temporary("The network is busy.")
        assert Connection.objects.get().session_token == ""

    def test_another_connection_is_left_alone(self, row: Connection) -> None:
        before = Keeper(row)
        Connection.objects.update(connected_at=clock.now() + timedelta(seconds=1), session=sessions.to_keep(SESSION))
        assert before.load() == {}
        with before.turn():
            before.store({"access_jwt": "old"})
        assert Keeper(Connection.objects.get()).load() == SESSION

    def test_a_session_of_any_length_is_not_kept(self, row: Connection) -> None:
        keeper = Keeper(row)
        with keeper.turn():
            keeper.store({"access_jwt": "x" * 100_000})
        assert keeper.load() == {}

    def test_a_session_that_no_key_opens_is_none(self, row: Connection, settings: Any) -> None:
        with (keeper := Keeper(row)).turn():
            keeper.store(SESSION)
        settings.SEALING_KEYS = [new_key()]
        assert keeper.load() == {}

    def test_it_is_sealed_anew_with_the_credentials(self, row: Connection, settings: Any) -> None:
        with (keeper := Keeper(row)).turn():
            keeper.store(SESSION)
        old, new = settings.SEALING_KEYS[0], new_key()
        settings.SEALING_KEYS = [new, old]
        sealing.reseal_all()
        settings.SEALING_KEYS = [new]
        assert keeper.load() == SESSION
