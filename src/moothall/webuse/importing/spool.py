"""Where lines that a proxy sent lie until they are counted: files that only the importer reads, each for some seconds.

A file has a name that is never given again, by which an import knows it: killed before the file was deleted, the next
one finds that it is read. What is in a file outlives a kill; what is synced outlives a power cut as well.
"""

import fcntl
import os
import secrets
import threading
import time
from collections import deque
from pathlib import Path

from moothall.webuse.seals import folders

SUFFIX = ".lines"
LARGEST = 64 * 2**20
"""Bytes after which a file is closed."""
OLDEST = 10.0
"""Seconds after which a file is closed."""
ASIDE = "not-read"
"""The folder for files of which nobody can tell the format."""


class InUse(Exception):
    """Another listener has the spool. Its text says what to do."""


class SpoolFile:
    """A file that is being written, made with its first line. What cannot be written waits in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.began = time.monotonic()
        self.size = 0
        """Bytes of it, with what waits."""
        self.unsynced = 0
        self._waits = bytearray()
        self._file: int | None = None

    def add(self, lines: list[bytes]) -> int:
        """Add lines; returns how many bytes they are. They are in the file after the next ``write`` that succeeds."""
        data = b"\n".join([*lines, b""])
        self._waits += data
        self.size += len(data)
        return len(data)

    def write(self) -> None:
        """Write all that waits. Raises ``OSError``; what could not be written still waits then."""
        if self._file is None:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            folders.sync(self.path.parent)
        while self._waits:
            written = os.write(self._file, self._waits)
            self.unsynced += written
            del self._waits[:written]

    def sync(self) -> None:
        """Return when what is written is on the disk."""
        if self._file is not None:
            self.unsynced = 0
            os.fdatasync(self._file)

    def is_full(self) -> bool:
        return self.size >= LARGEST or time.monotonic() - self.began >= OLDEST

    def close(self) -> None:
        """Bring all to the disk, and write no more."""
        self.write()
        self.sync()
        if self._file is not None:
            os.close(self._file)


class Spool:
    """The files in ``folder``. One listener at a time: raises ``InUse``. Used by several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folders.make(folder)
        self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise InUse(f"Another listener keeps its lines in {folder}. Stop it, or give this one a folder of its own.")
        self._turn = threading.Condition()
        left = sorted(folder.glob(f"*{SUFFIX}"))
        self._finished = deque(left)
        self._bytes = sum(path.stat().st_size for path in left)

    @property
    def bytes(self) -> int:
        """How much lies here and is not yet counted."""
        return self._bytes

    def begin(self, sender: str) -> SpoolFile:
        """A new file for what ``sender`` sends."""
        return SpoolFile(self.folder / f"{time.time_ns():020d}-{secrets.token_hex(8)}-{sender}{SUFFIX}")

    def grew(self, size: int) -> None:
        """Take note that ``size`` bytes more lie here."""
        with self._turn:
            self._bytes += size

    def finish(self, file: SpoolFile) -> None:
        """Close a file: it can be counted. Raises ``OSError`` if what waits of it cannot be written."""
        file.close()
        with self._turn:
            self._finished.append(file.path)
            self._turn.notify()

    def next(self, timeout: float) -> Path | None:
        """The file that is to be counted next, once there is one; ``None`` if there is none in ``timeout`` seconds."""
        with self._turn:
            self._turn.wait_for(lambda: self._finished, timeout)
            return self._finished[0] if self._finished else None

    def done(self, path: Path) -> None:
        """All of the file that came next is counted: delete it."""
        self._gone(path, path.stat().st_size)
        path.unlink()

    def put_aside(self, path: Path) -> Path:
        """Nobody can read the file that came next: keep it elsewhere. Returns where."""
        folders.make(self.folder / ASIDE)
        to = self.folder / ASIDE / path.name
        self._gone(path, path.stat().st_size)
        path.rename(to)
        return to

    def _gone(self, path: Path, size: int) -> None:
        with self._turn:
            self._finished.remove(path)
            self._bytes -= size

    def close(self) -> None:
        """Let another listener have it."""
        os.close(self._lock)


def sender_of(path: Path) -> str:
    """Who sent what is in a file of the spool."""
    return path.name.removesuffix(SUFFIX).split("-", 2)[2]
