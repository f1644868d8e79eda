"""Noticing that the database changed, without asking it for everything again and again."""

import time
from typing import Any, Protocol

from django.db import connection

from moothall.events.wall_log import POSTGRESQL_CHANNEL

LOOK_SECONDS = 0.004
"""How often SQLite is asked whether anybody wrote. It answers from shared memory, in a few microseconds."""


class Watch(Protocol):
    def wait(self, seconds: float) -> bool:
        """Wait until something may have changed, at most so long; whether it may. Raises a database error."""
        ...


class SqliteWatch:
    """SQLite counts the commits of other connections: https://sqlite.org/pragma.html#pragma_data_version"""

    def __init__(self) -> None:
        self._version = self._look()

    @staticmethod
    def _look() -> Any:
        connection.ensure_connection()
        # Not through Django's cursor, which in debug would keep each of these queries.
        with connection.wrap_database_errors:
            return connection.connection.execute("PRAGMA data_version").fetchone()

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (version := self._look()) == self._version:
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_SECONDS)
        self._version = version
        return True


class PostgresWatch:
    """PostgreSQL tells whoever listens, at the commit."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {POSTGRESQL_CHANNEL}")

    def wait(self, seconds: float) -> bool:
        with connection.wrap_database_errors:
            return any(True for _ in connection.connection.notifies(timeout=seconds, stop_after=1))


def watch() -> Watch:
    """A watch on this thread's connection, from now on. Make another when the connection is another."""
    return SqliteWatch() if connection.vendor == "sqlite" else PostgresWatch()
