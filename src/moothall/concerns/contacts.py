"""Whom concerns are passed on to: named by HR or a monitoring officer, beforehand and for all cases alike."""

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.concerns.models import PassingOn
from moothall.concerns.process import PASSED_ON, Outcome
from moothall.records.actions import capture


@transaction.atomic
def name(actor: User, outcome: Outcome, who: User | None) -> None:
    """Name the contact for what is passed on, or with ``None`` nobody. Raises ``ValidationError``.

    Those who were named before keep the cases that they have.
    """
    require(actor, "concern.contacts")
    if outcome not in PASSED_ON:
        raise ValidationError("Nothing is passed on by this.")
    if who is not None and not who.is_active:
        raise ValidationError("They do not work here any more. Choose somebody else.")
    before = PassingOn.objects.select_for_update().filter(outcome=outcome).first()
    old = before.user_id if before else None
    new = who.pk if who else None
    if old == new:
        return
    if who is None:
        PassingOn.objects.filter(outcome=outcome).delete()
    else:
        PassingOn.objects.update_or_create(outcome=outcome, defaults={"user": who})
    capture(
        "concern.contact_named",
        f"passing-on:{outcome.value}",
        actor=actor,
        before={"user": old},
        after={"user": new},
    )
