"""The process in which the room is: its settings, its memory, its door and its end."""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from csp.constants import NONE, SELF
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.signals import got_request_exception

from moothall.core import clock
from moothall.core.body_limit import BodyLimit
from moothall.operating.keyroom import memory, room
from moothall.operating.keyroom.room import Room

MOST_BYTES = 2**20
"""Of a request. Django keeps so much in memory, and would write more to a file."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
GRACE_SECONDS = 5


def settings_for(here: Room) -> dict[str, Any]:
    """What differs from the web application's settings: no sessions, no debugging, nothing trusted.

    Its pages are served by no address: the gate lets in, and leads to the room's own.
    """
    return {
        "DEBUG": False,
        "ALLOWED_HOSTS": list(LOOPBACK),
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "servestatic.middleware.ServeStaticMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "moothall.operating.keyroom.gate.Gate",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "moothall.operating.keyroom.context.page",
                    ],
                },
            },
        ],
        "CSRF_COOKIE_NAME": "moothall-key-room-form",
        "CSRF_COOKIE_PATH": f"/{here.token}/",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_SECURE": False,
        "CSRF_TRUSTED_ORIGINS": [],
        "CSRF_FAILURE_VIEW": "moothall.operating.keyroom.views.forbidden",
        "SECURE_PROXY_SSL_HEADER": None,
        "SECURE_HSTS_SECONDS": 0,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": MOST_BYTES,
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [NONE],
                "style-src": [SELF],
                "img-src": [SELF, "data:"],
                "font-src": [SELF],
                "base-uri": [NONE],
                "form-action": [SELF],
                "frame-ancestors": [NONE],
            }
        },
    }


def door(host: str, port: int) -> socket.socket:
    """Where the room is entered; held by nobody else. Raises ``OSError``."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def serve(entrance: socket.socket, seconds: float, say: Callable[[str], None]) -> None:
    """Serve the room until it is closed or its time is over. ``say`` is told its address, and what is amiss."""
    here = Room(clock.now() + timedelta(seconds=seconds), seconds, tuple(memory.keep_to_itself()))
    room.set_up(here)
    for name, value in settings_for(here).items():
        setattr(settings, name, value)
    logging.disable(logging.CRITICAL)  # whatever would be logged could hold what was typed
    got_request_exception.connect(_say_what_failed)
    for trouble in here.troubles:
        say(trouble)
    host, port = entrance.getsockname()[:2]
    say(f"The key room is at http://{f'[{host}]' if ':' in host else host}:{port}/{here.token}/")
    asyncio.run(_run(entrance, here))


async def _run(entrance: socket.socket, here: Room) -> None:
    config = uvicorn.Config(
        BodyLimit(get_asgi_application(), _most),
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    watching = asyncio.create_task(_watch(here, server))
    await server.serve(sockets=[entrance])
    here.close()
    watching.cancel()


async def _watch(here: Room, server: uvicorn.Server) -> None:
    """Forget in time what waits too long, and end the server when the room is closed."""
    while not here.is_closed:
        await asyncio.sleep(1)
        await asyncio.to_thread(here.tick)
    server.should_exit = True


async def _most(scope: Any) -> int:
    return MOST_BYTES


def _say_what_failed(**about: Any) -> None:
    """Where something failed and of what kind it was, and none of the words that go with it."""
    kind, _, trace = sys.exc_info()
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno}" if trace else "somewhere"
    print(f"{kind.__name__ if kind else 'Something'} in {where}", file=sys.stderr)
