"""A person's own data: asked for on a page, found by the importer's process, sealed for that person alone.

Whose rows they are is told by the sign-in: the login at the proxy is taken from the e-mail address, where the operator
has said that its domain is the council's own (``MOOTHALL_WEBUSE_LOGIN_DOMAIN``). Nobody can name another.
"""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.core import clock, sealing
from moothall.records.actions import capture
from moothall.webuse.mapping import normal_user
from moothall.webuse.models import OwnData

LASTS = timedelta(days=1)
"""So long an answer can be fetched; then it is thrown away."""
NOT_FOUND = "Your data could not be put together. Ask for them again; if it happens again, ask IT to look into the log."
NO_LOGIN = (
    "Moothall does not know your login at the web proxy, so it cannot find what is yours. Ask IT to set "
    "MOOTHALL_WEBUSE_LOGIN_DOMAIN, or ask the data protection officer for your data."
)


def login_of(person: User) -> str:
    """The login at the proxy of whoever signs in with this address; empty if nobody can say.

    An address that would have to be read in another way than it is written, such as ``%61lice@…``, says nothing.
    """
    name, _, domain = person.email.casefold().rpartition("@")
    is_ours = bool(domain) and domain == settings.WEBUSE_LOGIN_DOMAIN.casefold()
    return name if is_ours and normal_user(name) == name else ""


@transaction.atomic
def ask(person: User) -> OwnData:
    """Ask for what is kept of oneself. One wish at a time. Raises ``ValidationError`` if nobody could find it."""
    if not login_of(person):
        raise ValidationError(NO_LOGIN)
    waiting = OwnData.objects.filter(user=person, answered_at=None).first()
    if waiting:
        return waiting
    wish = OwnData.objects.create(user=person, asked_at=clock.now())
    capture("webuse.own_data_asked", f"person:{person.pk}", actor=person)
    return wish


def latest(person: User) -> OwnData | None:
    """The last wish that still matters."""
    return OwnData.objects.filter(user=person).exclude(answered_at__lte=clock.now() - LASTS).first()


def opened(wish: OwnData) -> dict[str, Any]:
    """What an answer says."""
    found: dict[str, Any] = json.loads(sealing.open_sealed(wish.sealed)["answer"])
    return found
