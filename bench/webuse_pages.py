"""How quickly the pages of web use come, with a year of figures of 30,000 staff in 300 units.

    python -m bench.webuse_pages              on SQLite or, with DATABASE_URL, in that empty database
    python -m bench.webuse_pages --quick      of 3,000 staff in 60 units

What is measured and how to read it: bench/README.md. Ends with 1 if the slowest page's p95 is 300 ms or more.
"""

import argparse
import os
import statistics
import sys
import tempfile

from bench.deliveries import environment
from bench.pages import percentile, run

SIZE, QUICK = ("30000", "300"), ("3000", "60")
TIMES = 40
SLOWEST_MS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the pages of web use.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the staff")
    size = QUICK if parser.parse_args().quick else SIZE
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        env = environment(folder, os.environ.get("DATABASE_URL", ""))
        found = run("bench.webuse_year", *size, str(TIMES), env=env)
    print(f"{found.pop('rows'):,} figures")
    for page, each in found.items():
        p50, p95 = statistics.median(each["ms"]), percentile(each["ms"], 95)
        print(f"{page:16} p50 {p50:6.1f} ms, p95 {p95:6.1f} ms, {each['queries']:3} queries, {each['kb']:6.1f} kB")
    slowest = max(percentile(each["ms"], 95) for each in found.values())
    print(f"result webuse.pages_max_queries {max(each['queries'] for each in found.values())} count")
    print(f"result webuse.pages_p95_ms {slowest:.1f} ms")
    sys.exit(slowest >= SLOWEST_MS)


if __name__ == "__main__":
    main()
