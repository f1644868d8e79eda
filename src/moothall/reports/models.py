"""The reports of events."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.core import clock
from moothall.events.models import Event


class Report(models.Model):
    """What was counted of an event at one moment. It never changes afterwards: a new one is made, and this one kept."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reports")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    figures = models.JSONField()
    """As ``figures.figures`` makes them, with their definitions."""
    released_at = models.DateTimeField(null=True)
    """Since when the public may read it, if they may see the event's wall."""
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    pdf = models.BinaryField(null=True)
    """Made when it is first asked for: that takes seconds."""

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(released_at__isnull=False), name="one_released_report_an_event"
            )
        ]

    def __str__(self) -> str:
        return f"Report of {self.event}"
