"""A stand-in for a Mastodon server: PyPI's `mastodon_mock`. It is not Mastodon.

What passes against it agrees with that project's, and our, reading of Mastodon's documentation; no more than that.
What version 0.6.1 does, found by trying it and reading it:

- **Idempotency-Key** is honoured for POST /api/v1/statuses: the same account and key get the first status back, even
  with other text, and for ever (Mastodon forgets a key after an hour). Two requests at once make one status. It cannot
  be switched off in the mock; `MastodonMock(ignore_idempotency=True)` puts a proxy before it that strips the header, as
  a server with the same API that ignores it.
- **Instance documents** (v1 and v2) say version 4.6.0, 500 characters, 4 media, 23 characters reserved per URL, and the
  image types JPEG, PNG, GIF and WebP up to 10 MiB and 16,777,216 pixels. `description_limit` is missing from both, as
  it is from Mastodon before 4.4. Of these limits the mock enforces, with 422, only 500 code points (an URL counts in
  full) and 4 media; it takes media of any type and size.
- **Media** uploads, v1 and v2, answer 200 at once with `url` set; 202, as Mastodon gives while it processes, never
  comes (a proxy before it can play that). File contents are not looked at. An unknown media id is ignored, not refused.
- **Tokens** are random and come from POST /api/v1/_mock/dev_user; scopes are recorded and not checked. A revoked or
  unknown token gets 401.
- **Faults** (POST /api/v1/_mock/faults) work on matching methods and paths, for a count or for ever, and all before the
  request is carried out: `status` (any status, body and headers), `ratelimit` (429 with X-RateLimit-* and Retry-After,
  reset in 300 s), `latency` (`delay_ms`, then as usual), `malformed` (200 with broken JSON), `timeout` (silent for 30 s
  or `delay_ms`, whichever is longer, then as usual). A fault *after* the status was made is not among them: use
  `tests.peers.proxy`.
- A status's `url` leads to no page; `content` is HTML, and the text as it was sent is at /api/v1/statuses/ID/source.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import httpx

from tests.peers.processes import PeerError, free_port, stop, wait_until_ready
from tests.peers.proxy import HoldingProxy, Plan

Effect = Literal["status", "ratelimit", "latency", "malformed", "timeout"]


@dataclass(frozen=True)
class MastodonAccount:
    """An account on the stand-in, with a token that may do everything."""

    id: str
    username: str
    access_token: str = field(repr=False)


def installed() -> bool:
    """Whether the stand-in can be started as it is."""
    return importlib.util.find_spec("mastodon_mock") is not None


class MastodonMock:
    """The stand-in, from `start()` (or entering the context) to `stop()`, with its demonstration community and no more.

    `url` is its address.
    """

    url: str

    def __init__(self, ignore_idempotency: bool = False) -> None:
        self._ignore_idempotency = ignore_idempotency
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start from nothing. Raises `PeerError` if it is not installed or does not start."""
        if not installed():
            raise PeerError("mastodon_mock is not installed: it is among the project's development dependencies.")
        with ExitStack() as starting:
            self.url = self._start_server(starting)
            if self._ignore_idempotency:
                proxy = starting.enter_context(HoldingProxy(self.url))
                proxy.when("POST", "/api/v1/statuses", Plan(strip=("Idempotency-Key",)), times=None)
                self.url = proxy.url
            self._running = starting.pop_all()

    def stop(self) -> None:
        """End it; nothing of it stays."""
        self._running.close()

    def create_account(self, username: str) -> MastodonAccount:
        """Open an account (letters, digits and underscores) and get a token for it. Each call makes a new one."""
        made = self._call("POST", "/api/v1/_mock/dev_user", json={"username": username})
        return MastodonAccount(id=made["id"], username=made["username"], access_token=made["access_token"])

    def revoke(self, account: MastodonAccount) -> None:
        """Make the account's token invalid: what a user does under "authorised applications"."""
        self._call("POST", "/oauth/revoke", data={"token": account.access_token})

    def statuses(self, account: MastodonAccount) -> list[dict[str, Any]]:
        """All statuses of an account, of every visibility, newest first, as the API gives them."""
        statuses: list[dict[str, Any]] = []
        query = {"limit": "40"}
        sign_in = {"Authorization": f"Bearer {account.access_token}"}
        while page := self._call("GET", f"/api/v1/accounts/{account.id}/statuses", params=query, headers=sign_in):
            statuses += page
            query["max_id"] = page[-1]["id"]
        return statuses

    def fault(
        self,
        effect: Effect,
        *,
        path: str | None = None,
        methods: list[str] | None = None,
        count: int | None = 1,
        **details: Any,
    ) -> str:
        """Switch a fault on (see the module's docstring) and return its id.

        `path` may have shell wildcards; None means every path. It acts `count` times, or until `clear_faults` if None.
        `details` are the effect's own: `status`, `body`, `headers`, `delay_ms`, `truncate`.
        """
        rule = {
            "match": {"methods": methods, "path": path},
            "effect": {"type": effect, **details},
            "count": count,
        }
        fault_id: str = self._call("POST", "/api/v1/_mock/faults", json=rule)["id"]
        return fault_id

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self._call("DELETE", "/api/v1/_mock/faults")

    def _start_server(self, starting: ExitStack) -> str:
        """Start the mock's own process; `starting` takes it down again, with all its files."""
        folder = Path(tempfile.mkdtemp(prefix="moothall-mastodon-"))
        starting.callback(shutil.rmtree, folder)
        port, log = free_port(), folder / "log"
        address = ["--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}"]
        with log.open("wb") as log_file:
            process = subprocess.Popen(
                [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--demo", *address],
                cwd=folder,  # it would read settings from the current folder
                env=os.environ | {"TMPDIR": str(folder)},  # its database and media are temporary files
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server in order
            )
        starting.callback(stop, process)
        url = f"http://127.0.0.1:{port}"
        wait_until_ready("mastodon_mock", lambda: _answers(url), process, log)
        return url

    def _call(self, method: str, path: str, **request: Any) -> Any:
        """Call the API. Raises `PeerError` with the server's words unless it succeeds."""
        answer = httpx.request(method, f"{self.url}{path}", timeout=30, **request)
        if not answer.is_success:
            raise PeerError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False
