"""The one place that asks what time it is."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, aware, in UTC. Everything that depends on the time takes it from here or as an argument."""
    return timezone.now()
