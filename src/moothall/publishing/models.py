"""A post, its frozen revisions, and the deliveries made of an approved one."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock

SOON = timedelta(minutes=2)
POST_LENGTH = 20_000
"""Far beyond every network's limit; a draft may be too long, a variant sent for approval may not."""


class Picture(models.Model):
    """A picture as it was re-encoded on upload, stored by its content's hash. Never changed."""

    name = models.CharField(max_length=200, unique=True)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.original_name

    def facts(self, alt: str) -> dict[str, Any]:
        """The picture as a delivery freezes it; ``queries.media`` reads it back."""
        kept = {name: getattr(self, name) for name in ("name", "content_type", "width", "height", "size")}
        return kept | {"alt": alt}


class Post(models.Model):
    """What an author wants to say, as it is being written. What goes out is frozen in a ``Revision``."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    text = models.TextField(max_length=POST_LENGTH, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    """``None``: as soon as it is approved."""
    made_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    once = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    """Made with the composer's page: a form that is sent twice makes one post."""

    class Meta:
        ordering = ("-edited_at", "-pk")

    def __str__(self) -> str:
        first = self.text.strip().splitlines()[0] if self.text.strip() else "Post without words"
        return first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"


class Attachment(models.Model):
    """A picture on a post. It has a description, or is marked as decorative, before it can be sent for approval."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="attachments")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    alt = models.TextField("description", max_length=2_000, blank=True)
    is_decorative = models.BooleanField("decorative", default=False)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.alt or str(self.picture)

    @property
    def spoken(self) -> str:
        """The description that goes out: none for a decorative picture."""
        return "" if self.is_decorative else self.alt


class Variant(models.Model):
    """A post as one channel will carry it. Empty ``text``: the post's own words."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=POST_LENGTH, blank=True)

    class Meta:
        ordering = ("channel__display_name", "channel__network")
        constraints = [models.UniqueConstraint(fields=["post", "channel"], name="one_variant_a_channel")]

    def __str__(self) -> str:
        return f"variant for {self.channel}"


class Verdict(models.TextChoices):
    """What became of a revision. Undecided ones await approval."""

    UNDECIDED = "", "Awaiting approval"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Revision(models.Model):
    """A post frozen when it was sent for approval: what the approver sees is what will be sent.

    ``content`` is ``{"text", "variants": [{"channel", "text"}], "pictures": [{"picture", "alt"}]}`` with ids.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    scheduled_for = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True, default=Verdict.UNDECIDED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    CANCELLED = "cancelled", "Cancelled"


class Delivery(models.Model):
    """One approved variant on its way to one channel. This row, not the queue, is the truth about what is to be done.

    Moves between states go through ``delivery.py`` alone.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    text = models.TextField()
    media = models.JSONField(default=list)
    """Frozen: the facts of each picture (``Picture.facts``)."""
    key = models.CharField(max_length=13)
    """The same on every attempt; networks that can tell by it that they have the post already."""
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=DeliveryState.choices, default=DeliveryState.WAITING)

    dated = models.DateTimeField(null=True)
    """The moment of the first attempt."""
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(null=True)
    """After a temporary refusal: not before this."""
    may_be_live = models.BooleanField(default=False)
    """An attempt ended without a clear answer: the network is asked for the post before another one."""
    is_insisted = models.BooleanField(default=False)
    """A person decided to send again: if the network cannot be asked, it is sent all the same."""
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    unconfirmed_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    """When to look for an unconfirmed post again by ourselves; ``None``: it is a person's turn."""
    looks = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    """Why it failed, waits longer, or is unconfirmed, in a plain sentence."""
    remote_id = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at", "pk")
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["revision", "channel"], name="one_delivery_a_revision_and_channel"),
            models.UniqueConstraint(fields=["channel", "key"], name="one_delivery_a_key"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(state=DeliveryState.SENDING), name="one_sending_at_a_time_on_a_channel"
            ),
            models.UniqueConstraint(
                fields=["channel", "remote_id"], condition=~Q(remote_id=""), name="one_delivery_a_remote_post"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="delivery_due"),
            models.Index(fields=["channel", "state", "due_at"], name="delivery_lane"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} to {self.channel}"

    @property
    def is_moving(self) -> bool:
        """Whether something will soon become of it without anybody's doing."""
        if self.state == DeliveryState.WAITING:
            return self.due_at <= clock.now() + SOON
        return self.state == DeliveryState.SENDING or self.look_at is not None

    @property
    def service_id(self) -> int:
        """Whose decision it is: the service that the post speaks for."""
        return self.revision.post.service_id


class Attempt(models.Model):
    """One sending, or one look for a post. Written before the call, completed after it."""

    class Kind(models.TextChoices):
        SEND = "send", "Sent to the network"
        LOOK = "look", "Looked for it"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    """The state that it led to; empty while it runs, and for a look that settled nothing."""
    message = models.TextField(blank=True)
    words = models.TextField(blank=True)
    """What the server said."""
    status = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ("started_at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} of delivery {self.delivery_id}"
