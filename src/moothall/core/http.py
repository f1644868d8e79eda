"""The only way out: HTTP clients that give up in time and connect to public addresses only.

This is the guard and our own client, of ``httpx``; ``requests_session`` is for the libraries that want ``requests``.

Addresses that people type in (a Mastodon server, say) must not let them reach into the organisation's own network, so
each connection is guarded where it is made: the name is resolved once, private addresses are dropped, and the
connection goes to the very address that was looked at. A name that resolves differently a moment later gains nothing.

Neither client follows a redirect to another server, keeps cookies, asks the environment for a proxy or a password file,
or reads an answer without end. Certificates are checked against the usual authorities and those of ``SSL_CERT_FILE``.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeVar, cast

import httpcore
import httpx
from django.conf import settings

from moothall import __version__

USER_AGENT = f"Moothall/{__version__}"
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
"""The longest silence while we wait for an answer or for more of it."""
ANSWER_SECONDS = 60.0
"""The longest time a whole answer may take, once it has begun."""
ANSWER_BYTES = 10_000_000
IDLE_SECONDS = 2.0
"""How long an idle connection is kept. Servers close theirs after 5, 60 or 75 seconds, and a request that meets the
closing gets no answer: posts that go out on the minute would meet it often, and each would be in doubt."""

_NAT64 = IPv6Network("64:ff9b::/96")

T = TypeVar("T")


class Refused(OSError):
    """We did not make a connection, because of where it leads. ``str()`` is a plain sentence."""


class AnswerTooLong(OSError):
    """We stopped reading an answer, because of its size or the time it took. ``str()`` is a plain sentence."""


class Halted(OSError):
    """We did not write a request, because we were told to stop sending. ``str()`` is a plain sentence."""

    def __init__(self, message: str = "Moothall was told to stop sending.") -> None:
        super().__init__(message)


# --- Whether we may send now ---

_check: ContextVar[Callable[[], None] | None] = ContextVar("check_before_sending", default=None)


@contextmanager
def before_each_request(check: Callable[[], None]) -> Iterator[None]:
    """Within this, ``check`` is called right before each request is written, once its connection is made.

    It may raise ``Halted``: then the request is not written. It holds for this thread alone; of two, the inner counts.
    """
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


def ask_before_sending() -> None:
    """Call the check of ``before_each_request``, if there is one: for what is about to be written elsewhere."""
    if check := _check.get():
        check()


# --- Where we may connect to ---


def is_public(address: str) -> bool:
    """Whether ``address`` (IPv4 or IPv6) belongs to the public internet.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is judged by the one it carries.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        carried = _carried(ip)
        if carried is not None:
            return is_public(str(carried))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def is_allowed(host: str, port: int) -> bool:
    """Whether the operator lists ``host`` (or ``host:port``) in ``OUTBOUND_ALLOWED_HOSTS``, wherever it leads."""
    name = host.strip("[]").rstrip(".").lower()
    listed = {entry.lower() for entry in settings.OUTBOUND_ALLOWED_HOSTS}
    return not listed.isdisjoint({name, f"[{name}]", f"{name}:{port}", f"[{name}]:{port}"})


def reachable_addresses(host: str, port: int) -> list[str]:
    """The addresses of ``host`` that we may connect to, in the resolver's order.

    Raises ``Refused`` if it has only others, and ``socket.gaierror`` if the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is empty or too long for the DNS
        raise socket.gaierror(socket.EAI_NONAME, "Not a host name") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if is_allowed(host, port):
        return addresses
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise Refused(
            f"{host} is not on the public internet ({addresses[0]}). Moothall connects only to public addresses"
            " and to the hosts that the operator lists in MOOTHALL_OUTBOUND_ALLOWED_HOSTS."
        )
    return public


def connect(
    host: str,
    port: int,
    seconds: float | None,
    attempt: Callable[[str, float], T],
    errors: tuple[type[Exception], ...],
) -> T:
    """Try the reachable addresses in turn, sharing out the time; raise what the last one failed with."""
    addresses = reachable_addresses(host, port)
    deadline = time.monotonic() + (CONNECT_SECONDS if seconds is None else seconds)
    while True:
        address = addresses.pop(0)
        share = (deadline - time.monotonic()) / (len(addresses) + 1)
        try:
            return attempt(address, max(share, 0.1))
        except errors:
            if not addresses:
                raise


@cache
def tls() -> ssl.SSLContext:
    """One context for all connections: reading the authorities' certificates takes some 20 ms."""
    return httpx.create_ssl_context()


def _no_cookies() -> CookieJar:
    """A jar that takes nothing: connections are shared by channels, and their sessions must not mix."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def bounded(host: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass ``chunks`` of an answer on until it is too large or has taken too long: then ``AnswerTooLong``."""
    deadline = time.monotonic() + ANSWER_SECONDS
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > ANSWER_BYTES:
            raise AnswerTooLong(f"{host} sent an answer of more than {ANSWER_BYTES // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise AnswerTooLong(f"{host} took more than {ANSWER_SECONDS:.0f} seconds over its answer.")
        yield chunk


# --- The client ---


class _HurriedStream(httpcore.NetworkStream):
    """A connection on which all waiting ends at ``deadline`` (monotonic), however little at a time comes in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _HurriedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None, error: type[Exception]) -> float:
    """The seconds to wait: ``timeout``, or what is left if that is less. Raises ``error`` if nothing is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("The time for all of it is over")
    return left if timeout is None else min(left, timeout)


class _GuardedBackend(httpcore.SyncBackend):
    def __init__(self, deadline: float | None) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        connect_tcp = super().connect_tcp
        if self._deadline is not None:
            timeout = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        try:
            stream = connect(
                host,
                port,
                timeout,
                lambda address, seconds: connect_tcp(address, port, seconds, local_address, socket_options),
                (httpcore.ConnectError, httpcore.ConnectTimeout),
            )
        except socket.gaierror as error:
            raise httpcore.ConnectError(str(error)) from error
        return stream if self._deadline is None else _HurriedStream(stream, self._deadline)

    def connect_unix_socket(self, path: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Refused("Moothall does not connect to local sockets.")


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, host: str, stream: httpx.SyncByteStream) -> None:
        self._host = host
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from bounded(self._host, self._stream)

    def close(self) -> None:
        self._stream.close()


def _ask_at_the_last_moment(step: str, details: dict[str, Any]) -> None:
    """httpcore names each step that it takes: making the connection comes before this one, and may take its time."""
    if step.endswith(".send_request_headers.started"):
        ask_before_sending()


class _GuardedTransport(httpx.HTTPTransport):
    def __init__(self, deadline: float | None) -> None:
        super().__init__(verify=tls(), trust_env=False)
        # httpx has no argument for the network backend of the pool it makes, so the pool is made here.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_GuardedBackend(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["trace"] = _ask_at_the_last_moment
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            # We asked for a plain answer. A compressed one could unpack to any size.
            response.close()
            raise AnswerTooLong(f"{request.url.host} sent a compressed answer, which Moothall did not ask for.")
        stream = cast(httpx.SyncByteStream, response.stream)  # as it always is in a client that is not async
        response.stream = _BoundedStream(request.url.host, stream)
        return response


def client(*, within: float | None = None, **options: Any) -> httpx.Client:
    """A new httpx client with a pool of its own; ``options`` are httpx's (``base_url``, ``headers``…). Close it.

    With ``within`` all that it does has to be over so many seconds from now: for one errand to a server that nobody
    knows. What is not ends in one of httpx's timeouts.

    Besides httpx's errors its methods raise ``Refused``, ``Halted`` and ``AnswerTooLong``.
    """
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"} | dict(options.pop("headers", {}))
    return httpx.Client(
        transport=_GuardedTransport(None if within is None else time.monotonic() + within),
        timeout=options.pop("timeout", httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)),
        headers=headers,
        cookies=_no_cookies(),
        follow_redirects=False,
        trust_env=False,
        **options,
    )
