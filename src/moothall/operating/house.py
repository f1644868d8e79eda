"""The data folder: whether Moothall runs on it, and getting its database ready."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


class IsRunning(Exception):
    """Moothall runs on this data folder, and what was asked needs it stopped."""


@contextmanager
def in_use(*, alone: bool = False) -> Iterator[None]:
    """Hold the data folder while working on it; many may, unless one needs it ``alone``. Raises ``IsRunning``.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    folder = Path(settings.DATA_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use.lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IsRunning(f"Another Moothall command works on {folder}.") from error
        yield


def prepare() -> None:
    """Create or upgrade the database. Quick when there is nothing to do."""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
