"""Adding and changing channels: who may, what is kept, what is refused."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from moothall.accounts.models import Service, User
from moothall.channels import actions
from moothall.channels.models import Capacity, Channel, Connection, State
from moothall.core.pictures import clean_upload
from moothall.records import queries as records
from tests import factories

pytestmark = pytest.mark.django_db


def proposal(service: Service, **values: Any) -> Channel:
    return Channel(
        **{
            "network": "bluesky",
            "handle": "@libraries.exampleshire.example",
            "slug": "libraries-bluesky",
            "display_name": "Exampleshire Libraries",
            "service": service,
        }
        | values
    )


def test_a_services_lead_proposes_a_channel_and_it_is_on_the_record(alice: User, libraries: Service) -> None:
    channel = proposal(libraries)
    actions.save_channel(alice, channel)
    assert channel.state == State.PROPOSED
    assert channel.handle == "libraries.exampleshire.example"
    [record] = records.of(actions.ref(channel))
    assert (record.kind, record.actor_name, record.before) == ("channel.added", "Alice Archer", {})
    assert record.after["service"] == "libraries"


def test_a_lead_of_another_service_may_not_and_may_not_take_a_channel_over(bob: User, libraries: Service) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_channel(bob, proposal(libraries))
    channel = factories.channel(service=libraries)
    channel.service = Service.objects.get(name="Highways")
    with pytest.raises(PermissionDenied):
        actions.save_channel(bob, channel)


def test_the_desk_may_for_every_service(charlie: User, libraries: Service) -> None:
    actions.save_channel(charlie, proposal(libraries))


def test_a_change_is_recorded_with_before_and_after_and_no_change_is_not(alice: User, libraries: Service) -> None:
    channel = factories.channel(service=libraries, purpose="Books")
    channel.purpose = "Books and more"
    actions.save_channel(alice, channel, why="Clearer")
    actions.save_channel(alice, channel)
    [record] = records.of(actions.ref(channel))
    assert (record.before, record.after, record.why) == ({"purpose": "Books"}, {"purpose": "Books and more"}, "Clearer")


def test_closing_names_a_day_and_a_successor_and_forgets_the_credentials(alice: User, libraries: Service) -> None:
    old, new = factories.connected(service=libraries), factories.channel(service=libraries)
    actions.set_state(alice, old, State.CLOSED, successor=new, closed_on=date(2026, 5, 1), why="We moved")
    old.refresh_from_db()
    assert (old.state, old.successor, old.closed_on) == (State.CLOSED, new, date(2026, 5, 1))
    assert not Connection.objects.filter(channel=old).exists()
    assert [record.kind for record in records.of(actions.ref(old))] == ["channel.disconnected", "channel.closed"]


def test_opening_again_clears_the_end(alice: User, libraries: Service) -> None:
    channel = factories.channel(service=libraries, state=State.CLOSED, closed_on=date(2026, 5, 1))
    actions.set_state(alice, channel, State.LIVE)
    channel.refresh_from_db()
    assert (channel.state, channel.closed_on) == (State.LIVE, None)


def test_channels_cannot_come_after_each_other_in_a_circle(alice: User, libraries: Service) -> None:
    first, second, third = (factories.channel(service=libraries) for _ in range(3))
    actions.set_state(alice, second, State.CLOSED, successor=third)
    actions.set_state(alice, first, State.CLOSED, successor=second)
    assert Channel.objects.get(pk=first.pk).end_of_line == third
    with pytest.raises(ValidationError, match="cannot come after itself"):
        actions.set_state(alice, third, State.CLOSED, successor=first)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"network": "myspace"}, "network"),
        ({"handle": "no spaces here"}, "handle"),
        ({"handle": "libraries"}, "handle"),
        ({"network": "mastodon", "handle": "libraries"}, "handle"),
        ({"network": "newsroom", "handle": "Libraries"}, "handle"),
        ({"network": "x", "handle": "sixteen_letters_x"}, "handle"),
        ({"address": "https://bsky.app/profile/somebody.else.example"}, "address"),
        ({"address": "ftp://bsky.app/profile/libraries.exampleshire.example"}, "address"),
        ({"slug": "check"}, "slug"),
        ({"slug": "Not a slug"}, "slug"),
        ({"state": State.CLOSED}, "closed_on"),
        ({"closed_on": date(2026, 5, 1)}, "closed_on"),
        ({"state": State.CLOSED, "opened_on": date(2026, 5, 2), "closed_on": date(2026, 5, 1)}, "closed_on"),
        ({"picture": "channels/a.jpg"}, "picture_alt"),
        ({"display_name": ""}, "display_name"),
    ],
)
def test_what_does_not_hold_together_is_refused(
    charlie: User, libraries: Service, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.save_channel(charlie, proposal(libraries, **values))
    assert list(refused.value.message_dict) == [field]


def test_one_account_is_one_channel_whatever_its_capitals(charlie: User, libraries: Service) -> None:
    actions.save_channel(charlie, proposal(libraries))
    with pytest.raises(ValidationError):
        actions.save_channel(charlie, proposal(libraries, slug="again", handle="Libraries.Exampleshire.example"))


def test_networks_without_an_adapter_are_listed_and_never_driven(charlie: User, libraries: Service) -> None:
    channel = proposal(libraries, network="x", handle="@ExLibraries", state=State.LIVE)
    actions.save_channel(charlie, channel)
    assert (channel.network_label, channel.url, channel.is_driven) == ("X", "https://x.com/ExLibraries", False)


def test_the_short_name_stays_and_a_connected_channel_stays_on_its_network(charlie: User, libraries: Service) -> None:
    channel = factories.connected(service=libraries)
    channel.slug = "another"
    with pytest.raises(ValidationError, match="stays"):
        actions.save_channel(charlie, channel)
    channel.refresh_from_db()
    channel.network = "rehearsal"
    with pytest.raises(ValidationError, match="Disconnect it before"):
        actions.save_channel(charlie, channel)


def test_a_confirmed_handle_that_changes_is_remembered_and_the_connection_tested_at_once(
    charlie: User, fake: Any
) -> None:
    channel = factories.connected(network="fake", handle="libs")
    due = channel.connection.check_due_at
    channel.handle = "libraries"
    actions.save_channel(charlie, channel)
    assert [former.handle for former in channel.former_handles.all()] == ["libs"]
    assert Connection.objects.get(channel=channel).check_due_at > due
    unconfirmed = factories.channel(network="fake", handle="misspelt")
    unconfirmed.handle = "spelt"
    actions.save_channel(charlie, unconfirmed)
    assert not unconfirmed.former_handles.exists()


def test_a_channel_that_becomes_an_elected_persons_is_let_go(charlie: User, fake: Any) -> None:
    channel = factories.connected(network="fake")
    channel.capacity = Capacity.MEMBER
    actions.save_channel(charlie, channel)
    assert not Connection.objects.filter(channel=channel).exists()


def test_a_picture_is_kept_by_its_content_and_shown_where_the_network_lets_us(charlie: User, fake: Any) -> None:
    channel = factories.connected(network="fake")
    channel.picture_alt = "A shelf of books"
    actions.save_channel(charlie, channel, picture=clean_upload(factories.upload()))
    channel.refresh_from_db()
    assert channel.picture.name.startswith("channels/")
    assert (fake.shown[-1].picture_alt, str(fake.shown[-1].picture)) == ("A shelf of books", channel.picture.path)


def test_saving_leaves_alone_when_the_channel_last_spoke(charlie: User, libraries: Service) -> None:
    """A post may go out between the reading and the saving of an edit."""
    channel = factories.channel(service=libraries)
    stale = Channel.objects.get(pk=channel.pk)
    actions.note_spoke(channel.pk, channel.registered_at)
    stale.purpose = "Books"
    actions.save_channel(charlie, stale)
    channel.refresh_from_db()
    assert channel.last_spoke_at == channel.registered_at
