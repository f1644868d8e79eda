"""``moothall run``: web and worker together, restarted when one dies, and gone when told to stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from moothall.operating import house as data_folder
from moothall.operating import supervisor
from moothall.operating.house import IsRunning
from moothall.operating.supervisor import MOST_QUICK_DEATHS, Supervisor
from tests.operating.conftest import House
from tests.peers.processes import free_port

PATIENCE = 60
"""Seconds after which something is not going to happen any more."""


def eventually(happens: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def running(house: House, port: int) -> Iterator[psutil.Popen]:
    """The whole of Moothall in ``house``."""
    with (house.folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "moothall.cli", "run", "--port", str(port)]
        process = psutil.Popen(command, env=house.environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            if process.poll() is None:
                for each in process.children(recursive=True):
                    each.kill()
                process.kill()
                process.wait()


def child(process: psutil.Popen, command: str) -> psutil.Process | None:
    """The child that runs ``moothall web`` or ``moothall worker``."""
    for each in process.children():
        try:
            if command in each.cmdline():
                return each
        except psutil.NoSuchProcess:
            continue
    return None


def has_another(process: psutil.Popen, command: str, killed: psutil.Process) -> bool:
    found = child(process, command)
    return found is not None and found.pid != killed.pid


def test_it_serves_outlives_the_death_of_its_parts_and_ends_without_a_trace(house: House) -> None:
    port = free_port()
    with running(house, port) as process:
        eventually(lambda: answers(port))
        for command in ("worker", "web"):
            eventually(partial(child, process, command))
            killed = child(process, command)
            assert killed
            killed.kill()
            eventually(partial(has_another, process, command, killed))
        eventually(lambda: answers(port))
        everybody = process.children(recursive=True)
        assert len(everybody) >= 2
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert not any(each.is_running() for each in everybody)
    log = (house.folder / "log").read_text()
    assert f"Moothall is at http://127.0.0.1:{port}/" in log
    assert "moothall worker stopped and is started again." in log
    assert "moothall web stopped and is started again." in log
    assert "Traceback" not in log
    with data_folder_of(house), data_folder.in_use(alone=True):
        pass  # nobody holds it any more


@contextmanager
def data_folder_of(house: House) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_folder.settings, "DATA_FOLDER", house.folder)
        yield


# --- The supervisor, with children that take no time to start ---------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """What the supervisor has started; its “commands” are small Python programs instead."""
    processes: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        process = real([sys.executable, "-c", command[-1]], **options)  # type: ignore[call-overload]
        processes.append(process)
        return process  # type: ignore[no-any-return]

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(supervisor.subprocess, "Popen", start)
    yield processes
    for each, handler in before.items():
        signal.signal(each, handler)
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


STAYS = "import time; time.sleep(60)"
FAILS = "raise SystemExit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def tell(after: float, sign: signal.Signals) -> None:
    """Send this very process a signal, a little later."""
    threading.Timer(after, os.kill, [os.getpid(), sign]).start()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_child(started: list[subprocess.Popen[bytes]], sign: signal.Signals) -> None:
    tell(0.5, sign)
    assert Supervisor([[STAYS], [STAYS]]).run() == 0
    assert [process.returncode for process in started] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_child_that_will_not_stay_up_ends_the_others_too(
    started: list[subprocess.Popen[bytes]], capfd: pytest.CaptureFixture[str]
) -> None:
    assert Supervisor([[STAYS], [FAILS]]).run() == 1
    assert len(started) == 1 + MOST_QUICK_DEATHS
    assert all(process.poll() is not None for process in started)
    assert "keeps stopping; see its messages above." in capfd.readouterr().err


def test_a_child_that_will_not_go_is_killed_in_the_end(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.5)
    tell(1.5, signal.SIGINT)
    assert Supervisor([[STUBBORN]]).run() == 0
    (process,) = started
    assert process.returncode == -signal.SIGKILL


def test_ctrl_c_reaches_the_children_by_their_parent_alone(started: list[subprocess.Popen[bytes]]) -> None:
    tell(0.5, signal.SIGINT)
    Supervisor([[f"import os, sys; sys.exit(7 if os.getsid(0) != {os.getsid(0)} else 8)"], [STAYS]]).run()
    assert {process.returncode for process in started if process.returncode > 0} == {7}


def test_the_data_folder_is_held_by_many_or_by_one_alone(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path / "data"
    with data_folder.in_use(), data_folder.in_use(), pytest.raises(IsRunning), data_folder.in_use(alone=True):
        pass
    for alone in (True, False):
        with data_folder.in_use(alone=True), pytest.raises(IsRunning, match="Another Moothall command works on"):
            data_folder.in_use(alone=alone).__enter__()
    with data_folder.in_use(alone=True):
        pass
