"""Waking a worker. A row in the task queue is never the truth about what is to be done: the sweep finds that."""

import threading
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

_stopping = threading.Event()


def stop() -> None:
    """Ask the tasks of this process that do one thing after another to begin no other."""
    _stopping.set()


def is_stopping() -> bool:
    """Whether this process was told to stop."""
    return _stopping.is_set()


def wake(task: Task[..., Any]) -> None:
    """Enqueue ``task`` when the transaction commits, unless it already waits in the queue."""
    transaction.on_commit(lambda: _enqueue(task, [()]))


def wake_each(task: Task[..., Any], arguments: Iterable[Any]) -> None:
    """The same, once for each of ``arguments``, the task's only argument."""
    calls = [(argument,) for argument in arguments]
    if calls:
        transaction.on_commit(lambda: _enqueue(task, calls))


def _enqueue(task: Task[..., Any], calls: list[tuple[Any, ...]]) -> None:
    waiting = DBTaskResult.objects.ready().filter(task_path=task.module_path).values_list("args_kwargs", flat=True)
    queued = {tuple(each["args"]) for each in waiting}
    for call in calls:
        if call not in queued:
            task.enqueue(*call)
