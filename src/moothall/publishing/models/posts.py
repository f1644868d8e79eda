"""What an author wants to say, as it is being written."""

import uuid

from django.conf import settings
from django.db import models

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.library.models import Asset

POST_LENGTH = 20_000
"""Far beyond every network's limit; a draft may be too long, a variant sent for approval may not."""


class Timing(models.TextChoices):
    """When a post goes out, once it is approved."""

    AT_ONCE = "at_once", "As soon as it is approved"
    AT_A_TIME = "at_a_time", "At a time you choose"
    NEXT_SLOT = "next_slot", "In each channel’s next free slot"


class ReadyMade(models.Model):
    """A text kept to be used again: a template to fill in, or an evergreen post that is good at any time."""

    class Kind(models.TextChoices):
        TEMPLATE = "template", "Template"
        EVERGREEN = "evergreen", "Evergreen post"

    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="ready_made")
    """Whose it is; ``None``: every service's."""
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TEMPLATE)
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=POST_LENGTH)
    second_text = models.TextField(max_length=POST_LENGTH, blank=True)
    second_language = models.CharField(max_length=35, blank=True)
    rest_days = models.PositiveSmallIntegerField("days before it is said again", default=30)
    """An evergreen post is not said again on a channel within so many days."""
    is_retired = models.BooleanField(default=False)
    assets = models.ManyToManyField(Asset, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What an author wants to say, as it is being written. What goes out is frozen in a ``Revision``.

    A line that is only ``---`` in a text begins the next part of a thread (``threads.py``).
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    text = models.TextField(max_length=POST_LENGTH, blank=True)
    language = models.CharField(max_length=35, default="en")
    second_text = models.TextField(max_length=POST_LENGTH, blank=True)
    """The same in ``second_language``: what the channels that speak it carry."""
    second_language = models.CharField(max_length=35, blank=True)
    campaign = models.CharField(max_length=100, blank=True)
    """The name that its links are tagged with; empty: they stay as they are."""
    timing = models.CharField(max_length=20, choices=Timing.choices, default=Timing.AT_ONCE)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    """The time chosen, if one is."""
    voices_confirmed = models.CharField(max_length=500, blank=True)
    """The voices (``identity_guard.voices``) for which its author was asked once more, and said yes."""
    card = models.JSONField(null=True, blank=True)
    """The link card as it was fetched: ``{"url", "title", "description", "image"}``."""
    made_from = models.ForeignKey(
        ReadyMade, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts", editable=False
    )
    made_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    once = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    """Made with the composer's page: a form that is sent twice makes one post."""

    class Meta:
        ordering = ("-edited_at", "-pk")
        indexes = [
            models.Index(fields=["-edited_at", "-id"], name="post_last_edited"),
            models.Index(fields=["scheduled_for"], name="post_planned"),
        ]

    def __str__(self) -> str:
        first = self.text.strip().splitlines()[0] if self.text.strip() else "Post without words"
        return first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"


class Attachment(models.Model):
    """An asset on a post. It has a description, or is marked as decorative, before it can be sent for approval."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="attachments")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="attachments")
    part = models.PositiveSmallIntegerField(default=1)
    """The part of the thread that carries it, from 1."""
    position = models.PositiveSmallIntegerField()
    alt = models.TextField("description", max_length=2_000, blank=True)
    is_decorative = models.BooleanField("decorative", default=False)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.alt or str(self.asset)

    @property
    def spoken(self) -> str:
        """The description that goes out: none for a decorative picture."""
        return "" if self.is_decorative else self.alt


class Variant(models.Model):
    """A post as one channel will carry it. Empty ``text``: the post's own words."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=POST_LENGTH, blank=True)
    options = models.JSONField(default=dict, blank=True)
    """Values of its network's ``post_fields``; one that is missing has its field's default."""

    class Meta:
        ordering = ("channel__display_name", "channel__network")
        constraints = [models.UniqueConstraint(fields=["post", "channel"], name="one_variant_a_channel")]

    def __str__(self) -> str:
        return f"variant for {self.channel}"
