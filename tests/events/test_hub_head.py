"""The head of a request: a stream is recognised however it comes in pieces, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.events.wall.head import LONGEST, Not, StreamRequest, recognise

STREAM = b"GET /events/a-day/stream HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_browser_asks_for_a_stream() -> None:
    assert recognise(STREAM) == StreamRequest("a-day", None, "")


def test_what_it_knows_comes_by_the_address_and_later_by_a_header() -> None:
    first = b"GET /events/a-day/stream?after=7&token=1:x:y HTTP/1.1\r\nHost: x\r\n"
    assert recognise(first + b"\r\n") == StreamRequest("a-day", 7, "1:x:y")
    assert recognise(first + b"last-Event-ID:  12\r\n\r\n") == StreamRequest("a-day", 12, "1:x:y")
    assert recognise(first + b"Last-Event-ID: twelve\r\n\r\n") == StreamRequest("a-day", 7, "1:x:y")


@pytest.mark.parametrize(
    "data",
    [
        b"POST /events/a-day/stream HTTP/1.1\r\n\r\n",
        b"HEAD /events/a-day/stream HTTP/1.1\r\n\r\n",
        b"GET /events/a-day/ HTTP/1.1\r\n\r\n",
        b"GET /events/a-day/stream/ HTTP/1.1\r\n\r\n",
        b"GET /events/a%2Fday/stream HTTP/1.1\r\n\r\n",
        b"GET /events/../stream HTTP/1.1\r\n\r\n",
        b"GET /events/a-day/stream HTTP/1.0\r\n\r\n",
        b"GET /events/a-day/stream HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"GET /events/a-day/stream HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /events/a-day/stream HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        b"GET /events/a-day/stream HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /events/" + b"a" * 61 + b"/stream HTTP/1.1\r\n\r\n",
        b"GET /events/a-day/stream?" + b"a" * LONGEST,
        b"\x16\x03\x01\x02\x00\x01",
    ],
)
def test_everything_else_is_left_to_the_web_server(data: bytes) -> None:
    assert recognise(data) is Not.OURS


@given(at=st.integers(0, len(STREAM) - 1))
def test_it_may_come_in_pieces(at: int) -> None:
    assert recognise(STREAM[:at]) is Not.YET


@given(st.binary(max_size=400))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    assert isinstance(recognise(data), StreamRequest | Not)


@given(st.binary(max_size=200))
def test_any_rest_of_a_head_has_an_answer(rest: bytes) -> None:
    found = recognise(STREAM[:26] + rest)
    assert found is Not.YET or found is Not.OURS or isinstance(found, StreamRequest)


names = st.text("abcXYZ09_-", min_size=1, max_size=60)


@given(names, st.integers(0, 10**17), st.text("abc:_-09", max_size=50), st.integers(0, 3))
def test_whatever_is_asked_is_understood(slug: str, after: int, token: str, others: int) -> None:
    head = f"GET /events/{slug}/stream?token={token}&after={after} HTTP/1.1\r\n" + "X-Other: a\r\n" * others + "\r\n"
    assert recognise(head.encode()) == StreamRequest(slug, after, token)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_piece_never_says_ours_where_the_whole_is_a_stream(junk: bytes, cut: int) -> None:
    """Nobody is given to Django for having sent the head slowly."""
    whole = b"GET /events/a-day/stream HTTP/1.1\r\nX: " + junk.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n\r\n"
    if isinstance(recognise(whole), StreamRequest):
        assert recognise(whole[:cut]) is Not.YET or cut >= len(whole)
