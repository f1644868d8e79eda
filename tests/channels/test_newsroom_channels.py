"""Alice leads the libraries, Bob leads the highways, Charlie is on the comms desk: their Newsroom channels."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels import actions, connecting, importing, profiles, queries, sealing
from moothall.channels.models import Channel, Connection, State
from moothall.networks.base import Draft
from moothall.networks.errors import Rejected
from moothall.newsroom.models import Page
from moothall.newsroom.network import Newsroom
from moothall.records.actions import capture
from moothall.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice: User, libraries: Service) -> Channel:
    made = factories.channel(service=libraries, handle="libraries", slug="libraries", display_name="Town library")
    connecting.connect(alice, made, {})
    return made


def status_of(handle: str) -> int:
    return Client().get(f"/@{handle}/").status_code


def test_what_alice_proposes_and_connects_nobody_outside_sees(alice: User, libraries: Service) -> None:
    proposed = factories.channel(
        service=libraries, handle="merger", slug="merger", display_name="Merger helpline", state=State.PROPOSED
    )
    connecting.connect(alice, proposed, {})
    assert connecting.check_now(alice, proposed) == ""
    assert status_of("merger") == 404
    assert "Merger helpline" not in Client().get("/").content.decode()
    actions.set_state(alice, proposed, State.LIVE)
    assert status_of("merger") == 200
    actions.set_state(alice, proposed, State.PROPOSED)
    assert status_of("merger") == 404


def test_when_alice_closes_a_channel_its_page_says_so(alice: User, channel: Channel) -> None:
    actions.set_state(alice, channel, State.CLOSED)
    assert not Connection.objects.exists()
    page = Client().get("/@libraries/").content.decode()
    assert "This page is closed" in page
    assert "Town library" in Client().get("/channels/?q=libraries&network=newsroom").content.decode()
    actions.set_state(alice, channel, State.LIVE)
    assert "This page is closed" not in Client().get("/@libraries/").content.decode()


def test_page_and_register_change_together_or_not_at_all(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **values: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(actions, "capture", fail)
    with pytest.raises(RuntimeError):
        actions.set_state(alice, channel, State.CLOSED)
    assert Channel.objects.get().state == State.LIVE
    assert not Page.objects.get().is_closed


def test_a_channel_that_was_hidden_while_its_connection_was_tested_stays_hidden(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested = Channel.objects.get(pk=channel.pk)
    identify = Newsroom.identify

    def slowly(self: Newsroom, account: Any) -> Any:
        actions.set_state(alice, channel, State.PROPOSED)
        return identify(self, account)

    monkeypatch.setattr(Newsroom, "identify", slowly)
    connecting.check_connection(tested)
    assert status_of("libraries") == 404


def test_bob_cannot_take_over_an_address_of_alices_with_what_was_said_there(
    alice: User, bob: User, charlie: User, channel: Channel
) -> None:
    said = Newsroom().publish(queries.account(channel), Draft("Our libraries never close."), "3kabcdefghijk")
    channel.handle = "library-service"
    actions.save_channel(alice, channel)
    old = Client().get("/@libraries/")
    assert (old.status_code, old["Location"]) == (301, "/@library-service/")
    jokes = Channel(
        network="newsroom",
        handle="libraries",
        slug="jokes",
        service=bob.memberships.get().service,
        display_name="Jokes",
    )
    with pytest.raises(ValidationError, match="address of another channel’s page in the Newsroom"):
        actions.save_channel(bob, jokes)
    (fate,) = importing.plan(
        charlie, f"network,handle,display_name,service\nnewsroom,libraries,Jokes,{jokes.service.slug}\n"
    ).fates
    assert fate.reasons == [f"Handle: {actions.ADDRESS_TAKEN}"]
    jokes.save()  # whichever way it came into the register
    with pytest.raises(Rejected, match="is, or was, the address of another page"):
        connecting.connect(bob, jokes, {})
    assert not Connection.objects.filter(channel=jokes).exists()
    moved = Client().get(urlsplit(said.url).path, follow=True)
    assert "Our libraries never close." in moved.content.decode()
    assert "Town library" in moved.content.decode()


def test_alice_may_take_her_old_handle_back(alice: User, channel: Channel) -> None:
    for handle in ("library-service", "libraries"):
        channel.handle = handle
        actions.save_channel(alice, channel)
        assert status_of(handle) == 200


def test_the_state_page_says_that_nothing_goes_out_on_a_channel_that_is_not_live(
    channel: Channel, alice: User, signed_in: Any
) -> None:
    page = signed_in(alice).get("/register/libraries/state/").content.decode()
    assert "Posts go out on a live channel only." in page


def test_each_connection_that_is_sealed_anew_has_its_record_in_the_same_transaction(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Connection.objects.get().sealed
    monkeypatch.setattr(sealing, "capture", lambda *args, **values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sealing.reseal_all()
    assert Connection.objects.get().sealed == before
    monkeypatch.setattr(sealing, "capture", capture)
    assert sealing.reseal_all().resealed == 1
    assert Connection.objects.get().sealed != before
    record = Record.objects.get(kind="channel.resealed")
    assert (record.ref, record.actor_name, record.actor_id) == (actions.ref(channel), "The operator", None)


def test_the_practice_network_does_not_care_who_may_see_a_channel(charlie: User) -> None:
    practice = factories.channel(network="rehearsal", state=State.PROPOSED)
    connecting.connect(factories.person((Role.DESK, None)), practice, {"like": ""})
    actions.set_state(charlie, practice, State.CLOSED)
    assert profiles.profile(practice).is_closed
