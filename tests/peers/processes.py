"""Starting and stopping server processes."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

LOG_TAIL = 3_000  # characters of a server's log that go into an error message


class PeerError(RuntimeError):
    """A server did not start, or is not installed; the message says what to do."""


def free_port() -> int:
    """A loopback port that nobody listens on now (the next moment it may be taken: use it at once)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(name: str, ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll `ready` until it is true. Raises `PeerError` with the log's end if the process ends or 30 s pass."""
    deadline = time.monotonic() + 30
    while not ready():
        if process.poll() is not None:
            raise PeerError(f"{name} ended with code {process.returncode} at its start:\n{tail(log)}")
        if time.monotonic() > deadline:
            stop(process)
            raise PeerError(f"{name} was not ready within 30 seconds:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path) -> str:
    """The last lines of a server's log."""
    return log.read_text(errors="replace")[-LOG_TAIL:]


def stop(process: subprocess.Popen[bytes], polite: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Ask a process to end by the signal `polite`; kill it if it has not ended within `patience` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(polite)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
