"""The web server with the walls' streams at its door."""

import gc
import resource
from functools import partial
from typing import Any, cast

import uvicorn

from moothall.events.wall.door import Door
from moothall.events.wall.tailer import Tailer

KEPT_FILES = 256
"""Of the files that the process may open, so many are for everything but viewers."""
GRACE_SECONDS = 10


def serve(application: Any, host: str, port: int) -> None:
    """Serve ``application`` (ASGI, or the dotted path to it) and the walls until told to stop by a signal."""
    tailer = Tailer(most_viewers())
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=cast(Any, partial(Door, tailer.hub)),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=False,
        backlog=4096,
    )
    config.load()
    spare_the_collector()
    tailer.start()
    try:
        uvicorn.Server(config).run()
    finally:
        tailer.stop()


def most_viewers() -> int:
    """Let the process open as many files as it may; how many of them viewers can have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(KEPT_FILES, most - KEPT_FILES)


def spare_the_collector() -> None:
    """Let Python look for garbage in cycles less often: with ten thousand viewers each look takes long (measured)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
