"""Housekeeping."""

from datetime import timedelta

from django.core.cache import cache
from django_tasks_db.models import DBTaskResult

from moothall.core import clock

KEPT = timedelta(days=2)
EVERY = timedelta(hours=1)


def sweep() -> None:
    """Now and then, drop old rows of the task queue: they only ever woke a worker."""
    if cache.add("queue-pruned", True, EVERY.total_seconds()):
        DBTaskResult.objects.filter(enqueued_at__lt=clock.now() - KEPT).delete()
