"""The outbound clients, against real servers on loopback: what they refuse, bound and keep to themselves."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpcore
import httpx
import pytest
import requests
from pytest_django.fixtures import Settings
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from moothall.core import http, requests_session
from tests.core.answering import Get, Server, both, causes, httpx_call, requests_call, say

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",  # shared by carriers' customers
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",  # cloud providers' metadata
    "172.16.0.1",
    "192.168.1.1",
    "192.0.2.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",  # 6to4 of 10.0.0.1
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.thread.start()
    yield server
    server.stop()


@pytest.fixture
def allowed(settings: Settings, server: Server) -> Server:
    """The server, on the operator's list."""
    settings.OUTBOUND_ALLOWED_HOSTS = (f"127.0.0.1:{server.port}",)
    return server


@pytest.fixture(autouse=True)
def nothing_allowed(settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = ()


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises((http.Refused, requests.ConnectionError)) as caught:
        yield
    assert any(isinstance(each, http.Refused) for each in causes(caught.value))


@contextmanager
def never_sent() -> Iterator[None]:
    """The error says that no request was made."""
    with pytest.raises((httpx.ConnectError, httpx.ConnectTimeout, requests.ConnectionError)) as caught:
        yield
    kinds = (httpx.ConnectError, httpx.ConnectTimeout, NewConnectionError, ConnectTimeoutError)
    assert any(isinstance(each, kinds) for each in causes(caught.value))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not http.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert http.is_public(address)


@both
def test_an_allowed_host_is_reached_with_our_name_and_without_compression(call: Get, allowed: Server) -> None:
    assert call(allowed.url("/")) == (200, b"hello")
    (_, _, headers), *rest = allowed.seen
    assert not rest
    assert headers["User-Agent"].startswith("Moothall/")
    assert headers["Accept-Encoding"] == "identity"


@both
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_however_it_is_written(call: Get, host: str, server: Server) -> None:
    with refused():
        call(server.url("/", host))
    assert not server.seen


@pytest.mark.parametrize(
    ("listed", "host", "port", "allowed"),
    [
        ("intranet.example", "intranet.example", 8080, True),
        ("Intranet.Example", "INTRANET.example.", 8080, True),
        ("intranet.example:8080", "intranet.example", 8080, True),
        ("intranet.example:8080", "intranet.example", 443, False),
        ("intranet.example", "sub.intranet.example", 443, False),
        ("::1", "::1", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("[::1]:80", "::1", 81, False),
    ],
)
def test_the_operators_list_is_of_hosts_with_or_without_a_port(
    listed: str, host: str, port: int, allowed: bool, settings: Settings
) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = (listed,)
    assert http.is_allowed(host, port) is allowed


@both
def test_a_name_with_one_public_address_uses_only_that(
    call: Get, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = FakeResolver(monkeypatch, [["127.0.0.1", "203.0.113.9", "8.8.8.8"]])
    with never_sent():
        call(server.url("/", "mixed.example"))
    assert resolver.dialled == ["8.8.8.8"]


@both
def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    call: Get, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = FakeResolver(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
    with never_sent():
        call(server.url("/", "rebinding.example"))
    assert resolver.asked == ["rebinding.example"]
    assert resolver.dialled == ["8.8.8.8"]
    with refused():
        call(server.url("/", "rebinding.example"))
    assert not server.seen


class FakeResolver:
    """Resolves names from a list, an entry a question, and keeps connections to public addresses from being made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self.dialled: list[str] = []
        self._answers = iter(answers)
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)
        monkeypatch.setattr(requests_session, "create_connection", self._dial)
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", self._dial_httpcore)

    def _resolve(self, host: str, port: int, **options: Any) -> list[Any]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(self._answers)]

    def _dial(self, address: tuple[str, int], *args: Any) -> socket.socket:
        self.dialled.append(address[0])
        raise ConnectionRefusedError("refused")

    def _dial_httpcore(self, host: str, *args: Any) -> httpcore.NetworkStream:
        self.dialled.append(host)
        raise httpcore.ConnectError("refused")


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_server_is_not_followed(call: Get, allowed: Server, status: int) -> None:
    elsewhere = Server()
    elsewhere.thread.start()
    for path, target in {"/port": elsewhere.url("/secret"), "/name": allowed.url("/", "localhost")}.items():
        allowed.answers[path] = say(b"gone", status, Location=target)
        for method in ("GET", "POST"):
            assert call(allowed.url(path), method) == (status, b"gone")
    elsewhere.stop()
    assert not elsewhere.seen
    assert len(allowed.seen) == 4


@both
def test_a_post_is_not_redirected_even_on_its_own_server(call: Get, allowed: Server) -> None:
    allowed.answers["/here"] = say(b"gone", 307, Location="/there")
    assert call(allowed.url("/here"), "POST") == (307, b"gone")


def test_a_get_is_redirected_on_its_own_server_in_requests_only(allowed: Server) -> None:
    allowed.answers["/here/"] = say(b"gone", 301, Location="/here")
    allowed.answers["/round"] = say(b"round", 301, Location="/round")
    allowed.answers["/odd"] = say(b"odd", 301, Location="http://[")
    assert requests_call(allowed.url("/here/")) == (200, b"hello")
    assert httpx_call(allowed.url("/here/")) == (301, b"gone")
    assert requests_call(allowed.url("/odd")) == (301, b"odd")
    with pytest.raises(requests.TooManyRedirects):
        requests_call(allowed.url("/round"))


@both
def test_an_endless_answer_is_cut_off(call: Get, allowed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_BYTES", 3_000_000)
    allowed.answers["/"] = say(b"x" * 3_000_001)
    with pytest.raises(http.AnswerTooLong, match="more than 3 MB"):
        call(allowed.url("/"))
    allowed.answers["/"] = say(b"x" * 3_000_000)
    assert len(call(allowed.url("/"))[1]) == 3_000_000


@both
def test_an_answer_in_drips_is_cut_off(call: Get, allowed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.2)
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000000")
        handler.end_headers()
        while not stop.wait(0.01):
            try:
                handler.wfile.write(b"x" * 70_000)
            except OSError:
                return

    allowed.answers["/"] = drip
    try:
        with pytest.raises(http.AnswerTooLong):
            call(allowed.url("/"))
    finally:
        stop.set()


def test_a_compressed_answer_is_not_unpacked_by_httpx(allowed: Server) -> None:
    allowed.answers["/"] = say(gzip.compress(b"x" * 100_000), Content_Encoding="gzip")
    with pytest.raises(http.AnswerTooLong, match="compressed"):
        httpx_call(allowed.url("/"))


def test_a_compressed_answer_is_bounded_by_its_unpacked_size_in_requests(
    allowed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed.answers["/"] = say(gzip.compress(b"x" * 500_000), Content_Encoding="gzip")
    assert len(requests_call(allowed.url("/"))[1]) == 500_000
    monkeypatch.setattr(http, "ANSWER_BYTES", 400_000)
    with pytest.raises(http.AnswerTooLong):
        requests_call(allowed.url("/"))


@both
def test_cookies_are_not_kept(call: Get, allowed: Server) -> None:
    allowed.answers["/"] = say(b"", Set_Cookie="session=another-channels; Path=/")
    if call is httpx_call:
        with http.client() as client:
            client.get(allowed.url("/"))
            client.get(allowed.url("/"))
    else:
        session = requests_session.session()
        session.get(allowed.url("/"))
        session.get(allowed.url("/"))
    assert [headers.get("Cookie") for _, _, headers in allowed.seen] == [None, None]


@both
def test_a_proxy_in_the_environment_is_ignored(
    call: Get, allowed: Server, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert call(allowed.url("/"))[0] == 200


@both
def test_a_closed_port_is_known_as_never_sent(call: Get, settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = ("127.0.0.1",)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        with never_sent():
            call(f"http://127.0.0.1:{taken.getsockname()[1]}/")


@both
@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 64 + ".example"])
def test_an_unknown_name_is_known_as_never_sent(call: Get, host: str) -> None:
    with pytest.raises((httpx.HTTPError, httpx.InvalidURL, requests.RequestException)) as caught:
        call(f"http://{host}/")
    kinds = (httpx.ConnectError, httpx.InvalidURL, NewConnectionError, requests.exceptions.InvalidURL)
    assert any(isinstance(each, kinds) for each in causes(caught.value))


@both
def test_a_broken_tls_handshake_is_known_as_never_sent(call: Get, allowed: Server) -> None:
    with never_sent():  # the server speaks no TLS
        call(allowed.url("/").replace("http:", "https:"))


@both
def test_silence_in_the_tls_handshake_is_known_as_never_sent(call: Get, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.OUTBOUND_ALLOWED_HOSTS = (f"127.0.0.1:{port}",)
        timeout: Any = httpx.Timeout(5, connect=0.3) if call is httpx_call else (0.3, 5)
        with never_sent():
            call(f"https://127.0.0.1:{port}/", timeout=timeout)


@both
def test_silence_after_the_request_is_not_taken_for_never_sent(call: Get, allowed: Server) -> None:
    done = threading.Event()

    def stay_silent(handler: BaseHTTPRequestHandler) -> None:
        done.wait(5)

    allowed.answers["/"] = stay_silent
    timeout: Any = httpx.Timeout(0.3, connect=5) if call is httpx_call else (5, 0.3)
    try:
        with pytest.raises((httpx.ReadTimeout, requests.ReadTimeout)) as caught:
            call(allowed.url("/"), "POST", timeout=timeout)
    finally:
        done.set()
    assert not any(isinstance(each, NewConnectionError | ConnectTimeoutError) for each in causes(caught.value))


def test_requests_sessions_have_our_timeouts_when_the_caller_sets_none(
    allowed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    send = requests.adapters.HTTPAdapter.send

    def spy(self: Any, request: Any, **options: Any) -> Any:
        seen.append(options["timeout"])
        return send(self, request, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", spy)
    requests_call(allowed.url("/"))
    assert seen == [(10, 30)]
    with http.client() as client:
        assert (client.timeout.connect, client.timeout.read) == (10, 30)


def test_sessions_share_their_connections(allowed: Server) -> None:
    peers: set[int] = set()

    def note_and_answer(handler: BaseHTTPRequestHandler) -> None:
        peers.add(handler.client_address[1])
        say(b"")(handler)

    allowed.answers["/"] = note_and_answer
    for _ in range(3):
        with requests_session.session() as session:
            session.get(allowed.url("/"))
    assert len(peers) == 1


@both
def test_an_idle_connection_is_not_used_again(call: Get, allowed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    peers: list[int] = []

    def note_and_answer(handler: BaseHTTPRequestHandler) -> None:
        peers.append(handler.client_address[1])
        say(b"")(handler)

    allowed.answers["/"] = note_and_answer
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.2)
    with http.client() as client:
        ask = client.get if call is httpx_call else requests_session.session().get
        for pause in (0.0, 0.3, 0.0):
            ask(allowed.url("/"))
            time.sleep(pause)
    assert peers[0] == peers[1] != peers[2]


def test_certificates_are_checked() -> None:
    assert http.tls().verify_mode is ssl.CERT_REQUIRED
    assert http.tls().check_hostname
