"""How quickly the composer's preview answers while ten authors type at once, on one process.

    python -m bench.composer

What is measured and how to read it: bench/README.md.
"""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from bench.deliveries import end, environment

AUTHORS = 10
SECONDS = 30.0
PAUSES = (0.3, 1.0)
"""Between two previews of one author: the composer asks when nobody has typed for a quarter of a second."""
TYPED = " and everybody is welcome"
GOOD_MS = 150.0
TOKEN = "a" * 32
START_SECONDS = 60.0


@contextmanager
def serving(folder: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A Moothall with one web process, as an operator runs it; its address and its authors."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = environment(folder, "") | {"MOOTHALL_URL": url}
    made = subprocess.run(
        [sys.executable, "-m", "bench.authors", str(AUTHORS)], env=settings, check=True, stdout=subprocess.PIPE
    )
    process = subprocess.Popen([sys.executable, "-m", "moothall.cli", "web", "--port", str(port)], env=settings)
    try:
        wait(url)
        yield url, json.loads(made.stdout)
    finally:
        end(process)


def wait(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("Moothall did not start.")


def types(url: str, path: str, author: dict[str, Any], number: int, shows: str) -> list[float]:
    """One author types at the end of the last part; how long each answer took, in milliseconds.

    ``shows``: what must stand in every answer, lest a quick refusal counts as a quick preview.
    """
    chance, form = random.Random(number), dict(author["form"])
    took: list[float] = []
    cookies = {"sessionid": author["session"], "csrftoken": TOKEN}
    headers = {"X-CSRFToken": TOKEN, "Referer": url}
    with httpx.Client(base_url=url, cookies=cookies, headers=headers, timeout=30) as browser:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            time.sleep(chance.uniform(*PAUSES))
            form["text"] += TYPED[len(took) % len(TYPED)]
            begun = time.perf_counter()
            answer = browser.post(path, data=form)
            took.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200 or shows not in answer.text:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
    return took[1:]  # the first has the process load what it needs


def measure(url: str, path: str, authors: list[dict[str, Any]], shows: str) -> list[float]:
    with ThreadPoolExecutor(len(authors)) as desks:
        runs = [desks.submit(types, url, path, each, number, shows) for number, each in enumerate(authors)]
        return sorted(took for run in runs for took in run.result())


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder, serving(folder) as (url, authors):
        figures = {
            "composer.form": measure(url, "/posts/media/", authors, 'name="media"'),
            "composer.preview": measure(url, "/posts/preview/", authors, "Part 5: "),
        }
    for name, took in figures.items():
        p50, p95 = took[len(took) // 2], took[len(took) * 95 // 100]
        load = os.getloadavg()[0]
        print(f"{name:18} {len(took)} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms (load of the machine {load:.1f})")
        print(f"result {name}_p50_ms {p50:.1f} ms")
        print(f"result {name}_p95_ms {p95:.1f} ms")
    found = figures["composer.preview"]
    return 0 if found[len(found) * 95 // 100] < GOOD_MS else 1


if __name__ == "__main__":
    sys.exit(main())
