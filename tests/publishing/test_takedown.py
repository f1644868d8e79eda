"""Taking published posts down: Alice and Bob of the libraries may, Charlie of the highways may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from moothall.accounts.models import Notice, Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel, Connection
from moothall.core import clock as core_clock
from moothall.library.models import Consent
from moothall.networks import registry
from moothall.networks.base import Published
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected, Temporary
from moothall.newsroom.models import Entry
from moothall.publishing import (
    actions,
    approving,
    deciding,
    delivery,
    lapses,
    reconciling,
    removing,
    sending,
    switch,
    taking_down,
    tasks,
)
from moothall.publishing.models import Attempt, Delivery
from moothall.records.models import Record
from moothall.rehearsal.models import Sent
from tests import factories
from tests.publishing.conftest import Clock, Line, said, send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(libraries: Service) -> Channel:
    made = factories.channel(service=libraries, network="rehearsal", display_name="Practice")
    factories.connect(made, like="mastodon")
    return made


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(*channels: Channel, text: str = "Story time at ten.") -> list[Delivery]:
    rows = factories.approved(*channels, text=text)
    for each in channels:
        send_all(each)
    return list(Delivery.objects.filter(revision=rows[0].revision).order_by("channel", "part"))


def work_off() -> None:
    """What a worker does until nothing is left to take down, or nothing moves."""
    for _ in range(10):
        for each in removing.due():
            tasks.take_down.func(each.pk)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The Newsroom refuses to delete."""

    def refuse(*arguments: Any) -> None:
        raise error

    monkeypatch.setattr(registry.network("newsroom"), "delete", refuse)


# --- One post ---------------------------------------------------------------------------------------------------------


def test_alice_takes_it_down_and_charlie_does_not(channel: Channel, alice: User, charlie: User) -> None:
    [row] = sent(channel)
    with pytest.raises(PermissionDenied):
        taking_down.take_down(charlie, row)
    taking_down.take_down(alice, row)
    assert (states(), said(channel)) == (["sent"], ["Story time at ten."]), "Nothing is said to be gone that is not."
    work_off()
    assert states() == ["deleted"]
    assert not Entry.objects.filter(is_removed=False).exists()
    [attempt] = Attempt.objects.filter(kind="delete")
    assert (attempt.outcome, attempt.message) == ("deleted", "It is gone.")
    asked, gone = Record.objects.filter(ref=f"delivery:{row.pk}").order_by("-number")[:2][::-1]
    assert (asked.kind, asked.actor_name) == ("delivery.take_down_asked", "Alice Archer")
    assert (gone.kind, gone.why) == ("delivery.deleted", "Alice Archer asked to take it down")
    with pytest.raises(ValidationError):
        taking_down.take_down(alice, row)


def test_it_works_on_real_networks_and_twice_is_no_error(line: Line, alice: User) -> None:
    [row] = sent(line.channel)
    desk = factories.person((Role.DESK, None))
    assert len(line.posts()) == 1
    taking_down.take_down(desk, row)
    network = registry.network(line.channel.network)
    row.refresh_from_db()
    network.delete(line.account, row.remote_id)
    work_off()
    assert (states(), line.posts()) == (["deleted"], [])


@pytest.mark.parametrize(
    "error",
    [
        Temporary("The Newsroom is busy.", status=429),
        Rejected("The Newsroom keeps it.", words="Not allowed", status=403),
        NeedsReconnect("The Newsroom no longer accepts our credentials."),
        RuntimeError("a fault of our own"),
    ],
)
def test_what_could_not_be_taken_down_still_stands_and_the_page_says_why(
    channel: Channel, alice: User, monkeypatch: pytest.MonkeyPatch, error: Exception, signed_in: Any
) -> None:
    [row] = sent(channel)
    with monkeypatch.context() as patch:
        failing(patch, error)
        taking_down.take_down(alice, row)
        work_off()
    row.refresh_from_db()
    cause = str(error) if isinstance(error, NetworkError) else "Something went wrong on our side"
    assert row.state == "sent"
    assert cause in row.trouble
    assert cause in Notice.objects.get(user=row.revision.post.author, text__contains="could not be taken down").text
    assert not removing.due(), "It is not tried for ever."
    assert bool(Connection.objects.get(channel=channel).broken_since) is isinstance(error, NeedsReconnect)
    browser = signed_in(alice)
    page = text_of(browser.get(f"/posts/{row.revision.post_id}/"))
    assert cause in page
    browser.post(f"/deliveries/{row.pk}/take-down/")
    work_off()
    assert states() == ["deleted"], "Asked again, it goes."


def test_a_person_may_delete_it_by_hand(channel: Channel, alice: User, charlie: User, signed_in: Any) -> None:
    [row] = sent(channel)
    Delivery.objects.update(remote_id="")
    taking_down.take_down(alice, row)
    work_off()
    row.refresh_from_db()
    assert "never told us where it stands" in row.trouble
    with pytest.raises(PermissionDenied):
        taking_down.it_is_gone(charlie, row)
    browser = signed_in(alice)
    assert "I deleted it by hand" in text_of(browser.get(f"/posts/{row.revision.post_id}/"))
    browser.post(f"/deliveries/{row.pk}/it-is-gone/")
    assert states() == ["deleted"]


def test_a_thread_goes_from_its_end(practice: Channel, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sent(practice, text="One.\n---\nTwo.\n---\nThree.")
    assert states() == ["sent"] * 3
    gone: list[str] = []
    network = registry.network("rehearsal")
    monkeypatch.setattr(network, "delete", lambda account, remote_id: gone.append(remote_id))
    taking_down.take_down(alice, rows[0])
    assert [each.part for each in removing.due()] == [3]
    work_off()
    assert gone == [each.remote_id for each in reversed(rows)]
    assert states() == ["deleted"] * 3


def test_the_rest_of_a_thread_does_not_go_out_any_more(practice: Channel, alice: User) -> None:
    rows = factories.approved(practice, text="One.\n---\nTwo.")
    assert rows
    Delivery.objects.filter(part=2).update(due_at=core_clock.now() + timedelta(hours=1))
    send_all(practice)
    assert states() == ["sent", "waiting"]
    taking_down.take_down(alice, Delivery.objects.get(part=1))
    work_off()
    assert states() == ["deleted", "cancelled"]


def test_a_worker_that_dies_in_between_loses_nothing(channel: Channel, alice: User, clock: Clock) -> None:
    [row] = sent(channel)
    taking_down.take_down(alice, row)
    [due] = removing.due()
    assert removing.take(due)
    assert not removing.take(due), "Another worker leaves it alone."
    registry.network("newsroom").delete(  # it was deleted, and the worker was killed before it could say so
        factories.channel_queries.account(channel), Delivery.objects.get().remote_id
    )
    tasks.take_down.func(row.pk)
    assert states() == ["sent"]
    clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
    tasks.take_down.func(row.pk)
    assert states() == ["deleted"]
    assert Attempt.objects.filter(kind="delete").count() == 1


def test_a_pause_keeps_nothing_from_being_taken_down(channel: Channel, alice: User) -> None:
    [row] = sent(channel)
    switch.begin(factories.person((Role.DESK, None)), "The river is in the high street.")
    taking_down.take_down(alice, row)
    work_off()
    assert states() == ["deleted"]


def test_everywhere_is_one_button(
    channel: Channel, practice: Channel, alice: User, charlie: User, signed_in: Any
) -> None:
    rows = sent(channel, practice)
    path = f"/posts/{rows[0].revision.post_id}/"
    browser = signed_in(alice)
    assert "Take it down everywhere" in text_of(browser.get(path))
    assert signed_in(charlie).post(f"{path}take-down/").status_code == 404
    assert "on 2 channels" in text_of(browser.post(f"{path}take-down/", follow=True))
    assert "It is being taken down." in text_of(browser.get(path))
    work_off()
    assert states() == ["deleted", "deleted"]
    assert "Taken down" in text_of(browser.get(path))
    assert "Nothing of this post stands" in text_of(browser.post(f"{path}take-down/", follow=True))


# --- Consent that has run out -----------------------------------------------------------------------------------------


def test_what_shows_somebody_whose_consent_has_run_out_is_listed_with_its_progress(
    channel: Channel, practice: Channel, alice: User, charlie: User, clock: Clock, signed_in: Any
) -> None:
    approver = factories.person((Role.APPROVER, channel.service))
    post = factories.post(alice, channel, practice)
    asset = factories.asset(alice)
    actions.attach(alice, post, asset, "Ivy on a carpet")
    consent = Consent.objects.create(asset=asset, person="Ivy Lamb", reference="Form 12")
    approving.approve(approver, approving.send_for_approval(alice, post))
    for each in (channel, practice):
        send_all(each)
    other = sent(channel, text="Without pictures")
    assert other
    assert lapses.of(alice) == []
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=clock.now())
    [lapse] = lapses.of(alice)
    assert (lapse.post, len(lapse.standing), lapse.gone) == (post, 2, 0)
    assert lapses.of(charlie) == []
    browser = signed_in(alice)
    page = text_of(browser.get("/posts/to-take-down/"))
    assert "The consent Form 12" in page
    assert 'href="/posts/to-take-down/"' in text_of(browser.get("/today/"))
    browser.post(f"/posts/{post.pk}/take-down/", {"back": "to-take-down"})
    assert lapses.of(alice)[0].asked == 2
    first = removing.due()[0]
    tasks.take_down.func(first.pk)
    assert "1 of 2, 1 to go" in text_of(browser.get("/posts/to-take-down/"))
    work_off()
    assert "No published post shows anybody" in text_of(browser.get("/posts/to-take-down/"))
    assert Delivery.objects.get(pk=other[0].pk).state == "sent"


# --- A part that was being sent again ---------------------------------------------------------------------------------


def refuse_to_say(*arguments: Any) -> None:
    raise Temporary("Rehearsal did not answer.")


@pytest.fixture
def insisted(practice: Channel, alice: User, clock: Clock) -> Delivery:
    """The second part of a thread: its answer was lost, and Alice has it sent again, in an hour's time."""
    factories.approved(practice, text="One.\n---\nTwo.\n---\nThree.")
    claimed = delivery.claim(practice.pk)
    assert claimed
    sending.send(claimed)
    Delivery.objects.filter(part=2).update(
        state="unconfirmed", may_be_live=True, tries=1, dated=clock.now(), unconfirmed_at=clock.now()
    )
    clock.advance(hours=1)
    second = Delivery.objects.get(part=2)
    deciding.send_again(alice, second)
    second.refresh_from_db()
    assert (second.state, second.is_insisted) == ("waiting", True)
    return second


def test_a_part_that_was_sent_again_is_looked_for_and_cancelled_if_it_is_not_there(
    insisted: Delivery, alice: User, clock: Clock
) -> None:
    taking_down.take_down(alice, Delivery.objects.get(part=1))
    assert states() == ["sent", "unconfirmed", "cancelled"]
    for unsure in reconciling.due():
        tasks.look_again.func(unsure.pk)
    work_off()
    assert states() == ["deleted", "cancelled", "cancelled"]
    assert not Sent.objects.filter(is_removed=False).exists()
    seen = insisted.attempts.get(kind=Attempt.Kind.LOOK)
    assert (seen.message, seen.outcome) == (
        "It is not there. It is cancelled, as its thread was taken down.",
        "cancelled",
    )


def test_a_part_that_waits_behind_what_is_gone_can_be_cancelled_on_its_page(
    insisted: Delivery, alice: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.filter(part=1).update(state="deleted")
    browser, page = signed_in(alice), f"/posts/{insisted.revision.post_id}/"
    assert "It does not go out any more: what it was to follow was taken down" in text_of(browser.get(page))
    with monkeypatch.context() as patched:
        patched.setattr(registry.network("rehearsal"), "find", refuse_to_say)
        answer = text_of(browser.post(f"/deliveries/{insisted.pk}/cancel/", follow=True))
    assert "The network does not say yet whether it went out" in answer
    assert states() == ["deleted", "unconfirmed", "waiting"]
    assert f"/deliveries/{insisted.pk}/cancel/" in answer
    assert f"/deliveries/{insisted.pk}/send-again/" not in answer
    with pytest.raises(ValidationError, match="cannot go out any more"):
        deciding.send_again(alice, Delivery.objects.get(part=2))
    browser.post(f"/deliveries/{insisted.pk}/cancel/")
    assert states() == ["deleted", "cancelled", "cancelled"]
    assert not Delivery.objects.filter(may_be_live=True).exists()
    with pytest.raises(ValidationError, match="no longer be cancelled"):
        deciding.cancel(alice, Delivery.objects.get(part=2))


def test_a_part_that_was_on_its_way_goes_after_its_thread(practice: Channel, alice: User, clock: Clock) -> None:
    factories.approved(practice, text="One.\n---\nTwo.\n---\nThree.")
    first = delivery.claim(practice.pk)
    assert first
    sending.send(first)
    second = delivery.claim(practice.pk)
    assert second
    taking_down.take_down(alice, Delivery.objects.get(part=1))
    clock.advance(seconds=1)
    sending.send(second)
    assert states() == ["sent", "sent", "cancelled"]
    tasks.sweep()
    assert [each.part for each in removing.due()] == [2], "the last part goes first"
    work_off()
    assert states() == ["deleted", "deleted", "cancelled"]
    assert not Sent.objects.filter(is_removed=False).exists()


def test_what_stands_after_a_part_that_somebody_deleted_by_hand_stays(practice: Channel, alice: User) -> None:
    rows = sent(practice, text="One.\n---\nTwo.")
    taking_down.it_is_gone(alice, rows[0])
    tasks.sweep()
    assert states() == ["deleted", "sent"]


def test_one_that_may_be_live_is_never_called_failed_however_often_it_is_tried(
    insisted: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = registry.network("rehearsal")
    monkeypatch.setattr(network, "find", refuse_to_say)
    monkeypatch.setattr(network, "publish", refuse_to_say)
    for _ in range(sending.MOST_TRIES + 2):
        clock.advance(hours=3)
        send_all(insisted.channel)
        insisted.refresh_from_db()
        if insisted.state != "waiting":
            break
    assert insisted.state == "unconfirmed"
    assert "did not say" in insisted.trouble


def test_one_that_may_be_live_is_not_moved_to_another_day(insisted: Delivery, alice: User, clock: Clock) -> None:
    with pytest.raises(ValidationError, match="can no longer be moved"):
        approving.reschedule(alice, insisted.revision.post, clock.now() + timedelta(days=30))


def test_one_that_went_out_after_all_is_not_called_cancelled(
    insisted: Delivery, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.filter(part=1).update(state="deleted")
    stands = Published("there", "https://rehearsal.example/there")
    monkeypatch.setattr(registry.network("rehearsal"), "find", lambda *arguments: stands)
    with pytest.raises(ValidationError, match="Take it down instead"):
        deciding.cancel(alice, insisted)
    assert states() == ["deleted", "sent", "waiting"]
    taking_down.take_down(alice, Delivery.objects.get(part=2))
    assert states() == ["deleted", "sent", "cancelled"]
