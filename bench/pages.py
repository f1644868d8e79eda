"""How quickly the ten most used pages of a busy council come, and with how many queries.

    python -m bench.pages              SQLite and PostgreSQL, some six minutes
    python -m bench.pages --quick      SQLite alone, with 5,000 posts

What is measured and how to read it: bench/README.md.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from typing import Any

from bench.deliveries import environment, new_database
from tests.peers.postgres import PostgresServer

POSTS = 50_000
TIMES = 30
QUICK_POSTS = 5_000

Found = dict[str, dict[str, Any]]


def run(module: str, *arguments: str, env: dict[str, str]) -> Any:
    """What a module of ours prints, as JSON, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], env=env, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def measure(database: str, url: str, posts: int) -> Found:
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        env = environment(folder, url)
        facts = run("bench.crowd", str(posts), env=env)
        found: Found = run("bench.asked", json.dumps(facts), str(TIMES), env=env)
    for page, each in found.items():
        p50, p95 = statistics.median(each["ms"]), percentile(each["ms"], 95)
        print(f"{database:10} {page:15} p50 {p50:7.1f} ms, p95 {p95:7.1f} ms, {each['queries']:3} queries")
    return found


def percentile(of: list[float], share: int) -> float:
    ordered = sorted(of)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def report(results: dict[str, Found]) -> None:
    for database, found in results.items():
        for page, each in found.items():
            print(f"result pages.{database}.{page}.p50_ms {statistics.median(each['ms']):.1f} ms")
            print(f"result pages.{database}.{page}.p95_ms {percentile(each['ms'], 95):.1f} ms")
    every = [each for found in results.values() for each in found.values()]
    print(f"result pages.p95_ms {max(percentile(each['ms'], 95) for each in every):.1f} ms")
    print(f"result pages.max_queries {max(each['queries'] for each in every)} count")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the pages of a busy council.")
    parser.add_argument("--quick", action="store_true", help="SQLite alone, with 5,000 posts")
    is_quick = parser.parse_args().quick
    posts = QUICK_POSTS if is_quick else POSTS
    with ExitStack() as servers:
        results = {"sqlite": measure("sqlite", "", posts)}
        if not is_quick:
            server = servers.enter_context(PostgresServer())
            results["postgresql"] = measure("postgresql", new_database(server, "pages"), posts)
    report(results)


if __name__ == "__main__":
    main()
