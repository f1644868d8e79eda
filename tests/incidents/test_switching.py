"""The switches, against the real rooms behind them: Dell may all, Alice hers, Bob none of Alice's."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import PERMISSIONS
from moothall.accounts.roles import Role
from moothall.channels.models import Channel, Connection
from moothall.incidents import actions, queries, switching
from moothall.incidents.kinds import Switch
from moothall.incidents.models import Incident
from moothall.networks import registry
from moothall.networks.errors import Rejected
from moothall.newsroom.models import Entry
from moothall.publishing import approving, delivery, pausing, switch, tasks
from moothall.publishing import queries as publishing
from moothall.publishing.models import Delivery, Pause, Post
from moothall.publishing.status import Status
from moothall.records.models import Record
from tests import factories
from tests.incidents.making import opened, remove_all, send_all, sent, states

pytestmark = pytest.mark.django_db

WHY = "We are checking that an account is safe."


@pytest.fixture
def hacked(alice: User, channel: Channel) -> Incident:
    return opened(alice, channel)


def is_ticked(incident: Incident, of: Switch) -> bool:
    return incident.steps.filter(switch=of, done_at__isnull=False).exists()


def last_told(incident: Incident) -> tuple[str, str]:
    entry = incident.entries.last()
    assert entry is not None
    return entry.what, entry.more


# --- Pausing ----------------------------------------------------------------------------------------------------------


def test_dell_pauses_the_service_and_nothing_of_it_goes_out(hacked: Incident, channel: Channel, dell: User) -> None:
    highways = factories.connected(service=factories.service("Highways"))
    factories.approved(channel)
    factories.approved(highways)
    switching.pause(dell, hacked, WHY)
    assert pausing.words(Pause.objects.get()) == "Posts of Libraries are paused"
    assert delivery.claim(channel.pk) is None
    assert delivery.ready_channels() == [highways.pk]
    for each in (channel, highways):
        send_all(each)
    tasks.sweep()
    assert states() == ["held", "sent"]
    assert is_ticked(hacked, Switch.PAUSE)
    assert last_told(hacked) == ("Posts of Libraries are paused", WHY)
    kinds = Record.objects.filter(kind__in=("publishing.paused", "incident.paused")).values_list("kind", "actor_name")
    assert list(kinds) == [("publishing.paused", "Dell Desk"), ("incident.paused", "Dell Desk")]


def test_everything_is_paused_if_she_says_so(hacked: Incident, channel: Channel, dell: User) -> None:
    highways = factories.connected(service=factories.service("Highways"))
    factories.approved(highways)
    switching.pause(dell, hacked, WHY, everything=True)
    assert delivery.ready_channels() == []
    send_all(highways)
    assert states() == ["waiting"]


def test_a_second_click_makes_no_second_pause(hacked: Incident, dell: User) -> None:
    made = switching.pause(dell, hacked, WHY)
    assert switching.pause(dell, hacked, WHY) == made
    assert Pause.objects.count() == 1
    assert hacked.entries.filter(what="Posts of Libraries are paused").count() == 1
    everything = switching.pause(dell, hacked, WHY, everything=True)
    assert everything != made, "A pause of one service is none of everything."
    assert switching.pause(dell, hacked, WHY, everything=True) == everything
    assert Record.objects.filter(kind="incident.paused").count() == 2


def test_what_somebody_else_paused_meanwhile_ticks_the_step(hacked: Incident, alice: User, dell: User) -> None:
    made = switch.begin(dell, WHY)
    with pytest.raises(PermissionDenied), transaction.atomic():
        switching.pause(alice, hacked, WHY)
    assert switching.pause(dell, hacked, WHY) == made
    assert is_ticked(hacked, Switch.PAUSE)
    assert last_told(hacked) == ("All posts are paused already", WHY)


def test_alice_who_leads_the_service_pauses_nothing_and_reads_whom_to_call(
    hacked: Incident, alice: User, bob: User, dell: User
) -> None:
    for other in (alice, bob):
        with pytest.raises(PermissionDenied), transaction.atomic():
            switching.pause(other, hacked, WHY)
    assert not Pause.objects.exists()
    assert not is_ticked(hacked, Switch.PAUSE)
    assert queries.who_may_pause() == [dell]


def test_a_pause_says_why_and_of_no_account_pauses_everything(dell: User, hacked: Incident) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        switching.pause(dell, hacked, " ")
    nobodys = opened(dell, None, "impostor", impostor_address="https://x.com/one")
    with pytest.raises(ValidationError, match="no account of ours"):
        switching.pause(dell, nobodys, WHY)
    assert switching.pause(dell, nobodys, WHY, everything=True).is_everything


def test_posts_of_others_that_a_pause_leaves_going_are_counted(
    hacked: Incident, channel: Channel, dell: User, libraries: Service
) -> None:
    factories.approved(channel)
    assert queries.due_of_others(hacked) == 0
    Post.objects.update(service=factories.service("Highways"))
    assert queries.due_of_others(hacked) == 1


# --- Disconnecting ----------------------------------------------------------------------------------------------------


def test_alice_has_the_keys_forgotten(hacked: Incident, channel: Channel, practice: Channel, alice: User) -> None:
    factories.approved(channel)
    switching.disconnect(alice, hacked, "It was hacked.")
    assert not Connection.objects.filter(channel=channel).exists()
    assert Connection.objects.filter(channel=practice).exists()
    assert is_ticked(hacked, Switch.DISCONNECT)
    record = Record.objects.get(kind="channel.disconnected")
    assert (record.actor_name, record.why) == ("Alice Archer", "It was hacked.")
    entry = hacked.entries.last()
    assert entry is not None
    assert (entry.what, entry.tells) == ("Disconnected the account", [record.number])
    send_all(channel)
    assert "sent" not in states()
    with pytest.raises(ValidationError, match="is not connected"):
        switching.disconnect(alice, hacked, "Again.")


def test_bob_forgets_nothing_and_neither_does_it_security(hacked: Incident, channel: Channel, bob: User) -> None:
    for other in (bob, factories.person((Role.IT_SECURITY, None))):
        with pytest.raises(PermissionDenied):
            switching.disconnect(other, hacked, "x")
    assert Connection.objects.filter(channel=channel).exists()


def test_it_security_does_it_in_a_hacked_account_once_it_may_anywhere(
    hacked: Incident, alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = PERMISSIONS["channel.connect"]
    wider = replace(rule, organisation=rule.organisation | {Role.IT_SECURITY})
    monkeypatch.setitem(PERMISSIONS, "channel.connect", wider)
    its = factories.person((Role.IT_SECURITY, None))
    with pytest.raises(PermissionDenied), transaction.atomic():
        switching.disconnect(its, opened(alice, channel, "storm"), "x")
    switching.disconnect(its, hacked, "It was hacked.")
    assert not Connection.objects.filter(channel=channel).exists()


def test_the_network_is_told_once_it_has_been_done(
    hacked: Incident, practice: Channel, dell: User, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(
        registry.network("newsroom"), "sign_out", lambda account: gone.append(account.handle), raising=False
    )
    with django_capture_on_commit_callbacks(execute=True):
        switching.disconnect(dell, hacked, "It was hacked.")
        assert gone == []
    assert gone == ["libraries"]


# --- Taking down ------------------------------------------------------------------------------------------------------


def test_alice_takes_a_post_down_everywhere_and_sees_how_far_it_is(
    channel: Channel, practice: Channel, alice: User
) -> None:
    post = sent(channel, practice)
    other = sent(channel, text="Something else.")
    incident = opened(alice, channel, "wrong_account")
    assert [each.post for each in queries.standing(channel)] == [other, post]
    assert switching.take_down(alice, incident, post.pk) == 2
    assert is_ticked(incident, Switch.TAKE_DOWN)
    assert last_told(incident) == ("Had a post taken down on 2 channels", "“Story time at ten.”")
    [going] = queries.taking_down(incident)
    assert (going.post, going.gone, len(going.rows), going.is_moving) == (post, 0, 2, True)
    assert [row.look for row in going.rows] == ["being taken down"] * 2
    assert {each.is_asked for each in queries.standing(channel) if each.post == post} == {True}
    remove_all()
    [going] = queries.taking_down(incident)
    assert (going.gone, going.is_moving) == (2, False)
    for row in going.rows:
        assert [record.kind for record in row.records] == ["delivery.take_down_asked", "delivery.deleted"]
        assert {record.ref for record in row.records} == {f"delivery:{row.delivery.pk}"}
    assert list(Entry.objects.filter(is_removed=False).values_list("text", flat=True)) == ["Something else."]
    with pytest.raises(ValidationError, match="does not stand"):
        switching.take_down(alice, incident, post.pk)


def test_what_a_network_keeps_is_shown_with_its_trouble(channel: Channel, alice: User, monkeypatch: Any) -> None:
    post = sent(channel)
    incident = opened(alice, channel, "wrong_post")

    def refuse(*arguments: Any) -> None:
        raise Rejected("The Newsroom keeps it.")

    with monkeypatch.context() as patched:
        patched.setattr(registry.network("newsroom"), "delete", refuse)
        switching.take_down(alice, incident, post.pk)
        remove_all()
    [row] = queries.taking_down(incident)[0].rows
    assert (row.look, row.is_gone) == ("failed", False)
    assert "The Newsroom keeps it." in row.delivery.trouble
    assert switching.take_down(alice, incident, post.pk) == 1
    remove_all()
    assert queries.taking_down(incident)[0].rows[0].is_gone


def test_only_what_stands_on_the_account_and_only_who_may(
    channel: Channel, practice: Channel, alice: User, bob: User, dell: User
) -> None:
    elsewhere, here = sent(practice), sent(channel)
    incident = opened(alice, channel, "wrong_post")
    with pytest.raises(ValidationError, match="does not stand"):
        switching.take_down(alice, incident, elsewhere.pk)
    with pytest.raises(PermissionDenied):
        switching.take_down(bob, incident, here.pk)
    Post.objects.filter(pk=here.pk).update(service=factories.service("Highways"))
    with pytest.raises(PermissionDenied), transaction.atomic():
        switching.take_down(alice, incident, here.pk)
    assert not is_ticked(incident, Switch.TAKE_DOWN)
    assert switching.take_down(dell, incident, here.pk) == 1


def test_what_was_taken_down_before_is_not_of_this_incident(channel: Channel, alice: User) -> None:
    post = sent(channel)
    first = opened(alice, channel, "wrong_post")
    switching.take_down(alice, first, post.pk)
    remove_all()
    actions.close_without_lesson(alice, first, "A spelling mistake.")
    again = opened(alice, channel, "wrong_post")
    assert queries.taking_down(again) == []
    assert len(queries.taking_down(Incident.objects.get(pk=first.pk))) == 1


# --- The holding statement --------------------------------------------------------------------------------------------


def test_a_statement_is_a_draft_that_goes_the_normal_way(
    hacked: Incident, channel: Channel, practice: Channel, alice: User, dell: User
) -> None:
    post = switching.draft_statement(alice, hacked, " Please wait. ", [practice])
    assert (post.service, post.author, post.text) == (channel.service, alice, "Please wait.")
    assert list(hacked.statements.all()) == [post]
    assert is_ticked(hacked, Switch.STATEMENT)
    assert publishing.see(publishing.posts(alice).get(pk=post.pk)).status == Status.DRAFT
    send_all(practice)
    assert states() == []
    revision = approving.send_for_approval(alice, post)
    with pytest.raises(PermissionDenied):
        approving.approve(alice, revision)
    approving.approve(dell, revision)
    send_all(practice)
    assert states() == ["sent"]


def test_a_pause_keeps_it_back_as_every_post(hacked: Incident, practice: Channel, alice: User, dell: User) -> None:
    pause = switching.pause(dell, hacked, WHY)
    post = switching.draft_statement(alice, hacked, "Please wait.", [practice])
    approving.approve(dell, approving.send_for_approval(alice, post))
    send_all(practice)
    assert states() == ["waiting"]
    switch.end(dell, pause)
    assert states() == ["held"]


def test_a_statement_has_words_a_voice_and_a_place(
    hacked: Incident, practice: Channel, alice: User, bob: User, dell: User, libraries: Service
) -> None:
    for text, channels in ((" ", [practice]), ("Please wait.", [])):
        with pytest.raises(ValidationError):
            switching.draft_statement(alice, hacked, text, channels)
    with pytest.raises(PermissionDenied):
        switching.draft_statement(bob, hacked, "Please wait.", [practice])
    highways = factories.connected(service=factories.service("Highways"))
    with pytest.raises(PermissionDenied), transaction.atomic():
        switching.draft_statement(alice, hacked, "Please wait.", [highways])
    nobodys = opened(dell, None, "impostor", impostor_address="https://x.com/one")
    with pytest.raises(ValidationError, match="Choose the service"):
        switching.draft_statement(dell, nobodys, "Not us.", [practice])
    assert switching.draft_statement(dell, nobodys, "Not us.", [practice], libraries).service == libraries
    assert Post.objects.count() == 1


# --- What there is to switch ------------------------------------------------------------------------------------------


def test_only_what_can_be_switched_is_offered(dell: User, alice: User, channel: Channel) -> None:
    driven = queries.switches(opened(alice, channel))
    assert driven == ([Switch.PAUSE, Switch.DISCONNECT], [Switch.TAKE_DOWN, Switch.STATEMENT])
    listed = factories.channel(service=channel.service, network="x", handle="Libraries")
    assert queries.switches(opened(alice, listed)) == ([Switch.PAUSE], [Switch.STATEMENT])
    impostor = opened(dell, None, "impostor", impostor_address="https://x.com/one")
    assert queries.switches(impostor) == ([Switch.REPORT], [Switch.PAUSE, Switch.STATEMENT])


def test_a_closed_incident_switches_nothing(hacked: Incident, channel: Channel, practice: Channel, dell: User) -> None:
    post = sent(channel)
    actions.close_without_lesson(dell, hacked, "A rehearsal.")
    for act in (
        lambda: switching.pause(dell, hacked, WHY),
        lambda: switching.disconnect(dell, hacked, WHY),
        lambda: switching.take_down(dell, hacked, post.pk),
        lambda: switching.draft_statement(dell, hacked, "Please wait.", [practice]),
    ):
        with pytest.raises(ValidationError, match="closed"):
            act()
    assert not Pause.objects.exists()
    assert Delivery.objects.get().state == "sent"
