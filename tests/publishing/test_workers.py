"""Several workers at once, and the queue that wakes them, which may lose or double whatever it likes."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.channels import actions as channel_actions
from moothall.channels.models import Channel
from moothall.publishing import deciding, tasks
from moothall.publishing.delivery import (
    SENT,
    UNCONFIRMED,
    WAITING,
    claim,
    end_leases,
)
from moothall.publishing.models import Attempt, Delivery
from moothall.records import queries as records
from tests import factories
from tests.publishing.conftest import Clock, said, send_all


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    """Threads with connections of their own."""

    @pytest.mark.parametrize("workers", [2, 8])
    def test_on_one_delivery_make_one_attempt(self, workers: int) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        for _ in range(10):
            claims = at_once(workers, lambda: claim(channel.pk))
            assert sum(each is not None for each in claims) == 1
            Delivery.objects.filter(pk=one.pk).update(state=WAITING, token="", lease_until=None)
        assert Attempt.objects.filter(delivery=one).count() == 10
        assert Delivery.objects.get(pk=one.pk).tries == 10
        assert not any(records.faults())

    def test_on_one_channel_keep_its_order_and_double_nothing(self) -> None:
        channel = factories.connected()
        texts = [f"Number {number}" for number in range(12)]
        for text in texts:
            factories.approved(channel, text=text)

        def work() -> None:
            while Delivery.objects.filter(channel=channel).exclude(state=SENT).exists():
                send_all(channel)

        at_once(4, work)
        assert said(channel) == texts
        assert Attempt.objects.count() == len(texts)
        assert not any(records.faults())

    def test_two_sweeps_end_a_lease_once(self, clock: Clock) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        assert claim(channel.pk)
        clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
        assert sum(at_once(4, end_leases)) == 1
        assert Notice.objects.filter(text__contains="cannot tell").count() == 1
        assert [each.after["state"] for each in records.of(f"delivery:{one.pk}")] == ["sending", "unconfirmed"]

    def test_and_the_editor_of_a_channel_do_not_lock_each_other_out(self) -> None:
        """Both write to the channel's row and to the chain of records; they must take the locks in one order."""
        channel = factories.connected()
        desk = factories.person((Role.DESK, None))
        deliveries = [factories.approved(channel, text=f"Number {number}")[0] for number in range(15)]

        def edit() -> None:
            for number in range(30):
                same = Channel.objects.get(pk=channel.pk)
                same.purpose = f"Purpose {number}"
                channel_actions.save_channel(desk, same)

        at_once(2, edit, partial(send_all, channel))
        assert not Delivery.objects.exclude(state=SENT).exists()
        assert Channel.objects.get(pk=channel.pk).purpose == "Purpose 29"
        assert Attempt.objects.count() == len(deliveries)
        assert not any(records.faults())

    def test_a_claim_and_a_cancellation_do_not_both_happen(self) -> None:
        for _ in range(10):
            channel = factories.connected()
            [one] = factories.approved(channel)
            desk = factories.person((Role.DESK, None))
            claimed, is_cancelled = at_once(2, partial(claim, channel.pk), partial(cancelled, desk, one))
            assert (claimed is None) == is_cancelled


@pytest.mark.django_db(transaction=True)
class TestQueue:
    """A queue row only wakes a worker. Whatever happens to it, nothing is lost."""

    def test_approval_wakes_a_worker_at_once(self) -> None:
        channel = factories.connected()
        factories.approved(channel)
        assert [row.args_kwargs["args"] for row in DBTaskResult.objects.ready()] == [[channel.pk]]

    def test_a_lost_queue_row_loses_nothing(self) -> None:
        channel = factories.connected()
        factories.approved(channel)
        DBTaskResult.objects.all().delete()
        tasks.sweep()
        assert work_off() == 1
        assert len(said(channel)) == 1

    def test_a_row_of_a_dead_worker_loses_nothing(self) -> None:
        channel = factories.connected()
        factories.approved(channel)
        DBTaskResult.objects.get().claim("a worker that died")
        tasks.sweep()
        assert work_off() == 1
        assert len(said(channel)) == 1

    def test_a_doubled_row_doubles_nothing(self) -> None:
        channel = factories.connected()
        factories.approved(channel)
        for _ in range(3):
            tasks.drain.enqueue(channel.pk)
        assert work_off() == 4
        assert len(said(channel)) == 1
        assert Attempt.objects.count() == 1

    def test_the_sweep_queues_nothing_twice(self) -> None:
        for _ in range(3):
            factories.approved(factories.connected())
        DBTaskResult.objects.all().delete()
        for _ in range(3):
            tasks.sweep()
        assert DBTaskResult.objects.count() == 3

    def test_the_sweep_does_not_wake_anyone_for_a_channel_that_must_wait(
        self, clock: Clock, rehearsal_is_busy: Channel
    ) -> None:
        channel = rehearsal_is_busy
        factories.approved(channel, text="First")
        factories.approved(channel, text="Second")
        work_off()
        tasks.sweep()
        assert DBTaskResult.objects.ready().count() == 0

    def test_a_channel_with_much_to_say_lets_the_others_have_their_turn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tasks, "LONGEST_TURN", 0.0)
        busy, other = factories.connected(), factories.connected()
        for number in range(3):
            factories.approved(busy, text=f"Number {number}")
        factories.approved(other)
        assert work_off(1) == 1
        assert len(said(busy)) == 1
        assert [row.args_kwargs["args"] for row in DBTaskResult.objects.ready()] == [[other.pk], [busy.pk]]
        work_off()
        assert (len(said(busy)), len(said(other))) == (3, 1)

    def test_a_look_that_was_cut_off_is_closed(self, clock: Clock) -> None:
        channel = factories.connected()
        [one] = factories.approved(channel)
        Delivery.objects.filter(pk=one.pk).update(state=UNCONFIRMED, look_at=clock.now() + timedelta(days=1))
        Attempt.objects.create(delivery=one, kind=Attempt.Kind.LOOK, started_at=clock.now())
        tasks.sweep()
        assert one.attempts.get().finished_at is None
        clock.advance(seconds=settings.DELIVERY_LEASE.total_seconds() + 1)
        tasks.sweep()
        assert one.attempts.get().message == "This look was cut off."


def at_once(times: int, *works: Callable[[], Any]) -> list[Any]:
    """Do ``works``, or the only one ``times`` times, in threads that begin together; their results in order."""
    works = works if len(works) > 1 else works * times
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            results[number] = works[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def cancelled(actor: User, one: Delivery) -> bool:
    try:
        deciding.cancel(actor, one)
    except ValidationError:
        return False
    return True


def work_off(most: int | None = None) -> int:
    """Let the queue's own worker take all that waits, or the first ``most``; how many tasks it ran."""
    worker = QueueWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=most,
        worker_id="the test's",
        excluded_queue_names=[],
    )
    worker.run()
    return worker._run_tasks
