"""What the organisation learned."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q, TextChoices
from django.urls import reverse

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
    what_happened = models.TextField(
        "what happened", max_length=5_000, help_text="Name nobody, and nothing that gives anybody away."
    )
    what_changes = models.TextField("what changes because of it", max_length=5_000)
    state = models.CharField(max_length=20, choices=LessonState.choices, default=LessonState.DRAFT, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    written_by = models.ManyToManyField(settings.AUTH_USER_MODEL, editable=False, related_name="+")
    """Everybody who wrote on it, the author among them: none of them reviews it."""
    is_confidential = models.BooleanField(default=False, editable=False)
    """It came of a concern: until it is published, no record says who wrote it."""
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    remark = models.TextField(blank=True, editable=False)
    """Why the reviewer sent it back, until it is sent again; or why it was withdrawn."""
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-published_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(author=None) | Q(reviewer=None) | ~Q(reviewer=F("author")),
                name="nobody_publishes_their_own_lesson",
            ),
            models.CheckConstraint(
                condition=~Q(state=LessonState.PUBLISHED) | Q(published_at__isnull=False),
                name="a_published_lesson_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("lesson", args=[self.pk])

    @property
    def month(self) -> date | None:
        """The first day of the month in which it was published: a nearer date could tell what it came of."""
        return _month(self.published_at)

    @property
    def month_sent(self) -> date | None:
        """The same of its way to the reviewers."""
        return _month(self.sent_at)


def _month(moment: datetime | None) -> date | None:
    return localtime.local(moment).date().replace(day=1) if moment else None
