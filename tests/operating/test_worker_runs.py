"""The worker at work: it does what is due, and no fault of one task or one room ends it."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django_tasks_db.models import DBTaskResult

from moothall.core import queue
from moothall.operating import worker as operating
from moothall.operating.worker import Worker
from moothall.publishing import tasks
from moothall.publishing.models import Delivery, DeliveryState
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Worker]]:
    """A function that starts a worker in a thread; it is stopped at the end."""
    monkeypatch.setattr(queue, "_stopping", threading.Event())
    running: list[tuple[Worker, threading.Thread]] = []

    def start_one() -> Worker:
        worker = Worker(threads=2)

        def run() -> None:
            worker.run()
            connection.close()

        thread = threading.Thread(target=run)
        running.append((worker, thread))
        thread.start()
        return worker

    yield start_one
    for worker, thread in running:
        worker.stop()
        thread.join(10)
        assert not thread.is_alive()


def eventually(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "It did not come about within ten seconds"
        time.sleep(0.02)


def all_sent() -> bool:
    return not Delivery.objects.exclude(state=DeliveryState.SENT).exists()


def test_it_does_what_is_due_and_what_falls_due(start: Callable[[], Worker]) -> None:
    factories.approved(factories.connected())
    DBTaskResult.objects.all().delete()
    start()
    eventually(all_sent)
    factories.approved(factories.connected())
    eventually(all_sent)


def test_a_task_that_cannot_be_finished_costs_no_thread(
    start: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_task, left = operating.QueueWorker.run_task, [5]

    def breaks(self: Any, row: DBTaskResult[Any, Any]) -> None:
        if left[0]:
            left[0] -= 1
            raise OperationalError("database or disk is full")
        run_task(self, row)

    monkeypatch.setattr(operating.QueueWorker, "run_task", breaks)
    factories.approved(factories.connected())
    start()
    eventually(all_sent)
    assert left == [0]


def test_a_queue_that_cannot_be_read_for_a_while_ends_nothing(
    start: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "TROUBLE_SECONDS", 0.05)
    take, left = operating.take, [3]

    def breaks(most: int, name: str, only: str) -> list[DBTaskResult[Any, Any]]:
        if left[0]:
            left[0] -= 1
            raise OperationalError("database is locked")
        return take(most, name, only)

    monkeypatch.setattr(operating, "take", breaks)
    factories.approved(factories.connected())
    start()
    eventually(all_sent)
    assert left == [0]


def breaking_sweep() -> None:
    raise ValueError("a fault of one room")


def test_one_rooms_fault_does_not_keep_the_others_from_their_work(start: Callable[[], Worker], settings: Any) -> None:
    settings.SWEEPS = [f"{__name__}.breaking_sweep", *settings.SWEEPS]
    factories.approved(factories.connected())
    DBTaskResult.objects.all().delete()
    start()
    eventually(all_sent)


def test_a_worker_that_stops_finishes_one_sending_and_begins_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_stopping", threading.Event())
    channel = factories.connected()
    for number in range(3):
        factories.approved(channel, text=f"Number {number}")
    send = tasks.sending.send

    def told_to_stop_meanwhile(claimed: Any) -> None:
        queue.stop()
        send(claimed)

    monkeypatch.setattr(tasks.sending, "send", told_to_stop_meanwhile)
    tasks.drain.func(channel.pk)
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states == [DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.WAITING]
