"""A server of the S3 kind: PyPI's `moto`, in a virtual environment of its own, for its packages do not go with ours.

It keeps what it is sent in memory, and anybody's key opens it. It is not Amazon's S3, and what it says of permissions,
of old versions and of its speed says nothing about that.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx

from tests.peers.processes import PeerError, free_port, stop, wait_until_ready

FOLDER = Path(__file__).parent / "s3_moto"
LOCK = FOLDER / "requirements.lock"
PROGRAMS = FOLDER / ".venv/bin"
STAMP = FOLDER / ".venv/installed"


def installed() -> bool:
    """Whether the server can be started as it is."""
    return STAMP.exists() and STAMP.read_text() == _stamp()


def install() -> None:
    """Install the locked packages, unless they are there. Raises `PeerError` with pip's words when it fails."""
    if installed():
        return
    shutil.rmtree(FOLDER / ".venv", ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", FOLDER / ".venv"],
        [PROGRAMS / "pip", "--disable-pip-version-check", "-q", "install", "--require-hashes", "-r", LOCK],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerError(f"The S3 server could not be installed:\n{done.stdout}{done.stderr}")
    STAMP.write_text(_stamp())


def _stamp() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


class S3Server:
    """A server with one empty bucket, from entering the context to leaving it.

    `url` is its address for this machine; `port` is open on all its addresses.
    """

    BUCKET = "exampleshire-rows"

    def __init__(self) -> None:
        self._running = ExitStack()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        if not installed():
            raise PeerError("The S3 server is not installed. Run: python -m tests.peers.install")
        with ExitStack() as starting:
            folder = Path(starting.enter_context(tempfile.TemporaryDirectory(prefix="moothall-s3-")))
            log = starting.enter_context((folder / "log").open("wb"))
            command = [PROGRAMS / "moto_server", "--host", "0.0.0.0", "--port", str(self.port)]
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
            starting.callback(stop, process)
            wait_until_ready("The S3 server", self._is_ready, process, folder / "log")
            httpx.put(f"{self.url}/{self.BUCKET}").raise_for_status()
            self._running = starting.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._running.close()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/moto-api/", timeout=5).is_success
        except httpx.HTTPError:
            return False
