"""What the practice network was sent, and what it should do wrong."""

from django.db import models


class Fault(models.TextChoices):
    """What the practice network can do wrong."""

    BUSY = "busy", "Says it is busy, try again in 20 seconds"
    REFUSES = "refuses", "Refuses the post for good"
    SIGNED_OUT = "signed_out", "No longer accepts our credentials"
    LOST_ANSWER = "lost_answer", "Takes the post, but its answer never arrives"
    LOST_REQUEST = "lost_request", "Never gets the post, and no answer arrives"
    SILENT = "silent", "No answer arrives, and it will not say whether it has the post"


class PracticeAccount(models.Model):
    """An account of the practice network, and the fault its next ``left`` posts will meet."""

    handle = models.CharField(max_length=253, unique=True)
    display_name = models.CharField(max_length=120)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)
    left = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("display_name",)

    def __str__(self) -> str:
        return self.display_name


class Sent(models.Model):
    """A post as it was sent. ``times`` counts the sendings with its key; more than one would be a double elsewhere."""

    handle = models.CharField(max_length=253, db_index=True)
    key = models.CharField(max_length=13)
    text = models.TextField()
    media = models.JSONField(default=list)
    """``{"alt", "content_type", "width", "height", "size"}`` for each picture or video, and ``"kind"``, ``"seconds"``
    and ``"captions"`` (their language; empty if there are none). Posts from before there were videos lack these."""
    options = models.JSONField(default=dict)
    card = models.JSONField(null=True)
    """``{"url", "title", "description", "image"}``; the last says whether there is one."""
    reply_to = models.CharField(max_length=13, blank=True)
    """The key of the part of a thread before it."""
    language = models.CharField(max_length=35, default="en")
    said_at = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1)
    is_hidden = models.BooleanField(default=False)
    """``find`` does not see it: the network will not say whether it is there."""
    is_removed = models.BooleanField(default=False)

    class Meta:
        ordering = ("-said_at", "-key")
        constraints = [models.UniqueConstraint(fields=["handle", "key"], name="one_rehearsed_post_a_key")]
        verbose_name_plural = "sent"

    def __str__(self) -> str:
        return f"{self.handle} {self.key}"


class CrowdPost(models.Model):
    """What one of the practice network's made-up strangers and colleagues said, for events to hear."""

    handle = models.CharField(max_length=253)
    name = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=35, default="en")
    media = models.JSONField(default=list)
    """``{"url", "alt", "width", "height"}`` for each picture."""
    said_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    is_removed = models.BooleanField(default=False)
    change = models.BigIntegerField(unique=True, null=True)
    """The number of its last change among those of all. They become visible in their order, without gaps.

    ``None``: it is planned, and not said before ``said_at``.
    """

    class Meta:
        ordering = ("change",)

    def __str__(self) -> str:
        return f"@{self.handle}: {self.text[:60]}"
