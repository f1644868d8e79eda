"""The listener's way to the database: one thread, and patience. What is asked is asked again until it is done."""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, InternalError, OperationalError, close_old_connections, connection

from moothall.core.retry import backoff

log = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError, InternalError)
"""What a database raises that is away, restarts, or is too busy: the same may succeed later."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=0.2), timedelta(seconds=5)

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """For one event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``question`` answers, once the database is there. It may be asked more than once."""
        tries = 0
        while True:
            try:
                return await self.ask_once(question, *args, **kwargs)
            except AWAY as error:
                tries += 1
                if tries == 1:
                    log.warning("The database does not answer (%s); holding everything back", type(error).__name__)
                await asyncio.sleep(wait(tries).total_seconds())

    async def ask_once(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same with a single try: raises one of ``AWAY``."""

        def answer() -> T:
            close_old_connections()
            try:
                return question(*args, **kwargs)
            except AWAY:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, answer)

    def close(self) -> None:
        """Let the thread go, when it has done what it was asked."""
        self._thread.submit(connection.close)
        self._thread.shutdown()


def wait(
    tries: int, *, first: timedelta = FIRST_WAIT, longest: timedelta = LONGEST_WAIT, chance: random.Random | None = None
) -> timedelta:
    """The wait after so many tries in vain: a random part, at least half, of what ``retry.backoff`` says, so that
    those who failed together do not come back together."""
    return backoff(tries, first=first, longest=longest) * (chance or random).uniform(0.5, 1.0)
