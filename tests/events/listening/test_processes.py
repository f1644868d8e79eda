"""``moothall listen`` as an operator runs it: two of them, and the one that leads is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moothall.events.models import Change, ChangeKind, Event, Item, Place
from tests.events.listening.conftest import eventually, is_connected, place
from tests.events.listening.test_bluesky import Speaker, kinds
from tests.events.web import database_url
from tests.peers.bluesky import BlueskyPds
from tests.peers.mastodon_streaming import MastodonStreaming
from tests.peers.processes import stop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

Listen = Callable[[], "subprocess.Popen[bytes]"]
STARTING = 60.0
"""Seconds that a process may take to start on a busy machine."""


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Listen]:
    """A function: one more ``moothall listen`` on the test's own database."""
    environment = os.environ | {"DATABASE_URL": database_url(), "MOOTHALL_DATA": str(tmp_path)}
    running: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        with (tmp_path / "log").open("ab") as log:
            made = subprocess.Popen([sys.executable, "-m", "moothall.cli", "listen"], env=environment, stderr=log)
        running.append(made)
        return made

    yield start
    for each in running:
        stop(each, signal.SIGTERM)


@pytest.fixture
def alice(request: pytest.FixtureRequest) -> Speaker:
    speaker = Speaker(request)
    speaker.say("Good morning.")
    return speaker


@pytest.fixture
def social() -> Iterator[MastodonStreaming]:
    with MastodonStreaming() as made:
        yield made


def test_when_the_one_that_leads_is_killed_the_other_goes_on_and_nothing_is_lost_or_double(
    event: Event, pds: BlueskyPds, alice: Speaker, social: MastodonStreaming, listen: Listen
) -> None:
    places = [place("bluesky", "firehose", pds.url), place("mastodon", "websocket", social.url)]
    first = listen()
    eventually(lambda: all(map(is_connected, places)), within=STARTING)
    leaders = set(Place.objects.values_list("token", flat=True))
    second = listen()
    before = [alice.say("Both are there #exday24"), social.remote_id(social.post("Both are there #exday24"))]
    eventually(lambda: all(kinds(each) == [ChangeKind.SHOW] for each in before))
    assert set(Place.objects.values_list("token", flat=True)) == leaders, "It stands by."

    eventually(lambda: is_up(second), within=STARTING)
    first.send_signal(signal.SIGKILL)
    first.wait()
    meanwhile = [alice.say("Nobody leads #exday24"), social.remote_id(social.post("Nobody leads #exday24"))]
    gone = before[0]
    alice.take_back(gone)
    taken = eventually(lambda: all(kinds(each) == [ChangeKind.SHOW] for each in meanwhile))
    assert taken < 12, "The lease ran out after six seconds, and somebody looked a second or two later."
    eventually(lambda: kinds(gone) == [ChangeKind.SHOW, ChangeKind.REMOVE])
    assert leaders.isdisjoint(Place.objects.values_list("token", flat=True))
    ours = Item.objects.filter(remote_id__in=before + meanwhile)
    assert ours.count() == len(before + meanwhile)
    assert Change.objects.filter(item__in=ours).count() == len(before + meanwhile) + 1

    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert set(Place.objects.values_list("token", flat=True)) == {""}, "It gave its leases back."


def is_up(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it has come so far that it looks at the database: it has opened it."""
    if process.poll() is not None:
        raise AssertionError(f"It ended with {process.returncode}.")
    return any("SIGTERM" in name for name in caught(process.pid))


def caught(pid: int) -> list[str]:
    """The signals that a process has handlers for: Moothall's listener has one for SIGTERM once it runs."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, mask = line.partition(":")
        if name == "SigCgt":
            return [each.name for each in signal.Signals if int(mask, 16) >> (each - 1) & 1]
    return []
