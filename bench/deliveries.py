"""How quickly deliveries go out when many are due at once: 500 in one minute, over 20 channels.

    python -m bench.deliveries              everything, some twelve minutes
    python -m bench.deliveries --quick      the usual setup alone: SQLite, one worker

What is measured and how to read it: bench/README.md. A channel's time is chosen to the minute, so "due in one minute"
is taken at its hardest: all 500 fall due at the same moment.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg
from cryptography.fernet import Fernet

from bench.answerer import Measured
from bench.schedule import DELIVERIES, MINUTE, schedule
from tests.peers.postgres import PostgresServer

PEER_PROCESSES = 8
"""The plain queue's worker does one thing at a time; this many of them ask as many servers at once as one of ours."""
LONGEST = 240.0
"""Seconds after which a run is given up."""
OURS = ["-m", "moothall.cli", "worker"]
PEER = ["-m", "django", "db_worker", "--no-startup-delay", "--no-reload", "--interval", "0.5", "--verbosity", "0"]
KEY = Fernet.generate_key().decode()


@dataclass(frozen=True)
class Run:
    """One measurement. ``spread`` has the deliveries fall due evenly over the minute instead of all at once."""

    database: str
    workers: int
    delay: float
    spread: bool = False
    is_peer: bool = False

    @property
    def name(self) -> str:
        who = "peer" if self.is_peer else f"w{self.workers}"
        return f"{self.database}.{who}{'.spread' if self.spread else ''}"


@dataclass(frozen=True)
class Figures:
    """What came of a run. Times in seconds, memory in MB (2**20 bytes), of all workers together at its highest."""

    sent: int
    per_second: float
    lateness_p50: float
    lateness_p99: float
    last: float
    doubled: int
    misplaced: int
    peak_mb: float

    def __str__(self) -> str:
        return (
            f"{self.sent:4} out, {self.per_second:6.1f}/s, "
            f"late p50 {self.lateness_p50:6.2f} s, p99 {self.lateness_p99:6.2f} s, last {self.last:6.2f} s, "
            f"doubled {self.doubled}, out of order {self.misplaced}, {self.peak_mb:5.0f} MB"
        )


def runs(quick: bool) -> Iterator[Run]:
    """Every measurement, the usual setup first."""
    databases, workers = (("sqlite",), (1,)) if quick else (("sqlite", "postgresql"), (1, 4))
    for database in databases:
        for delay in (0.0, 0.3):
            for number in workers:
                yield Run(database, number, delay)
            yield Run(database, PEER_PROCESSES, delay, is_peer=True)
        for number in workers:
            yield Run(database, number, 0.3, spread=True)


# --- One run ----------------------------------------------------------------------------------------------------------


def measure(run: Run, server: Measured, environment: dict[str, str]) -> Figures:
    """Let deliveries fall due, let the workers send them, and see what came to the server."""
    server.begin(run.delay)
    due = time.time() + 10 + 1.5 * run.workers
    council = [sys.executable, "-m", "bench.council", server.url, str(due), str(MINUTE if run.spread else 0)]
    subprocess.run([*council, *(["--peer"] if run.is_peer else [])], env=environment, check=True)
    with processes(run.workers, PEER if run.is_peer else OURS, environment) as workers:
        if time.time() > due - 2:
            raise RuntimeError("This machine was too busy to be ready in time. Measure again.")
        peak = watch(workers, server, until=due + LONGEST)
    times = {text: due + after for text, after in schedule(MINUTE if run.spread else 0)}
    return figures(server.posts(), times, peak)


@contextmanager
def processes(number: int, arguments: list[str], environment: dict[str, str]) -> Iterator[list[psutil.Process]]:
    """``number`` worker processes; ended at the end."""
    with ExitStack() as running:
        started = []
        for _ in range(number):
            process = subprocess.Popen([sys.executable, *arguments], env=environment)
            running.callback(end, process)
            started.append(psutil.Process(process.pid))
        yield started


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def watch(workers: list[psutil.Process], server: Measured, until: float) -> float:
    """Wait until everything is out, and a little longer for what should not come. Returns the peak memory in MB."""
    peak, done = 0, 0.0
    while time.time() < until and (not done or time.time() < done + 2):
        peak = max(peak, sum(each.memory_info().rss for each in workers))
        if not done and len({post["text"] for post in server.posts()}) == DELIVERIES:
            done = time.time()
        time.sleep(0.25)
    return peak / 2**20


def figures(posts: list[dict[str, Any]], due: dict[str, float], peak: float) -> Figures:
    first: dict[str, float] = {}
    for post in posts:
        first.setdefault(post["text"], post["at"])
    late = sorted(first[text] - due[text] for text in first)
    last = max(first.values()) - min(due.values())
    return Figures(
        sent=len(first),
        per_second=len(first) / last,
        lateness_p50=late[len(late) // 2],
        lateness_p99=late[min(len(late) - 1, len(late) * 99 // 100)],
        last=last,
        doubled=sum(times - 1 for times in Counter(post["text"] for post in posts).values()),
        misplaced=misplaced(posts),
        peak_mb=peak,
    )


def misplaced(posts: list[dict[str, Any]]) -> int:
    """How many posts came before one of their channel that should have come first."""
    by_channel: dict[str, list[int]] = defaultdict(list)
    for post in posts:
        by_channel[post["token"]].append(int(post["text"].split()[1]))
    return sum(number > min(numbers[place:]) for numbers in by_channel.values() for place, number in enumerate(numbers))


# --- All runs ---------------------------------------------------------------------------------------------------------


@contextmanager
def answerer() -> Iterator[Measured]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.answerer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield Measured(process.stdout.readline().strip())
        process.communicate()


def environment(folder: str, database_url: str) -> dict[str, str]:
    """A Moothall of its own: as an operator would set it up, but that it may speak to this machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MOOTHALL_")} | {
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "DATABASE_URL": database_url or f"sqlite:///{folder}/moothall.sqlite3",
        "MOOTHALL_DATA": folder,
        "MOOTHALL_SECRET_KEY": "only-for-measuring-" * 4,
        "MOOTHALL_SEALING_KEYS": KEY,
        "MOOTHALL_OUTBOUND_ALLOWED_HOSTS": "127.0.0.1",
        "MOOTHALL_EMAIL_URL": "dummy://",
        "MOOTHALL_LOG_LEVEL": "WARNING",
    }


def new_database(server: PostgresServer, name: str) -> str:
    """An empty database on the server; its address."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server.url.rpartition('/')[0]}/{name}"


def is_good(run: Run, found: Figures) -> bool:
    """Whether what must hold did: all out, in order, none twice, the minute kept. The peer promises none of it."""
    if run.is_peer:
        return True
    whole = found.sent == DELIVERIES and not found.doubled and not found.misplaced
    return whole and found.last < MINUTE + (10 if run.spread else 0)


def report(results: dict[Run, Figures]) -> None:
    for run, found in results.items():
        delay = f"{run.delay * 1000:.0f}ms"
        print(f"result deliveries.{run.name}.per_second_{delay} {found.per_second:.1f} per_second")
        print(f"result deliveries.{run.name}.lateness_p50_{delay} {found.lateness_p50:.2f} s")
        print(f"result deliveries.{run.name}.lateness_p99_{delay} {found.lateness_p99:.2f} s")
        print(f"result deliveries.{run.name}.out_of_order_{delay} {found.misplaced} count")
        print(f"result deliveries.{run.name}.peak_mb_{delay} {found.peak_mb:.0f} MB")
    usual = {run.delay: found for run, found in results.items() if run == Run("sqlite", 1, run.delay)}
    ours = [found for run, found in results.items() if not run.is_peer]
    print(f"result deliveries.per_second_0ms {usual[0.0].per_second:.1f} per_second")
    print(f"result deliveries.per_second_300ms {usual[0.3].per_second:.1f} per_second")
    print(f"result deliveries.lateness_p99_s {usual[0.3].lateness_p99:.2f} s")
    print(f"result deliveries.doubled {sum(found.doubled for found in ours)} count")
    print(f"result deliveries.peak_mb {max(found.peak_mb for found in usual.values()):.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how quickly deliveries go out.")
    parser.add_argument("--quick", action="store_true", help="the usual setup alone: SQLite, one worker")
    results: dict[Run, Figures] = {}
    with ExitStack() as servers:
        postgres: PostgresServer | None = None
        for number, run in enumerate(runs(parser.parse_args().quick)):
            if run.database == "postgresql" and postgres is None:
                postgres = servers.enter_context(PostgresServer())
            url = new_database(postgres, f"run_{number}") if postgres else ""
            with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder, answerer() as server:
                results[run] = measure(run, server, environment(folder, url))
            print(f"{run.name:22} {run.delay * 1000:3.0f} ms: {results[run]}", flush=True)
    report(results)
    return 0 if all(is_good(run, found) for run, found in results.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
