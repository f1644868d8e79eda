"""From what went wrong on the wire to the four errors of ``errors.py``, in one place for all client libraries.

What decides is whether the request may have been written. If it was not, nothing was posted and the error is
``Temporary``. If it was, a request that makes a post (``posts=True``) ends in ``OutcomeUnknown`` unless the server
clearly refused it; any other request is ``Temporary``, because asking again does no harm.
"""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape

import httpx
import nh3
import requests
import urllib3.exceptions

from moothall.core import clock, http
from moothall.networks.errors import Halted, NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary

# What the client libraries raise, or give as a cause, when a connection failed before anything was written.
_NEVER_SENT = (
    http.Refused,
    http.Halted,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
)
_SENT = (
    http.AnswerTooLong,
    httpx.RequestError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.ReadTimeoutError,
    requests.exceptions.ChunkedEncodingError,
)
_CONNECT_TIMEOUTS = (httpx.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError)
_NO_CONNECTION = urllib3.exceptions.NewConnectionError  # which urllib3 counts among its connection timeouts
_READ_TIMEOUTS = (httpx.ReadTimeout, urllib3.exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout)
_UNKNOWN_NAME = (socket.gaierror, urllib3.exceptions.NameResolutionError)

_REFUSALS = {
    403: "{} does not allow this channel to do that.",
    404: "{} has nothing at that address. Check the server's address.",
    410: "{} has nothing at that address any more. Check the server's address.",
    413: "{} finds the post or one of its pictures too large.",
    422: "{} does not accept the post as it is.",
}
_LONGEST_WAIT = timedelta(days=1)
_SECONDS_OR_MOMENT = 1_000_000_000
"""A reset header above this is a moment in Unix time; below it, seconds from now, as the IETF's draft has it."""


@dataclass(frozen=True)
class Answer:
    """What a server said no with. ``headers`` ignores case, or has its names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Peer:
    """The server an adapter speaks to: its name for people, and what must never be repeated from its answers."""

    name: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def unanswered(self, error: BaseException, *, posts: bool = False) -> NetworkError:
        """The error for a request that got no whole answer; ``error`` is what the client library raised."""
        chain = list(_chain(error))
        if _never_sent(chain):
            halted = next((each for each in chain if isinstance(each, http.Halted)), None)
            return Halted(str(halted)) if halted else Temporary(self._why_not_sent(chain))
        message = self._why_not_answered(chain)
        return OutcomeUnknown(message) if posts else Temporary(message)

    def refusal(self, answer: Answer, *, posts: bool = False) -> NetworkError:
        """The error for an answer other than success."""
        status, words = answer.status, self.words(answer.body)
        wait = retry_after(answer.headers, clock.now())
        if status == 429:
            message = f"{self.name} asks us to wait: there were too many requests."
            return Temporary(message, words=words, status=status, retry_after=wait)
        if status == 401:
            message = f"{self.name} no longer accepts this channel's credentials."
            return NeedsReconnect(message, words=words, status=status)
        if 300 <= status < 400:
            target = answer.headers.get("location", "another address")
            return Rejected(f"{self.name} passes us on to {target}. Use the server's own address.", status=status)
        if status in (408, 425):
            message = f"{self.name} did not take the whole request."
            return Temporary(message, words=words, status=status, retry_after=wait)
        if 400 <= status < 500:
            message = _REFUSALS.get(status, "{} refused the request.").format(self.name)
            return Rejected(message, words=words, status=status)
        message = f"{self.name} had a fault of its own ({status})."
        if posts:
            return OutcomeUnknown(message, words=words, status=status)
        return Temporary(message, words=words, status=status, retry_after=wait)

    def unreadable(self, *, posts: bool = False) -> NetworkError:
        """The error for an answer that says success and makes no sense."""
        message = f"{self.name} sent an answer that makes no sense."
        return OutcomeUnknown(message) if posts else Temporary(message)

    def words(self, body: str) -> str:
        """What the server itself said in an error's body, in a line, without our secrets."""
        said = _said(body)
        for secret in self.secrets:
            said = said.replace(secret, "[…]")
        return said

    def _why_not_sent(self, chain: list[BaseException]) -> str:
        for each in chain:
            if isinstance(each, http.Refused):
                return str(each)
            if isinstance(each, _UNKNOWN_NAME):
                return f"The name {self.name} is not known. Check the server's address."
            if isinstance(each, ssl.SSLCertVerificationError):
                return f"The certificate of {self.name} is not valid: {each.verify_message}."
            if isinstance(each, ssl.SSLError):
                return f"No secure connection to {self.name} could be made."
        if any(isinstance(each, _CONNECT_TIMEOUTS) and not isinstance(each, _NO_CONNECTION) for each in chain):
            return f"No connection to {self.name} could be made within {http.CONNECT_SECONDS:.0f} seconds."
        return f"No connection to {self.name} could be made."

    def _why_not_answered(self, chain: list[BaseException]) -> str:
        for each in chain:
            if isinstance(each, http.AnswerTooLong):
                return str(each)
        if any(isinstance(each, _READ_TIMEOUTS) for each in chain):
            return f"{self.name} did not answer within {http.READ_SECONDS:.0f} seconds."
        return f"{self.name} broke the connection off before it had answered."


def may_write() -> None:
    """For a network that Moothall serves itself, right before it takes a post: raises ``Halted`` if it must not."""
    try:
        http.ask_before_sending()
    except http.Halted as error:
        raise Halted(str(error)) from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _never_sent(chain: list[BaseException]) -> bool:
    """Whether nothing was written. The outermost error that tells decides; if none does, something may have been."""
    for each in chain:
        if isinstance(each, _NEVER_SENT):
            return True
        if isinstance(each, _SENT):
            return False
    return False


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a server asks us to wait, at most a day; ``None`` if it does not say.

    Read from ``Retry-After`` (seconds or a date), ``ratelimit-reset`` (Bluesky: Unix time) or ``X-RateLimit-Reset``
    (Mastodon: ISO 8601). A moment is compared with the server's own ``Date``, since its clock may be off.
    """
    server_now = _moment(headers.get("date", "")) or now
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        value = headers.get(name, "").strip()
        if value.isdecimal() and len(value) < 12:
            seconds = int(value)
            wait = timedelta(seconds=seconds)
            if seconds > _SECONDS_OR_MOMENT:
                wait = datetime.fromtimestamp(seconds, UTC) - server_now
        elif moment := _moment(value):
            wait = moment - server_now
        else:
            continue
        return min(max(wait, timedelta()), _LONGEST_WAIT)
    return None


def ahead(headers: Mapping[str, str], now: datetime) -> timedelta:
    """By how much our clock, which says ``now``, is ahead of the server's; zero if it is not, or nobody can tell."""
    theirs = _moment(headers.get("date", ""))
    return max(now - theirs, timedelta()) if theirs else timedelta()


def _moment(text: str) -> datetime | None:
    """A date of HTTP's or ISO 8601's form, aware."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _said(body: str) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        content = unescape(nh3.clean(body, tags=set()))
    if isinstance(content, dict):
        content = next((content[key] for key in ("message", "error_description", "error") if content.get(key)), "")
    return " ".join(content.split()) if isinstance(content, str) else ""
