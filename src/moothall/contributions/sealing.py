"""Sealing the kept mails with a new key. They are kept for some days only, and the rows are few."""

from django.db import transaction

from moothall.contributions.models import Mail
from moothall.core import sealing
from moothall.records.actions import OPERATOR, capture


def reseal_all() -> tuple[int, int]:
    """Seal every kept mail with the first of the sealing keys. Returns how many were, and how many no key opens."""
    resealed = closed = 0
    for pk in list(Mail.objects.filter(sealed__isnull=False).values_list("pk", flat=True)):
        with transaction.atomic():
            mail = Mail.objects.select_for_update().filter(pk=pk, sealed__isnull=False).first()
            if mail is None or mail.sealed is None:
                continue
            try:
                mail.sealed = sealing.reseal(bytes(mail.sealed).decode()).encode()
            except sealing.CannotOpen:
                closed += 1
                continue
            mail.save(update_fields=["sealed"])
            capture("mail.resealed", f"mail:{pk}", actor=OPERATOR)
            resealed += 1
    return resealed, closed
