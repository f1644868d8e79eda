"""What people ask about their own data, and what was said about it."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from moothall.core.sealed_text import SealedTextField
from moothall.rights.states import Kind, State
from moothall.webuse.models import Purpose

WORDS_LENGTH = 10_000


class RightsRequest(models.Model):
    """An objection, a request for a correction, a complaint or a question. ``states.py`` has its moves.

    The asker and those who answer see it, and nobody else.
    """

    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rights_requests")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words = SealedTextField()
    purpose = models.ForeignKey(Purpose, null=True, on_delete=models.PROTECT, related_name="+")
    """The entry of the monitoring register that it is about, if it is about one."""
    made_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    due_on = models.DateField()
    """The last day in time for what is to be done next (``clocks.py``); once it has ended, what that was."""
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    """Who acknowledged it, or was the last to say something."""
    remind_on = models.DateField(null=True, db_index=True)
    """When those who answer are reminded next; ``None``: it has ended."""
    ended_at = models.DateTimeField(null=True, db_index=True)
    """Two years after it, the request is erased (``clocks.KEPT_MONTHS``)."""

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=(State.OPEN, State.ACKNOWLEDGED), ended_at=None, remind_on__isnull=False)
                | models.Q(
                    state__in=(State.ANSWERED, State.UPHELD, State.REFUSED, State.WITHDRAWN),
                    ended_at__isnull=False,
                    remind_on=None,
                ),
                name="a_request_runs_or_has_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=(State.OPEN, State.WITHDRAWN)) | models.Q(handler__isnull=False),
                name="somebody_answers_a_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("data-request", args=[self.pk])


class RightsEntry(models.Model):
    """Something that was said about a request after it was made, to whoever asked or by them."""

    class What(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        PROGRESS = "progress", "How far it is"
        LONGER = "longer", "It takes longer"
        ADDED = "added", "More from the person who asked"
        ANSWER = "answer", "The answer"

    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="entries")
    what = models.CharField(max_length=20, choices=What.choices)
    words = SealedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_what_display()} on request {self.request_id}"
