"""The running order and the rota of an event."""

from django.conf import settings
from django.db import models

from moothall.accounts.models import Service
from moothall.events.models.events import Event
from moothall.publishing.models import Post


class Sensitivity(models.TextChoices):
    """Whether it may be told where something happens while it happens."""

    NONE = "none", "The place may be told"
    AFTERWARDS = "afterwards", "Tell the place only afterwards"
    NEVER = "never", "Never tell the place"


class Slot(models.Model):
    """A stretch of an event for which one service has the floor."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="event_slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    theme = models.CharField(max_length=200)
    notes = models.TextField(max_length=2_000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="event_slots"
    )
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices, default=Sensitivity.NONE)
    posts = models.ManyToManyField(Post, blank=True, related_name="event_slots")
    """Written and approved beforehand."""

    class Meta:
        ordering = ("starts_at", "ends_at", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="slot_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.theme}"

    @property
    def is_sensitive(self) -> bool:
        return self.sensitivity != Sensitivity.NONE


class Shift(models.Model):
    """Somebody's hours at the desk of an event, and what they hand over at its end."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="shifts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="event_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    task = models.CharField("what they do", max_length=120, default="The desk")
    handover = models.TextField("hand-over note", max_length=5_000, blank=True)
    handed_over_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("starts_at", "ends_at", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.task}"
