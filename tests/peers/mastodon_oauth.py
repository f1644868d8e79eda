"""A stand-in for the sign-in of a Mastodon server. It is not Mastodon: it is our reading of docs.joinmastodon.org.

It knows what `mastodon_mock` does not check: that the application was registered with this redirect URI and these
scopes, that its secret is right, that a code is used once and with the verifier that belongs to its challenge, and that
only the application that got a token can revoke it. The pages "apps" and "oauth" say so; the errors' names and statuses
are theirs (and Doorkeeper's, on which Mastodon is built). Of the rest of the API it has the two calls that tell whose
account a token is, and what that server is called.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

Said = tuple[int, dict[str, Any]]
"""A status and a JSON object."""
INVALID_CLIENT: Said = (401, {"error": "invalid_client", "error_description": "Client authentication failed."})
INVALID_GRANT: Said = (400, {"error": "invalid_grant", "error_description": "The provided grant is invalid."})


@dataclass
class _App:
    secret: str
    redirect_uris: list[str]
    scopes: set[str]


@dataclass
class _Code:
    client_id: str
    redirect_uri: str
    challenge: str
    username: str


@dataclass
class MastodonSignIn:
    """The stand-in, while the context lasts. ``signed_in_as`` is who sits before the browser at the server."""

    signed_in_as: str = "libraries"
    knows_pkce: bool = True
    """Mastodon before 4.3 does not."""
    apps: dict[str, _App] = field(default_factory=dict)
    codes: dict[str, _Code] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Client id and username, by token."""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and form of each POST."""
    answers: dict[str, Said] = field(default_factory=dict)
    """What a path answers instead of what it should, by path."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.domain = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.domain}"
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def allow(self, address: str) -> str:
        """What happens in the browser when somebody opens ``address`` and chooses Allow: where it goes on to."""
        asked = self._asked(address)
        code = secrets.token_urlsafe(16)
        challenge = asked.get("code_challenge", "") if self.knows_pkce else ""
        self.codes[code] = _Code(asked["client_id"], asked["redirect_uri"], challenge, self.signed_in_as)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def deny(self, address: str) -> str:
        """The same for Deny."""
        asked = self._asked(address)
        said = {
            "error": "access_denied",
            "error_description": "The resource owner or authorization server denied the request.",
            "state": asked["state"],
        }
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def forget_apps(self) -> None:
        """As after a reset, or when the server cleans up applications that nobody uses; their tokens go too."""
        self.apps.clear()
        self.tokens.clear()

    def _asked(self, address: str) -> dict[str, str]:
        """The query of a sign-in page that would be shown; `AssertionError` if the server would show an error."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/oauth/authorize"
        asked = dict(parse_qsl(parts.query))
        app = self.apps.get(asked["client_id"])
        assert app, "The server would say that it does not know the application."
        assert asked["response_type"] == "code"
        assert asked["redirect_uri"] in app.redirect_uris
        assert set(asked["scope"].split()) <= app.scopes
        assert asked["code_challenge_method"] == "S256"
        return asked

    def answer(self, path: str, form: dict[str, str]) -> Said:
        """What a POST gets."""
        self.requests.append((path, form))
        if path in self.answers:
            return self.answers[path]
        calls: dict[str, Callable[[dict[str, str]], Said]] = {
            "/api/v1/apps": self._register,
            "/oauth/token": self._token,
            "/oauth/revoke": self._revoke,
        }
        return calls[path](form) if path in calls else (404, {"error": "Record not found"})

    def answer_about(self, path: str, token: str) -> Said:
        """What a GET gets."""
        if path == "/api/v2/instance":
            return 200, {"domain": self.domain, "version": "4.3.0", "configuration": {}}
        if path != "/api/v1/accounts/verify_credentials":
            return 404, {"error": "Record not found"}
        if token not in self.tokens:
            return 401, {"error": "The access token was revoked"}
        username = self.tokens[token][1]
        return 200, {"id": f"id-of-{username}", "username": username, "url": f"{self.url}/@{username}"}

    def _register(self, form: dict[str, str]) -> Said:
        client_id, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.apps[client_id] = _App(secret, form["redirect_uris"].split("\n"), set(form["scopes"].split()))
        return 200, {"name": form["client_name"], "client_id": client_id, "client_secret": secret}

    def _token(self, form: dict[str, str]) -> Said:
        app = self.apps.get(form.get("client_id", ""))
        if app is None or app.secret != form.get("client_secret"):
            return INVALID_CLIENT
        token = secrets.token_urlsafe(16)
        if form["grant_type"] == "client_credentials":
            return 200, {"access_token": token, "token_type": "Bearer", "scope": form["scope"]}
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or (code.client_id, code.redirect_uri) != (form["client_id"], form.get("redirect_uri")):
            return INVALID_GRANT
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code.challenge and code.challenge != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return INVALID_GRANT
        self.tokens[token] = (form["client_id"], code.username)
        return 200, {"access_token": token, "token_type": "Bearer", "scope": form["scope"], "created_at": 0}

    def _revoke(self, form: dict[str, str]) -> Said:
        app = self.apps.get(form.get("client_id", ""))
        held_by, _ = self.tokens.get(form.get("token", ""), (form.get("client_id"), ""))
        if app is None or app.secret != form.get("client_secret") or held_by != form["client_id"]:
            return 403, {"error": "unauthorized_client", "error_description": "You are not authorized to revoke this."}
        self.tokens.pop(form["token"], None)
        return 200, {}


def _handler(server: MastodonSignIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*server.answer(self.path, form))

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._say(*server.answer_about(urlsplit(self.path).path.rstrip("/"), token))

        def _say(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", content["to"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing: the tests look at ``requests``."""

    return Handler
