"""Switching faults."""

from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.records.actions import capture
from moothall.rehearsal.models import PracticeAccount, Sent


@transaction.atomic
def switch_fault(actor: User, account: PracticeAccount, fault: str, left: int) -> None:
    """Let the next ``left`` posts of ``account`` meet ``fault``; none (0) switches it off."""
    require(actor, "rehearsal.practise")
    PracticeAccount.objects.filter(pk=account.pk).update(fault=fault, left=left)
    after = {"handle": account.handle, "fault": fault, "left": left}
    capture("rehearsal.fault", f"practice-account:{account.pk}", actor=actor, after=after)


@transaction.atomic
def speak_up(actor: User, sent: Sent) -> None:
    """Let the network say after all that it has a post which it kept silent about."""
    require(actor, "rehearsal.practise")
    Sent.objects.filter(pk=sent.pk).update(is_hidden=False)
    capture("rehearsal.spoke_up", f"rehearsed-post:{sent.pk}", actor=actor, after={"key": sent.key})
