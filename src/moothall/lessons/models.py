"""What the organisation learned."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import TextChoices

from moothall.core import clock, localtime


class LessonState(TextChoices):
    """From the first words to the shelf."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Lesson(models.Model):
    """What happened, told so that nobody can be known by it, and what changes because of it.

    It does not know what it came of: a concern or an incident knows its lesson, and who reads one learns of neither.
    """

    title = models.CharField(max_length=120)
    what_happened = models.TextField("what happened", help_text="Name nobody, and nothing that gives anybody away.")
    what_changes = models.TextField("what changes because of it")
    state = models.CharField(max_length=20, choices=LessonState.choices, default=LessonState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_confidential = models.BooleanField(default=False)
    """It came of a concern: those who review it are not told who wrote it."""
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)
    """Why the reviewer sent it back, until it is sent again."""
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-published_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def month(self) -> date | None:
        """The first day of the month in which it was published: a nearer date could tell what it came of."""
        return localtime.local(self.published_at).date().replace(day=1) if self.published_at else None
