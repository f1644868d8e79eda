"""Signing in to a Bluesky server, and staying signed in.

Bluesky allows an account 30 sign-ins in five minutes and 300 a day (its page "Rate limits"), so signed-in clients are
kept in the process. They renew their own short-lived tokens.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from atproto import Client
from atproto_client.client.session import Session, SessionEvent
from atproto_client.request import Request, RequestBase
from atproto_core.exceptions import AtProtocolError

from moothall.core import http
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected
from moothall.networks.translate import Answer, Peer

_POSTING = "/com.atproto.repo.putRecord"
_SIGNING_IN = "/com.atproto.server.createSession"

# Errors that the PDS gives with various statuses. Source: the lexicons of com.atproto.server and the PDS itself.
_LOCKED_OUT = {
    "AuthFactorTokenRequired": "{} asks for a code sent by e-mail: that is the account's own password. "
    "Make an app password and use that.",
    "AccountTakedown": "{} has taken this account down.",
    "AccountSuspended": "{} has suspended this account.",
    "AccountDeactivated": "This account is deactivated on {}.",
    "RepoTakendown": "{} has taken this account down.",
    "RepoSuspended": "{} has suspended this account.",
    "RepoDeactivated": "This account is deactivated on {}.",
    "ExpiredToken": "{} has ended this channel's session.",
    "InvalidToken": "{} has ended this channel's session.",
}


class RecordNotFound(Rejected):
    """The server has no such record."""


@dataclass(frozen=True)
class Login:
    """With what we sign in. ``server`` is an address without a path."""

    server: str
    handle: str
    password: str = field(repr=False)

    @property
    def peer(self) -> Peer:
        host = httpx.URL(self.server).host
        name = "Bluesky" if host == "bsky.social" or host.endswith(".bsky.network") else host
        return Peer(name, (self.password,))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one login from another, without keeping the password about."""
        return self.server, self.handle, hashlib.sha256(self.password.encode()).hexdigest()


@dataclass(frozen=True)
class SignedIn:
    """A client that is signed in, and as whom."""

    client: Client
    did: str
    handle: str


class _Slot:
    """The place of one login among the sessions; its lock keeps two threads from signing in at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.signed_in: SignedIn | None = None


class Sessions:
    """The signed-in clients of this process, the most recently used ``size`` of them. Safe for several threads."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._slots: OrderedDict[tuple[str, str, str], _Slot] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, login: Login, instead_of: SignedIn | None = None) -> SignedIn:
        """A signed-in client; a new one if the kept one is ``instead_of``, which the server no longer accepts.

        Raises the errors of ``errors.py``.
        """
        slot = self._slot(login)
        with slot.lock:
            if slot.signed_in is None or slot.signed_in is instead_of:
                slot.signed_in = None
                slot.signed_in = sign_in(login)
            return slot.signed_in

    def renew(self, login: Login) -> SignedIn:
        """Sign in anew, whether or not there is a session: the only proof that the password is still good."""
        slot = self._slot(login)
        with slot.lock:
            slot.signed_in = None
            slot.signed_in = sign_in(login)
            return slot.signed_in

    def _slot(self, login: Login) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault(login.key, _Slot())
            self._slots.move_to_end(login.key)
            if len(self._slots) > self._size:
                self._slots.popitem(last=False)
            return slot


def sign_in(login: Login) -> SignedIn:
    """Sign in with one call to the server. Raises the errors of ``errors.py``."""
    client = Client(base_url=login.server, request=GuardedRequest(login.peer))
    sessions: list[Session] = []

    def keep(event: SessionEvent, session: Session) -> None:
        if event is SessionEvent.CREATE:
            sessions.append(session)

    client.on_session_change(keep)
    try:
        # The profile would come from Bluesky's AppView, which not every server has behind it.
        client.login(login.handle, login.password, fetch_bsky_profile=False)
    except AtProtocolError as error:
        raise login.peer.unreadable() from error
    (session,) = sessions
    return SignedIn(client, session.did, session.handle)


@cache
def _http() -> httpx.Client:
    """One client for all accounts: the connections are shared, the credentials travel with each request."""
    return http.client()


class GuardedRequest(Request):
    """The library's way to the network, through our own HTTP client and with our own errors."""

    def __init__(self, peer: Peer) -> None:
        RequestBase.__init__(self)  # not Request's own, which would make an unguarded HTTP client
        self._client_kwargs = {"peer": peer}
        self._client = _http()
        self._peer = peer
        self.add_additional_header("User-Agent", http.USER_AGENT)

    def _send_request(self, method: str, url: str, **options: Any) -> httpx.Response:
        posts = url.endswith(_POSTING)
        headers = self.get_headers(options.pop("headers", None))
        if isinstance(options.get("data"), bytes):  # httpx now wants raw bytes by another name
            options["content"] = options.pop("data")
        try:
            response = self._client.request(method, url, headers=headers, **options)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._peer.unanswered(error, posts=posts) from error
        content = _object(response)
        if not response.is_success:
            raise self._refusal(response, content or {}, posts, signing_in=url.endswith(_SIGNING_IN))
        if content is None or (posts and "uri" not in content):
            raise self._peer.unreadable(posts=posts)
        return response

    def _refusal(
        self, response: httpx.Response, content: dict[str, Any], posts: bool, signing_in: bool
    ) -> NetworkError:
        answer = Answer(response.status_code, response.headers, response.text)
        words = self._peer.words(answer.body)
        name = content.get("error")
        if name in _LOCKED_OUT:
            message = _LOCKED_OUT[name].format(self._peer.name)
            return NeedsReconnect(message, words=words, status=answer.status)
        if signing_in and answer.status == 401:
            message = f"{self._peer.name} refused the app password."
            return NeedsReconnect(message, words=words, status=answer.status)
        if name == "RecordNotFound" or words.startswith("Could not locate record"):  # the latter: older servers
            return RecordNotFound(f"{self._peer.name} has no such post.", words=words, status=answer.status)
        return self._peer.refusal(answer, posts=posts)


def _object(response: httpx.Response) -> dict[str, Any] | None:
    """The JSON object of an answer; an empty one if there is no body, ``None`` if it is anything else."""
    if not response.content:
        return {}
    try:
        content = response.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
