"""Run a command and say what it took.

    python -m bench.spent OUTPUT COMMAND…

What the command says goes to the file ``OUTPUT``. Printed are, as JSON, seconds, seconds of CPU, and MB at the highest.
Linux counts the memory of whoever starts a process as the process's own until it is another program, so it has to be
started by something small: this. Less than some 12 MB cannot be told.
"""

import json
import os
import subprocess
import sys
import time


def main(output: str, *command: str) -> int:
    with open(output, "wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
