"""Reading the practice network."""

from django.db.models import QuerySet

from moothall.rehearsal.models import PracticeAccount, Sent

SHOWN = 20


def sent() -> QuerySet[Sent]:
    """What it was sent, newest first."""
    return Sent.objects.filter(is_removed=False)[:SHOWN]


def faulty() -> QuerySet[PracticeAccount]:
    """The accounts with a fault switched on."""
    return PracticeAccount.objects.filter(left__gt=0)
