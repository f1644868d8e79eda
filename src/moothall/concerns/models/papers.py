"""The papers of a case: evidence, the report, meetings, letters."""

from django.conf import settings
from django.db import models
from django.db.models import TextChoices

from moothall.concerns.models.cases import Concern
from moothall.core.sealed_text import SealedTextField


class PaperKind(TextChoices):
    """What a paper is."""

    EVIDENCE = "evidence", "Evidence"
    REPORT = "report", "The investigator’s report"
    LETTER = "letter", "Letter"
    FROM_PERSON = "from_person", "From the person"


class Side(TextChoices):
    """For whom a piece of evidence speaks."""

    FOR = "for", "Speaks for the person"
    AGAINST = "against", "Speaks against the person"
    NEITHER = "neither", "Says how it was"


class Paper(models.Model):
    """One paper. The person sees evidence that is shared and letters that are sent; neither is changed again."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    side = models.CharField(max_length=20, choices=Side.choices, blank=True)
    letter = models.CharField(max_length=40, blank=True)
    """The kind of letter, of ``letters.LetterKind``."""
    title = SealedTextField()
    text = SealedTextField(blank=True)
    speaks_for = SealedTextField("what speaks for the person", blank=True)
    """Of a report only."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)
    """Since when the person has it. Of a letter to who raised it: since when they have it."""

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return "a paper of a case"


class Attachment(models.Model):
    """A picture or PDF of a paper, sealed in the database: it lies in no folder, and goes with the case."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="attachments")
    name = SealedTextField()
    content_type = models.CharField(max_length=60)
    content = SealedTextField()
    """In base64."""

    def __str__(self) -> str:
        return "an attachment of a case"


class MeetingKind(TextChoices):
    """What a meeting is for."""

    HEARING = "hearing", "The meeting"
    APPEAL = "appeal", "The appeal meeting"


class Meeting(models.Model):
    """A meeting with the person. Postponed, it is another one."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="meetings")
    kind = models.CharField(max_length=20, choices=MeetingKind.choices)
    planned_at = models.DateTimeField()
    at = models.DateTimeField()
    place = SealedTextField()
    companion = SealedTextField(blank=True)
    without_companion = models.BooleanField("they wanted nobody", default=False)
    notes = SealedTextField(blank=True)
    held_at = models.DateTimeField(null=True)
    postponed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return "a meeting of a case"
