"""Who has acknowledged a version, for audit: a file of comma-separated values, made while it is read."""

from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.roles import Kind
from moothall.core import localtime
from moothall.core.csv_lines import written
from moothall.policies import actions, audience
from moothall.policies.models import Acknowledgement
from moothall.policies.queries import Standing
from moothall.records.actions import capture

COLUMNS = ("Person", "E-mail address", "Unit", "Here as", "Works here", "Version acknowledged", "Acknowledged", "Title")
OF_LATEST = {"number": "version__number", "at": "at", "title": "version__published_title"}
"""What is told of the latest acknowledgement, by what it is called here."""
NOT_YET = "not yet"
AT_ONCE = 500
"""Rows in one piece of the file."""


@transaction.atomic
def acknowledgements(actor: User, standing: Standing) -> Iterator[str]:
    """The file, in pieces: everybody a version is for, with whoever acknowledged it and has left or moved since.

    That it was exported is on record before the first piece is read.
    """
    require(actor, "policy.audit")
    version = standing.version
    after = {"version": version.number}
    capture("policy.acknowledgements_exported", actions.ref(version.policy), actor=actor, after=after)
    return _pieces(standing)


def _pieces(standing: Standing) -> Iterator[str]:
    rows = _rows(standing)
    yield written([COLUMNS])
    while piece := list(islice(rows, AT_ONCE)):
        yield written(piece)


def _rows(standing: Standing) -> Iterator[tuple[str, ...]]:
    counted = Acknowledgement.objects.filter(version__in=standing.counted)
    latest = counted.filter(user=OuterRef("pk")).order_by("-version__number")[:1]
    meant = audience.people(standing.policy.audience).values("pk")
    people = (
        User.objects.filter(Q(pk__in=meant) | Q(pk__in=counted.values("user")))
        .annotate(**{name: Subquery(latest.values(of)) for name, of in OF_LATEST.items()})
        .order_by(F("unit__name").asc(nulls_last=True), "name", "pk")
    )
    names = ("name", "email", "unit__name", "kind", "is_active", *OF_LATEST)
    for name, email, unit, kind, is_active, number, at, title in people.values_list(*names).iterator(AT_ONCE):
        works_here = "yes" if is_active else "no"
        done = (str(number), f"{localtime.local(at):%Y-%m-%d %H:%M}", title) if at else ("", NOT_YET, "")
        yield name, email, unit or "", Kind(kind).label, works_here, *done
