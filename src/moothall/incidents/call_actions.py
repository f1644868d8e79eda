"""Writes about the people to call: permission, change and record in one place."""

from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.incidents.models import Contact
from moothall.records.actions import capture


@transaction.atomic
def save_contact(actor: User, contact: Contact) -> None:
    """Add somebody to call, or keep what has changed. Records never have the number."""
    require(actor, "incident.calls")
    contact.full_clean()
    is_new = contact.pk is None
    contact.save()
    kind = "incident_call.added" if is_new else "incident_call.changed"
    capture(kind, _ref(contact), actor=actor, after=_facts(contact))


@transaction.atomic
def remove_contact(actor: User, contact: Contact) -> None:
    """Take somebody off the list."""
    require(actor, "incident.calls")
    reference, before = _ref(contact), _facts(contact)
    if contact.delete()[0]:
        capture("incident_call.removed", reference, actor=actor, before=before)


def _ref(contact: Contact) -> str:
    return f"incident_call:{contact.pk}"


def _facts(contact: Contact) -> dict[str, object]:
    return {"role": contact.role, "order": contact.order, "kinds": contact.kinds}
