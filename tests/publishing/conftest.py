"""Who writes and who approves; a clock to turn; channels on real servers with a proxy before them, or busy ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.core import clock as core_clock
from moothall.core.retry import backoff
from moothall.networks.base import Account
from moothall.networks.plain import words
from moothall.newsroom.models import Entry
from moothall.operating import worker
from moothall.publishing import delivery, reconciling, sending, tasks
from moothall.rehearsal.models import Fault, PracticeAccount
from tests import factories
from tests.networks.homes import BlueskyHome, MastodonHome
from tests.peers.proxy import HoldingProxy, Plan, Rule

POSTING = {
    "bluesky": "/xrpc/com.atproto.repo.putRecord",
    "mastodon": "/api/v1/statuses",
}
"""The request that makes a post."""


@pytest.fixture
def libraries(db: None) -> Service:
    return factories.service("Libraries")


@pytest.fixture
def channel(libraries: Service) -> Channel:
    return factories.connected(service=libraries, handle="libraries", display_name="Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries), name="Alice Archer")


@pytest.fixture
def bob(libraries: Service) -> User:
    return factories.person((Role.APPROVER, libraries), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    return factories.person((Role.LEAD, factories.service("Highways")), name="Charlie Croft")


@pytest.fixture
def as_alice(alice: User, signed_in: Any) -> Client:
    client: Client = signed_in(alice)
    return client


@pytest.fixture
def as_bob(bob: User, signed_in: Any) -> Client:
    client: Client = signed_in(bob)
    return client


class Clock:
    """The time as Moothall sees it: the real one, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return timezone.now() + self.ahead

    def advance(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    turned = Clock()
    monkeypatch.setattr(core_clock, "now", turned.now)
    return turned


@dataclass(frozen=True)
class Line:
    """A connected channel on a real server (or its stand-in), with a proxy on the way."""

    channel: Channel
    proxy: HoldingProxy
    home: BlueskyHome | MastodonHome
    account: Account

    @property
    def posting(self) -> str:
        return POSTING[self.channel.network]

    def plan(self, plan: Plan, times: int | None = 1) -> Rule:
        """What becomes of the next request that would make a post."""
        return self.proxy.when("POST", self.posting, plan, times)

    def posts(self) -> list[str]:
        """The words that stand on the server, oldest first, asked of the server itself."""
        if isinstance(self.home, BlueskyHome):
            return [str(record["text"]) for record in self.home.records(self.account)]
        return [words(status["content"]).strip() for status in reversed(self.home.statuses(self.account))]

    def requests(self) -> int:
        """How many requests to make a post have left us."""
        return sum(request.path == self.posting and request.method == "POST" for request in self.proxy.requests)


@pytest.fixture(params=["bluesky", "mastodon"])
def line(request: pytest.FixtureRequest, db: Any) -> Iterator[Line]:
    yield from lay_line(request, request.param)


@pytest.fixture
def mastodon_line(request: pytest.FixtureRequest, db: Any) -> Iterator[Line]:
    yield from lay_line(request, "mastodon")


def lay_line(
    request: pytest.FixtureRequest, network: str, home: BlueskyHome | MastodonHome | None = None
) -> Iterator[Line]:
    """A line to ``home``, by default the usual server of ``network``."""
    home = home or (BlueskyHome(request) if network == "bluesky" else MastodonHome(request))
    account = home.account()
    with HoldingProxy(account.credentials["server"]) as proxy:
        channel = factories.channel(network=network, handle=account.handle, owner=factories.person())
        factories.connect(channel, **{**account.credentials, "server": proxy.url})
        yield Line(channel, proxy, home, account)


def said(channel: Channel) -> list[str]:
    """What stands on a Newsroom channel, oldest first."""
    return list(Entry.objects.filter(page__handle=channel.handle).order_by("pk").values_list("text", flat=True))


def send_all(channel: Channel) -> None:
    """Send what is due, as a worker does, in as many turns as it takes."""
    tasks.drain.func(channel.pk)
    while channel.pk in delivery.ready_channels():
        tasks.drain.func(channel.pk)


def fault(channel: Channel, name: str, times: int) -> None:
    PracticeAccount.objects.filter(handle=channel.handle).update(fault=name, left=times)


@pytest.fixture
def rehearsal_is_busy(db: Any) -> Channel:
    """A practice channel that will answer the next post with 429 and "try again in 20 seconds"."""
    channel = factories.channel(network="rehearsal")
    factories.connect(channel, like="mastodon")
    fault(channel, Fault.BUSY, 1)
    return channel


@pytest.fixture
def in_a_hurry(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same worker with shorter waits, so that each round takes a moment."""
    settings.SWEEP_SECONDS = 0.05
    settings.DELIVERY_LEASE = timedelta(seconds=1.5)
    settings.DELIVERY_SETTLES = timedelta(seconds=0.5)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)

    def short(tries: int, **limits: timedelta) -> timedelta:
        return backoff(tries, first=timedelta(milliseconds=100), longest=timedelta(milliseconds=500))

    monkeypatch.setattr(delivery, "backoff", short)
    monkeypatch.setattr(sending, "backoff", short)
    monkeypatch.setattr(reconciling, "backoff", short)
    monkeypatch.setattr(reconciling, "MOST_LOOKS", 1_000)
    monkeypatch.setattr(sending, "MOST_TRIES", 1_000)
    monkeypatch.setattr(reconciling, "MOST_TRIES", 1_000)
