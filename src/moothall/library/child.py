"""The re-encoding process, as its worker sees it: started, listened to, and ended when its time is over."""

import json
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from moothall.core import queue
from moothall.library.outcome import Made, Refused

LOOK_EVERY = 1.0
"""Seconds after which we look up, if the process says nothing."""
LONGEST_WORK = 60 * 60.0
"""Seconds. The longest film of the largest size takes half of that on a small machine."""


class BrokenOff(Exception):
    """The worker was told to stop, or lost its lease: nothing was wrong with the file."""


class Died(RuntimeError):
    """The process ended without a word, or was too slow."""


def reencode(kind: str, source: Path, target: Path, still: Path, go_on: Callable[[int], bool]) -> Made:
    """Have ``source`` written anew. ``go_on`` gets the per cents that are done, and says whether we shall go on.

    Raises ``Refused``, ``BrokenOff`` or ``Died``.
    """
    command = [sys.executable, "-m", "moothall.library.reencode", kind, str(source), str(target), str(still)]
    process = subprocess.Popen(
        [*command, str(settings.UPLOAD_VIDEO_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # FFmpeg's remarks on the file
        bufsize=0,
    )
    try:
        return _listened_to(cast("IO[bytes]", process.stdout), go_on)
    finally:
        process.kill()
        process.communicate()


def _listened_to(voice: IO[bytes], go_on: Callable[[int], bool]) -> Made:
    until = time.monotonic() + LONGEST_WORK
    per_cent = 0
    heard = b""
    while time.monotonic() < until:
        ready, _, _ = select.select([voice], [], [], LOOK_EVERY)
        if queue.is_stopping():
            raise BrokenOff
        piece = voice.read(65_536) if ready else b""
        if ready and not piece:
            raise Died("The re-encoding process ended without a word")
        *lines, heard = (heard + piece).split(b"\n")
        for said in map(json.loads, lines):
            if made := _end_of(said):
                return made
            per_cent = said["progress"]
        if not go_on(per_cent):
            raise BrokenOff
    raise Died("The re-encoding process took too long")


def _end_of(said: dict[str, Any]) -> Made | None:
    if "refused" in said:
        raise Refused(said["refused"])
    return Made(**said["made"]) if "made" in said else None
