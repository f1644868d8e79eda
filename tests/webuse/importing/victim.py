"""An importer to be killed: a process that imports in forked children, each of which dies by SIGKILL at its point.

It reads requests from its standard input, one JSON object a line, and answers each with "killed" or "finished". To
fork is to be spared the start of Python; nothing of the engine runs in the parent, whose threads no child would have.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moothall.webuse.importing import sources
from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from tests.webuse import kits

START = "import django; django.setup(); from tests.webuse.importing import victim; victim.main()"
"""The program that such a process runs."""
WRITTEN, SEALED, COUNTED, HALF_COUNTED = "part written", "names sealed", "piece counted", "piece half counted"
MOMENTS = (WRITTEN, SEALED, COUNTED, HALF_COUNTED)
"""After the n-th of which a child dies; or, with none of them, after so many milliseconds."""


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            try:
                work(**request)
            except BaseException as error:
                print(f"failed: {error!r}", flush=True)
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        print("killed" if os.WIFSIGNALED(status) else "finished", flush=True)


def work(folder: str, log: str, moment: str, count: int, segment: int) -> None:
    """Import ``log`` into ``folder`` and die at ``moment``, for the ``count``-th time it comes."""
    trap = Trap(moment, count)
    kit = kits.kit(Path(folder), segment_bytes=segment, seal=trap.after(SEALED, lambda names: None))
    sources.move_on = trap.after(COUNTED, sources.move_on)
    sources.mark_stale = trap.after(HALF_COUNTED, sources.mark_stale)
    type(kit.dataset).write = trap.after(WRITTEN, type(kit.dataset).write)  # type: ignore[method-assign]
    import_log(kit, Log(Path(log)))


class Trap:
    """Kills this process at its point."""

    def __init__(self, moment: str, count: int) -> None:
        self._moment, self._left = moment, count
        if moment not in MOMENTS:
            threading.Thread(target=self._wait, args=[count / 1000], daemon=True).start()

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)

    def after(self, moment: str, what: Callable[..., Any]) -> Callable[..., Any]:
        """``what``, after which the process dies if this was the point."""

        def done(*args: Any, **kwargs: Any) -> Any:
            result = what(*args, **kwargs)
            if moment == self._moment:
                self._left -= 1
                if self._left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return result

        return done
