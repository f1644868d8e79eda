"""What is on its way to the networks, and what tells it when: slots and pauses."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing.models.approval import Revision

SOON = timedelta(minutes=2)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"
    DELETED = "deleted", "Taken down"


class Delivery(models.Model):
    """One approved variant, or one part of its thread, on its way to one channel.

    This row, not the queue, is the truth about what is to be done. Moves between states go through ``delivery.py``.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    part = models.PositiveSmallIntegerField(default=1)
    """Which part of a thread it is, from 1. A later part replies to the one before, and waits until that one stands."""
    text = models.TextField()
    media = models.JSONField(default=list)
    """Frozen: the facts of each asset (``library.models.Asset.facts``)."""
    language = models.CharField(max_length=35, default="en")
    options = models.JSONField(default=dict)
    card = models.JSONField(null=True)
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
            models.UniqueConstraint(
                fields=["revision", "channel", "part"], name="one_delivery_a_revision_channel_and_part"
            ),
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
            models.Index(fields=["due_at"], name="delivery_by_time"),
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
        DELETE = "delete", "Took it down"

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


class QueueSlot(models.Model):
    """A time of the week at which a channel has room for a post: "next free slot"."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="queue_slots")
    weekday = models.PositiveSmallIntegerField(
        choices=list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))
    )
    at = models.TimeField()
    """On the clocks of ``settings.TIME_ZONE``."""

    class Meta:
        ordering = ("weekday", "at")
        constraints = [models.UniqueConstraint(fields=["channel", "weekday", "at"], name="each_slot_once")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.at:%H:%M}"


class Pause(models.Model):
    """While it lasts, nothing goes out: of all services, or of those chosen."""

    services = models.ManyToManyField(Service, blank=True, related_name="+")
    is_everything = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField(default=clock.now)
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-began_at", "-pk")

    def __str__(self) -> str:
        return self.reason
