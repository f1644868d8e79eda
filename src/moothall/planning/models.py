"""The calendar in other calendars, and files of posts that wait for a yes."""

import uuid

from django.conf import settings
from django.db import models

from moothall.accounts.models import Service
from moothall.core import clock


class SecretFeed(models.Model):
    """A secret address at which one person's calendar program reads something. Only the token's hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("-made_at", "-pk")


class CalendarFeed(SecretFeed):
    """An address of what is planned."""

    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="+")
    """Whose posts; ``None``: of every service whose posts the person may see."""

    class Meta(SecretFeed.Meta):
        pass

    def __str__(self) -> str:
        return f"calendar of {self.service or 'all services'} for {self.user}"


class PostFile(models.Model):
    """A file of several posts as it was read, shown to whoever chose it, and what became of its rows."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    """``[number, cells, problem]`` of each line: ``csv_lines.Line``."""
    shown_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)
    """When its posts were made."""
    outcome = models.JSONField(default=dict)
    """By line number: ``{"post": id, "trouble": [why it was not made or not sent for approval]}``."""

    class Meta:
        ordering = ("-shown_at", "-pk")

    def __str__(self) -> str:
        return self.name
