"""The daily test of each connection. ``check_due_at`` is the truth about what is due; the queue only wakes a worker."""

from datetime import timedelta

from django_tasks import task

from moothall.channels import connecting
from moothall.channels.models import Connection
from moothall.core import clock, queue

BATCH = 20
LEASE = timedelta(minutes=10)
"""Longer than a check takes that runs into every time-out."""


def sweep() -> None:
    """Wake a worker if a connection is due for its test."""
    if Connection.objects.filter(check_due_at__lte=clock.now()).exists():
        queue.wake(check_connections)


@task
def check_connections() -> None:
    """Test what is due. Each connection is leased by moving its due time on, so that no two workers test it."""
    due = Connection.objects.filter(check_due_at__lte=clock.now()).order_by("check_due_at")
    for connection in due.select_related("channel__service", "channel__owner", "channel__deputy")[:BATCH]:
        leased = Connection.objects.filter(pk=connection.pk, check_due_at=connection.check_due_at).update(
            check_due_at=clock.now() + LEASE
        )
        if leased:
            connecting.check_connection(connection.channel)
