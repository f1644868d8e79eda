"""How quickly the pages of policies come with 30,000 staff in 600 units, and how long a round of reminders takes.

    python -m bench.policies              on SQLite or, with DATABASE_URL, in that empty database
    python -m bench.policies --quick      of 3,000 staff in 60 units

What is measured: the coverage of a version that 70 in 100 have acknowledged, half of them in the version before; the
list of policies for a member of staff; the file for audit; and one day's round, in which everybody who has not
acknowledged is reminded. Ends with 1 if the coverage page's p95 is 300 ms or more.
"""

import argparse
import os
import statistics
import sys
import tempfile

from bench.deliveries import environment
from bench.pages import percentile, run

SIZE, QUICK = ("30000", "600"), ("3000", "60")
TIMES = 40
SLOWEST_MS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the pages of policies.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the staff")
    size = QUICK if parser.parse_args().quick else SIZE
    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        env = environment(folder, os.environ.get("DATABASE_URL", ""))
        found = run("bench.policies_staff", *size, str(TIMES), env=env)
    print(f"{found['acknowledgements']:,} acknowledgements: {found['everybody']}")
    print(f"{found['hidden']} of {found['lines']} lines hidden")
    for page, each in found["pages"].items():
        p50, p95 = statistics.median(each["ms"]), percentile(each["ms"], 95)
        print(f"{page:16} p50 {p50:6.1f} ms, p95 {p95:6.1f} ms, {each['queries']:3} queries, {each['kb']:6.1f} kB")
    print(f"{found['reminded']:,} people reminded")
    slowest = percentile(found["pages"]["coverage"]["ms"], 95)
    print(f"result policies.export_s {found['export_s']:.2f} s")
    print(f"result policies.reminders_s {found['reminders_s']:.1f} s")
    print(f"result policies.coverage_p95_ms {slowest:.1f} ms")
    sys.exit(slowest >= SLOWEST_MS)


if __name__ == "__main__":
    main()
