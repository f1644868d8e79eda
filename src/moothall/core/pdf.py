"""Making PDFs, in another process (``pdf_process.py``)."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

LONGEST = 60
"""Seconds that one may take."""
NEEDED = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""The packages of Debian and Ubuntu with which WeasyPrint draws."""
WITHOUT_LIBRARIES = f"A PDF needs libraries of the system that are not there. On Debian or Ubuntu: apt install {NEEDED}"

PATIENCE_SECONDS = 5.0
"""For so long somebody waits while another PDF is made: each who waits keeps a thread from other pages."""
_one_at_a_time = Lock()
"""A PDF takes a process of its own: a hundred who ask at once should not start a hundred."""

logger = logging.getLogger(__name__)


class CannotMake(Exception):
    """No PDF came of it. Its text says why, and what to do."""


def make(html: str, files: Mapping[str, Path]) -> bytes:
    """The PDF of a page. It may name ``files`` as ``moothall:name`` and nothing else. Raises ``CannotMake``."""
    return _run([f"{name}={path}" for name, path in files.items()], html)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until no other PDF is being made in this process. Raises ``CannotMake`` if that takes long."""
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise CannotMake("Another PDF is being made. Try again in a minute.")
    try:
        yield
    finally:
        _one_at_a_time.release()


def trouble() -> str:
    """Why no PDF can be made on this machine; empty if it can."""
    try:
        _run(["--check"], "")
    except CannotMake as error:
        return str(error)
    return ""


def _run(arguments: list[str], html: str) -> bytes:
    command = [sys.executable, "-m", "moothall.core.pdf_process", *arguments]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    try:
        done = subprocess.run(
            command, input=html.encode(), capture_output=True, env=environment, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CannotMake("Making the PDF took longer than a minute. Try again later.") from error
    if done.returncode == 0:
        return done.stdout
    words = done.stderr.decode(errors="replace")
    logger.error("No PDF: %s", words[-2_000:])
    if "cannot load library" in words:
        raise CannotMake(WITHOUT_LIBRARIES)
    raise CannotMake("The PDF could not be made. The log says why.")
