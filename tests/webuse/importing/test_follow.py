"""A log is followed through everything that is done to it, and each of its lines is counted once."""

import gzip
import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.webuse.importing import importer, sources
from moothall.webuse.importing.follow import Follower
from moothall.webuse.importing.lending import Lending
from moothall.webuse.models import Source
from moothall.webuse.purpose_queries import NoPurpose
from tests.webuse import kits
from tests.webuse.importing.checks import same

pytestmark = pytest.mark.django_db(transaction=True)

PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress}


class Proxy:
    """Writes a log as a proxy does, and has it rotated."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "access.log"
        self.written = b""
        self._number = 0

    def write(self, lines: int = 10, *, into: Path | None = None, without_end: bool = False) -> None:
        content = b"".join(kits.squid_lines(lines, first=self._number))
        self._number += lines
        self.put(content[:-7] if without_end else content, into=into)

    def put(self, content: bytes, *, into: Path | None = None) -> None:
        self.written += content
        with (into or self.path).open("ab") as file:
            file.write(content)

    def rename(self, pack: str = "") -> Path:
        """Rotate by renaming all. Returns where the log is now."""
        self._shift()
        to = self._rotated(1)
        self.path.rename(to)
        return self.pack(to, pack) if pack else to

    def pack(self, path: Path, how: str) -> Path:
        """Compress a rotated log; its time stays, as with gzip and zstd."""
        status = path.stat()
        packed = path.with_name(f"{path.name}.{how}")
        packed.write_bytes(PACKERS[how](path.read_bytes()))
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        path.unlink()
        return packed

    def copy_and_truncate(self) -> Path:
        self._shift()
        shutil.copy(self.path, self._rotated(1))
        os.truncate(self.path, 0)
        return self._rotated(1)

    def _shift(self) -> None:
        for number in range(30, 0, -1):
            for ending in ("", ".gz", ".zst"):
                old = self._rotated(number, ending)
                if old.exists():
                    old.rename(self._rotated(number + 1, ending))

    def _rotated(self, number: int, ending: str = "") -> Path:
        return self.path.with_name(f"access.log.{number}{ending}")


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path / "squid")


@pytest.fixture
def kit(tmp_path: Path) -> kits.Kit:
    return kits.kit(tmp_path, segment_bytes=3_000)


def follower(kit: kits.Kit, proxy: Proxy, quiet: float = 0) -> Follower:
    return Follower(kits.lent(kit), proxy.path, quiet=quiet)


def test_what_is_written_is_read_at_the_next_look(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    following = follower(kit, proxy)
    following.look()
    for _ in range(3):
        proxy.write(60)
        following.look()
        same(tmp_path, kit, proxy.written)


def test_a_last_line_without_its_end_waits_for_the_rest(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    following = follower(kit, proxy)
    proxy.write(20, without_end=True)
    for _ in range(3):
        following.look()
    assert kits.totals(kit).lines == 19
    proxy.put(b"t/html\n")
    following.look()
    same(tmp_path, kit, proxy.written)


def test_a_renamed_log_is_read_to_its_end_and_lines_that_come_late(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    following = follower(kit, proxy, quiet=60)
    proxy.write()
    following.look()
    proxy.write()
    old = proxy.rename()
    following.look()
    proxy.write(into=old, without_end=True)
    following.look()
    proxy.put(b"t/html\n", into=old)
    proxy.write()
    following.look()
    same(tmp_path, kit, proxy.written)


def test_a_torn_last_line_of_a_rotated_log_is_taken_as_it_is(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    following = follower(kit, proxy)
    proxy.write(10, without_end=True)
    following.look()
    proxy.rename()
    proxy.written += b"\n"  # for whoever reads it in one go
    proxy.write()
    following.look()
    following.look()
    same(tmp_path, kit, proxy.written)


@pytest.mark.parametrize("pack", ["", *PACKERS])
def test_rotations_while_nobody_followed_are_caught_up_with(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy, pack: str
) -> None:
    proxy.write()
    follower(kit, proxy).look()
    for _ in range(3):
        proxy.write()
        proxy.rename(pack)
    proxy.write()
    follower(kit, proxy).look()
    same(tmp_path, kit, proxy.written)


def test_on_the_first_follow_what_was_rotated_before_is_left_alone(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    proxy.write()
    proxy.rename()
    before, proxy.written = proxy.written, b""
    proxy.write()
    following = follower(kit, proxy)
    following.look()
    proxy.rename()
    proxy.write()
    following.look()
    follower(kit, proxy).look()
    assert before
    same(tmp_path, kit, proxy.written)


def test_a_copied_and_truncated_log_loses_no_line_that_is_in_the_copy(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy
) -> None:
    following = follower(kit, proxy)
    proxy.write()
    following.look()
    for _ in range(3):
        proxy.write()
        proxy.copy_and_truncate()
        proxy.write(3)
        following.look()
    same(tmp_path, kit, proxy.written)


def test_a_packed_copy_beside_its_original_is_left_out_while_it_is_written(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy
) -> None:
    following = follower(kit, proxy)
    proxy.write()
    following.look()
    proxy.write()
    old = proxy.rename()
    packed = gzip.compress(old.read_bytes())
    old.with_name("access.log.1.gz").write_bytes(packed[: len(packed) // 2])
    proxy.write()
    following.look()
    old.unlink()
    old.with_name("access.log.1.gz").write_bytes(packed)
    following.look()
    same(tmp_path, kit, proxy.written)


def test_rotation_in_the_middle_of_an_import_counts_each_line_once(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.write(200)
    following = follower(kit, proxy)
    chance, count, head = random.Random(26), sources.move_on, importer.Log.head

    def rotate(*args: Any) -> None:
        count(*args)
        if chance.random() < 0.2:
            proxy.write(5)
            proxy.rename()
            proxy.write(5)

    def rotate_before_it_is_opened(log: importer.Log) -> Any:
        found = head(log)
        if log.path == proxy.path and chance.random() < 0.3:
            proxy.rename()
            proxy.write(40)
        return found

    monkeypatch.setattr(sources, "move_on", rotate)
    monkeypatch.setattr(importer.Log, "head", rotate_before_it_is_opened)
    for _ in range(6):
        proxy.write(40)
        following.look()
    monkeypatch.undo()
    following.look()
    same(tmp_path, kit, proxy.written)


def test_a_log_that_is_gone_for_a_moment_is_waited_for(tmp_path: Path, kit: kits.Kit, proxy: Proxy) -> None:
    following = follower(kit, proxy)
    proxy.write()
    following.look()
    hidden = proxy.path.rename(tmp_path / "elsewhere")
    following.look()
    hidden.rename(proxy.path)
    proxy.write()
    following.look()
    same(tmp_path, kit, proxy.written)


def test_another_log_beside_it_is_not_read(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.write()
    following = follower(kit, proxy)
    following.look()
    proxy.rename()
    following.look()
    for name in ("access.log.json", "access.log-other"):
        proxy.path.with_name(name).write_bytes(b"".join(kits.squid_lines(10, first=5_000)))
    proxy.path.with_name("access.log.99").write_text("Nothing of a log, since 2026 or 10 years\n" * 20)
    proxy.write()
    for _ in range(3):
        following.look()
    same(tmp_path, kit, proxy.written)
    assert len(caplog.records) == 1
    assert "access.log.99" in caplog.text


def test_where_rotation_has_left_nothing_that_is_known_all_since_then_is_read(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy
) -> None:
    proxy.write()
    old = proxy.rename()
    proxy.write()
    follower(kit, proxy).look()
    gone, proxy.written = proxy.written, proxy.written[old.stat().st_size :]
    time.sleep(0.05)
    for _ in range(3):
        proxy.rename()
        proxy.write()
    proxy.path.with_name("access.log.3").unlink()
    follower(kit, proxy).look()
    assert gone
    same(tmp_path, kit, proxy.written)


def test_an_old_packed_log_that_is_read_is_not_unpacked_again(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.write()
    follower(kit, proxy).look()
    for pack in PACKERS:
        proxy.rename(pack)
        proxy.write()
        follower(kit, proxy).look()
    asked: list[str] = []
    find = sources.find_or_make

    def asking(purpose: Any, log: importer.Log, *rest: Any) -> Source:
        asked.append(log.path.name)
        return find(purpose, log, *rest)

    monkeypatch.setattr(sources, "find_or_make", asking)
    follower(kit, proxy).look()
    assert asked == ["access.log"]
    same(tmp_path, kit, proxy.written)


@contextmanager
def running(following: Follower) -> Iterator[threading.Event]:
    stopping = threading.Event()
    thread = threading.Thread(target=following.run, args=[stopping, 0.02])
    thread.start()
    try:
        yield stopping
    finally:
        stopping.set()
        thread.join()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It never came"
        time.sleep(0.02)


def test_trouble_is_said_once_and_tried_again_and_figures_follow(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("moothall.webuse.importing.lending.LONGEST_WAIT", timedelta(seconds=0.05))
    monkeypatch.setattr("moothall.webuse.importing.lending.FIRST_WAIT", timedelta(seconds=0.01))
    troubles: list[Exception] = [OSError(28, "No space left on device")] * 3 + [OperationalError("away")] * 3
    seal, refreshed = kit.seal, []

    def sealing(names: dict[int, dict[bytes, str]]) -> None:
        if troubles:
            raise troubles.pop()
        seal(names)

    troubled = kits.kit(tmp_path, purpose=kit.purpose, seal=sealing)
    proxy.write(100)
    with running(Follower(kits.lent(troubled), proxy.path, lambda: refreshed.append(kits.totals(kit).lines))):
        until(lambda: kits.totals(kit).lines == 100)
    same(tmp_path, kit, proxy.written)
    assert refreshed[-1] == 100
    warnings = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert len(warnings) == 2
    assert "away" in warnings[0]
    assert "No space left" in warnings[1]


def test_nothing_is_read_without_a_purpose_and_all_once_there_is_one(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy
) -> None:
    allowed, made = threading.Event(), []

    def may_read() -> None:
        if not allowed.is_set():
            raise NoPurpose("No purpose, no import.")

    def make() -> Any:
        made.append(1)
        return kits.lent(kit)()

    following = Follower(Lending(make, may_read), proxy.path)
    proxy.write()
    for _ in range(2):
        with pytest.raises(NoPurpose):
            following.look()
    assert not Source.objects.exists()
    allowed.set()
    for _ in range(3):
        following.look()
        proxy.write()
    following.look()
    same(tmp_path, kit, proxy.written)
    assert len(made) == 1


def test_told_to_stop_in_a_long_log_it_stops_soon_and_the_next_goes_on(
    tmp_path: Path, kit: kits.Kit, proxy: Proxy
) -> None:
    proxy.write(10_000)
    with running(follower(kit, proxy)) as stopping:
        until(lambda: kits.totals(kit).lines > 0)
        stopping.set()
    assert kits.totals(kit).lines < 10_000
    follower(kit, proxy).look()
    same(tmp_path, kit, proxy.written)


STEPS = st.sampled_from(
    ["write", "write", "write torn", "rename", "rename gz", "rename zst", "copy", "look", "look", "restart"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25), number=st.integers(0, 10**9))
def test_whatever_is_done_to_a_log_between_looks_each_line_is_counted_once(
    tmp_path: Path, steps: list[str], number: int
) -> None:
    key = f"steps-{number}-{time.time_ns()}"
    of = kits.kit(tmp_path / key, purpose=kits.purpose(key), segment_bytes=1_500)
    proxy = Proxy(tmp_path / key)
    proxy.write(3)
    following = follower(of, proxy, quiet=60)
    following.look()
    torn = False
    for step in steps:
        if torn and step != "look":  # a proxy ends its line before anything else happens
            proxy.put(b"t/html\n")
            torn = False
        if step.startswith("write"):
            proxy.write(4, without_end="torn" in step)
            torn = "torn" in step and not proxy.written.endswith(b"\n")
        elif step.startswith("rename"):
            proxy.rename(step.partition(" ")[2])
            proxy.write(2)
        elif step == "copy":
            proxy.copy_and_truncate()
            proxy.write(2)
        elif step == "restart":
            following = follower(of, proxy, quiet=60)
        else:
            following.look()
    if torn:
        proxy.put(b"t/html\n")
    following.look()
    same(tmp_path, of, proxy.written)
