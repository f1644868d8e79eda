"""The key room as the command starts it: a process of its own, entered by its address alone, that leaves nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from moothall.operating.commands import moothall
from tests.operating.conftest import House
from tests.operating.keyroom_world import Answer, Browser, all_files, make_key, read_in, traces

SETTING_UP = """
from pathlib import Path
from tests.operating import keyroom_world as world
purpose = world.read_log(Path({folder!r}))
wanted = world.approved(purpose)
print(wanted.reference, wanted.case.investigator.pk, wanted.case.reference)
"""
SHOWING = """
from moothall.accounts.models import User
from moothall.concerns import openings
print(openings.show(User.objects.get(pk={investigator}), {case!r}, {reference!r}))
"""
ALL_ROWS = """
from tests.operating import keyroom_world as world
print(world.all_rows())
"""


class Running:
    """A key room, and the one browser in it."""

    def __init__(self, house: House, *options: str) -> None:
        self.log = house.folder.parent / "room.log"
        self._file = self.log.open("w")
        command = ["webuse", "keys", "room", "--bind", "127.0.0.1:0", *options]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moothall.cli", *command],
            env=house.environment | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(house.folder)},
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )
        self.address = self._address()
        parts = urlsplit(self.address)
        self.client = httpx.Client(base_url=f"http://{parts.netloc}", timeout=60)
        self.browser = Browser(self._send, parts.path, f"http://{parts.netloc}")

    def _address(self) -> str:
        until = time.monotonic() + 90
        while not (found := re.search(r"is at (http://\S+)", self.log.read_text())):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        return found[1]

    def _send(self, method: str, path: str, data: dict[str, str] | None, headers: dict[str, str]) -> Answer:
        response = self.client.request(method, path, data=data, headers=headers)
        return Answer(response.status_code, response.text, dict(response.headers))

    def answer_to_one_that_announces(self, size: int) -> int:
        """The status that a form of so many bytes gets, of which none is sent: a room that refuses reads none."""
        parts = urlsplit(self.address)
        with closing(HTTPConnection(parts.netloc, timeout=60)) as connection:
            connection.putrequest("POST", f"{parts.path}enter/")
            connection.putheader("Content-Length", str(size))
            connection.endheaders()
            return connection.getresponse().status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.client.close()
        self._file.close()


@contextmanager
def room(house: House, *options: str) -> Iterator[Running]:
    running = Running(house, *options)
    try:
        yield running
    finally:
        running.close()


def test_a_key_is_made_and_a_name_opened_in_a_real_room(house: House) -> None:
    with room(house) as running:
        screen = running.browser.go()
        sheets = make_key(screen)
        reference, investigator, case = house.python(SETTING_UP.format(folder=str(house.folder))).split()
        screen.go(f"open/{reference}/").submit("We have read it and asked: go on")
        screen.submit("Enter this share", words=sheets[1])
        screen.submit("Enter this share", words=sheets[2])
        assert screen.heading == "The name is opened"
        screen.go("check/").submit("Begin the check")
        screen.submit("Enter this share", words=sheets[0] + " sekret")
        assert running.answer_to_one_that_announces(2**20 + 1) == 413
        screen.go().submit("Close the room")
        assert running.process.wait(30) == 0
        said = running.log.read_text()
    assert house.python(SHOWING.format(investigator=investigator, case=case, reference=reference)) == "user3"
    texts: list[str | bytes] = [house.python(ALL_ROWS), said, *screen.seen, *all_files(house.folder)]
    assert not traces(sheets, *texts)
    assert "sekret" not in str(texts)
    assert "The key room is closed." in said
    assert house.moothall("records", "verify").returncode == 0


def test_the_static_files_are_there_and_the_web_applications_pages_are_not(house: House) -> None:
    with room(house) as running:
        running.browser.go()
        (sheet,) = running.browser.page.xpath("//link[@rel='stylesheet']/@href")
        assert running.client.get(sheet).headers["content-type"].startswith("text/css")
        for path in ("/", "/account/login/", "/web-use/", "/healthz", f"{running.browser.start}account/login/"):
            assert running.client.get(path).status_code == 404, path
        assert "server" not in running.client.get("/").headers


@pytest.mark.crash
@pytest.mark.parametrize("steps", [2, 6, 8])
def test_killed_in_the_middle_of_a_ceremony_it_leaves_nothing(house: House, steps: int) -> None:
    before = sorted(path.name for path in house.folder.iterdir())
    with room(house) as running:
        screen = running.browser.go()
        screen.go("new-key/").submit("Make the key", hr="Hazel", it_security="Ivy", monitoring_officer="Moss")
        sheets = [screen.submit("Show my words").words]
        if steps > 2:
            screen.submit("I have written them down")
            sheets += [*write_down_two(screen)]
        if steps > 6:
            read_in(screen, sheets[:2])
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait(30)
    assert not traces(sheets, running.log.read_text(), house.python(ALL_ROWS), *all_files(house.folder))
    assert not (house.folder / "webuse").exists()
    after = {path.name for path in house.folder.iterdir()} - set(before)
    assert after <= {"in-use.lock", "media", "moothall.sqlite3-wal", "moothall.sqlite3-shm"}


def write_down_two(screen: Browser) -> Iterator[str]:
    for _ in range(2):
        yield screen.submit("Show my words").words
        screen.submit("I have written them down")


SOON_OVER = """
from moothall.operating.keyroom import serving
serving.serve(serving.door("127.0.0.1", 0), 3, lambda words: print(words, flush=True))
"""


def test_it_ends_by_itself_when_its_time_is_over(house: House) -> None:
    began = time.monotonic()
    assert "The key room is at http://127.0.0.1:" in house.python(SOON_OVER)
    assert time.monotonic() - began > 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(house: House, number: signal.Signals) -> None:
    with room(house) as running:
        running.browser.go()
        running.process.send_signal(number)
        running.process.wait(30)
        assert "Traceback" not in running.log.read_text()


LOOK_FROM_OUTSIDE = """
import ctypes, os, sys, time
from moothall.operating.keyroom import memory

def look_at(keeping):
    ready, begun = os.pipe()
    watched = os.fork()
    if not watched:
        as_nobody()
        ctypes.CDLL(None).prctl(memory.PR_SET_DUMPABLE, 1, 0, 0, 0)
        if keeping:
            memory.keep_to_itself()
        os.write(begun, b".")
        time.sleep(60)
    os.read(ready, 1)
    looking = os.fork()
    if not looking:
        as_nobody()
        try:
            open(f"/proc/{watched}/mem", "rb")
        except PermissionError:
            os._exit(1)
        os._exit(0)
    refused = os.waitstatus_to_exitcode(os.waitpid(looking, 0)[1])
    os.kill(watched, 9)
    os.waitpid(watched, 0)
    return refused

def as_nobody():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)

print(look_at(keeping=False), look_at(keeping=True))
"""


def test_another_programme_of_the_same_user_cannot_read_its_memory() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK_FROM_OUTSIDE], capture_output=True, text=True, check=True)
    without, kept = done.stdout.split()
    assert kept == "1"
    if without == "1":
        pytest.skip("This machine lets no programme look at another, so the room had nothing to prove.")


def test_a_room_writes_no_core_dump(house: House) -> None:
    with room(house) as running:
        limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)


def test_a_port_that_somebody_holds_is_told(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = house.moothall("webuse", "keys", "room", "--bind", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert "See who listens there" in done.stderr


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:8900", "192.0.2.7:8900", "[::]:8900", "127.0.0.1", ":8900", "x:y", "127.0.0.1:65536", "::1:89"]
)
def test_a_room_that_others_could_reach_is_refused(bind: str) -> None:
    done = CliRunner().invoke(moothall, ["webuse", "keys", "room", "--bind", bind])
    assert done.exit_code == 2
    assert "ssh -L" in " ".join(done.output.split())


IN_A_PROCESS = """
import ctypes, json, resource
from moothall.operating.keyroom import memory
troubles = memory.keep_to_itself()
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print(json.dumps([troubles, dumpable, resource.getrlimit(resource.RLIMIT_CORE)]))
"""


def test_a_process_keeps_its_memory_to_itself_and_says_what_it_could_not_have() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_PROCESS], capture_output=True, text=True, check=True)
    troubles, dumpable, cores = json.loads(done.stdout)
    assert (dumpable, cores) == (0, [0, 0])
    assert len(troubles) <= 1


NO_LOCK = """
import resource
resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))
import os
os.geteuid = lambda: 1000
from pathlib import Path
from moothall.operating.keyroom import memory
for swaps in ("Filename Type\\n", "Filename Type\\n/dev/sda2 partition\\n", None):
    memory.SWAPS = Path("swaps")
    memory.SWAPS.write_text(swaps) if swaps else memory.SWAPS.unlink()
    print(*memory.keep_to_itself(), sep="\\n")
"""


def test_memory_that_cannot_be_locked_is_told_with_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", NO_LOCK], capture_output=True, text=True, check=True, cwd=tmp_path)
    without, with_swap, unknown = done.stdout.splitlines()
    assert "This machine has no swap" in without
    assert "swapoff -a" in with_swap
    assert unknown == with_swap
