"""Whatever happens to an import, each line is counted once: in the end all is as after an import without trouble."""

import gzip
import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.models import Part, Source
from tests.events.web import database_url
from tests.webuse import kits
from tests.webuse.importing import victim
from tests.webuse.importing.checks import same

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 26
POINTS = 100
SEGMENT = 8 * 2**10


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(kits.squid_lines(5_000)))
    return path


@pytest.mark.crash
def test_an_import_killed_at_a_hundred_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    content, killed, finished = b"", 0, 0
    with Victims(tmp_path) as victims:
        while killed < POINTS:
            log = tmp_path / f"{finished}.log"
            if not log.exists():
                log.write_bytes(b"".join(kits.squid_lines(15_000, first=finished * 15_000)))
                content += log.read_bytes()
            if victims.kill_one(log, chance):
                killed += 1
            else:
                finished += 1
    assert finished < POINTS / 5, "Too many came to their end: the test proves little"
    import_log(of, Log(log))
    same(tmp_path, of, content)


class Victims:
    """Imports in processes that die."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "Victims":
        connection.close()
        environment = os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", victim.START]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def kill_one(self, log: Path, chance: random.Random) -> bool:
        """``False``: it came to its end before."""
        moment = chance.choice([*victim.MOMENTS, "some milliseconds"])
        self.begin(log, moment, chance.randint(1, 3) if moment in victim.MOMENTS else chance.randint(20, 300))
        answer = self.end()
        assert answer in ("killed", "finished"), answer
        return answer == "killed"

    def begin(self, log: Path, moment: str, count: int) -> None:
        request = {"folder": str(self._folder), "log": str(log), "moment": moment, "count": count, "segment": SEGMENT}
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)

    def end(self) -> str:
        """How it ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def test_the_same_log_given_twice_is_counted_once(tmp_path: Path, log: Path) -> None:
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    import_log(of, Log(log))
    assert import_log(of, Log(log)).lines == 0
    same(tmp_path, of, log.read_bytes())


def test_under_another_name_and_packed_it_is_the_same_log(tmp_path: Path, log: Path) -> None:
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    import_log(of, Log(log))
    content = log.read_bytes()
    log.rename(tmp_path / "access.log.1")
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(content))
    (tmp_path / "somewhere.zst").write_bytes(zstandard.compress(content))
    for name in ("access.log.1", "access.log.2.gz", "somewhere.zst"):
        assert import_log(of, Log(tmp_path / name)).lines == 0
    same(tmp_path, of, content)
    assert Source.objects.filter(purpose_key=of.purpose.key).count() == 1


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_half_read_then_packed_it_is_read_on(tmp_path: Path, log: Path, pack: Any) -> None:
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    content = log.read_bytes()
    log.write_bytes(content[: len(content) // 2])
    import_log(of, Log(log))
    log.with_name("access.log.1.packed").write_bytes(pack(content))
    import_log(of, Log(log.with_name("access.log.1.packed")))
    same(tmp_path, of, content)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_log_that_breaks_off_is_read_up_to_there_and_on_once_it_is_whole(
    tmp_path: Path, log: Path, pack: Any
) -> None:
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    content, packed = log.read_bytes(), tmp_path / "access.log.gz"
    whole = pack(content)
    packed.write_bytes(whole[: len(whole) // 2])
    progress = import_log(of, Log(packed))
    assert progress.ended_early
    packed.write_bytes(whole)
    import_log(of, Log(packed))
    same(tmp_path, of, content)


def test_two_importers_of_one_log_at_once_count_it_once(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(15_000)))
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    with Victims(tmp_path) as another:
        another.begin(log, moment="of old age", count=60_000)
        import_log(of, Log(log))
        assert another.end() == "finished"
    same(tmp_path, of, log.read_bytes())
    assert Source.objects.filter(purpose_key=of.purpose.key).count() == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB, if we may mount one."""
    disk = tmp_path / "small"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("Only root can mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_stops_the_import_and_more_room_lets_it_go_on(tmp_path: Path, small_disk: Path, log: Path) -> None:
    of = kits.kit(small_disk, segment_bytes=SEGMENT)
    with pytest.raises(OSError, match="No space left"):
        import_log(of, Log(log))
    before = kits.totals(of)
    assert 0 < before.lines < 5_000
    with pytest.raises(OSError, match="No space left"):
        import_log(of, Log(log))
    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    import_log(of, Log(log))
    same(tmp_path, of, log.read_bytes())
    assert not list(small_disk.rglob(".*.new"))


def test_a_file_that_may_not_grow_stops_the_import_before_it_counts(tmp_path: Path, log: Path) -> None:
    of = kits.kit(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    database = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else os.devnull
    wanted = max(10_000, os.path.getsize(database) + 2**18)
    log.write_bytes(b"".join(kits.squid_lines(120_000, users=100_000)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (wanted, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            import_log(of, Log(log))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not Part.objects.exists()
    import_log(of, Log(log))
    same(tmp_path, of, log.read_bytes())


def test_a_clock_that_steps_back_puts_lines_in_their_hours_and_loses_none(tmp_path: Path) -> None:
    end_of_summer_time = 1_792_890_000  # 01:00 UTC on 25 October 2026, when 2 a.m. becomes 1 a.m. in London
    there, back = (
        b"".join(kits.squid_lines(2_000, first=first, at=end_of_summer_time - 600 - first // 5 - step))
        for first, step in ((0, 0), (2_000, 300))
    )
    path = tmp_path / "access.log"
    path.write_bytes(there + back)
    of = kits.kit(tmp_path, segment_bytes=SEGMENT)
    import_log(of, Log(path))
    same(tmp_path, of, there + back)
    assert set(kits.rows(of)["day"].cast(str)) == {"2026-10-25"}


def test_the_hour_that_comes_twice_is_two_hours_where_lines_name_their_offset(tmp_path: Path) -> None:
    line = (
        '10.0.0.7 - user{0} [25/Oct/2026:01:30:{0:02d} {1}] "GET http://www.site.example/ HTTP/1.1" 200 512 "-" "-"\n'
    )
    summer = "".join(line.format(each, "+0100") for each in range(60))
    winter = "".join(line.format(each, "+0000") for each in range(60))
    path = tmp_path / "access.log"
    path.write_text(summer + winter)
    of = kits.kit(tmp_path, segment_bytes=1_000)
    import_log(of, Log(path))
    same(tmp_path, of, (summer + winter).encode())
    rows = kits.rows(of)
    assert rows.group_by("hour").agg(pl.col("hits").sum())["hits"].to_list() == [60, 60]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 40_000), max_size=8), packed=st.sampled_from(["", "gz", "zst"]))
def test_a_log_read_in_any_pieces_comes_to_the_same(tmp_path: Path, cuts: list[int], packed: str) -> None:
    content = b"".join(kits.squid_lines(300))
    key = f"cut-{abs(hash((tuple(cuts), packed)))}"
    of = kits.kit(tmp_path / key, purpose=kits.purpose(key), segment_bytes=3_000)
    path = tmp_path / f"{key}.log"
    for cut in sorted(cuts):
        path.write_bytes(content[:cut])
        import_log(of, Log(path))
    pack = {"": bytes, "gz": gzip.compress, "zst": zstandard.compress}[packed]
    path.write_bytes(pack(content))
    import_log(of, Log(path))
    same(tmp_path, of, content)
