"""What went wrong on the wire, in the words of the four errors. The client libraries' own part is in their tests."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import requests
import urllib3.exceptions as urllib3

from moothall.core import http
from moothall.networks.errors import Halted, NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.translate import Answer, Peer, retry_after

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PEER = Peer("mastodon.example", ("s3cret-token",))


def raised(*chain: BaseException) -> BaseException:
    """An exception with causes, outermost first, as client libraries wrap one in another."""
    outer, *inner = chain
    if inner:
        outer.__cause__ = raised(*inner)
    return outer


def certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_message = "certificate has expired"
    return error


POOL: Any = None
NEVER_SENT = [
    (raised(http.Refused("Too private.")), "Too private."),
    (
        raised(requests.ConnectionError(), urllib3.NewConnectionError(POOL, ""), http.Refused("Too private.")),
        "Too private.",
    ),
    (
        raised(httpx.ConnectError(""), socket.gaierror()),
        "The name mastodon.example is not known. Check the server's address.",
    ),
    (
        raised(requests.ConnectionError(), urllib3.NameResolutionError("h", POOL, socket.gaierror())),
        "The name mastodon.example is not known. Check the server's address.",
    ),
    (
        raised(httpx.ConnectError(""), certificate_error()),
        "The certificate of mastodon.example is not valid: certificate has expired.",
    ),
    (
        raised(requests.ConnectionError(), urllib3.NewConnectionError(POOL, ""), ssl.SSLError()),
        "No secure connection to mastodon.example could be made.",
    ),
    (
        raised(httpx.ConnectTimeout("")),
        "No connection to mastodon.example could be made within 10 seconds.",
    ),
    (
        raised(requests.ConnectTimeout(), urllib3.ConnectTimeoutError()),
        "No connection to mastodon.example could be made within 10 seconds.",
    ),
    (
        raised(requests.ConnectionError(), urllib3.NewConnectionError(POOL, ""), ConnectionRefusedError()),
        "No connection to mastodon.example could be made.",
    ),
    (
        raised(httpx.ConnectError(""), ConnectionRefusedError()),
        "No connection to mastodon.example could be made.",
    ),
]
SENT = [
    (raised(httpx.ReadTimeout("")), "mastodon.example did not answer within 30 seconds."),
    (raised(requests.ReadTimeout()), "mastodon.example did not answer within 30 seconds."),
    (raised(httpx.ReadError("")), "mastodon.example broke the connection off before it had answered."),
    (raised(httpx.WriteError("")), "mastodon.example broke the connection off before it had answered."),
    (raised(httpx.RemoteProtocolError("")), "mastodon.example broke the connection off before it had answered."),
    (
        raised(requests.ConnectionError(), urllib3.ProtocolError(), ConnectionResetError()),
        "mastodon.example broke the connection off before it had answered.",
    ),
    (raised(http.AnswerTooLong("Far too long.")), "Far too long."),
    # A connection that failed earlier, and led to this one, says nothing of this one.
    (
        raised(httpx.ReadError(""), httpx.ConnectError("")),
        "mastodon.example broke the connection off before it had answered.",
    ),
    (raised(RuntimeError()), "mastodon.example broke the connection off before it had answered."),
]


@pytest.mark.parametrize(("error", "message"), NEVER_SENT)
def test_what_was_never_sent_is_temporary_even_for_a_post(error: BaseException, message: str) -> None:
    for posts in (False, True):
        told = PEER.unanswered(error, posts=posts)
        assert type(told) is Temporary
        assert str(told) == message


@pytest.mark.parametrize(
    "error",
    [
        http.Halted(),
        raised(requests.ConnectionError(), urllib3.NewConnectionError(POOL, ""), http.Halted()),
    ],
)
def test_what_we_were_told_not_to_send_is_named_as_such(error: BaseException) -> None:
    for posts in (False, True):
        told = PEER.unanswered(error, posts=posts)
        assert type(told) is Halted
        assert isinstance(told, Temporary)
        assert str(told) == "Moothall was told to stop sending."


@pytest.mark.parametrize(("error", "message"), SENT)
def test_what_was_sent_and_not_answered_is_unknown_for_a_post_only(error: BaseException, message: str) -> None:
    assert type(PEER.unanswered(error)) is Temporary
    told = PEER.unanswered(error, posts=True)
    assert type(told) is OutcomeUnknown
    assert str(told) == message


@pytest.mark.parametrize(
    ("status", "kind", "kind_of_a_post"),
    [
        (302, Rejected, Rejected),
        (400, Rejected, Rejected),
        (401, NeedsReconnect, NeedsReconnect),
        (403, Rejected, Rejected),
        (404, Rejected, Rejected),
        (408, Temporary, Temporary),
        (413, Rejected, Rejected),
        (418, Rejected, Rejected),
        (422, Rejected, Rejected),
        (429, Temporary, Temporary),
        (500, Temporary, OutcomeUnknown),
        (503, Temporary, OutcomeUnknown),
    ],
)
def test_refusals(status: int, kind: type[NetworkError], kind_of_a_post: type[NetworkError]) -> None:
    answer = Answer(status, {}, '{"error": "No."}')
    for posts, expected in ((False, kind), (True, kind_of_a_post)):
        told = PEER.refusal(answer, posts=posts)
        assert type(told) is expected
        assert told.status == status
        assert "mastodon.example" in str(told)
        assert told.words == ("" if status == 302 else "No.")


def test_an_answer_that_makes_no_sense() -> None:
    assert type(PEER.unreadable()) is Temporary
    assert type(PEER.unreadable(posts=True)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": "InvalidToken", "message": "Token is bad"}', "Token is bad"),
        ('{"error": "invalid_grant", "error_description": "Revoked"}', "Revoked"),
        ('{"error": "Record not found"}', "Record not found"),
        ('{"error": {"code": 3}}', ""),
        ("[1, 2]", ""),
        ("", ""),
        ("<html><script>x()</script><h1>Bad &amp;\n gateway</h1></html>", "Bad & gateway"),
        ('{"error": "No s3cret-token here"}', "No […] here"),
    ],
)
def test_the_servers_own_words(body: str, words: str) -> None:
    assert PEER.words(body) == words


def test_words_are_kept_short_and_secrets_out_of_sight() -> None:
    told = PEER.refusal(Answer(400, {}, "x" * 5_000))
    assert len(told.words) == 1_000
    assert "s3cret" not in repr(PEER)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "90"}, 90),
        ({"retry-after": "Mon, 23 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0),
        ({"ratelimit-reset": str(int(NOON.timestamp()) + 120)}, 120),
        ({"ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-reset": "2026-11-23T12:05:00.000000Z"}, 300),
        ({"x-ratelimit-reset": "2026-11-23T12:05:00"}, 300),
        ({"x-ratelimit-reset": "2026-11-23T13:05:00Z", "date": "Mon, 23 Nov 2026 13:00:00 GMT"}, 300),
        ({"retry-after": "10", "x-ratelimit-reset": "2026-11-23T12:05:00Z"}, 10),
        ({"retry-after": "99999999"}, 86_400),
        ({"retry-after": "9" * 30}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(headers, NOON) == expected
    assert retry_after(httpx.Headers(headers), NOON) == expected
