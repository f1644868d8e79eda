"""Connecting a channel by signing in at its server, there and back, with everything that can come back instead.

The server is a stand-in, which is our reading of docs.joinmastodon.org (`tests/peers/mastodon_oauth.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import Notice, Service, User
from moothall.channels import actions, authorising, connecting, queries, sealing
from moothall.channels.models import Authorisation, Capacity, Channel, Connection, FormerHandle, ServerApp
from moothall.core import clock
from moothall.networks import registry
from moothall.records import queries as records
from tests import factories
from tests.peers.mastodon_oauth import INVALID_GRANT, MastodonSignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[MastodonSignIn]:
    with MastodonSignIn() as running:
        yield running


@pytest.fixture
def channel(server: MastodonSignIn, libraries: Service, alice: User) -> Channel:
    """A channel of the libraries on the stand-in, Alice its owner, not connected."""
    return factories.channel(
        network="mastodon", handle=f"libraries@{server.domain}", slug="libs", service=libraries, owner=alice
    )


@pytest.fixture
def as_alice(signed_in: Any, alice: User) -> Client:
    client: Client = signed_in(alice)
    return client


def begin(browser: Client, channel: Channel, server: str) -> str:
    """Choose the server and go on to the page with the way there: its address."""
    page = browser.post(reverse("register-authorise", args=[channel.slug]), {"authorise-server": server}, follow=True)
    assert page.redirect_chain == [(reverse("register-authorise", args=[channel.slug]), 302)], page.content.decode()
    there: str = page.context["there"].url
    return there


def come_back(browser: Client, address: str) -> tuple[str, list[str]]:
    """Follow the server's redirect to us: where we are sent on to, and what we are told."""
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302
    return answer["Location"], [str(each) for each in get_messages(answer.wsgi_request)]


def connect(browser: Client, channel: Channel, server: MastodonSignIn) -> list[str]:
    there = begin(browser, channel, server.url)
    _, told = come_back(browser, server.allow(there))
    return told


def test_there_and_back_again(as_alice: Client, channel: Channel, server: MastodonSignIn, settings: Any) -> None:
    page = as_alice.get(reverse("register-connect", args=[channel.slug])).content.decode()
    assert f'value="{server.domain}"' in page
    assert "Paste an access token instead" in page
    there = begin(as_alice, channel, server.url)
    back = server.allow(there)
    assert back.startswith(f"{settings.SITE_URL}/authorised/")
    onwards, told = come_back(as_alice, back)
    assert onwards == reverse("register-channel", args=[channel.slug])
    assert "is connected" in told[0]
    [token] = server.tokens
    assert queries.account(channel).credentials["access_token"] == token
    assert registry.network("mastodon").identify(queries.account(channel)).remote_id == "id-of-libraries"
    assert not Authorisation.objects.exists()
    assert [record.kind for record in records.of(actions.ref(channel))] == ["channel.connected"]
    kept = "".join(str(each.before) + str(each.after) for each in records.of(actions.ref(channel)))
    assert token not in kept


def test_nothing_secret_stands_open_in_the_database(as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
    state = parse_qs(urlsplit(begin(as_alice, channel, server.url)).query)["state"][0]
    [app] = server.apps.values()
    rows = str([list(each.objects.values()) for each in (Authorisation, ServerApp)])
    assert app.secret not in rows
    assert state not in rows


def test_one_application_serves_all_channels_of_a_server(
    as_alice: Client, channel: Channel, server: MastodonSignIn, libraries: Service
) -> None:
    archives = factories.channel(network="mastodon", handle=f"archives@{server.domain}", service=libraries)
    connect(as_alice, channel, server)
    server.signed_in_as = "archives"
    connect(as_alice, archives, server)
    assert len(server.apps) == ServerApp.objects.count() == 1
    assert queries.is_connected(archives)


def test_a_server_that_forgot_moothall_is_registered_with_anew(
    as_alice: Client, channel: Channel, server: MastodonSignIn
) -> None:
    connect(as_alice, channel, server)
    before = ServerApp.objects.get().client_id
    server.forget_apps()
    assert "is connected" in connect(as_alice, channel, server)[0]
    assert ServerApp.objects.get().client_id != before


def test_another_address_of_moothall_is_registered_anew(
    as_alice: Client, channel: Channel, server: MastodonSignIn, settings: Any
) -> None:
    connect(as_alice, channel, server)
    settings.SITE_URL = "https://moothall.example"
    assert server.allow(begin(as_alice, channel, server.url)).startswith("https://moothall.example/authorised/")


class TestWhatComesBackInstead:
    @pytest.fixture(autouse=True)
    def afterwards(self, channel: Channel) -> Iterator[None]:
        yield
        assert not queries.is_connected(channel)
        assert not Notice.objects.exists()

    def test_denied(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        there = begin(as_alice, channel, server.url)
        onwards, told = come_back(as_alice, server.deny(there))
        assert onwards == f"{reverse('register-connect', args=['libs'])}?{urlencode({'server': server.url})}"
        assert "You did not allow it" in told[0]
        assert server.url in as_alice.get(onwards).content.decode(), "What was typed is still there."
        assert not Authorisation.objects.exists()

    def test_another_account(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        server.signed_in_as = "highways"
        [told] = connect(as_alice, channel, server)
        assert f"sign in as @highways@{server.domain}, and this channel is @libraries@{server.domain}" in told
        assert server.tokens == {}, "The token of the wrong account was given back."

    @pytest.mark.parametrize("state", ["", "wrong", "\0", "x" * 5_000])
    def test_a_wrong_state(self, as_alice: Client, channel: Channel, server: MastodonSignIn, state: str) -> None:
        back = urlsplit(server.allow(begin(as_alice, channel, server.url)))
        code = parse_qs(back.query)["code"][0]
        onwards, told = come_back(as_alice, f"{back.path}?{urlencode({'code': code, 'state': state})}")
        assert onwards == reverse("register")
        assert "was not begun here" in told[0]
        assert server.tokens == {}

    def test_somebody_elses_state(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn, signed_in: Any, charlie: User
    ) -> None:
        """Charlie may connect the channel as well, and gets nothing with Alice's state; nor does she lose it."""
        back = server.allow(begin(as_alice, channel, server.url))
        _, told = come_back(signed_in(charlie), back)
        assert "was not begun here" in told[0]
        assert Authorisation.objects.count() == 1

    def test_another_session_of_the_same_person(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn, signed_in: Any, alice: User
    ) -> None:
        back = server.allow(begin(as_alice, channel, server.url))
        _, told = come_back(signed_in(alice), back)
        assert "was not begun here" in told[0]

    def test_too_late(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        back = server.allow(begin(as_alice, channel, server.url))
        Authorisation.objects.update(begun_at=clock.now() - timedelta(minutes=10, seconds=1))
        assert as_alice.get(reverse("register-authorise", args=["libs"])).status_code == 302, "The way there is closed."
        onwards, told = come_back(as_alice, back)
        assert "took longer than ten minutes" in told[0]
        assert onwards.startswith(reverse("register-connect", args=["libs"]))
        assert server.tokens == {}

    def test_the_address_of_another_server(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        back = urlsplit(server.allow(begin(as_alice, channel, server.url)))
        other = reverse("register-authorised", args=["0123456789abcdef"])
        _, told = come_back(as_alice, f"{other}?{back.query}")
        assert "Another server than" in told[0]
        assert server.tokens == {}

    def test_no_answer_at_all(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        state = parse_qs(urlsplit(begin(as_alice, channel, server.url)).query)["state"][0]
        address = urlsplit(authorising.redirect_uri("mastodon", server.url)).path
        _, told = come_back(as_alice, f"{address}?state={state}")
        assert "without an answer" in told[0]

    def test_an_error_of_the_servers_own(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        state = parse_qs(urlsplit(begin(as_alice, channel, server.url)).query)["state"][0]
        address = urlsplit(authorising.redirect_uri("mastodon", server.url)).path
        said = {"state": state, "error": "temporarily_unavailable", "error_description": "<b>Back soon</b>"}
        onwards, told = come_back(as_alice, f"{address}?{urlencode(said)}")
        assert "It said: “<b>Back soon</b>”" in told[0]
        assert "<b>Back soon</b>" not in as_alice.get(onwards).content.decode()

    def test_a_code_that_the_server_no_longer_takes(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn
    ) -> None:
        server.answers["/oauth/token"] = INVALID_GRANT
        [told] = connect(as_alice, channel, server)
        assert "no longer accepts this sign-in" in told

    def test_a_verifier_that_is_not_ours(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        """Somebody put the code of their own sign-in, with their own challenge, into Alice's way back."""
        theirs = server.allow(begin(as_alice, channel, server.url))
        ours = server.allow(begin(as_alice, channel, server.url))
        mixed = {
            "code": parse_qs(urlsplit(theirs).query)["code"][0],
            "state": parse_qs(urlsplit(ours).query)["state"][0],
        }
        _, told = come_back(as_alice, f"{urlsplit(ours).path}?{urlencode(mixed)}")
        assert "no longer accepts this sign-in" in told[0]
        assert server.tokens == {}

    def test_the_keys_were_changed_meanwhile(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn, settings: Any
    ) -> None:
        back = server.allow(begin(as_alice, channel, server.url))
        settings.SEALING_KEYS = [Fernet.generate_key().decode()]
        _, told = come_back(as_alice, back)
        assert "keys were changed" in told[0]

    def test_the_channel_became_an_elected_persons(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn
    ) -> None:
        back = server.allow(begin(as_alice, channel, server.url))
        Channel.objects.filter(pk=channel.pk).update(capacity=Capacity.MEMBER)
        _, told = come_back(as_alice, back)
        assert "elected person" in told[0]


def test_a_state_is_good_once(as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
    back = server.allow(begin(as_alice, channel, server.url))
    come_back(as_alice, back)
    before = Connection.objects.get().sealed
    _, told = come_back(as_alice, back)
    assert "used already" in told[-1]
    assert Connection.objects.get().sealed == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Give the address"),
        ("not a server", "not the address of a server"),
        ("http://social.example", "Use https://"),
        ("https://127.0.0.1:1", "No connection to"),
    ],
)
def test_a_server_that_will_not_do_is_said_beside_the_form(
    as_alice: Client, channel: Channel, typed: str, said: str
) -> None:
    page = as_alice.post(reverse("register-authorise", args=["libs"]), {"authorise-server": typed})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert typed in page.content.decode()
    assert not Authorisation.objects.exists()


def test_a_server_that_passes_us_on_is_not_followed(as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
    server.answers["/api/v1/apps"] = (302, {"to": "https://elsewhere.example/"})
    page = as_alice.post(reverse("register-authorise", args=["libs"]), {"authorise-server": server.url})
    assert "passes us on to https://elsewhere.example/" in page.content.decode()
    assert not ServerApp.objects.exists()


def test_bob_and_networks_without_a_sign_in_are_turned_away(
    as_alice: Client, channel: Channel, server: MastodonSignIn, signed_in: Any, bob: User, libraries: Service
) -> None:
    address = reverse("register-authorise", args=["libs"])
    assert signed_in(bob).post(address, {"authorise-server": server.url}).status_code == 403
    assert server.requests == []
    bluesky = factories.channel(network="bluesky", handle="libs.test", slug="bsky", service=libraries)
    page = as_alice.post(reverse("register-authorise", args=[bluesky.slug]), {"authorise-server": server.url})
    assert page.url == reverse("register-connect", args=[bluesky.slug])
    assert "Go on to sign in there" not in as_alice.get(page.url).content.decode()
    assert server.requests == []


class TestConnectingAgain:
    @pytest.fixture(autouse=True)
    def connected(self, as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
        connect(as_alice, channel, server)

    def test_what_comes_to_nothing_leaves_the_old_connection(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn
    ) -> None:
        before = Connection.objects.filter(channel=channel).values().get()
        server.signed_in_as = "highways"
        connect(as_alice, channel, server)
        come_back(as_alice, server.deny(begin(as_alice, channel, server.url)))
        assert Connection.objects.filter(channel=channel).values().get() == before
        assert connecting.check_connection(channel) == ""

    def test_what_succeeds_keeps_history_and_gives_the_old_token_back(
        self,
        as_alice: Client,
        channel: Channel,
        server: MastodonSignIn,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        FormerHandle.objects.create(channel=channel, handle="old", until=clock.now().date())
        row, [before] = Connection.objects.get().pk, server.tokens
        with django_capture_on_commit_callbacks(execute=True):
            connect(as_alice, channel, server)
        [after] = server.tokens
        assert after != before
        assert queries.account(channel).credentials["access_token"] == after
        assert Connection.objects.get().pk == row
        assert channel.former_handles.count() == 1
        kinds = [record.kind for record in records.of(actions.ref(channel))]
        assert kinds == ["channel.connected", "channel.reconnected"]

    def test_leave_that_was_withdrawn_is_named_and_the_owner_told_once(
        self, channel: Channel, server: MastodonSignIn, alice: User
    ) -> None:
        server.tokens.clear()
        for _ in range(2):
            assert "permission was withdrawn on" in connecting.check_connection(channel)
        assert Connection.objects.get().broken_since
        assert [notice.user for notice in Notice.objects.all()] == [alice]
        assert "permission was withdrawn" in Notice.objects.get().text

    def test_disconnecting_gives_the_token_back(
        self, channel: Channel, server: MastodonSignIn, alice: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            connecting.disconnect(alice, channel)
        assert server.tokens == {}
        assert not queries.is_connected(channel)

    @pytest.mark.parametrize("answer", [(403, {"error": "unauthorized_client"}), (500, {}), (200, ["nonsense"])])
    def test_a_server_that_will_not_listen_holds_nobody_up(
        self,
        channel: Channel,
        server: MastodonSignIn,
        alice: User,
        answer: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        server.answers["/oauth/revoke"] = answer
        with django_capture_on_commit_callbacks(execute=True):
            connecting.disconnect(alice, channel)
        assert not queries.is_connected(channel)

    def test_what_the_server_gave_us_is_sealed_with_the_new_key(
        self, as_alice: Client, channel: Channel, server: MastodonSignIn, settings: Any
    ) -> None:
        old, new = settings.SEALING_KEYS[0], Fernet.generate_key().decode()
        settings.SEALING_KEYS = [new, old]
        sealing.reseal_all()
        settings.SEALING_KEYS = [new]
        assert queries.app_on("mastodon", server.url)
        settings.SEALING_KEYS = [old]
        sealing.reseal_all()
        assert not ServerApp.objects.exists(), "No key opens it: it is registered anew."
        assert "is connected" in connect(as_alice, channel, server)[0]


def test_a_token_may_still_be_pasted(as_alice: Client, channel: Channel, server: MastodonSignIn) -> None:
    server.tokens["by-hand"] = ("somebody", "libraries")
    address = reverse("register-connect", args=["libs"])
    refused = as_alice.post(address, {"server": server.url, "access_token": "wrong"})
    assert '<details class="govuk-details" open>' in refused.content.decode()
    as_alice.post(address, {"server": server.url, "access_token": "by-hand"})
    assert queries.account(channel).credentials == {"server": server.url, "access_token": "by-hand"}
