"""Sessions of ``requests`` behind the guard of ``http``, for the libraries that want one."""

import socket
import time
from collections.abc import Iterator
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.util.connection import create_connection
from urllib3.util.ssl_match_hostname import CertificateError

from moothall.core import http


class _GuardedConnection(HTTPConnection):
    """A connection whose failures before anything was sent can be told from those after.

    All of the former are ``NewConnectionError`` or ``ConnectTimeoutError``, a broken TLS handshake included, which
    urllib3 reports as it would a breakdown in the middle of an answer.
    """

    _last_used = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether the pool may use this connection again."""
        return super().is_connected and time.monotonic() - self._last_used < http.IDLE_SECONDS

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is None:
            self.connect()  # http.client would connect only as it writes
        try:
            http.ask_before_sending()
        except http.Halted as error:
            raise NewConnectionError(self, str(error)) from error
        super().request(*args, **options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        self._last_used = time.monotonic()
        return super().getresponse()

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        try:
            return http.connect(self._dns_host, self.port, timeout, self._dial, (OSError,))
        except http.Refused as error:
            raise NewConnectionError(self, str(error)) from error
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No connection to {self.host} within {timeout} seconds") from error
        except OSError as error:
            raise NewConnectionError(self, f"No connection to {self.host}: {error}") from error

    def _dial(self, address: str, seconds: float) -> socket.socket:
        return create_connection((address, self.port), seconds, self.source_address, self.socket_options)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (SSLError, CertificateError) as error:
            raise NewConnectionError(self, f"No secure connection to {self.host}: {error}") from error
        except HTTPError:
            raise
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No secure connection to {self.host} in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"No secure connection to {self.host}: {error}") from error


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _BoundedRaw:
    """A urllib3 response whose body comes to an end. ``requests`` reads bodies through ``stream`` alone."""

    def __init__(self, host: str, raw: Any) -> None:
        self._host = host
        self._raw = raw

    def stream(self, amount: int = 2**16, decode_content: bool | None = None) -> Iterator[bytes]:
        yield from http.bounded(self._host, self._raw.stream(amount, decode_content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=http.tls())
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # The shared context holds the authorities already; requests would load its own into it at each connection.
        conn.cert_reqs = "CERT_REQUIRED"

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        timeout = options.get("timeout")
        if timeout is None or isinstance(timeout, int | float):  # a library that knows one timeout means the answer's
            answer = http.READ_SECONDS if timeout is None else timeout
            options["timeout"] = (min(http.CONNECT_SECONDS, answer), answer)
        response = super().send(request, *args, **options)
        response.raw = _BoundedRaw(httpx.URL(request.url or "").host, response.raw)
        return response


@cache
def _adapter() -> _GuardedAdapter:
    return _GuardedAdapter(pool_connections=50, pool_maxsize=20)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where to go on to: only on the same server, and only in reading. Any other redirect is the answer.

        Some servers of Mastodon's API drop the slash at the end of an address in this way.
        """
        target = super().get_redirect_target(resp)
        if target is None or resp.request.method not in ("GET", "HEAD"):
            return None
        here = httpx.URL(resp.url)
        try:
            there = here.join(target)
        except httpx.InvalidURL:
            return None
        same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
        return target if same else None

    def close(self) -> None:
        """Nothing to close: the connections are shared by all sessions of the process."""


def session() -> requests.Session:
    """A new ``requests`` session, for the libraries that want one. Cheap: all share one pool of connections.

    A request that failed before anything was sent has a ``NewConnectionError`` or ``ConnectTimeoutError`` of urllib3
    among its causes, and behind that ``Refused`` or ``Halted``, if it was one of these. ``AnswerTooLong`` is raised as
    it is.
    """
    made = _Session()
    made.trust_env = False
    made.max_redirects = 3
    made.headers.update({"User-Agent": http.USER_AGENT, "Accept-Encoding": "identity"})
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, _adapter())
    return made
