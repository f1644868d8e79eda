"""How quickly a wall's event reaches 1,000, 5,000 and 10,000 viewers, at what cost: ours beside nginx with nchan.

    python -m bench.wall                    three runs of each, alternating; some fifteen minutes
    python -m bench.wall --quick            one run of 1,000 viewers, in a minute
    python -m bench.wall --viewers 5000     runs of so many viewers alone

One event of about 1 kB a second. What is measured, and how to read it: bench/README.md.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from bench.deliveries import environment
from tests.peers.nginx import Nginx
from tests.peers.processes import free_port

EVENTS = 20
SETTLED = 3.0
"""Seconds between the last viewer's coming and the first event."""
AFTER = 3.0
"""Seconds for which we wait for the last event."""
NCHAN = """
  nchan_shared_memory_size 64M;
  server {
    listen 127.0.0.1:PORT backlog=4096;
    location /stream {
      nchan_subscriber eventsource; nchan_channel_id bench; nchan_subscribe_existing_channels_only off;
    }
    location /publish { nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 60; }
  }
"""


@dataclass(frozen=True)
class Figures:
    """What came of one run. Latencies in ms, CPU in percent of one core, memory in MB."""

    p50: float
    p99: float
    cpu: float
    memory: float
    before: float
    """Memory before the viewers came."""
    missed: int
    """Events times viewers that did not arrive: must be 0."""

    def __str__(self) -> str:
        return (
            f"p50 {self.p50:6.1f} ms, p99 {self.p99:6.1f} ms, CPU {self.cpu:5.1f} %, "
            f"memory {self.memory:5.0f} MB (before the viewers {self.before:.0f}), missed {self.missed}"
        )


@contextmanager
def viewers(port: int, path: str, number: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.viewers", str(port), path, str(number)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdout
        try:
            if crowd.stdout.readline().strip() != "ready":
                raise RuntimeError("The viewers could not all connect.")
            yield crowd
        finally:
            crowd.kill()


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    parent = psutil.Process(process.pid)
    return [parent, *parent.children(recursive=True)]


def memory(of: list[psutil.Process]) -> float:
    """MB: what the processes share is counted once."""
    return sum(each.memory_full_info().pss for each in of) / 1e6


def cpu(of: list[psutil.Process]) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in of)


def measure(process: subprocess.Popen[bytes], port: int, path: str, number: int, publish: Any) -> Figures:
    """Let ``number`` viewers come, call ``publish`` (it returns when each event was said), and see when each saw it."""
    servers = family(process)
    before = memory(servers)
    with viewers(port, path, number) as crowd:
        time.sleep(SETTLED)
        spent, begun = cpu(servers), time.monotonic()
        said = publish()
        busy = (cpu(servers) - spent) / (time.monotonic() - begun) * 100
        time.sleep(AFTER)
        most = memory(servers)
        answer, _ = crowd.communicate()
    found = json.loads(answer)
    if found["strange"] or found["lost"]:
        raise RuntimeError(f"Viewers were refused or cut off: {found['strange']}, {found['lost']}")
    late = sorted((at - said[int(key)]) * 1000 for key, moments in found["seen"].items() for at in moments if int(key))
    missed = EVENTS * number - len(late)
    return Figures(late[len(late) // 2], late[int(len(late) * 0.99)], busy, most, before, missed)


def ours(number: int) -> Figures:
    """A real ``moothall web`` on SQLite, told of events by their commits."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        variables = environment(folder, "") | {"MOOTHALL_URL": f"http://127.0.0.1:{port}"}
        subprocess.run([sys.executable, "-m", "bench.speaker"], env=variables, check=True, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-m", "moothall.cli", "web", "--port", str(port)]
        with subprocess.Popen(command, env=variables) as process:
            try:
                wait_for(f"http://127.0.0.1:{port}/healthz")
                return measure(process, port, "/events/bench/stream", number, lambda: speak(variables))
            finally:
                process.terminate()
                process.wait()


def speak(variables: dict[str, str]) -> dict[int, float]:
    command = [sys.executable, "-m", "bench.speaker", str(EVENTS)]
    said = subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {number: float(line) for number, line in enumerate(said.split(), start=1)}


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("moothall web did not start")


def nchan(number: int, frame: str) -> Figures:
    """nginx with nchan as Debian has them, a worker a core, given the same frames by POST."""
    with Nginx(NCHAN, workers=2, connections=number + 1_000) as server:

        def publish() -> dict[int, float]:
            said = {}
            start = time.monotonic()
            with httpx.Client(base_url=server.url) as client:
                for each in range(1, EVENTS + 1):
                    body = re.sub(r"seq-\d{6}", f"seq-{each:06}", frame)
                    time.sleep(max(0.0, start + each - time.monotonic()))
                    said[each] = time.monotonic()
                    client.post("/publish", content=body.encode()).raise_for_status()
            return said

        return measure(server.process, server.port, "/stream", number, publish)


def sample_frame() -> str:
    """The data of one of our frames: nchan is given the same."""
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        command = [sys.executable, "-m", "bench.speaker"]
        said = subprocess.run(
            command, env=environment(folder, ""), check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    frame: str = json.loads(said)["frame"]
    return frame.split("data: ", 1)[1].strip()


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the wall's stream beside nginx with nchan.")
    parser.add_argument("--quick", action="store_true", help="one run of 1,000 viewers")
    parser.add_argument(
        "--viewers", type=int, action="append", help="so many viewers instead of 1,000, 5,000 and 10,000"
    )
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    crowds = chosen.viewers or ([1_000] if chosen.quick else [1_000, 5_000, 10_000])
    frame = sample_frame()
    print(f"Each event is {len(frame.encode())} bytes.")
    missed = 0
    for number in crowds:
        found: dict[str, list[Figures]] = {"ours": [], "nchan": []}
        for _ in range(1 if chosen.quick else chosen.runs):
            for name, run in (("ours", lambda n=number: ours(n)), ("nchan", lambda n=number: nchan(n, frame))):
                found[name].append(run())
                print(f"{number:6} viewers, {name:5}: {found[name][-1]}", flush=True)
        missed += sum(each.missed for runs in found.values() for each in runs)
        report(number, found)
    return 1 if missed else 0


def report(number: int, found: dict[str, list[Figures]]) -> None:
    middle = {
        name: {what: statistics.median(getattr(run, what) for run in runs) for what in ("p50", "p99", "cpu", "memory")}
        for name, runs in found.items()
    }
    units = {"p50": "ms", "p99": "ms", "cpu": "%", "memory": "MB"}
    for name, figures in middle.items():
        for what, value in figures.items():
            print(f"result wall.{name}.{what}_{number} {value:.1f} {units[what]}")
    for what in ("p50", "p99", "memory"):
        print(f"result wall.{what}_ratio_{number} {middle['ours'][what] / middle['nchan'][what]:.2f} x")


if __name__ == "__main__":
    sys.exit(main())
