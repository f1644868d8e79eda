"""Taking turns at writing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_turn = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes, for code that runs in many threads at once.

    SQLite lets one connection write at a time; the others ask again and again, asleep for up to a tenth of a second in
    between. Threads of one process queue up here instead, and a worker gets twice as much done. PostgreSQL has no need.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # there, whoever is inside has the turn already
        with transaction.atomic():
            yield
        return
    with _turn, transaction.atomic():
        yield
