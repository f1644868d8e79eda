"""Imports and counts on several machines come to what one machine makes of the same logs, to the hit and the byte."""

import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest
from distributed import Client
from distributed.protocol.pickle import dumps, loads
from django.test import override_settings

from moothall.accounts.models import Unit
from moothall.config.environment import bucket_problem, scheduler_problem
from moothall.webuse import clerk, house, unit_lists
from moothall.webuse.engine.cluster import Carried
from moothall.webuse.engine.elsewhere import HeldKeys, NoCluster
from moothall.webuse.engine.keeping import NOT_A_DOMAIN, Placed
from moothall.webuse.importing.importer import Progress, import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.models import Figure, Part, Volume
from tests.peers import s3
from tests.peers.machines import Machines
from tests.peers.needs import require
from tests.peers.processes import free_port, stop
from tests.peers.s3 import S3Server
from tests.webuse import kits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("cluster")]

SEGMENT = 256 * 2**10
DAY = 24 * 3600
MORNING = 1_792_828_800
"""Of Saturday 24 October 2026: two days later another period of pseudonyms begins."""
UNITS = ("Libraries", "Archives", "Fire and Rescue")


@dataclass(frozen=True)
class Outcome:
    """All that is known of a purpose, but for the pseudonyms, whose keys are its own."""

    totals: kits.Totals
    rows: list[Any]
    volumes: list[Any]
    figures: list[Any]


class Dask:
    """A scheduler on the first of the machines; a worker on each other one that is told to have one."""

    def __init__(self, machines: Machines, folder: Path, scheme: str = "tcp") -> None:
        self._machines, self._folder = machines, folder
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        host, port = machines.addresses[0], free_port()
        self.address = f"{scheme}://{host}:{port}"
        self.scheduler = self._start(
            0, "dask_scheduler", "--host", host, "--port", str(port), "--no-show", "--idle-timeout", "2 minutes"
        )

    def add_worker(self, machine: int) -> None:
        self.workers[machine] = self._start(
            machine, "dask_worker", self.address, "--host", self._machines.addresses[machine], "--nthreads", "1",
            "--no-nanny", "--death-timeout", "60", "--local-directory", str(self._folder),
        )  # fmt: skip

    @contextmanager
    def watched(self, workers: int) -> Iterator[Client]:
        """One's own look at it, as soon as it has so many workers."""
        try:
            with Client(self.address, timeout=30, set_as_default=False) as client:
                if workers:
                    client.wait_for_workers(workers, timeout=30)
                yield client
        except TimeoutError as error:
            raise AssertionError(f"The cluster did not come up:\n{self.logs()}") from error

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self._folder.glob("*.log"))

    def _start(self, machine: int, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *arguments]
        return self._machines.start(machine, command, self._folder / f"{machine}.log", {})


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with Machines(4) as four:
        if not four.are_apart:
            warnings.warn("The machines are processes on 127.0.0.1: others take root and CAP_NET_ADMIN", stacklevel=1)
        yield four


@pytest.fixture(scope="module")
def dask(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Dask:
    found = Dask(machines, tmp_path_factory.mktemp("dask"))
    for machine in (1, 2, 3):
        found.add_worker(machine)
    return found


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> None:
    """A web-use room with three units of forty people."""
    settings.WEBUSE_FOLDER = tmp_path / "webuse"
    settings.WEBUSE_ROWS = str(tmp_path / "rows")
    units = {name: Unit.objects.create(name=name).pk for name in UNITS}
    people = "".join(f"user{number},{UNITS[number % 3]}\n" for number in range(120))
    unit_lists.keep(house.folder("units"), f"user,unit\n{people}", units)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written(tmp_path, lines=60_000, days=4)


def written(folder: Path, lines: int, days: int) -> Path:
    """A log of some days from ``MORNING`` on."""
    path, each = folder / "access.log", lines // days
    with path.open("wb") as file:
        for day in range(days):
            first = day * each
            begins = MORNING + day * DAY - first // 5
            file.writelines(kits.squid_lines(each, first=first, at=begins, users=120))
    return path


def outcome(key: str, log: Path, watch: Any = lambda progress: None) -> Outcome:
    """Import and count, as the settings say: on this machine or on several."""
    with house.kit(kits.purpose(key)) as given:
        kit = replace(given, segment_bytes=SEGMENT)
        import_log(kit, Log(log, is_whole=True), watch=watch)
        clerk.count(key)
        return known(kit)


def known(kit: kits.Kit) -> Outcome:
    key = kit.purpose.key
    names = Part.objects.filter(purpose_key=key).values_list("name", flat=True)
    same = ["day", "hour", "unit", "domain", "category", "blocked"]
    sums = [pl.col("hits", "bytes").cast(pl.Int64).sum(), pl.col("person").n_unique()]
    rows = kit.dataset.read(list(names)).group_by(same).agg(*sums).collect().sort(same)
    fields = ("grain", "starts", "hour", "node", "subject", "people", "minutes")
    return Outcome(
        totals=kits.totals(kit),
        rows=rows.rows(),
        volumes=sorted(Volume.objects.filter(purpose_key=key).values_list("day", "hour", "hits", "bytes")),
        figures=sorted(Figure.objects.filter(purpose_key=key).values_list(*fields), key=str),
    )


def same_as_here(found: Outcome, log: Path) -> None:
    """Check that it is what this machine makes of the log by itself."""
    with override_settings(WEBUSE_CLUSTER="", WEBUSE_ROWS=str(log.with_name("rows-here"))):
        here = outcome("here", log)
    assert here.totals.add_up()
    assert here.totals.lines == len(log.read_bytes().splitlines())
    assert len(here.figures) > 100
    assert len(here.volumes) > 4
    assert found == here


class Killer:
    """Kills a worker by SIGKILL while it has something to do, once something is counted."""

    def __init__(self, client: Client, worker: subprocess.Popen[bytes]) -> None:
        self._client, self._worker = client, worker
        pids = client.run(os.getpid)
        self._address = next(address for address, pid in pids.items() if pid == worker.pid)
        self.killed_at = 0

    def __call__(self, progress: Progress) -> None:
        if self.killed_at:
            return
        self._worker.send_signal(signal.SIGSTOP)
        if self._client.processing()[self._address]:
            self._worker.kill()
            self.killed_at = progress.lines
        else:
            self._worker.send_signal(signal.SIGCONT)


@pytest.mark.crash
def test_a_worker_killed_in_mid_import_costs_no_line_and_doubles_none(
    settings: Any, dask: Dask, machines: Machines, log: Path
) -> None:
    settings.WEBUSE_CLUSTER = dask.address
    with dask.watched(workers=3) as client:
        assert client.run(lambda: "django" in sys.modules or "DATABASE_URL" in os.environ) == dict.fromkeys(
            client.nthreads(), False
        )
        assert len({urlsplit(each).hostname for each in client.nthreads()}) == (3 if machines.are_apart else 1)
        killer = Killer(client, dask.workers[3])
        found = outcome("elsewhere", log, killer)
        assert len(client.nthreads()) == 2
    assert 0 < killer.killed_at < found.totals.lines
    assert len(house.key_ring("elsewhere").periods()) == 2
    same_as_here(found, log)


def test_rows_in_a_bucket_are_written_and_counted_by_the_cluster(
    settings: Any, dask: Dask, machines: Machines, bucket: S3Server, log: Path
) -> None:
    settings.WEBUSE_S3_ENDPOINT = f"http://{machines.here}:{bucket.port}"
    settings.WEBUSE_CLUSTER = dask.address
    with dask.watched(workers=2):
        found = outcome("in-a-bucket", log)
    same_as_here(found, log)
    assert not Path("s3:").exists()


def test_a_worker_that_fails_writes_no_line_and_no_name_into_its_log(
    settings: Any, dask: Dask, machines: Machines, bucket: S3Server, tmp_path: Path
) -> None:
    settings.WEBUSE_S3_ENDPOINT = f"http://{machines.here}:{bucket.port}"
    settings.WEBUSE_ROWS = "s3://somebody-elses"
    settings.WEBUSE_CLUSTER = dask.address
    with dask.watched(workers=2), pytest.raises(OSError, match="somebody-elses"):
        outcome("nowhere", written(tmp_path, lines=1_000, days=1))
    logs = dask.logs()
    assert "somebody-elses" in logs
    assert not re.search(r"user\d|site\d|only-for-tests|b'", logs)


def test_a_cluster_that_ends_in_mid_import_is_said_and_another_import_goes_on(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    with ExitStack() as here:
        single = Machines(2)
        monkeypatch.setattr(single, "_can_be_apart", lambda: False)
        lost = Dask(here.enter_context(single), tmp_path)
        settings.WEBUSE_CLUSTER = lost.address
        monkeypatch.setattr("moothall.webuse.engine.cluster.PATIENCE", 1)
        with lost.watched(workers=0), pytest.raises(NoCluster, match="has no worker"), house.cluster(HeldKeys({})):
            pass
        lost.add_worker(1)
        with lost.watched(workers=1), pytest.raises(NoCluster, match="the scheduler has ended"):
            outcome("goes-on", log, lambda progress: stop(lost.scheduler, signal.SIGKILL))
    assert 0 < Part.objects.filter(purpose_key="goes-on").count() < 20
    settings.WEBUSE_CLUSTER = ""
    same_as_here(outcome("goes-on", log), log)


def test_no_scheduler_where_the_setting_says_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.webuse.engine.cluster.PATIENCE", 0.5)
    settings.WEBUSE_CLUSTER = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(NoCluster, match="is it running"), house.kit(kits.purpose()):
        pass


@pytest.mark.parametrize(
    ("library", "module", "use"),
    [
        ("distributed", "cluster", lambda: house.cluster(HeldKeys({}))),
        ("obstore.store", "bucket", house.dataset),
    ],
)
def test_without_the_extra_it_is_said_what_to_install(
    settings: Any, monkeypatch: pytest.MonkeyPatch, library: str, module: str, use: Any
) -> None:
    settings.WEBUSE_CLUSTER, settings.WEBUSE_ROWS = "tcp://127.0.0.1:1", "s3://exampleshire-rows"
    monkeypatch.delitem(sys.modules, f"moothall.webuse.engine.{module}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NoCluster, match="pip install"):
        use()


@pytest.mark.parametrize(
    ("problem", "good", "bad"),
    [
        (bucket_problem, ["s3://rows", "s3://rows/a/b", "/srv/rows", "rows"], ["s3://", "https://rows", "gs://rows"]),
        (
            scheduler_problem,
            ["", "tls://10.0.0.5:8786", "tcp://head:8786"],
            ["10.0.0.5:8786", "tcp://head", "tcp://a:b"],
        ),
    ],
)
def test_a_setting_that_cannot_be_is_said_at_the_start(problem: Any, good: list[str], bad: list[str]) -> None:
    assert [problem(each) for each in good] == [""] * len(good)
    assert all(problem(each).startswith("give ") for each in bad)


def test_keys_on_their_way_do_not_show_themselves() -> None:
    assert "only for tests" not in repr(HeldKeys({7: kits.KEY})) + str(HeldKeys({7: kits.KEY}))


def test_what_a_worker_remembers_of_people_goes_nowhere_else(tmp_path: Path) -> None:
    carried = Carried(kits.kit(tmp_path).lookups)
    carried.lookups.people["jo", None, date(2026, 10, 24)] = Placed(b"a pseudonym", "jo", 740, 0)
    carried.lookups.hosts["www.example.com"] = NOT_A_DOMAIN
    there = loads(dumps(carried)).lookups
    assert not there.people
    assert not there.hosts
    assert there.zone == kits.ZONE


# --- The bucket by itself ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    require(s3.installed(), "The S3 server is not installed; run: python -m tests.peers.install")
    with S3Server() as server:
        yield server


@pytest.fixture
def bucket(settings: Any, s3_server: S3Server) -> S3Server:
    settings.WEBUSE_ROWS = f"s3://{S3Server.BUCKET}/web-use/rows/"
    settings.WEBUSE_S3_ENDPOINT = s3_server.url
    settings.WEBUSE_S3_KEY = settings.WEBUSE_S3_SECRET = "only-for-tests"
    settings.WEBUSE_S3_REGION = "eu-west-2"
    return s3_server


def test_what_a_bucket_keeps_is_read_replaced_and_deleted(bucket: S3Server) -> None:
    rows, name = house.dataset(), "some-purpose/2026-10-06/1-0-9.parquet"
    assert rows.write(name, pl.DataFrame({"hits": [1, 2]})) > 0
    rows.write(name, pl.DataFrame({"hits": [3, 4]}))
    rows.write(f"{name}.other", pl.DataFrame({"hits": [5]}))
    assert rows.read([name, f"{name}.other"]).collect()["hits"].to_list() == [3, 4, 5]
    rows.delete([name, "some-purpose/2026-10-06/never-was.parquet"])
    rows.delete([])
    with pytest.raises(FileNotFoundError):
        rows.read([name]).collect()


def test_a_file_in_a_bucket_is_settled_after_a_day(bucket: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, name = house.dataset(), "settling/2026-10-06/1-0-9.parquet"
    rows.write(name, pl.DataFrame({"hits": [1]}))
    rows.write(f"another-{name}", pl.DataFrame({"hits": [1]}))
    assert list(rows.settled("settling")) == []
    monkeypatch.setattr("moothall.webuse.engine.bucket.SETTLED_SECONDS", -60)
    assert list(rows.settled("settling")) == [name]


def test_a_bucket_that_is_not_there_stops_the_import_before_it_counts(
    settings: Any, bucket: S3Server, tmp_path: Path
) -> None:
    settings.WEBUSE_ROWS = "s3://somebody-elses"
    with pytest.raises(OSError, match="somebody-elses"):
        outcome("nowhere", written(tmp_path, lines=100, days=1))
    assert not Part.objects.exists()
