"""Keeping days for a case beyond their time, and letting them go."""

from datetime import date

from django.db import transaction

from moothall.core import clock
from moothall.records.actions import OPERATOR, capture
from moothall.webuse import purpose_queries
from moothall.webuse.models import Hold


@transaction.atomic
def place(purpose_key: str, case: str, first: date, last: date, why: str) -> Hold:
    """Keep the rows, names and keys of these days until ``lift``.

    Raises ``NoPurpose`` if nothing was ever kept under this key, and ``ValueError`` if the days are in no order.
    """
    purpose_queries.refuse_unknown(purpose_key)
    if last < first:
        raise ValueError("The last day comes before the first.")
    hold = Hold.objects.create(
        purpose_key=purpose_key, case=case, first=first, last=last, why=why, placed_at=clock.now()
    )
    days = {"from": first.isoformat(), "to": last.isoformat(), "case": case}
    capture("webuse.held", f"purpose-key:{purpose_key}", actor=OPERATOR, why=why, after=days)
    return hold


@transaction.atomic
def lift(purpose_key: str, case: str) -> int:
    """Let go what is kept for a case. Returns how many stretches of days."""
    lifted = Hold.objects.filter(purpose_key=purpose_key, case=case, lifted_at=None).update(lifted_at=clock.now())
    if lifted:
        capture("webuse.let_go", f"purpose-key:{purpose_key}", actor=OPERATOR, before={"case": case})
    return lifted
