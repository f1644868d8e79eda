"""Making a report, releasing it and taking it back."""

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.events.models import Event
from moothall.records.actions import capture
from moothall.reports import queries
from moothall.reports.figures import figures
from moothall.reports.models import Report


@transaction.atomic
def make(actor: User, event: Event) -> Report:
    """Count the event as it stands, once and for all. Earlier reports of it stay as they are."""
    require(actor, "event.manage")
    now = clock.now()
    if not event.is_over(now):
        raise ValidationError("The event is not over yet. Make its report when it is.")
    report = Report.objects.create(event=event, made_by=actor, figures=figures(queries.rows(event, now)))
    capture("report.made", f"event:{event.pk}", actor=actor, after={"report": report.pk})
    return report


@transaction.atomic
def release(actor: User, report: Report) -> None:
    """Let everybody read ``report`` instead of what they may have read before. The public reads it if the event is
    public."""
    require(actor, "event.manage")
    before = Report.objects.select_for_update().filter(event=report.event, released_at__isnull=False).first()
    if before and before.pk == report.pk:
        return
    if before:
        Report.objects.filter(pk=before.pk).update(released_at=None, released_by=None)
    Report.objects.filter(pk=report.pk).update(released_at=clock.now(), released_by=actor)
    report.refresh_from_db(fields=["released_at", "released_by"])
    capture(
        "report.released",
        f"event:{report.event_id}",
        actor=actor,
        before={"report": before.pk if before else None},
        after={"report": report.pk},
    )


@transaction.atomic
def withdraw(actor: User, report: Report) -> None:
    """Let only staff read it again."""
    require(actor, "event.manage")
    if not Report.objects.filter(pk=report.pk, released_at__isnull=False).update(released_at=None, released_by=None):
        return
    report.refresh_from_db(fields=["released_at", "released_by"])
    capture("report.withdrawn", f"event:{report.event_id}", actor=actor, before={"report": report.pk})


def keep_pdf(report: Report, made: bytes) -> None:
    """Keep the file that was made of a report, so that it is made once."""
    Report.objects.filter(pk=report.pk, pdf=None).update(pdf=made)
