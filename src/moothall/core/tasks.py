"""Housekeeping."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django_tasks_db.models import DBTaskResult

from moothall.core import clock

KEPT = timedelta(days=2)
EVERY = timedelta(hours=1)


def sweep() -> None:
    """Now and then, drop old rows of the task queue, which only ever woke a worker, and sessions that have ended."""
    if cache.add("house-kept", True, EVERY.total_seconds()):
        now = clock.now()
        DBTaskResult.objects.filter(enqueued_at__lt=now - KEPT).delete()
        Session.objects.filter(expire_date__lt=now).delete()
