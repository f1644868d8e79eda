"""What the door relies on of uvicorn, against the real web server: streams go to the hub, all else stays as it was."""

import secrets
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from moothall.events.models import Event
from moothall.events.wall.head import LONGEST
from tests.events.web import PATIENCE, Viewer, Web, make_event, read_all, say, stream_request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    with Web() as running:
        yield running


@pytest.fixture
def event() -> Event:
    """With an address of its own: the server outlives the test, and knows the other tests' walls for a while."""
    return make_event(f"day-{secrets.token_hex(4)}")


def path(event: Event) -> bytes:
    return f"/events/{event.slug}/stream".encode()


def streams(head: bytes | str) -> bool:
    """Whether the hub answered: its head has no length, and Django's has."""
    text = head.decode(errors="replace").lower() if isinstance(head, bytes) else head
    return text.startswith("http/1.1 200") and "text/event-stream" in text and "content-length" not in text


def answer(line: socket.socket) -> bytes:
    """One answer with a length, from a connection that stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        came = line.recv(65_536)
        assert came, "the connection was closed"
        data += came
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(65_536)
    return head + b"\r\n\r\n" + body


def page_request(path: str = "/healthz", more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


# --- Streams ----------------------------------------------------------------------------------------------------------


def test_a_stream_on_a_new_connection(web: Web, event: Event) -> None:
    alice = Viewer.of(web, event.slug)
    assert streams(alice.head)
    headers = dict(line.split(": ", 1) for line in alice.head.split("\r\n")[1:])
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert "date" in headers
    assert "set-cookie" not in headers
    item = say(1)
    assert alice.hears(lambda said: said.kind == "show").data["item"] == item.pk


def test_a_stream_on_the_connection_that_brought_the_page(web: Web, event: Event) -> None:
    bob = Viewer(web.connected())
    for _ in range(2):
        bob.line.sendall(page_request())
        assert answer(bob.line).startswith(b"HTTP/1.1 200")
    bob.line.sendall(stream_request(event.slug))
    bob.begins()
    assert streams(bob.head)
    time.sleep(6)  # longer than uvicorn keeps a silent connection open: it must have forgotten this one
    item = say(1)
    assert bob.hears(lambda said: said.kind == "show").data["item"] == item.pk


def test_a_head_that_comes_byte_by_byte(web: Web, event: Event) -> None:
    slow = Viewer(web.connected())
    slow.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in stream_request(event.slug):
        slow.line.sendall(bytes([byte]))
        time.sleep(0.001)
    slow.begins()
    assert streams(slow.head)


def test_a_page_whose_head_comes_in_pieces_is_a_page_though_a_piece_looks_like_a_stream(web: Web, event: Event) -> None:
    with web.connected() as line:
        line.sendall(page_request())
        answer(line)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"GET /healthz HTTP/1.1\r\nX-Long: ")
        time.sleep(0.3)
        line.sendall(stream_request(event.slug))
        assert not streams(answer(line))


def test_a_wall_that_does_not_exist(web: Web, event: Event) -> None:
    assert web.says(stream_request("another-day")).startswith(b"HTTP/1.1 404 ")


# --- What is not a stream stays what it is ----------------------------------------------------------------------------


def test_other_methods_are_djangos(web: Web, event: Event) -> None:
    head = web.says(b"HEAD " + path(event) + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"text/event-stream" in head
    assert head.endswith(b"\r\n\r\n")
    for method in (b"POST", b"PUT", b"DELETE"):
        came = web.says(
            method + b" " + path(event) + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n"
            b"Connection: close\r\n\r\nhi"
        )
        assert came.split(b" ")[1] in (b"403", b"405"), came[:100]


def test_a_stream_in_an_unusual_way_is_answered_by_django_with_what_came_since(web: Web, event: Event) -> None:
    item = say(1)
    came = web.says(b"GET " + path(event) + b"?after=0 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert came.startswith(b"HTTP/1.1 200 OK")
    assert f'"item":{item.pk}'.encode() in came
    assert b"x-accel-buffering: no" in came.lower()


def test_an_oversized_head_is_refused_as_ever(web: Web, event: Event) -> None:
    huge = b"GET " + path(event) + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 4 * LONGEST
    with web.connected() as line:
        line.sendall(huge + b"\r\nConnection: close\r\n\r\n")
        came = read_all(line)
    assert not streams(came), "the hub takes no head that long"
    assert came.startswith(b"HTTP/1.1 ")
    assert streams(Viewer.of(web, event.slug).head), "the next one is served"


def test_requests_in_a_pipeline_are_answered_in_their_order(web: Web, event: Event) -> None:
    close = "Connection: close\r\n"
    came = web.says(
        page_request() + page_request(f"/events/{event.slug}/snapshot.json") + page_request("/healthz", close)
    )
    assert came.count(b"HTTP/1.1 200 OK") == 3
    assert b'"items"' in came.split(b"HTTP/1.1 200 OK")[2]


def test_a_stream_behind_a_page_in_a_pipeline_is_answered_too(web: Web, event: Event) -> None:
    item = say(1)
    came = web.says(page_request(event.get_absolute_url()) + stream_request(event.slug, after=0))
    assert came.count(b"HTTP/1.1 200 OK") == 2
    assert f'"item":{item.pk}'.encode() in came.rpartition(b"HTTP/1.1 200 OK")[2]


def test_nonsense_is_refused(web: Web, event: Event) -> None:
    assert web.says(b"\x16\x03\x01\x02\x00\x01\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert web.says(b"GET " + path(event) + b" HTTP/1.1\r\nno colon\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_pages_are_as_they_were(web: Web, event: Event) -> None:
    assert web.page("/healthz").status_code == 200
    wall = web.page(event.get_absolute_url())
    assert wall.status_code == 200
    assert "A day of the council" in wall.text
    assert wall.headers["content-security-policy"]
    assert web.page("/events/not-there/").status_code == 404


# --- The end ----------------------------------------------------------------------------------------------------------


def test_a_server_that_is_told_to_stop_ends_the_streams_at_once(event: Event) -> None:
    with Web() as web:
        alice, bob = Viewer.of(web, event.slug), Viewer.of(web, event.slug)
        idle = web.connected()
        began = time.monotonic()
        web.process.send_signal(signal.SIGTERM)
        assert alice.is_over()
        assert bob.is_over()
        assert read_all(idle) == b""
        web.process.wait(PATIENCE)
        assert time.monotonic() - began < 9, "it did not wait out its grace"
        assert web.process.returncode == 0 or web.process.returncode == -signal.SIGTERM
        assert "Traceback" not in web.log.read_text()
