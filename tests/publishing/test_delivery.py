"""How a delivery moves: the state table, the claim, the lease, and the order on a channel."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseTestCase

from moothall.accounts.models import Notice
from moothall.channels.models import Channel
from moothall.networks import registry
from moothall.networks.base import Published
from moothall.publishing import delivery, tasks
from moothall.publishing.delivery import (
    CANCELLED,
    DELETED,
    FAILED,
    HELD,
    MOVES,
    SENDING,
    SENT,
    UNCONFIRMED,
    WAITING,
    WrongMove,
    claim,
    end_leases,
    keep_leases,
    move,
)
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.publishing.sending import send
from moothall.records import queries as records
from moothall.rehearsal.models import Fault, Sent
from tests import factories
from tests.publishing.conftest import Clock, fault, said, send_all

A_STATE = st.sampled_from(DeliveryState)


class TestStateTable(DatabaseTestCase):
    """Every move there could be, of a delivery in every state."""

    @hypothesis_settings(max_examples=150, deadline=None)
    @given(actual=A_STATE, before=A_STATE, after=A_STATE)
    def test_a_move_happens_only_if_the_table_knows_it_and_the_delivery_is_where_it_is_believed_to_be(
        self, actual: DeliveryState, before: DeliveryState, after: DeliveryState
    ) -> None:
        one = self.delivery_in(actual)
        kept = records.head()
        if after not in MOVES[before]:
            with pytest.raises(WrongMove):
                move(one, before, after, why="a test")
        else:
            assert move(one, before, after, why="a test") is (actual == before)
        moved = actual == before and after in MOVES[before]
        assert Delivery.objects.get(pk=one.pk).state == (after if moved else actual)
        assert records.head()[0] == kept[0] + moved, "a record for a move, and none for what did not happen"

    @given(path=st.lists(A_STATE, max_size=12))
    @hypothesis_settings(max_examples=100, deadline=None)
    def test_no_path_leads_out_of_an_end_or_round_the_table(self, path: list[DeliveryState]) -> None:
        one = self.delivery_in(WAITING)
        state = WAITING
        for after in path:
            if after in MOVES[state]:
                assert move(one, state, after, why="a test")
                state = after
            else:
                with pytest.raises(WrongMove):
                    move(one, state, after, why="a test")
            assert Delivery.objects.get(pk=one.pk).state == state

    def delivery_in(self, state: DeliveryState) -> Delivery:
        [one] = factories.approved(factories.channel())
        Delivery.objects.filter(pk=one.pk).update(state=state)
        return one


def test_the_table_is_what_the_documentation_says() -> None:
    assert {(before, after) for before, afters in MOVES.items() for after in afters} == {
        (WAITING, SENDING),
        (SENDING, SENT),
        (SENDING, WAITING),
        (SENDING, FAILED),
        (SENDING, UNCONFIRMED),
        (WAITING, CANCELLED),
        (WAITING, HELD),
        (WAITING, UNCONFIRMED),
        (HELD, WAITING),
        (HELD, CANCELLED),
        (SENT, DELETED),
        (FAILED, CANCELLED),
        (FAILED, WAITING),
        (UNCONFIRMED, SENT),
        (UNCONFIRMED, WAITING),
    }


@pytest.mark.django_db
class TestClaim:
    def test_an_attempt_is_written_before_the_call_and_completed_after_it(self) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        claimed = claim(channel.pk)
        assert claimed
        [attempt] = Attempt.objects.filter(delivery=one)
        assert (attempt.kind, attempt.finished_at, attempt.outcome) == ("send", None, "")
        send(claimed)
        one.refresh_from_db()
        attempt.refresh_from_db()
        assert (one.state, one.token, one.lease_until, one.tries) == (SENT, "", None, 1)
        assert attempt.outcome == SENT
        assert attempt.finished_at
        assert attempt.started_at <= attempt.finished_at
        assert one.url.startswith(settings.SITE_URL)
        channel.refresh_from_db()
        assert channel.last_spoke_at == attempt.finished_at

    def test_each_move_keeps_a_record_and_the_chain_holds(self) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        send_all(channel)
        of_this = records.of(f"delivery:{one.pk}")
        kept = [(each.kind, each.actor_name, each.before, each.after["state"]) for each in of_this]
        assert kept == [
            ("delivery.sending", "Moothall", {"state": "waiting"}, "sending"),
            ("delivery.sent", "Moothall", {"state": "sending"}, "sent"),
        ]
        assert not any(records.faults())

    def test_nothing_goes_out_before_its_time(self, clock: Clock) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        Delivery.objects.filter(pk=one.pk).update(due_at=clock.now() + timedelta(minutes=5))
        assert claim(channel.pk) is None
        assert channel.pk not in delivery.ready_channels()
        clock.advance(minutes=5)
        assert delivery.ready_channels() == [channel.pk]
        assert claim(channel.pk)

    def test_one_at_a_time_on_a_channel(self) -> None:
        channel = factories.connected()
        factories.approved(channel, text="First")
        factories.approved(channel, text="Second")
        assert claim(channel.pk)
        assert delivery.ready_channels() == []
        assert claim(channel.pk) is None

    def test_channels_do_not_wait_for_each_other(self) -> None:
        one, other = factories.connected(), factories.connected()
        factories.approved(one)
        factories.approved(other)
        assert claim(one.pk)
        assert delivery.ready_channels() == [other.pk]
        assert claim(other.pk)

    def test_a_channels_posts_go_out_in_the_order_of_their_times(self, clock: Clock) -> None:
        channel = factories.connected()
        for minutes, text in ((3, "Third"), (1, "First"), (2, "Second")):
            [one] = factories.approved(channel, text=text)
            Delivery.objects.filter(pk=one.pk).update(due_at=clock.now() - timedelta(minutes=10 - minutes))
        send_all(channel)
        assert said(channel) == ["First", "Second", "Third"]

    def test_a_retry_holds_back_those_behind_it(self, clock: Clock, rehearsal_is_busy: Channel) -> None:
        channel = rehearsal_is_busy
        [first] = factories.approved(channel, text="First")
        [second] = factories.approved(channel, text="Second")
        send_all(channel)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == (WAITING, WAITING)
        assert first.try_after
        assert first.try_after > clock.now() + timedelta(seconds=15), "the network asked for twenty seconds"
        assert delivery.ready_channels() == []
        clock.advance(seconds=21)
        assert delivery.ready_channels() == [channel.pk]
        send_all(channel)
        done = Attempt.objects.filter(outcome=SENT).order_by("finished_at").values_list("delivery", flat=True)
        assert list(done) == [first.pk, second.pk]

    def test_a_worker_that_was_slow_to_claim_does_not_pass_over_a_wait(
        self, clock: Clock, rehearsal_is_busy: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It read the delivery as due; before it could take it, another worker tried and was told to wait."""
        channel = rehearsal_is_busy
        factories.approved(channel)
        take = delivery._take

        def slow_take(following: Delivery) -> Any:
            monkeypatch.setattr(delivery, "_take", take)
            send_all(channel)
            return take(following)

        monkeypatch.setattr(delivery, "_take", slow_take)
        assert claim(channel.pk) is None
        assert Attempt.objects.count() == 1

    def test_it_gives_up_after_many_tries_and_says_so(self, clock: Clock) -> None:
        channel = factories.connected(network="rehearsal")
        fault(channel, Fault.BUSY, 100)
        [one] = factories.approved(channel)
        for _ in range(delivery.MOST_TRIES):
            send_all(channel)
            clock.advance(hours=1)
        one.refresh_from_db()
        assert (one.state, one.tries) == (FAILED, delivery.MOST_TRIES)
        assert Attempt.objects.filter(delivery=one).count() == delivery.MOST_TRIES
        assert "did not go out" in Notice.objects.filter(user=one.revision.post.author).first().text


@pytest.mark.django_db
class TestLease:
    def test_work_that_was_cut_off_is_unconfirmed_when_its_lease_has_run_out(self, clock: Clock) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        assert claim(channel.pk)
        assert end_leases() == 0
        clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
        assert end_leases() == 1
        assert end_leases() == 0
        one.refresh_from_db()
        [attempt] = one.attempts.all()
        assert (one.state, one.may_be_live, one.token) == (UNCONFIRMED, True, "")
        assert attempt.outcome == UNCONFIRMED
        assert attempt.finished_at
        assert attempt.message == one.trouble
        [notice] = Notice.objects.filter(user=one.revision.post.author, text__contains="cannot tell")
        assert notice.email_due_at
        assert not any(records.faults())

    def test_a_late_worker_changes_nothing(self, clock: Clock) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        late = claim(channel.pk)
        assert late
        clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
        end_leases()
        before = Delivery.objects.values().get(pk=one.pk), list(Attempt.objects.values()), records.head()
        send(late)
        assert (Delivery.objects.values().get(pk=one.pk), list(Attempt.objects.values()), records.head()) == before
        assert said(channel) == [], "it had not asked before it lost its lease, and must not any more"

    def test_a_worker_that_loses_its_lease_while_it_asks_changes_nothing_either(
        self, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        channel = factories.connected(network="rehearsal")
        [one] = factories.approved(channel)
        claimed = claim(channel.pk)
        assert claimed
        network = registry.network("rehearsal")
        publish = network.publish

        def slow_publish(*arguments: Any) -> Published:
            published = publish(*arguments)
            clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
            end_leases()
            return published

        monkeypatch.setattr(network, "publish", slow_publish)
        send(claimed)
        one.refresh_from_db()
        assert one.state == UNCONFIRMED
        assert [each.outcome for each in one.attempts.all()] == [UNCONFIRMED]

    def test_a_slow_server_is_no_dead_worker(self, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sweep of the worker that is sending renews its lease for as long as it takes."""
        channel = factories.connected(network="rehearsal")
        [one] = factories.approved(channel)
        network = registry.network("rehearsal")
        publish = network.publish

        def slow_publish(*arguments: Any) -> Published:
            for _ in range(10):
                clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() * 0.9)
                keep_leases()
                assert end_leases() == 0
            return publish(*arguments)

        monkeypatch.setattr(network, "publish", slow_publish)
        send_all(channel)
        one.refresh_from_db()
        assert one.state == SENT
        clock.advance(days=1)
        keep_leases()
        one.refresh_from_db()
        assert one.lease_until is None

    def test_the_sweep_ends_what_another_sweep_renewed_meanwhile_only_once_it_is_over(
        self, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        assert claim(channel.pk)
        clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
        cut_off = delivery._cut_off

        def renewed_meanwhile(found: Delivery) -> bool:
            Delivery.objects.filter(pk=one.pk).update(lease_until=clock.now() + settings.DELIVERY_LEASE)
            return cut_off(found)

        monkeypatch.setattr(delivery, "_cut_off", renewed_meanwhile)
        assert end_leases() == 0
        one.refresh_from_db()
        assert one.state == SENDING
        assert one.attempts.get().finished_at is None


@pytest.mark.django_db
class TestClockThatJumps:
    def test_forward_in_the_middle_of_a_sending(self, clock: Clock) -> None:
        """What is under way looks cut off. It is looked for, found, and not sent again."""
        channel = factories.connected(network="rehearsal")
        [one] = factories.approved(channel)
        claimed = claim(channel.pk)
        assert claimed
        clock.advance(hours=3)
        keep_leases()
        assert end_leases() == 1
        send(claimed)
        one.refresh_from_db()
        assert one.state == UNCONFIRMED
        clock.advance(minutes=2)
        tasks.look_again.func(one.pk)
        send_all(channel)
        one.refresh_from_db()
        assert one.state == SENT
        assert Sent.objects.get(key=one.key).times == 1

    def test_back_after_the_worker_died(self, clock: Clock) -> None:
        """Its lease seems to have hours to run; it never was that long."""
        channel = factories.connected()
        [one] = factories.approved(channel)
        assert claim(channel.pk)
        clock.advance(hours=-3)
        assert end_leases() == 1
        one.refresh_from_db()
        assert one.state == UNCONFIRMED

    def test_back_while_the_worker_lives(self, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        channel = factories.connected(network="rehearsal")
        [one] = factories.approved(channel)
        network = registry.network("rehearsal")
        publish = network.publish

        def jumps(*arguments: Any) -> Published:
            clock.advance(hours=-3)
            keep_leases()
            assert end_leases() == 0
            return publish(*arguments)

        monkeypatch.setattr(network, "publish", jumps)
        send_all(channel)
        one.refresh_from_db()
        assert (one.state, Sent.objects.get(key=one.key).times) == (SENT, 1)

    def test_back_before_it_was_due(self, clock: Clock) -> None:
        channel = factories.connected()
        clock.advance(hours=1)
        factories.approved(channel)
        clock.advance(hours=-1)
        assert claim(channel.pk) is None
        clock.advance(hours=1)
        send_all(channel)
        assert len(said(channel)) == 1
