"""The re-encoding process: ``python -m moothall.library.reencode ANIMATION-OR-VIDEO SOURCE TARGET STILL LONGEST``.

It reads what anybody may have made, with the decoders of FFmpeg and Pillow: so it stands apart, with little memory, and
what kills it kills no worker. It says what it does in lines of JSON: ``{"progress": 40}``, and at the end
``{"made": {…}}`` or ``{"refused": "why"}``. Its standard input tells it that the worker is still there.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from moothall.library import animations, sniffing, videos
from moothall.library.outcome import DAMAGED, Made, Refused
from moothall.networks.base import MediaKind

MEMORY = 3 * 2**30
"""Bytes of address space, of which threads reserve much and use little. Measured: a 4K film takes 270 MB really."""
NICENESS = 10
"""Sending posts comes first."""
TELLS_EVERY = 1.0
"""Seconds."""


def main(kind: str, source: str, target: str, still: str, longest: str) -> None:
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        made = _reencoded(MediaKind(kind), Path(source), Path(target), Path(still), float(longest))
    except Refused as refused:
        _say({"refused": str(refused)})
    else:
        _say({"made": asdict(made)})


def _reencoded(kind: MediaKind, source: Path, target: Path, still: Path, longest: float) -> Made:
    tell = _now_and_then()
    if kind == MediaKind.ANIMATION:
        return animations.reencode(source, target, still, tell)
    with source.open("rb") as file:
        found = sniffing.sniff(file.read(sniffing.HEAD_BYTES))
    if found is None or not found.demuxer:
        raise Refused(DAMAGED)
    return videos.reencode(source, target, still, found.demuxer, longest, tell)


def _now_and_then() -> Callable[[int], None]:
    """A function that says how far we are, once in a while."""
    said_at = 0.0

    def tell(per_cent: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= TELLS_EVERY:
            said_at = time.monotonic()
            _say({"progress": per_cent})

    return tell


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


def _end_with_the_worker() -> None:
    """A worker that is killed cannot end us; but then our standard input closes."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
