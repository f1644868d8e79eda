"""How a delivery moves: the state table, the claim, the lease, the order on a channel, and the queue that may lose it all."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseTestCase

from moothall.accounts.models import Notice
from moothall.channels.models import Channel
from moothall.core import clock as core_clock
from moothall.newsroom.models import Entry
from moothall.publishing import delivery, tasks
from moothall.publishing.delivery import (
    CANCELLED,
    FAILED,
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
    send,
)
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records import queries as records
from tests import factories
from tests.publishing.conftest import Clock


def said(channel: Channel) -> list[str]:
    """What stands on a Newsroom channel, oldest first."""
    return list(Entry.objects.filter(page__handle=channel.handle).order_by("pk").values_list("text", flat=True))


def send_all(channel: Channel) -> None:
    """Send what is due, as a worker does."""
    tasks.drain.func(channel.pk)


class TestStateTable(DatabaseTestCase):
    """Every move there could be, of a delivery in every state."""

    @hypothesis_settings(max_examples=150, deadline=None)
    @given(actual=st.sampled_from(DeliveryState), before=st.sampled_from(DeliveryState), after=st.sampled_from(DeliveryState))
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

    @given(path=st.lists(st.sampled_from(DeliveryState), max_size=12))
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
        kept = [(each.kind, each.actor_name, each.before, each.after["state"]) for each in records.of(f"delivery:{one.pk}")]
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
        fault(channel, "busy", 100)
        [one] = factories.approved(channel)
        for _ in range(delivery.MOST_TRIES):
            send_all(channel)
            clock.advance(hours=1)
        one.refresh_from_db()
        assert (one.state, one.tries) == (FAILED, delivery.MOST_TRIES)
        assert Attempt.objects.filter(delivery=one).count() == delivery.MOST_TRIES
        assert "did not go out" in Notice.objects.filter(user=one.revision.post.author).first().text


def fault(channel: Channel, name: str, times: int) -> None:
    from_network = "moothall.rehearsal.models.PracticeAccount"
    del from_network
    from moothall.rehearsal.models import PracticeAccount

    PracticeAccount.objects.filter(handle=channel.handle).update(fault=name, left=times)
