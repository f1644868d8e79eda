"""Sealing all credentials with a new key."""

from dataclasses import dataclass

from django.db import transaction

from moothall.channels.actions import ref
from moothall.channels.models import Channel, Connection, ServerApp
from moothall.core import sealing
from moothall.records.actions import OPERATOR, capture


@dataclass(frozen=True)
class Resealed:
    """What came of it: how many connections the first key now seals, and the channels that no key opens."""

    resealed: int
    closed: tuple[Channel, ...]


def reseal_all() -> Resealed:
    """Seal every connection with the first of the sealing keys. For the operator, after a new key was put first.

    With it goes its session, and what servers gave Moothall when it registered there. Each connection has its own short
    transaction, and its row is locked in it: a channel that is reconnected meanwhile keeps its new credentials. Stopped
    halfway, it has kept a record of each that it did; run again, it does no harm.
    """
    resealed, closed = 0, []
    for pk in list(Connection.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            connection = Connection.objects.select_for_update().filter(pk=pk).first()
            if connection is None:
                continue
            try:
                sealed = sealing.reseal(connection.sealed)
            except sealing.CannotOpen:
                closed.append(connection.channel)
                continue
            Connection.objects.filter(pk=pk).update(sealed=sealed, session=_resealed(connection.session))
            capture("channel.resealed", ref(connection.channel), actor=OPERATOR)
        resealed += 1
    _reseal_apps()
    return Resealed(resealed, tuple(closed))


def _reseal_apps() -> None:
    """Seal what servers gave Moothall when it registered. What no key opens goes: it registers there anew."""
    for app in ServerApp.objects.order_by("pk"):
        same = ServerApp.objects.filter(pk=app.pk, sealed=app.sealed)
        if sealed := _resealed(app.sealed):
            same.update(sealed=sealed)
        else:
            same.delete()


def _resealed(sealed: str) -> str:
    """The same, sealed with the first key; empty for what is missing or no key opens, where another can be had."""
    try:
        return sealing.reseal(sealed) if sealed else ""
    except sealing.CannotOpen:
        return ""
