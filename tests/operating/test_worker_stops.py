"""A worker that is told to stop says so to the tasks that would go on by themselves."""

import threading

import pytest

from moothall.core import queue
from moothall.operating.worker import Worker


def test_stopping_reaches_the_tasks_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_stopping", threading.Event())
    worker = Worker(threads=2)
    assert not queue.is_stopping()
    worker.stop()
    assert queue.is_stopping()
