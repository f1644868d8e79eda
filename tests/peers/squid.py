"""Squid from Debian: a proxy that asks who one is, refuses some sites, and writes down each request."""

import shutil
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import httpx

from tests.peers.processes import PeerError, free_port, stop, wait_until_ready

PROGRAM = "/usr/sbin/squid"
ASKS_FOR_NAMES = "/usr/lib/squid/basic_fake_auth"
"""Believes every password: the tests' people have names, and no secrets."""
CONFIGURATION = """
http_port 127.0.0.1:{port}
visible_hostname proxy.exampleshire.example
pid_filename none
cache deny all
cache_log {folder}/cache.log
coredump_dir {folder}
shutdown_lifetime 0 seconds
access_log stdio:{folder}/access.log logformat=squid
{more}
buffered_logs off
logfile_rotate 0
auth_param basic program {names}
auth_param basic realm Exampleshire
acl staff proxy_auth REQUIRED
acl refused dstdomain {refused}
http_access deny !staff
http_access deny refused
http_access allow all
cache_peer 127.0.0.1 parent {origin} 0 no-query originserver default
never_direct allow all
"""


def installed() -> bool:
    """Whether it can be started as it is."""
    return bool(shutil.which("squid") or Path(PROGRAM).exists()) and Path(ASKS_FOR_NAMES).exists()


class _Site(BaseHTTPRequestHandler):
    """Every site of the world: the same short page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"Hello")

    def log_message(self, *what: object) -> None:
        """Says nothing."""


class Squid:
    """A proxy from entering the context to leaving it. ``log`` is the file that it writes, ``url`` its address.

    ``refused`` is a domain that nobody may see. ``more``: further lines of its configuration.
    """

    def __init__(self, refused: str = ".refused.example", more: str = "") -> None:
        self._refused, self._more = refused, more
        self._running = ExitStack()
        self.port = free_port()
        self.log = Path()

    def __enter__(self) -> Self:
        if not installed():
            raise PeerError("Squid is not installed. Run: python -m tests.peers.install")
        with ExitStack() as starting:
            folder = Path(starting.enter_context(tempfile.TemporaryDirectory(prefix="moothall-squid-")))
            folder.chmod(0o777)  # started by root, Squid goes on as another
            sites = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
            threading.Thread(target=sites.serve_forever, daemon=True).start()
            starting.callback(sites.shutdown)
            self.log = folder / "access.log"
            configuration = folder / "squid.conf"
            configuration.write_text(
                CONFIGURATION.format(
                    port=self.port,
                    folder=folder,
                    names=ASKS_FOR_NAMES,
                    refused=self._refused,
                    origin=sites.server_address[1],
                    more=self._more,
                )
            )
            said = starting.enter_context((folder / "said").open("wb"))
            command = [shutil.which("squid") or PROGRAM, "-N", "-f", str(configuration)]
            process = subprocess.Popen(command, stdout=said, stderr=said)
            starting.callback(stop, process)
            wait_until_ready("Squid", self._is_ready, process, folder / "said")
            self._running = starting.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._running.close()

    def get(self, user: str, url: str) -> int:
        """Ask for a page as ``user``; returns the status of the answer."""
        with httpx.Client(proxy=f"http://{user}:any@127.0.0.1:{self.port}", timeout=10, trust_env=False) as client:
            return client.get(url).status_code

    def _is_ready(self) -> bool:
        try:
            httpx.get(f"http://127.0.0.1:{self.port}/", timeout=1, trust_env=False)
        except httpx.HTTPError:
            return False
        return True
