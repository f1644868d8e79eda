"""Leave from a Mastodon server, against a stand-in that is our reading of docs.joinmastodon.org."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from moothall.networks.base import Account, App, Authorises, SignsOut
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected, Temporary
from moothall.networks.mastodon import Mastodon
from moothall.networks.mastodon_oauth import challenge
from tests.peers.mastodon import MastodonMock
from tests.peers.mastodon_oauth import MastodonSignIn
from tests.peers.processes import free_port

BACK = "https://moothall.example/authorised/0123456789abcdef/"
VERIFIER = "v" * 60


@pytest.fixture
def network() -> Mastodon:
    return Mastodon()


@pytest.fixture
def server() -> Iterator[MastodonSignIn]:
    with MastodonSignIn() as running:
        yield running


@pytest.fixture
def app(network: Mastodon, server: MastodonSignIn) -> App:
    return network.register(server.url, BACK)


def code(network: Mastodon, server: MastodonSignIn, app: App, verifier: str = VERIFIER) -> str:
    """The code with which somebody comes back who allowed it."""
    back = server.allow(network.sign_in_url(server.url, app, BACK, "state", verifier))
    assert back.startswith(BACK)
    return parse_qs(urlsplit(back).query)["code"][0]


def test_mastodon_is_a_network_at_which_one_signs_in(network: Mastodon) -> None:
    assert isinstance(network, Authorises)
    assert isinstance(network, SignsOut)


def test_the_challenge_is_that_of_the_rfc() -> None:
    # RFC 7636, appendix B
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_there_and_back_again(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    credentials = network.redeem(server.url, app, BACK, code(network, server, app), VERIFIER)
    identity = network.identify(Account("1", f"libraries@{server.domain}", credentials))
    assert identity.handle == f"@libraries@{server.domain}"
    assert server.apps[app.client_id].scopes == {"read:accounts", "read:statuses", "write:statuses", "write:media"}
    asked = dict(server.requests)["/oauth/token"]
    assert (asked["code_verifier"], asked["redirect_uri"]) == (VERIFIER, BACK)


def test_the_verifier_does_not_travel_through_the_browser(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    url = network.sign_in_url(server.url, app, BACK, "state", VERIFIER)
    expected = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    assert parse_qs(urlsplit(url).query)["code_challenge"] == [expected]
    assert VERIFIER not in url
    assert app.client_secret not in url
    assert app.client_secret not in repr(app)


def test_another_verifier_gets_no_token(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    with pytest.raises(Rejected, match="no longer accepts this sign-in"):
        network.redeem(server.url, app, BACK, code(network, server, app), "w" * 60)
    assert server.tokens == {}


def test_a_code_is_good_once(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    once = code(network, server, app)
    network.redeem(server.url, app, BACK, once, VERIFIER)
    with pytest.raises(Rejected, match="Begin again"):
        network.redeem(server.url, app, BACK, once, VERIFIER)


def test_a_server_that_knows_no_pkce_will_do(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    server.knows_pkce = False
    assert network.redeem(server.url, app, BACK, code(network, server, app), VERIFIER)["access_token"]


def test_a_server_that_forgot_us_says_so(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    assert network.knows(server.url, app)
    allowed = code(network, server, app)
    server.forget_apps()
    assert not network.knows(server.url, app)
    with pytest.raises(Rejected, match="does not know Moothall any more"):
        network.redeem(server.url, app, BACK, allowed, VERIFIER)


def test_a_server_without_tokens_for_applications_is_taken_to_know_us(
    network: Mastodon, server: MastodonSignIn, app: App
) -> None:
    server.answers["/oauth/token"] = (400, {"error": "unsupported_grant_type"})
    assert network.knows(server.url, app)


def test_a_token_is_given_back(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    credentials = network.redeem(server.url, app, BACK, code(network, server, app), VERIFIER)
    account = Account("1", f"libraries@{server.domain}", {**credentials, "client_secret": app.client_secret})
    network.sign_out(account)
    network.sign_out(account)
    assert server.tokens == {}
    with pytest.raises(NeedsReconnect, match="Moothall's permission was withdrawn on"):
        network.identify(account)


def test_a_token_that_was_pasted_is_its_owners_to_take_back(network: Mastodon, server: MastodonSignIn) -> None:
    network.sign_out(Account("1", "libraries", {"server": server.url, "access_token": "pasted"}))
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "kind", "match"),
    [
        (
            (422, {"error": "Validation failed: Redirect URI is bad"}),
            Rejected,
            "did not let Moothall",
        ),
        ((403, {"error": "This action is not allowed"}), Rejected, "did not let Moothall register"),
        ((404, {"error": "Not found"}), Rejected, "has nothing at that address"),
        ((301, {"to": "https://elsewhere.example/"}), Rejected, "passes us on to https://elsewhere.example/"),
        ((302, {"to": "http://127.0.0.1/admin"}), Rejected, "Use the server's own address"),
        ((429, {"error": "Too many requests"}), Temporary, "too many requests"),
        ((500, {}), Temporary, "had a fault of its own"),
        ((200, {}), Temporary, "makes no sense"),
        ((200, {"client_id": "a", "client_secret": ["b"]}), Temporary, "makes no sense"),
        ((200, {"client_id": "a\nb", "client_secret": "c"}), Temporary, "makes no sense"),
        ((200, {"client_id": "a" * 3_000, "client_secret": "c"}), Temporary, "makes no sense"),
    ],
)
def test_what_a_server_may_say_when_we_register(
    network: Mastodon, server: MastodonSignIn, answer: Any, kind: type[NetworkError], match: str
) -> None:
    server.answers["/api/v1/apps"] = answer
    with pytest.raises(kind, match=match):
        network.register(server.url, BACK)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, {}), Temporary),
        ((200, {"access_token": ""}), Temporary),
        ((200, {"access_token": "a b"}), Temporary),
        ((200, {"access_token": "t", "scope": "read"}), Rejected),
        ((200, {"access_token": "t", "scope": ["read", "write"]}), Rejected),
        ((400, {"error": ["?"]}), Rejected),
        ((403, {"error": "Your login is currently disabled"}), Rejected),
        ((503, {}), Temporary),
        ((301, {"to": "https://elsewhere.example/"}), Rejected),
    ],
)
def test_what_a_server_may_say_to_a_code(
    network: Mastodon, server: MastodonSignIn, app: App, answer: Any, kind: type[NetworkError]
) -> None:
    server.answers["/oauth/token"] = answer
    with pytest.raises(NetworkError) as caught:
        network.redeem(server.url, app, BACK, "some-code", VERIFIER)
    assert type(caught.value) is kind


def test_a_server_may_grant_more_than_was_asked(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    server.answers["/oauth/token"] = (200, {"access_token": "t", "scope": "read write follow"})
    assert network.redeem(server.url, app, BACK, "c", VERIFIER)["access_token"] == "t"


def test_secrets_that_come_back_are_not_repeated(network: Mastodon, server: MastodonSignIn, app: App) -> None:
    server.answers["/oauth/token"] = (400, {"error": f"{app.client_secret} {VERIFIER} the-code"})
    with pytest.raises(Rejected) as caught:
        network.redeem(server.url, app, BACK, "the-code", VERIFIER)
    assert caught.value.words == "[…] […] […]"


def test_a_server_that_is_not_there(network: Mastodon) -> None:
    with pytest.raises(Temporary, match="No connection to"):
        network.register(f"http://127.0.0.1:{free_port()}", BACK)


def test_a_private_address_is_refused(network: Mastodon, server: MastodonSignIn, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = ()
    with pytest.raises(Temporary, match="not on the public internet"):
        network.register("https://localhost", BACK)
    with pytest.raises(Rejected, match="Use https://"):
        network.server_address(server.url)
    assert server.requests == []


@pytest.mark.parametrize(
    "typed", ["", "https://", "a b", 'x"y', "https://me:secret@social.example", "javascript:alert(1)"]
)
def test_what_is_no_server_is_refused(network: Mastodon, typed: str) -> None:
    with pytest.raises(Rejected, match="not the address of a server"):
        network.server_address(typed)


@pytest.mark.parametrize(
    "typed", ["social.example", " https://Social.Example/@libraries ", "https://social.example", "SOCIAL.example/"]
)
def test_a_server_may_be_written_in_several_ways(network: Mastodon, typed: str) -> None:
    assert network.server_address(typed) == "https://social.example"


def test_the_other_stand_in_reads_the_documentation_alike(network: Mastodon, mastodon: MastodonMock) -> None:
    """`mastodon_mock` checks less, and was written by others: it should take the same requests."""
    app = network.register(mastodon.url, BACK)
    assert network.knows(mastodon.url, app)
    made = mastodon.create_account("oauth_reader")
    credentials = network.redeem(mastodon.url, app, BACK, f"mockcode_{made.username}", VERIFIER)
    account = Account("1", made.username, {**credentials, "client_secret": app.client_secret})
    assert network.identify(account).remote_id == made.id
    network.sign_out(account)
    with pytest.raises(NeedsReconnect):
        network.identify(account)
