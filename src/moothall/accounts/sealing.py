"""Sealing all second steps with a new key. A passkey's row holds nothing secret: the secret is in the device."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.core import sealing
from moothall.records.actions import OPERATOR, capture

SEALED: dict[str, str] = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
"""Which value of an authenticator's data is sealed, by its type."""


@dataclass(frozen=True)
class Resealed:
    """What came of it: how many authenticators the first key now seals, and whose no key opens."""

    resealed: int
    closed: tuple[User, ...]


def reseal_all() -> Resealed:
    """Seal every authenticator app and every set of recovery codes with the first of the sealing keys.

    Each has its own short transaction in which its row is locked, and is written only if it still is as it was read: a
    recovery code that is used meanwhile stays used. Stopped halfway, it has kept a record of each that it did; run
    again, it does no harm.
    """
    resealed, closed = 0, dict[int, User]()
    for pk in list(_sealed().values_list("pk", flat=True)):
        with transaction.atomic():
            authenticator = _sealed().select_for_update(of=("self",)).filter(pk=pk).first()
            if authenticator is None:
                continue
            before, name = authenticator.data, SEALED[authenticator.type]
            try:
                data = {**before, name: sealing.reseal(before[name])}
            except sealing.CannotOpen:
                closed[authenticator.user.pk] = authenticator.user
                continue
            if Authenticator.objects.filter(pk=pk, data=before).update(data=data):
                ref = f"user:{authenticator.user.pk}"
                capture("person.second_step_resealed", ref, actor=OPERATOR, after={"kind": authenticator.type})
                resealed += 1
    return Resealed(resealed, tuple(closed.values()))


def closed() -> int:
    """How many people have a second step that no key opens."""
    people = set()
    for authenticator in _sealed():
        try:
            sealing.open_sealed(authenticator.data[SEALED[authenticator.type]])
        except sealing.CannotOpen:
            people.add(authenticator.user_id)
    return len(people)


def _sealed() -> "QuerySet[Authenticator]":
    return Authenticator.objects.filter(type__in=SEALED).select_related("user").order_by("pk")
