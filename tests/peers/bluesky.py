"""A real Bluesky server: Bluesky's own Personal Data Server (PDS) and its identity directory, in one Node process.

It stores what it is sent as the public network would, so "exactly one post stands there" is a fact about the real
software. What it lacks is everything behind a PDS: no AppView, so no profiles, feeds or `app.bsky.*` reads (log in with
`fetch_bsky_profile=False`), no mail, and no rate limits. `createRecord` twice with one record key answers 500;
`putRecord` twice makes one record.
"""

import hashlib
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from tests.peers.node import Node, find_node
from tests.peers.processes import PeerError, stop, tail

FOLDER = Path(__file__).parent / "bluesky_pds"
STAMP = FOLDER / "node_modules/.installed"
PASSWORD = "correct-horse-battery-staple"  # every account's, on a server that lives for one test run
POSTS = "app.bsky.feed.post"


@dataclass(frozen=True)
class BlueskyAccount:
    """An account on the test server; `handle` and `password` are what one signs in with."""

    handle: str
    did: str
    password: str = field(repr=False)


def installed() -> bool:
    """Whether the server can be started as it is."""
    try:
        return _stamp_is_current(find_node())
    except PeerError:
        return False


def install() -> None:
    """Run `npm ci` for the server unless the lock file and Node are those of the last time.

    Takes a minute or two when it has to: SQLite's driver is compiled. Raises `PeerError` without a usable Node, or with
    npm's words when it fails.
    """
    node = find_node()
    if _stamp_is_current(node):
        return
    npm_ci = [*node.npm, "ci", "--loglevel=error"]
    done = subprocess.run(npm_ci, cwd=FOLDER, env=node.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerError(f"npm ci failed in {FOLDER}:\n{done.stdout}{done.stderr}")
    STAMP.write_text(_stamp(node))


def _stamp_is_current(node: Node) -> bool:
    return STAMP.exists() and STAMP.read_text() == _stamp(node)


def _stamp(node: Node) -> str:
    """Names what the installed modules depend on: the locked packages, and the Node that they were compiled for."""
    locked = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    return f"{locked} {node.version}\n"


class BlueskyPds:
    """A PDS with no accounts, from `start()` (or entering the context) to `stop()`; every start begins from nothing.

    `url` is the PDS's address, `plc_url` its identity directory's.
    """

    url: str
    plc_url: str

    def __init__(self) -> None:
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start with an empty data folder. Raises `PeerError` if it is not installed or does not start."""
        node = find_node()
        if not _stamp_is_current(node):
            raise PeerError("The Bluesky PDS is not installed. Run: python -m tests.peers.install")
        with ExitStack() as starting:
            folder = Path(tempfile.mkdtemp(prefix="moothall-pds-"))
            starting.callback(shutil.rmtree, folder)
            self.url, self.plc_url = _start_server(node, folder, starting)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """End the server and delete its data."""
        self._running.close()

    def create_account(self, handle: str) -> BlueskyAccount:
        """Open an account. `handle` is a name of 3 to 18 letters, digits and hyphens, then ".test".

        The PDS keeps a list of reserved names, "archives" among them, and refuses those.
        """
        answer = self._call(
            "POST",
            "com.atproto.server.createAccount",
            json={"handle": handle, "email": f"{handle}@example.org", "password": PASSWORD},
        )
        return BlueskyAccount(handle=answer["handle"], did=answer["did"], password=PASSWORD)

    def posts(self, did: str) -> list[dict[str, Any]]:
        """All posts of an account, newest record key first, each as `{"uri": ..., "cid": ..., "value": {...}}`."""
        posts: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"repo": did, "collection": POSTS, "limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = self._call("GET", "com.atproto.repo.listRecords", params=query)
            posts += page["records"]
            cursor = page.get("cursor")
            if not cursor:
                return posts

    def _call(self, method: str, name: str, **request: Any) -> dict[str, Any]:
        """Call one XRPC method. Raises `PeerError` with the server's words unless it succeeds."""
        answer = httpx.request(method, f"{self.url}/xrpc/{name}", timeout=30, **request)
        if not answer.is_success:
            raise PeerError(f"{name} answered {answer.status_code}: {answer.text}")
        result: dict[str, Any] = answer.json()
        return result


def _start_server(node: Node, folder: Path, starting: ExitStack) -> tuple[str, str]:
    """Start the servers' process; `starting` takes it down again. Returns the addresses of the PDS and of its PLC."""
    log = folder / "log"
    with log.open("wb") as log_file:
        process = subprocess.Popen(
            [node.program, str(FOLDER / "server.mjs"), str(folder)],
            stdin=subprocess.PIPE,  # held open: the servers end when it closes, even if this process is killed
            stdout=subprocess.PIPE,
            stderr=log_file,
            env=node.environment | {"LOG_ENABLED": "false"},
            start_new_session=True,  # Ctrl-C is for the tests, which then stop the servers in order
        )
    starting.enter_context(process)
    starting.callback(stop, process)
    line = _first_line(process, timeout=30)
    if not line:
        raise PeerError(f"The Bluesky PDS did not start:\n{tail(log)}")
    addresses = json.loads(line)
    return addresses["pds"], addresses["plc"]


def _first_line(process: subprocess.Popen[bytes], timeout: float) -> bytes:
    """What a process first prints; nothing if it ends before, or prints nothing for `timeout` seconds."""
    if process.stdout is None:
        raise ValueError("The process's output is not piped.")
    lines: queue.Queue[bytes] = queue.Queue()  # read in a thread, because reading a pipe's line has no timeout
    threading.Thread(target=lambda stdout: lines.put(stdout.readline()), args=[process.stdout], daemon=True).start()
    try:
        return lines.get(timeout=timeout)
    except queue.Empty:
        return b""
