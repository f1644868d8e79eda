"""Signing in to a Bluesky server, and staying signed in.

Bluesky allows an account 30 sign-ins in five minutes and 300 a day (its page "Rate limits"). So there is one session an
account: its keeper (``base.SessionKeeper``) has it for all processes, and each process has a client with a copy.

A session is two tokens. The one that opens everything lasts two hours; the other, which gets new ones, is used once:
the server then hands out its successor, and for two more hours the very same one to whoever asks with the old. So it is
renewed in turns, and whoever’s turn comes looks first whether it still has to be. If a process dies between the answer
and our keeping it, the next gets the same answer; after these hours, or whenever the server refuses, we sign in anew
with the app password. (Source: the PDS, ``account-manager.ts``, ``rotateRefreshToken``.)
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import httpx
from atproto import Client
from atproto_client.client.session import Session, SessionEvent
from atproto_client.request import Request, RequestBase
from atproto_core.exceptions import AtProtocolError

from moothall.core import http
from moothall.networks.base import SessionKeeper
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected
from moothall.networks.translate import Answer, Peer

_POSTING = ("/com.atproto.repo.putRecord", "/com.atproto.repo.applyWrites")
_SIGNING_IN = "/com.atproto.server.createSession"
SIGN_OUT_SECONDS = 5.0
"""The longest silence while we end a session: somebody waits for the page."""

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


class PasswordRefused(NeedsReconnect):
    """The server does not take the app password."""


@dataclass(frozen=True)
class Login:
    """With what we sign in. ``server`` is an address without a path."""

    server: str
    handle: str
    password: str = field(repr=False)
    keeper: SessionKeeper | None = field(default=None, repr=False, compare=False)
    """Who has the session for all processes; without one it is this process's alone."""

    @property
    def peer(self) -> Peer:
        host = httpx.URL(self.server).host
        name = "Bluesky" if host == "bsky.social" or host.endswith(".bsky.network") else host
        return Peer(name, (self.password,))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one login from another, without keeping the password about."""
        return self.server, self.handle, hashlib.sha256(self.password.encode()).hexdigest()


class SharedClient(Client):
    """The library's client, which renews its session by turns with whoever else has a copy of it."""

    def __init__(self, login: Login) -> None:
        super().__init__(base_url=login.server, request=GuardedRequest(login.peer))
        self.credentials = login

    def copy_of_session(self) -> Session:
        """The session as it is now. ``ValueError`` if the client has none yet."""
        if self._session is None:
            raise ValueError("Nobody has signed in with this client.")
        return self._session.copy()

    def take(self, session: Session) -> None:
        """Go on with this session."""
        self._set_session(SessionEvent.IMPORT, session)

    def _refresh_and_set_session(self) -> None:  # type: ignore[override]  # nobody reads what the library returns
        """What the library calls when the session nears its end; other threads with this client wait meanwhile."""
        keeper = self.credentials.keeper
        if keeper is None:
            self.take(self._renewed())
            return
        with keeper.turn():
            kept = read_session(keeper.load())
            if kept is not None and kept.refresh_jwt != self.copy_of_session().refresh_jwt:
                self.take(kept)  # somebody was quicker
                if not self._should_refresh_session():
                    return
            renewed = self._renewed()
            keeper.store(asdict(renewed))
            self.take(renewed)

    def _renewed(self) -> Session:
        """The session that comes after this one, or a new one if the server no longer takes it."""
        session = self.copy_of_session()
        try:
            answer = self.com.atproto.server.refresh_session(headers=by(session), ignore_session_check=True)
        except NeedsReconnect:
            pass  # and leave the handler: what signing in says has nothing to do with it
        except AtProtocolError as error:
            raise self.credentials.peer.unreadable() from error
        else:
            return Session(answer.handle, answer.did, answer.access_jwt, answer.refresh_jwt, session.pds_endpoint)
        return sign_in(self.credentials).client.copy_of_session()


@dataclass(frozen=True)
class SignedIn:
    """A client that is signed in, and as whom."""

    client: SharedClient
    did: str
    handle: str


class _Slot:
    """The place of one login among the clients; its lock keeps two threads from signing in at once."""

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
        """A signed-in client; another if the one here is ``instead_of``, whose session the server no longer accepts.

        Raises the errors of ``errors.py``.
        """
        slot = self._slot(login)
        with slot.lock:
            if slot.signed_in is None or slot.signed_in is instead_of:
                slot.signed_in = None
                slot.signed_in = _shared(login, refused=instead_of)
            elif login.keeper is not None:
                slot.signed_in.client.credentials = login  # the channel may have been connected again since
            return slot.signed_in

    def renew(self, login: Login) -> SignedIn:
        """Sign in anew, whether or not there is a session: the only proof that the password is still good."""
        slot = self._slot(login)
        with slot.lock:
            slot.signed_in = None
            slot.signed_in = _signed_in_and_kept(login)
            return slot.signed_in

    def end(self, login: Login) -> None:
        """Forget the login, and tell the server that its session has ended. Raises the errors of ``errors.py``."""
        with self._lock:
            self._slots.pop(login.key, None)
        session = read_session(login.keeper.load()) if login.keeper else None
        if session is None:
            return
        client = SharedClient(login)
        client.take(session)
        server = client.com.atproto.server
        try:
            server.delete_session(headers=by(session), ignore_session_check=True, timeout=SIGN_OUT_SECONDS)
        except AtProtocolError as error:
            raise login.peer.unreadable() from error

    def _slot(self, login: Login) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault(login.key, _Slot())
            self._slots.move_to_end(login.key)
            if len(self._slots) > self._size:
                self._slots.popitem(last=False)
            return slot


def _shared(login: Login, refused: SignedIn | None) -> SignedIn:
    """A client with the kept session, or with a new one if there is none but the one that the server ``refused``."""
    if login.keeper is None:
        return sign_in(login)
    refused_token = refused.client.copy_of_session().refresh_jwt if refused else ""
    kept = read_session(login.keeper.load())
    if kept is None or kept.refresh_jwt == refused_token:
        with login.keeper.turn():
            kept = read_session(login.keeper.load())  # whoever had the turn before us may have signed in
            if kept is None or kept.refresh_jwt == refused_token:
                signed_in = sign_in(login)
                login.keeper.store(asdict(signed_in.client.copy_of_session()))
                return signed_in
    client = SharedClient(login)
    client.take(kept)
    return SignedIn(client, kept.did, kept.handle)


def _signed_in_and_kept(login: Login) -> SignedIn:
    if login.keeper is None:
        return sign_in(login)
    with login.keeper.turn():
        signed_in = sign_in(login)
        login.keeper.store(asdict(signed_in.client.copy_of_session()))
        return signed_in


def read_session(kept: Mapping[str, str]) -> Session | None:
    """A session as a keeper has it; ``None`` if it has none, or none that we understand."""
    try:
        return Session(**kept)
    except TypeError:
        return None


def by(session: Session) -> dict[str, str]:
    """The headers of what is asked with the session's second token: to renew it, or to end it."""
    return {"Authorization": f"Bearer {session.refresh_jwt}"}


def sign_in(login: Login) -> SignedIn:
    """Sign in with one call to the server. Raises the errors of ``errors.py``."""
    client = SharedClient(login)
    try:
        # The profile would come from Bluesky's AppView, which not every server has behind it.
        client.login(login.handle, login.password, fetch_bsky_profile=False)
    except PasswordRefused as error:
        if login.keeper is None or not login.keeper.load():
            raise
        message = (  # there was a session, so it was good once
            f"The app password of @{login.handle} was withdrawn on {login.peer.name}. Make a new one and connect again."
        )
        raise NeedsReconnect(message, words=error.words, status=error.status) from error
    except AtProtocolError as error:
        raise login.peer.unreadable() from error
    session = client.copy_of_session()
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
        if content is None or (posts and content.keys().isdisjoint({"uri", "results"})):
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
            return PasswordRefused(message, words=words, status=answer.status)
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
