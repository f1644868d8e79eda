"""How quickly a proxy's log becomes persisted dashboards: ours beside goaccess and calamaris, with ``wc`` as the floor.

    python -m bench.webuse              everything, up to 20 million lines; some twenty minutes
    python -m bench.webuse --quick      without the 20 million lines
    python -m bench.webuse --runs 1     every tool once

What is measured, and how to read it: bench/README.md.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from bench.deliveries import environment
from moothall.webuse import samples

SEED = 26
TUESDAY = date(2026, 9, 22)
SMALL, LARGE, HUGE = 1_000_000, 5_000_000, 20_000_000
HUGE_DAYS = 4
"""So that a day of the 20 million lines is as large as that of the 5 million."""
INCREMENT, INCREMENTS = 100_000, 5
GOACCESS_FORMAT = "%x.%^ %~%L %h %^/%s %b %m %U %e %^"
"""Squid's native lines: time, ms, client, status, bytes, method, URL, user; the peer and the type are left out."""


@dataclass(frozen=True)
class Spent:
    """What one run took, in seconds and in MB (2**20 bytes)."""

    wall: float
    cpu: float
    """User and system time of the process and its children together."""
    peak: float
    """Resident memory at its highest, of the largest of them."""

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s, CPU {self.cpu:7.2f} s, {self.peak:6.0f} MB"


# --- Ours: all that this benchmark knows of Moothall's commands -------------------------------------------------------


def moothall_setup(home: Path) -> None:
    """A Moothall of its own on SQLite in ``home``, with a purpose and people to import for. Not measured."""
    home.mkdir()
    spend([sys.executable, "-m", "bench.webuse_council"], home / "output.txt", environment(str(home), ""))


def moothall_import(log: Path, home: Path) -> Spent:
    """Everything from the file to the persisted dashboards; of a file that it has seen, what was added since."""
    command = [sys.executable, "-m", "moothall.cli", "webuse", "import", str(log)]
    return spend(command, home / "output.txt", environment(str(home), ""))


# --- The tools --------------------------------------------------------------------------------------------------------


class Miscounted(Exception):
    """A tool did not read every line: its time means nothing."""


def ours(log: Path, lines: int, folder: Path) -> Spent:
    home = folder / "home"
    moothall_setup(home)
    spent = moothall_import(log, home)
    said = re.search(r"^([\d,]+) new lines, 0 of them refused", (home / "output.txt").read_text(), re.MULTILINE)
    counted("Moothall", lines, int(said[1].replace(",", "")) if said else 0)
    return spent


def wc(log: Path, lines: int, folder: Path) -> Spent:
    """The floor: the lines are found, and nothing else."""
    spent = spend(["wc", "-l", str(log)], folder / "output.txt")
    counted("wc", lines, int((folder / "output.txt").read_text().split()[0]))
    return spent


def goaccess(log: Path, lines: int, folder: Path) -> Spent:
    """All its panels, to JSON. Valid requests are those that did not fail."""
    report = folder / "report.json"
    command = ["goaccess", str(log), "--no-global-config", "--no-progress", f"--log-format={GOACCESS_FORMAT}"]
    spent = spend([*command, "--datetime-format=%s", f"--output={report}"], folder / "output.txt")
    counted("goaccess", lines, json.loads(report.read_text())["general"]["valid_requests"])
    return spent


def calamaris(log: Path, lines: int, folder: Path) -> Spent:
    """``-a``: all useful reports; ``-u``: by user; ``-n``: no DNS is asked. Lines parsed are valid ones."""
    report = folder / "report.txt"
    spent = spend(["calamaris", "-a", "-u", "-n", "-f", "squid", str(log)], report)
    parsed = re.search(r"^lines parsed: +lines +(\d+)", report.read_text(), re.MULTILINE)
    counted("calamaris", lines, int(parsed[1]) if parsed else 0)
    return spent


Tool = Callable[[Path, int, Path], Spent]


def spend(command: list[str], output: Path, variables: dict[str, str] | None = None) -> Spent:
    """Run a command to its end. Raises ``RuntimeError`` with what it said if it fails."""
    measured = [sys.executable, "-m", "bench.spent", str(output), *command]
    done = subprocess.run(measured, env=variables, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{output.read_text(errors='replace')[-3_000:]}")
    return Spent(*json.loads(done.stdout))


def counted(tool: str, lines: int, found: int) -> None:
    if found != lines:
        raise Miscounted(f"{tool} read {found:,} of {lines:,} lines")


# --- The runs ---------------------------------------------------------------------------------------------------------


def by_turns(log: Path, lines: int, tools: dict[str, Tool], runs: int) -> dict[str, list[Spent]]:
    """Every tool once, then every tool again: what else the machine does meets them all."""
    found: dict[str, list[Spent]] = {name: [] for name in tools}
    for _ in range(runs):
        for name, tool in tools.items():
            with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
                spent = tool(log, lines, Path(folder))
            found[name].append(spent)
            print(f"{lines:10,} lines, {name:9}: {spent}, {lines / spent.wall:10,.0f} lines/s", flush=True)
    return found


def increments(log: Path, added: list[bytes]) -> list[float]:
    """Seconds for the lines that were appended to a file that was imported before, each time, by one that runs on."""
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        home = Path(folder) / "home"
        moothall_setup(home)
        more = []
        for number, lines in enumerate(added):
            more.append(Path(folder) / f"more-{number}.log")
            more[-1].write_bytes(lines)
        command = [sys.executable, "-m", "bench.webuse_follow", str(log), *map(str, more)]
        done = subprocess.run(command, env=environment(str(home), ""), stdout=subprocess.PIPE, check=True)
    took: list[float] = json.loads(done.stdout)
    for seconds in took:
        print(f"{INCREMENT:10,} lines more    : {seconds:7.2f} s", flush=True)
    return took


def growing_log(folder: Path) -> tuple[Path, list[bytes]]:
    """A day's log up to its ``LARGE``-th line, in the afternoon, and what comes next."""
    day, log = folder / "day.log", folder / "large.log"
    samples.write(day, lines=LARGE + INCREMENT * INCREMENTS, seed=SEED, start=TUESDAY)
    with day.open("rb") as whole, log.open("wb") as first:
        first.writelines(islice(whole, LARGE))
        added = [b"".join(islice(whole, INCREMENT)) for _ in range(INCREMENTS)]
    day.unlink()
    return log, added


def middle(found: list[Spent], what: str = "wall") -> float:
    values: list[float] = [getattr(each, what) for each in found]
    return statistics.median(values)


def report(small: dict[str, list[Spent]], large: dict[str, list[Spent]], took: list[float]) -> None:
    mine, goaccess_wall = middle(large["ours"]), middle(large["goaccess"])
    calamaris_rate = SMALL / middle(small["calamaris"])
    cpu = {name: middle(found, "cpu") for name, found in large.items()}
    print(f"Of one core, {LARGE:,} lines: ours {cpu['ours']:.1f} s, goaccess {cpu['goaccess']:.1f} s of CPU.")
    print(f"calamaris read the log of {SMALL:,} lines alone: its lines a second are compared with ours of {LARGE:,}.")
    print(
        f"On the same {SMALL:,} lines ours is {middle(small['calamaris']) / middle(small['ours']):.1f} times as quick."
    )
    print(f"result webuse.ratio_goaccess {goaccess_wall / mine:.2f} x")
    print(f"result webuse.ratio_calamaris {LARGE / mine / calamaris_rate:.2f} x")
    print(f"result webuse.lines_per_second {LARGE / mine:.0f} lines/s")
    print(f"result webuse.peak_mb {max(each.peak for each in large['ours']):.0f} MB")
    print(f"result webuse.increment_s {statistics.median(took):.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the import of proxy logs beside goaccess and calamaris.")
    parser.add_argument("--quick", action="store_true", help="without the 20 million lines")
    parser.add_argument("--runs", type=int, default=3, help="how often each tool reads each log")
    chosen = parser.parse_args()
    print(f"The machine's load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        little = Path(folder) / "small.log"
        samples.write(little, lines=SMALL, seed=SEED, start=TUESDAY)
        peers: dict[str, Tool] = {"wc": wc, "goaccess": goaccess}
        small = by_turns(little, SMALL, {**peers, "calamaris": calamaris, "ours": ours}, chosen.runs)
        log, added = growing_log(Path(folder))
        large = by_turns(log, LARGE, {**peers, "ours": ours}, chosen.runs)
        report(small, large, increments(log, added))
        log.unlink()
        if not chosen.quick:
            huge = Path(folder) / "huge.log"
            samples.write(huge, lines=HUGE, seed=SEED, start=TUESDAY, days=HUGE_DAYS)
            [most] = by_turns(huge, HUGE, {"ours": ours}, 1)["ours"]
            print(f"result webuse.linear_20m {most.wall / HUGE / (middle(small['ours']) / SMALL):.2f} x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
