"""What a Mastodon account says of itself, as a stand-in tells it: our reading of docs.joinmastodon.org, "accounts"."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from moothall.networks import registry
from moothall.networks.errors import NetworkError, Rejected
from moothall.networks.proving import Profile


class Social:
    """A server with one account, Charlie's. ``says`` are the texts of her latest posts."""

    def __init__(self) -> None:
        self.note = ""
        self.fields: list[dict[str, str]] = []
        self.posts: list[dict[str, Any]] = []
        self.home = ""
        """What the account says that its address is; empty: this server."""
        self.status = 200
        social = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, content = social.answer(self.path)
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}"

    def answer(self, path: str) -> tuple[int, Any]:
        parts = urlsplit(path)
        if self.status != 200:
            return self.status, {"error": "no"}
        if parts.path == "/api/v1/accounts/lookup":
            if parse_qs(parts.query)["acct"] != ["charlie"]:
                return 404, {"error": "Record not found"}
            url = f"{self.home or self.url}/@charlie"
            return 200, {"id": "7", "username": "charlie", "url": url, "note": self.note, "fields": self.fields}
        return 200, self.posts

    def profile(self, name: str = "charlie") -> Profile:
        network: Any = registry.network("mastodon")
        found: Profile = network.profile(f"@{name}@{self.host}", [self.url])
        return found


@pytest.fixture
def social() -> Iterator[Social]:
    made = Social()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()


CODE, ADDRESS = "moothall-c0de", "https://social.exampleshire.example/linked/moothall-c0de/"


def post(content: str, visibility: str = "public") -> dict[str, Any]:
    return {"content": content, "visibility": visibility, "reblog": None}


def test_a_link_back_on_the_profile_or_a_code_in_a_post_is_seen(social: Social) -> None:
    assert not social.profile().shows(CODE, ADDRESS)
    social.fields = [{"name": "Work", "value": f'<a href="{ADDRESS}" rel="me">exampleshire</a>'}]
    assert social.profile().shows(ADDRESS), "the address behind a link counts, however it is shown"
    social.fields, social.note = [], f"<p>I am {CODE}</p>"
    assert social.profile().shows(CODE)
    social.note, social.posts = "", [post(f"<p>It is me: {CODE}</p>")]
    assert social.profile().shows(CODE)
    assert social.profile().author_id == f"{social.url}/@charlie"


@pytest.mark.parametrize("said", [post(CODE, "private"), post(CODE) | {"reblog": {"content": CODE}}])
def test_what_is_not_public_or_anothers_proves_nothing(social: Social, said: dict[str, Any]) -> None:
    social.posts = [said]
    assert not social.profile().shows(CODE)


def test_a_server_speaks_for_its_own_accounts_alone(social: Social) -> None:
    social.note, social.home = CODE, "https://elsewhere.example"
    with pytest.raises(NetworkError):
        social.profile()


@pytest.mark.parametrize(("status", "says"), [(401, "lets nobody read accounts"), (500, "a fault of its own")])
def test_a_server_that_does_not_tell_says_so(social: Social, status: int, says: str) -> None:
    social.status = status
    with pytest.raises(NetworkError, match=says):
        social.profile()


def test_an_account_that_is_not_there_is_refused(social: Social) -> None:
    with pytest.raises(Rejected, match="knows no account of that name"):
        social.profile("nobody")
