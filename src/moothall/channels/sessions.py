"""Sessions with networks, kept with the channel's connection for every thread and process (``networks.base``)."""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from moothall.channels.models import Connection
from moothall.core import clock, sealing
from moothall.networks.errors import Temporary

log = logging.getLogger(__name__)

TURN = timedelta(minutes=2)
"""After which a turn is over, for its holder may have died: longer than renewing a session takes on a slow network."""
PATIENCE_SECONDS = 20.0
"""How long one waits for another's turn to end."""
LONGEST = 20_000
"""Characters of a session that is kept. A server may send tokens of any length."""


class Keeper:
    """Keeps the session of one connection in its row, until the channel is connected again or disconnected.

    Turns are taken by a conditional UPDATE, so that they hold between processes and no transaction is open meanwhile.
    """

    def __init__(self, connection: Connection) -> None:
        self._pk, self._connected_at = connection.pk, connection.connected_at
        self._token = ""

    def load(self) -> Mapping[str, str]:
        try:
            sealed = self._rows().values_list("session", flat=True).first()
        except DatabaseError as error:
            raise _away() from error
        return opened(sealed or "")

    @contextmanager
    def turn(self) -> Iterator[None]:
        token = secrets.token_hex(16)
        self._wait_for(token)
        self._token = token
        try:
            yield
        finally:
            self._token = ""
            self._end(token)

    def store(self, session: Mapping[str, str]) -> None:
        if sum(map(len, session.values())) > LONGEST:
            log.warning("The session of connection %s is too long to be kept", self._pk)
            return
        try:
            kept = self._rows().filter(session_token=self._token).update(session=sealing.seal(session))
        except DatabaseError:
            log.exception("The session of connection %s could not be kept", self._pk)
            return
        if not kept:
            log.warning("The turn at connection %s was over before its session could be kept", self._pk)

    def _wait_for(self, token: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        wait = 0.05
        while not self._taken(token):
            if time.monotonic() > deadline:
                raise Temporary("Moothall is signing in to the network elsewhere and has not finished.")
            time.sleep(wait)
            wait = min(wait * 2, 1.0)

    def _taken(self, token: str) -> bool:
        """Whether the turn is ours now. A turn that reaches further than any can was taken before the clock went back;
        and where there is no such connection any more, there is nobody to take turns with."""
        now = clock.now()
        free = Q(session_token="") | Q(session_until__lt=now) | Q(session_until__gt=now + 2 * TURN)
        try:
            if self._rows().filter(free).update(session_token=token, session_until=now + TURN):
                return True
            return not self._rows().exists()
        except DatabaseError as error:
            raise _away() from error

    def _end(self, token: str) -> None:
        try:
            self._rows().filter(session_token=token).update(session_token="", session_until=None)
        except DatabaseError:
            log.exception("The turn at connection %s could not be ended; it runs out by itself", self._pk)

    def _rows(self) -> QuerySet[Connection]:
        """The connection's row, unless the channel was connected again meanwhile: it has another session then."""
        return Connection.objects.filter(pk=self._pk, connected_at=self._connected_at)


class Remembered:
    """A session that is kept nowhere: that of a channel not yet connected, or not any more."""

    def __init__(self, session: Mapping[str, str] | None = None) -> None:
        self._session = dict(session or {})

    def load(self) -> Mapping[str, str]:
        return self._session

    def turn(self) -> nullcontext[None]:
        return nullcontext()

    def store(self, session: Mapping[str, str]) -> None:
        self._session = dict(session)


def opened(sealed: str) -> dict[str, str]:
    """A kept session; empty if there is none, or no key opens it: signing in anew makes another."""
    try:
        return sealing.open_sealed(sealed) if sealed else {}
    except sealing.CannotOpen:
        return {}


def to_keep(session: Mapping[str, str]) -> str:
    """``session`` as ``Connection.session`` has it."""
    return sealing.seal(session) if session else ""


def _away() -> Temporary:
    return Temporary("Something went wrong on our side before anything was sent.")
