"""The worker: one loop that sweeps and takes work from the queue, and threads that do it."""

import logging
import os
import queue
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseTrouble
from django.urls import get_resolver
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from moothall.core import queue as task_queue
from moothall.core.database import writing

log = logging.getLogger(__name__)

Row = DBTaskResult[Any, Any]

POLL_SECONDS = 0.25
"""How often the queue is asked for what other processes put there. Asking is a read, and locks nothing."""
SLOW_QUEUES = ("pictures", "videos")
"""Queues with one thread each, and none but that: nothing that goes out waits behind a video."""
TROUBLE_SECONDS = 2.0
GRACE_SECONDS = 40
"""How long a stopping worker waits for a request under way: a little longer than core.http's time-outs."""


class Lane:
    """Some queues, and the threads that do what waits in them."""

    def __init__(self, threads: int, run: Callable[[Row], None], wake: threading.Event, *, only: str = "") -> None:
        """``only``: the lane's one queue; without one it has all that are no other's. ``wake``: a thread is idle."""
        self._only, self._run, self._wake = only, run, wake
        self._given: queue.SimpleQueue[Row | None] = queue.SimpleQueue()
        self._idle = threads
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def hand_out(self, worker: str) -> None:
        """Give the idle threads what waits."""
        rows = take(self._idle, worker, self._only)
        with self._lock:
            self._idle -= len(rows)
        for row in rows:
            self._given.put(row)

    def end(self) -> None:
        """Let each thread finish what it does, and go."""
        for _ in self.threads:
            self._given.put(None)

    def _work(self) -> None:
        """One thread: run what is given, until nothing more will be."""
        while row := self._given.get():
            self._run(row)
            with self._lock:
                self._idle += 1
            self._wake.set()
        connection.close()


class Worker:
    """Runs until told to stop. Everything it does is safe to lose at any moment: leases and sweeps make up for it.

    The queue's own worker asks for work in each of its threads or processes, and each time with a lock on the whole of
    an SQLite database. Here one loop asks for all threads, and locks only to take what is there.
    """

    def __init__(self, threads: int) -> None:
        self._is_stopping = False
        self._wake = threading.Event()
        self._lanes = [
            Lane(threads, self._run, self._wake),
            *(Lane(1, self._run, self._wake, only=name) for name in SLOW_QUEUES),
        ]
        self._name = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._runner = QueueWorker(  # only for how it runs one task and writes down what came of it
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self._name,
            excluded_queue_names=[],
        )

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Finish what is under way, begin nothing new.

        It may interrupt the loop at any point, even this method: so it touches no lock that the loop could hold.
        """
        if not self._is_stopping:
            self._is_stopping = True
            task_queue.stop()

    def run(self) -> None:
        """Work until ``stop`` is called, by SIGTERM or SIGINT or otherwise."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.stop)
            signal.signal(signal.SIGINT, self.stop)
        get_resolver().url_patterns  # noqa: B018 - loaded now, and not by the first notice, while it holds a lock
        for thread in self._threads():
            thread.start()
        sweep_at = time.monotonic()
        while not self._is_stopping:
            self._wake.clear()
            if time.monotonic() >= sweep_at:
                sweep_at = time.monotonic() + settings.SWEEP_SECONDS
                sweep_all()
            self._hand_out()
            self._wake.wait(max(0.0, min(POLL_SECONDS, sweep_at - time.monotonic())))
        self._end()

    def _threads(self) -> list[threading.Thread]:
        return [thread for lane in self._lanes for thread in lane.threads]

    def _hand_out(self) -> None:
        """Give the idle threads what waits in the queue."""
        close_old_connections()
        try:
            for lane in self._lanes:
                lane.hand_out(self._name)
        except DatabaseTrouble:
            log.exception("The task queue could not be read; trying again")
            connection.close()
            time.sleep(TROUBLE_SECONDS)

    def _run(self, row: Row) -> None:
        """Run one task, in a lane's thread."""
        close_old_connections()
        try:
            self._runner.run_task(row)
        except Exception:  # what came of a task could not be written down; the thread must live on all the same
            log.exception("The task %s could not be finished; the sweep makes up for it", row.task_path)
            connection.close()

    def _end(self) -> None:
        for lane in self._lanes:
            lane.end()
        until = time.monotonic() + GRACE_SECONDS
        for thread in self._threads():
            thread.join(max(0.0, until - time.monotonic()))


def take(most: int, worker: str, only: str = "") -> list[Row]:
    """Take up to ``most`` tasks from the queue for ``worker``, so that no other process runs them.

    ``only`` those of that queue, or else of all but ``SLOW_QUEUES``.
    """
    ready = DBTaskResult.objects.ready().filter(backend_name="default")
    ready = ready.filter(queue_name=only) if only else ready.exclude(queue_name__in=SLOW_QUEUES)
    if not most or not ready.exists():
        return []
    with writing():
        rows = list(ready.select_for_update(skip_locked=True)[:most])
        for row in rows:
            row.claim(worker)
    return rows


def sweep_all() -> None:
    """Let every room find what it has to do now."""
    close_old_connections()
    for path in settings.SWEEPS:
        try:
            import_string(path)()
        except Exception:  # one room's fault must not keep the others' work from being done
            log.exception("The sweep %s failed; the next one makes up for it", path)
            connection.close()
