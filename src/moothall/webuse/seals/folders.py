"""Files that are there whole or not at all, in folders that are Moothall's own. Knows nothing of what is in them."""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0o077
"""The permissions that let anybody but the owner read, change or enter."""

UNFINISHED = ".new"
"""How the names of files end that are still being written. They begin with a dot."""


def of_purpose(folder: Path, purpose_key: str) -> Path:
    """The folder of one purpose below ``folder``: purposes share neither keys nor names.

    Raises ``ValueError`` for a key that is more than small letters, digits, hyphens and underscores.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", purpose_key):
        raise ValueError(f"“{purpose_key}” is not the key of a purpose")
    return folder / purpose_key


def make(folder: Path) -> None:
    """Make the folder, if it is not there, for its owner alone. One that is there keeps its permissions."""
    if not folder.is_dir():
        made = [each for each in (*reversed(folder.parents), folder) if not each.exists()]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in made:
            give_to_owner(each)
        sync(folder.parent)


def give_to_owner(path: Path) -> None:
    """Let what root has made belong to the owner of the folder it is in, as whom Moothall runs."""
    if os.geteuid() == 0:
        there = path.parent.stat()
        os.chown(path, there.st_uid, there.st_gid)


def sync(folder: Path) -> None:
    """Return when the folder's list of names is on the disk: a new file is only then sure to outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def unfinished(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside ``path`` with this content, on the disk, under a name of its own. It is gone afterwards."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        give_to_owner(beside)
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def replace(path: Path, content: bytes, mode: int) -> None:
    """Put ``content`` in the place of what is at ``path``. Readers see the one or the other, also after a power cut."""
    with unfinished(path, content, mode) as beside:
        beside.replace(path)
    sync(path.parent)


def rewrite(path: Path, content: bytes) -> None:
    """The same for a file that is there, whose owner, group and permissions stay as they are."""
    was = path.stat()
    with unfinished(path, content, 0o600) as beside:
        with suppress(PermissionError):
            os.chown(beside, was.st_uid, was.st_gid)
        beside.chmod(stat.S_IMODE(was.st_mode))
        beside.replace(path)
    sync(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """The file at ``path``, made if need be, open for reading and writing, and held by nobody else meanwhile.

    Yields its descriptor. Another process that asks for it waits. A process that dies lets go.
    """
    opened = _taken(path)
    try:
        yield opened
    finally:
        os.close(opened)


def _taken(path: Path) -> int:
    """A descriptor of the file, held. One that was put aside while we waited for it is let go for that in its place."""
    while True:
        is_new = not path.exists()
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            if is_new:
                give_to_owner(path)
            fcntl.flock(opened, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(opened), path.stat()):
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)
