"""Waking a worker: once for each thing that waits, and only when the transaction stands. And the housekeeping."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from moothall.core import clock, queue
from moothall.core.tasks import EVERY, KEPT, sweep

pytestmark = pytest.mark.django_db


@task
def greet() -> None:
    """Say hello to nobody."""


@task
def greet_one(number: int) -> None:
    """Say hello to somebody."""


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], None]], list[list[Any]]]:
    """A function: do something, commit, and tell the arguments of what is in the queue then."""

    def commit(do: Callable[[], None]) -> list[list[Any]]:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            do()
        return sorted(each["args"] for each in DBTaskResult.objects.values_list("args_kwargs", flat=True))

    return commit


def test_nothing_is_queued_before_the_commit(committed: Any) -> None:
    def do() -> None:
        queue.wake(greet)
        assert not DBTaskResult.objects.exists()

    assert committed(do) == [[]]


def test_what_waits_already_is_not_queued_again(committed: Any) -> None:
    assert committed(lambda: queue.wake(greet)) == [[]]
    assert committed(lambda: queue.wake(greet)) == [[]]
    assert committed(lambda: queue.wake_each(greet_one, [1, 2])) == [[], [1], [2]]
    assert committed(lambda: queue.wake_each(greet_one, [2, 3])) == [[], [1], [2], [3]]


def test_what_a_worker_has_begun_is_queued_again(committed: Any) -> None:
    """It may have looked before there was anything to see."""
    committed(lambda: queue.wake_each(greet_one, [1]))
    DBTaskResult.objects.update(status="RUNNING", started_at=clock.now())
    assert committed(lambda: queue.wake_each(greet_one, [1])) == [[1], [1]]


def test_nobody_to_wake_is_no_work(committed: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        queue.wake_each(greet_one, [])


def test_old_rows_of_the_queue_are_swept_now_and_then(monkeypatch: pytest.MonkeyPatch, committed: Any) -> None:
    cache.clear()
    committed(lambda: queue.wake_each(greet_one, [1, 2]))
    old, _ = DBTaskResult.objects.all()
    DBTaskResult.objects.filter(pk=old.pk).update(enqueued_at=clock.now() - KEPT - timedelta(hours=1))
    sweep()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(enqueued_at=clock.now() - KEPT - timedelta(hours=1))
    sweep()
    assert DBTaskResult.objects.count() == 1, "Not again before the hour is over."
    cache.clear()
    sweep()
    assert DBTaskResult.objects.count() == 0
    assert EVERY < KEPT
