"""A whole day in a minute: a clock that all processes of a test share, and a database that is in trouble for some."""

import mmap
import random
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.utils import timezone


class FastClock:
    """What time it is in this process and in those that it forks. It stands still until it is told to go on."""

    def __init__(self, begins: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        self._shared = mmap.mmap(-1, 8)
        self.go(begins)
        monkeypatch.setattr(timezone, "now", self.now)

    def now(self) -> datetime:
        (moment,) = struct.unpack("d", self._shared[:8])
        return datetime.fromtimestamp(moment, UTC)

    def go(self, to: datetime) -> None:
        """It is ``to`` now, everywhere."""
        self._shared[:8] = struct.pack("d", to.timestamp())


class DatabaseTrouble:
    """While it lasts, the forked processes that let themselves in for it have their statements refused at random."""

    SHARE = 0.7

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 2)

    @property
    def is_on(self) -> bool:
        return self._shared[0] == 1

    @is_on.setter
    def is_on(self, value: bool) -> None:
        self._shared[0] = int(value)

    @property
    def was_met(self) -> bool:
        """Whether a statement was ever refused."""
        return self._shared[1] == 1

    def let_in(self) -> None:
        """To be called in the forked process, before it has a connection."""
        connection_created.connect(self._meet, weak=False)

    def _meet(self, sender: type, connection: Any, **kwargs: object) -> None:
        if self._refuse not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._refuse)

    def _refuse(self, execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        if self.is_on and random.random() < self.SHARE:
            self._shared[1] = 1
            raise OperationalError("The database is in trouble.")
        return execute(sql, params, many, context)
