"""The timeline keeps itself: what is done in the incident, and what becomes of its channel meanwhile."""

from datetime import timedelta

import pytest

from moothall.accounts.models import User
from moothall.channels import connecting
from moothall.channels.models import Channel
from moothall.incidents import actions, switching, timeline
from moothall.incidents.models import Incident
from moothall.publishing import switch, taking_down
from moothall.publishing.models import Delivery
from tests import factories
from tests.incidents.making import opened, remove_all, send_all, sent

pytestmark = pytest.mark.django_db

WHY = "We are checking that an account is safe."


def told(incident: Incident) -> list[str]:
    return [each.title for each in timeline.of(incident)]


def test_what_was_before_is_not_in_it(channel: Channel, dell: User) -> None:
    sent(channel)
    switch.end(dell, switch.begin(dell, WHY))
    assert told(opened(dell, channel)) == ["Opened: hacked account"]


def test_an_act_is_told_once_though_two_rooms_keep_a_record_of_it(
    channel: Channel, practice: Channel, dell: User
) -> None:
    post = sent(channel, practice)
    incident = opened(dell, channel)
    pause = switching.pause(dell, incident, WHY)
    switching.take_down(dell, incident, post.pk)
    remove_all()
    switching.draft_statement(dell, incident, "Please wait.", [practice])
    switching.disconnect(dell, incident, "It was hacked.")
    switch.end(dell, pause)
    assert told(incident) == [
        "Opened: hacked account",
        "Posts of Libraries are paused",
        "Had a post taken down on 2 channels",
        "Taken down",
        "Taken down",
        "Wrote a holding statement",
        "Disconnected the account",
        "Pause ended",
    ]
    places = [each.more for each in timeline.of(incident) if each.title == "Taken down"]
    assert sorted(places) == ["“Story time at ten.”", "“Story time at ten.” on Practice on Rehearsal"]


def test_what_others_do_elsewhere_is_merged_in(channel: Channel, dell: User, alice: User) -> None:
    post = sent(channel, text="Old.")
    incident = opened(alice, channel, "wrong_post")
    everything = switch.begin(dell, WHY)
    switch.end(dell, everything)
    sent(channel, text="New.")
    taking_down.take_down_everywhere(dell, post)
    remove_all()
    connecting.disconnect(dell, channel, why="To be safe.")
    factories.connected(service=channel.service)
    assert told(incident) == [
        "Opened: wrong post",
        "Posts paused",
        "Pause ended",
        "Went out",
        "To be taken down",
        "Taken down",
        "The account: disconnected",
    ]
    last = timeline.of(incident)[-1]
    assert (last.by, last.more) == ("Dell Desk", "To be safe.")


def test_pauses_of_others_and_posts_elsewhere_are_not_merged_in(
    channel: Channel, practice: Channel, dell: User
) -> None:
    highways = factories.service("Highways")
    incident = opened(dell, channel)
    switch.end(dell, switch.begin(dell, WHY, [highways]))
    sent(practice)
    connecting.disconnect(dell, practice)
    assert told(incident) == ["Opened: hacked account"]


def test_it_ends_with_the_incident(channel: Channel, dell: User) -> None:
    incident = opened(dell, channel)
    actions.close_without_lesson(dell, incident, "A rehearsal.")
    factories.approved(channel)
    send_all(channel)
    assert Delivery.objects.get().state == "sent"
    incident.refresh_from_db()
    assert told(incident) == ["Opened: hacked account", "Closed"]


def test_a_pause_that_began_before_and_ends_in_it_is_told(channel: Channel, dell: User) -> None:
    pause = switch.begin(dell, WHY)
    incident = opened(dell, channel)
    switch.end(dell, pause)
    assert told(incident) == ["Opened: hacked account", "Pause ended"]


def test_an_incident_without_a_channel_has_the_pauses_of_everything(channel: Channel, dell: User) -> None:
    incident = opened(dell, None, "impostor", impostor_address="https://x.com/one")
    switch.end(dell, switch.begin(dell, WHY, [channel.service]))
    switch.begin(dell, WHY)
    sent(channel)
    assert told(incident) == ["Opened: impostor", "Posts paused"]


def test_it_is_in_order_of_time(channel: Channel, dell: User) -> None:
    incident = opened(dell, channel)
    actions.note(dell, incident, "Second.")
    actions.note(dell, incident, "First.")
    first = incident.entries.get(more="First.")
    incident.entries.filter(pk=first.pk).update(at=incident.opened_at + timedelta(microseconds=1))
    assert [each.more for each in timeline.of(incident)] == ["", "First.", "Second."]
