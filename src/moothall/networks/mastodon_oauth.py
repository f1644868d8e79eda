"""Getting leave from a Mastodon server on its own pages, so that nobody copies an access token by hand.

Sources: docs.joinmastodon.org, pages "apps", "oauth" and "OAuth scopes"; RFC 6749 and, for PKCE, RFC 7636. Mastodon.py
knows no PKCE, and registers an application without saying why a server would not; so this speaks HTTP by itself. The
endpoints are those of the documentation, on the server that the person named: where its own metadata would send us is
not asked. Servers before Mastodon 4.3 pass PKCE over.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx

from moothall.core import http
from moothall.networks import credentials
from moothall.networks.base import Account, App
from moothall.networks.errors import NetworkError, Rejected
from moothall.networks.translate import Answer, Peer

APP_NAME = "Moothall"
LONGEST = 2_000
"""Characters of a client's id, of its secret, or of a token that we would keep."""
SIGN_OUT_SECONDS = 5.0
"""The longest silence while we give a token back: somebody waits for the page."""

_UNKNOWN_APP = ("invalid_client", "unauthorized_client")


class AuthorisesOnMastodon:
    """``base.Authorises`` and ``base.SignsOut`` for Mastodon and the servers that speak its API."""

    scopes = "read:accounts read:statuses write:statuses write:media"
    """For ``identify``; ``find`` and the text as it was sent; ``publish`` and ``delete``; pictures."""
    will_do = (
        "see whose account it is",
        "read the account’s posts, to find out whether one got through",
        "publish, change and take down posts",
        "upload pictures and videos",
    )

    def server_address(self, typed: str) -> str:
        return credentials.address(typed)

    def register(self, server: str, redirect_uri: str) -> App:
        peer = Peer(credentials.host(server))
        asked = {"client_name": APP_NAME, "redirect_uris": redirect_uri, "scopes": self.scopes}
        answer = _post(peer, f"{server}/api/v1/apps", asked)
        if not isinstance(answer, dict):
            if answer.status in (400, 401, 403, 422):
                words = peer.words(answer.body)
                raise Rejected(f"{peer.name} did not let Moothall register.", words=words, status=answer.status)
            raise peer.refusal(answer)
        return App(_word(peer, answer, "client_id"), _word(peer, answer, "client_secret"))

    def knows(self, server: str, app: App) -> bool:
        """Asked for a token of the application's own: the page on which a person signs in would not tell us."""
        peer = Peer(credentials.host(server), (app.client_secret,))
        asked = {"grant_type": "client_credentials", "scope": "read:accounts", **_identified(app)}
        answer = _post(peer, f"{server}/oauth/token", asked)
        return isinstance(answer, dict) or _error(answer) not in _UNKNOWN_APP

    def sign_in_url(self, server: str, app: App, redirect_uri: str, state: str, verifier: str) -> str:
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.scopes,
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "force_login": "true",  # lest the server takes whoever is signed in there, without showing who that is
        }
        return f"{server}/oauth/authorize?{urlencode(query)}"

    def redeem(self, server: str, app: App, redirect_uri: str, code: str, verifier: str) -> Mapping[str, str]:
        peer = Peer(credentials.host(server), (app.client_secret, code, verifier))
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "scope": self.scopes,
            "code_verifier": verifier,
            **_identified(app),
        }
        answer = _post(peer, f"{server}/oauth/token", asked)
        if not isinstance(answer, dict):
            raise _not_redeemed(peer, answer)
        token = _word(peer, answer, "access_token")
        granted = answer.get("scope", self.scopes)
        if not isinstance(granted, str) or not _covers(granted, self.scopes):
            raise Rejected(f"{peer.name} gave Moothall less leave than it asked for. Allow all of it.")
        return {"server": server, "access_token": token, "client_id": app.client_id}

    def sign_out(self, account: Account) -> None:
        app = App(account.credentials.get("client_id", ""), account.credentials.get("client_secret", ""))
        if not app.client_secret:
            return  # a token that somebody copied by hand: only they can take it back
        server, token = credentials.server(account), credentials.secret(account, "access_token")
        peer = Peer(credentials.host(server), (app.client_secret, token))
        answer = _post(peer, f"{server}/oauth/revoke", {"token": token, **_identified(app)}, seconds=SIGN_OUT_SECONDS)
        if not isinstance(answer, dict):
            raise peer.refusal(answer)


def challenge(verifier: str) -> str:
    """What a server is shown of the verifier before it gets it: RFC 7636's S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@cache
def _http() -> httpx.Client:
    return http.client(headers={"Accept": "application/json", "Accept-Language": "en"})


def _post(peer: Peer, url: str, data: Mapping[str, str], *, seconds: float | None = None) -> dict[str, Any] | Answer:
    """What the server answered: the object of a success, or the refusal. Raises a ``NetworkError`` for anything else.

    Nothing is posted here that the public sees, so no fault leaves a doubt.
    """
    options: dict[str, Any] = {} if seconds is None else {"timeout": seconds}
    try:
        response = _http().post(url, data=dict(data), **options)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise peer.unanswered(error) from error
    if not response.is_success:
        return Answer(response.status_code, response.headers, response.text)
    try:
        content = response.json()
    except ValueError as error:
        raise peer.unreadable() from error
    if not isinstance(content, dict):
        raise peer.unreadable()
    return content


def _not_redeemed(peer: Peer, answer: Answer) -> NetworkError:
    words, error = peer.words(answer.body), _error(answer)
    if error in _UNKNOWN_APP:
        message = f"{peer.name} does not know Moothall any more. Begin again: Moothall will register anew."
        return Rejected(message, words=words, status=answer.status)
    if error == "invalid_grant":
        message = f"{peer.name} no longer accepts this sign-in. Begin again."
        return Rejected(message, words=words, status=answer.status)
    if answer.status in (400, 401, 403, 422):
        return Rejected(f"{peer.name} gave Moothall no token.", words=words, status=answer.status)
    return peer.refusal(answer)


def _error(answer: Answer) -> str:
    """OAuth's own name of an error; empty if the answer has none."""
    try:
        content = json.loads(answer.body)
    except ValueError:
        return ""
    return str(content.get("error") or "") if isinstance(content, dict) else ""


def _word(peer: Peer, answer: Mapping[str, Any], name: str) -> str:
    """A token, or an id like one, out of an answer. Raises the error for an answer that makes no sense."""
    value = answer.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise peer.unreadable()
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise peer.unreadable()
    return value


def _identified(app: App) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.client_secret}


def _covers(granted: str, wanted: str) -> bool:
    """Whether a scope was granted for each that is wanted: ``write`` is good for ``write:media`` too."""
    held = set(granted.split())
    return all(scope in held or scope.partition(":")[0] in held for scope in wanted.split())
