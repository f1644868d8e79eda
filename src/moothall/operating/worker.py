"""The worker: threads that take work from the queue, and a sweep that finds work the queue has lost."""

import logging
import os
import signal
import socket
import threading
import uuid
from types import FrameType

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.utils import DatabaseError
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from moothall.core import queue

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
GRACE_SECONDS = 40
"""How long a stopping worker waits for a request under way: a little longer than core.http's time-outs."""


class Worker:
    """Runs until told to stop. Everything it does is safe to lose at any moment: leases and sweeps make up for it."""

    def __init__(self, threads: int) -> None:
        self._stopping = threading.Event()
        name = f"{socket.gethostname()[:20]}-{os.getpid()}"
        self._queue_workers = [
            QueueWorker(
                queue_names=["*"],
                interval=POLL_SECONDS,
                batch=False,
                backend_name="default",
                startup_delay=False,
                max_tasks=None,
                worker_id=f"{name}-{uuid.uuid4().hex[:8]}",
                excluded_queue_names=[],
            )
            for _ in range(threads)
        ]

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Finish what is under way, begin nothing new."""
        self._stopping.set()
        queue.stop()
        for each in self._queue_workers:
            each.running = False

    def run(self) -> None:
        """Work until ``stop`` is called, by SIGTERM or SIGINT or otherwise."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.stop)
            signal.signal(signal.SIGINT, self.stop)
        threads = [threading.Thread(target=self._work, args=[each], daemon=True) for each in self._queue_workers]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set():
            sweep_all()
            self._stopping.wait(settings.SWEEP_SECONDS)
        for thread in threads:
            thread.join(GRACE_SECONDS)

    def _work(self, queue_worker: QueueWorker) -> None:
        """One thread. A database that is away for a while must not end it."""
        while not self._stopping.is_set():
            try:
                queue_worker.run()
            except DatabaseError:
                log.exception("The task queue could not be read; trying again")
                connection.close()
                self._stopping.wait(2)


def sweep_all() -> None:
    """Let every room find what it has to do now."""
    close_old_connections()
    for path in settings.SWEEPS:
        try:
            import_string(path)()
        except DatabaseError:
            log.exception("The sweep %s failed; the next one makes up for it", path)
            connection.close()
