"""The wall when things go wrong, with a real server that is really killed: nobody misses an item in the end."""

import asyncio
import contextlib
import os
import resource
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from moothall.events.models import Event, Item
from moothall.events.wall import hub
from tests.events.web import Viewer, Web, database_url, make_event, say, stream_request, take_back
from tests.publishing.killing import fork

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

CROWD = 10_000
AWAY_SECONDS = 30
SPARE_FILES = 500


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def web(event: Event) -> Iterator[Web]:
    with Web() as running:
        yield running


# --- As it should be --------------------------------------------------------------------------------------------------


def test_a_wall_that_is_for_staff_only_from_now_on_ends_its_streams_at_once(web: Web, event: Event) -> None:
    charlie = Viewer.of(web, after=0)
    first = say(1)
    charlie.sees({first.pk})
    Event.objects.update(is_public=False)
    assert charlie.is_over(within=10)
    say(2)
    assert set(charlie.shows) == {first.pk}


def test_what_another_process_takes_is_there_within_a_second(web: Web) -> None:
    alice = Viewer.of(web)
    alice.hears(lambda said: said.kind == "counters")
    late = []
    for number in range(5):
        item = say(number)
        began = time.monotonic()
        alice.sees({*alice.shows, item.pk})
        late.append(time.monotonic() - began)
    assert sorted(late)[2] < 1, late


def test_of_what_was_deleted_the_words_are_nowhere_any_more(web: Web, event: Event) -> None:
    item = say(1, "A secret swan.")
    other = say(2)
    alice = Viewer.of(web, after=0)
    alice.sees({item.pk, other.pk})
    assert "secret swan" in alice.shows[item.pk]
    take_back(item)
    alice.sees({other.pk}, within=5)
    late = Viewer.of(web, last=0)
    late.sees({other.pk})
    late.hears(lambda said: said.kind == "remove")
    assert not any("secret swan" in str(said.data) for said in late.said)
    for path in ("", "?page=1", "snapshot.json", "screen/", "frame/"):
        assert "secret swan" not in web.page(f"{event.get_absolute_url()}{path}").text
    assert not Item.objects.filter(text__contains="secret swan").exists()


# --- Viewers in trouble -----------------------------------------------------------------------------------------------


def test_a_viewer_that_stalls_costs_the_others_nothing_and_has_everything_in_the_end(web: Web) -> None:
    stalled = Viewer(socket.socket())
    stalled.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    stalled.line.connect(("127.0.0.1", web.port))
    stalled.line.sendall(stream_request(after=0))
    alice = Viewer.of(web, after=0)
    items = [say(number, f"Number {number}. " + "It goes on and on. " * 150).pk for number in range(1, 51)]
    alice.sees(set(items))
    stalled.begins()  # it reads on
    stalled.sees(set(items))


def test_a_viewer_that_never_reads_again_is_cut_off(web: Web) -> None:
    stalled = Viewer(socket.socket())
    stalled.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    stalled.line.connect(("127.0.0.1", web.port))
    stalled.line.sendall(stream_request(after=0))
    items = {say(number, "It goes on and on. " * 150).pk for number in range(1, 51)}
    time.sleep(hub.STALLED_SECONDS + 3)
    with contextlib.suppress(ConnectionError):
        stalled.begins()
        stalled.sees(items, within=5)
        pytest.fail("It was sent everything, and should have been cut off before.")
    back = Viewer.of(web, last=stalled.last)
    back.sees(items - set(stalled.shows))


def test_thousands_who_come_back_at_once_after_a_kill_miss_nothing(web: Web) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    number = min(CROWD, most - SPARE_FILES)
    known = [say(each).pk for each in range(1, 6)]
    alice = Viewer.of(web, after=0)
    alice.sees(set(known))
    asyncio.run(come(web.port, number, stream_request(last=alice.last), None))
    web.kill()
    missed = [say(each) for each in range(6, 26)]
    take_back(missed.pop())
    web.start()
    last = f'"item":{missed[-1].pk},'.encode()
    came = asyncio.run(come(web.port, number, stream_request(last=alice.last), last))
    assert len(came) == number
    lacking = [item.pk for item in missed for each in came if f'"item":{item.pk},'.encode() not in each]
    assert not lacking
    assert not any(f'"item":{item},'.encode() in each for item in known for each in came), "what they had is not sent"


async def come(port: int, number: int, request: bytes, until: bytes | None) -> list[bytes]:
    """So many connect at once; what each got until ``until``, or its head."""
    wait_for = until or b"\r\n\r\n"

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        came = b""
        while wait_for not in came:
            data = await reader.read(65_536)
            assert data, f"cut off: {came[:200]!r}"
            came += data
        writer.close()
        return came

    async with asyncio.timeout(120):
        return await asyncio.gather(*(one() for _ in range(number)))


# --- The web server and the database in trouble -----------------------------------------------------------------------


def test_a_viewer_comes_back_after_each_kill_and_has_seen_everything_once(web: Web) -> None:
    alice = Viewer.of(web, after=0)
    items = set()
    shown: list[int] = []
    for round_ in range(3):
        items.add(say(round_ * 10).pk)
        alice.sees(items)
        web.kill()
        assert alice.is_over(), "the browser notices"
        items |= {say(round_ * 10 + each).pk for each in range(1, 4)}
        web.start()
        shown += [said.data["item"] for said in alice.said if said.kind == "show"]
        alice = back(web, alice)
    alice.sees(items)
    shown += [said.data["item"] for said in alice.said if said.kind == "show"]
    assert sorted(shown) == sorted(items)


def back(web: Web, before: Viewer) -> Viewer:
    """As a browser comes back by itself, with the page that it has."""
    viewer = Viewer.of(web, last=before.last)
    viewer.shows = before.shows
    return viewer


@contextmanager
def database_away() -> Iterator[None]:
    """As long as this lasts nobody gets at the database, or, with SQLite, nobody can write to it."""
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.rollback()
        return
    name = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(database_url().rpartition("/")[0] + "/postgres", autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # type: ignore[arg-type]  # a name of ours
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')  # type: ignore[arg-type]


def test_while_the_database_is_away_all_stay_and_then_get_what_was_said(web: Web) -> None:
    alice = Viewer.of(web, after=0)
    before = say(1)
    alice.sees({before.pk})
    with database_away():
        late = Viewer(web.connected())
        late.line.sendall(stream_request(last=0))
        time.sleep(AWAY_SECONDS)
    after = say(2)
    alice.sees({before.pk, after.pk})
    late.begins()
    late.sees({before.pk, after.pk})


def test_a_server_that_starts_before_its_database_lets_viewers_wait_for_it(web: Web) -> None:
    alice = Viewer.of(web, after=0)
    alice.sees({say(1).pk})
    web.kill()
    missed = {say(2).pk, say(3).pk}
    with database_gone():
        web.start()
        waiting = Viewer(web.connected())
        waiting.line.sendall(stream_request(last=alice.last))
        time.sleep(AWAY_SECONDS)
    waiting.begins()
    waiting.sees(missed)


@contextmanager
def database_gone() -> Iterator[None]:
    """It is not even there."""
    if connection.vendor != "sqlite":
        with database_away():
            yield
        return
    connection.close()
    files = [path for path in files_of_database() if path.exists()]
    for path in files:
        path.rename(path.with_name(f"away-{path.name}"))
    yield
    for path in files_of_database():
        path.unlink(missing_ok=True)
    for path in files:
        path.with_name(f"away-{path.name}").rename(path)


def files_of_database() -> list[Path]:
    name = str(connection.settings_dict["NAME"])
    return [Path(name + more) for more in ("", "-wal", "-shm")]


def test_what_many_processes_take_at_once_arrives_in_order(web: Web) -> None:
    """Ids of changes must become visible in their order, or who comes back at a bad moment misses one for good."""
    alice = Viewer.of(web, after=0)
    takers = [fork(lambda first=first: say_many(first)) for first in (100, 200, 300)]  # type: ignore[misc]
    for pid in takers:
        os.waitpid(pid, 0)
    items = set(Item.objects.values_list("pk", flat=True))
    assert len(items) == 45
    alice.sees(items)
    numbers = [said.number for said in alice.said if said.number]
    assert numbers == sorted(set(numbers))


def say_many(first: int) -> None:
    for number in range(first, first + 15):
        say(number)
