"""How quickly a pause takes hold: from its commit to the last request that a busy house still writes.

    python -m bench.pause                   five times on SQLite, some six minutes
    python -m bench.pause --postgresql      the same on PostgreSQL

Four worker processes of eight threads each send 500 posts that are due at once, over 20 channels, to a server that
takes 300 ms for each. In the midst of it everything is paused. What is measured, and how to read it: bench/README.md.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass

from bench.answerer import Measured
from bench.deliveries import OURS, answerer, environment, new_database, processes
from bench.schedule import DELIVERIES
from tests.peers.postgres import PostgresServer

TIMES = 5
WORKERS = 4
DELAY = 0.3
READY = 60.0
"""Seconds for filling the database and starting the workers."""
MIDST = 100
"""So many posts are made when everything is paused."""
LONGEST = 120.0
"""Seconds after which a measurement is given up."""
AFTER = 5.0
"""Seconds for which we watch for what should not come."""


@dataclass(frozen=True)
class Figures:
    """What came of one pause. ``seconds`` from its commit to the last request that the server saw; 0: none came."""

    seconds: float
    switching: float
    """From asking for the pause to its commit."""
    before: int
    after: int
    """Requests that the server saw before and after the commit."""

    def __str__(self) -> str:
        return (
            f"{self.before:3} requests before, {self.after:2} after; the last {self.seconds:.3f} s after the commit, "
            f"which took {self.switching:.3f} s"
        )

    @property
    def was_busy(self) -> bool:
        """Whether the pause came while there was much to send."""
        return self.before > 0 and self.before + self.after < DELIVERIES


def measure(server: Measured, variables: dict[str, str]) -> Figures:
    """Let deliveries fall due, let the workers send them, pause, and see what still comes to the server."""
    server.begin(DELAY)
    due = time.time() + READY
    council = [sys.executable, "-m", "bench.council", server.url, str(due), "0"]
    subprocess.run(council, env=variables, check=True)
    switch = [sys.executable, "-m", "bench.switch"]
    with (
        processes(WORKERS, OURS, variables),
        subprocess.Popen(switch, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as switching,
    ):
        assert switching.stdout
        switching.stdout.readline()
        if time.time() > due:
            raise RuntimeError("This machine was too busy to be ready in time. Measure again.")
        wait_for_the_midst(server, until=due + LONGEST)
        asked, committed = map(float, switching.communicate("now\n")[0].split())
        time.sleep(AFTER)
    requests = [post["asked"] for post in server.posts()]
    late = [at for at in requests if at > committed]
    last = max(late, default=committed)
    return Figures(last - committed, committed - asked, len(requests) - len(late), len(late))


def wait_for_the_midst(server: Measured, until: float) -> None:
    while len(server.posts()) < MIDST:
        if time.time() > until:
            raise RuntimeError("The workers sent too little to pause them in the midst of it. Measure again.")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how quickly a pause takes hold.")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    found: list[Figures] = []
    with ExitStack() as servers:
        postgres = servers.enter_context(PostgresServer()) if parser.parse_args().postgresql else None
        for number in range(TIMES):
            url = new_database(postgres, f"pause_{number}") if postgres else ""
            with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder, answerer() as server:
                found.append(measure(server, environment(folder, url)))
            print(found[-1], flush=True)
    print(f"result pause.switching {statistics.median(each.switching for each in found):.3f} s")
    print(f"result pause.seconds {statistics.median(each.seconds for each in found):.3f} s")
    return 0 if all(each.was_busy for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
