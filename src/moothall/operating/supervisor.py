"""Web, worker and listener side by side under one parent: started together, restarted when one dies, ended together."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

QUICK_DEATH_SECONDS = 5
MOST_QUICK_DEATHS = 5
GRACE_SECONDS = 45


@dataclass
class Child:
    """One command of ours that should always be running."""

    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        self.started = time.monotonic()
        # A session of its own: Ctrl-C reaches the parent alone, which then ends its children in good order.
        self.process = subprocess.Popen([sys.executable, "-m", "moothall.cli", *self.arguments], start_new_session=True)

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def note_death(self) -> None:
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 0


class Supervisor:
    """Keeps children running until told to stop."""

    def __init__(self, commands: list[list[str]]) -> None:
        self._children = [Child(arguments) for arguments in commands]
        self._stopping = False

    def run(self) -> int:
        """Returns the exit status: 0 after a stop, 1 if a child would not stay up."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._stop)
        for child in self._children:
            child.start()
        status = 0
        while not self._stopping:
            time.sleep(0.2)
            status = self._restart_the_dead()
            if status:
                break
        self._end_all()
        return status

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _restart_the_dead(self) -> int:
        for child in self._children:
            if self._stopping or not child.has_died():
                continue
            child.note_death()
            if child.quick_deaths >= MOST_QUICK_DEATHS:
                print(f"moothall {child.arguments[0]} keeps stopping; see its messages above.", file=sys.stderr)
                return 1
            print(f"moothall {child.arguments[0]} stopped and is started again.", file=sys.stderr)
            child.start()
        return 0

    def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
