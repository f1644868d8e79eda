"""The one council: who it is, and how that changes."""

from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import Signal

from moothall.core.models import Council

council_changed = Signal()
"""Sent with ``by``, ``before`` and ``after`` inside the change's transaction, so that a listener can keep a record."""


class Person(Protocol):
    def may(self, permission: str) -> bool: ...


def current() -> Council:
    """The council; an unsaved one with our own name and colour until somebody has said who they are."""
    return Council.objects.filter(pk=1).first() or Council(pk=1)


def save(changed: Council, *, by: Person) -> None:
    """Write the council's new name, logo or colour. Every page shows them from its next request on."""
    if not by.may("council.settings"):
        raise PermissionDenied("You may not change the council's name, logo and colour.")
    with transaction.atomic():
        before = current()
        changed.version = before.version + 1
        changed.save()
        council_changed.send(Council, by=by, before=facts(before), after=facts(changed))


def facts(council: Council) -> dict[str, Any]:
    """What a record keeps of the council."""
    return {
        "name": council.name,
        "strapline": council.strapline,
        "logo": council.logo.name,
        "logo_alt": council.logo_alt,
        "colour": council.colour,
    }
