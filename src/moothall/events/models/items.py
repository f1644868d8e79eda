"""What was said with an event's hashtag, and what was decided about it."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.accounts.models import Service
from moothall.channels import known
from moothall.core import clock
from moothall.events.models.events import Event
from moothall.publishing.models import Delivery


class Door(models.TextChoices):
    """By whom it was said."""

    OFFICIAL = "official", "Official"
    STAFF = "staff", "Staff"
    PUBLIC = "public", "Public"


class ItemState(models.TextChoices):
    """What was decided about showing it."""

    PENDING = "pending", "To be looked at"
    SHOWN = "shown", "Shown"
    HELD = "held", "Held back"
    HIDDEN = "hidden", "Hidden"


class Item(models.Model):
    """One thing said with an event's hashtag, as it was last seen on its network."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="items")
    network = models.CharField(max_length=30)
    remote_id = models.CharField(max_length=500)
    url = models.CharField(max_length=1_000, blank=True)
    author_id = models.CharField(max_length=500)
    """The author's remote id, which never changes."""
    author_handle = models.CharField(max_length=300)
    author_name = models.CharField(max_length=300, blank=True)
    author_url = models.CharField(max_length=1_000, blank=True)
    author_picture = models.CharField(max_length=1_000, blank=True)
    author_followers = models.PositiveIntegerField(null=True)
    """As the network said when it was taken; ``None``: it did not say."""
    text = models.TextField()
    html = models.TextField(blank=True)
    """Sanitised: paragraphs, line breaks, emphasis and links to the web, and nothing else."""
    warning = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=35, blank=True)
    tags = models.JSONField(default=list)
    media = models.JSONField(default=list)
    """``{"kind", "url", "preview", "alt", "width", "height"}`` for each."""
    links = models.JSONField(default=list)
    said_at = models.DateTimeField()
    """As its network says, and never later than ``seen_at``."""
    seen_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    """Since when we know that it was deleted there."""
    raw = models.JSONField(default=dict)
    """As the network gave it; emptied when it is gone."""
    came_by = models.CharField(max_length=200)
    """The place that brought it first."""

    door = models.CharField(max_length=20, choices=Door.choices, default=Door.PUBLIC)
    service = models.ForeignKey(Service, null=True, on_delete=models.SET_NULL, related_name="+")
    """Which service it speaks for, or whose staff said it, where that is known."""
    delivery = models.OneToOneField(Delivery, null=True, on_delete=models.SET_NULL, related_name="event_item")
    """Of what we said ourselves."""
    credit = models.CharField(max_length=300, blank=True)
    """Who told the desk, if they may be named."""

    state = models.CharField(max_length=20, choices=ItemState.choices, default=ItemState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    """Why it is held or hidden."""
    show_at = models.DateTimeField(default=clock.now)
    """Not before this, even if it is to be shown."""
    is_pinned = models.BooleanField(default=False)
    is_featured = models.BooleanField(default=False)
    is_on_wall = models.BooleanField(default=False, editable=False)
    """Whether the wall was told to show it. Only ``wall_log.py`` changes this."""
    on_wall_at = models.DateTimeField(null=True, editable=False)
    """When the wall first showed it."""

    class Meta:
        ordering = ("-said_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["event", "network", "remote_id"], name="one_item_a_remote_post"),
        ]
        indexes = [
            models.Index(fields=["event", "state", "said_at"], name="item_queue"),
            models.Index(fields=["event", "-on_wall_at"], condition=Q(is_on_wall=True), name="item_wall"),
            models.Index(fields=["network", "remote_id"], name="item_remote"),
            models.Index(fields=["network", "author_id"], name="item_author"),
            models.Index(fields=["event", "network", "url"], name="item_url"),
            models.Index(fields=["show_at"], condition=Q(is_on_wall=False, state="shown"), name="item_to_show"),
        ]

    def __str__(self) -> str:
        first = self.text.strip().splitlines()[0] if self.text.strip() else f"Item by {self.author_handle}"
        return first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"

    @property
    def is_gone(self) -> bool:
        return self.gone_at is not None

    @property
    def stamp(self) -> str:
        """Stands for what it says now: whoever decides on it decides on that, and on no edit of it."""
        said = [self.text, self.html, self.warning, self.media, self.author_name]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def network_label(self) -> str:
        return known.label(self.network)


class Alias(models.Model):
    """Another id under which a network speaks of an item: a server's own number for it, or our delivery's."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="aliases")
    network = models.CharField(max_length=30)
    alias = models.CharField(max_length=500)

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["item", "alias"], name="each_alias_once")]
        indexes = [models.Index(fields=["network", "alias"], name="alias_lookup")]

    def __str__(self) -> str:
        return self.alias


class Judgement(models.Model):
    """One decision about one item, with what was before, so that it can be undone."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="judgements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """``None``: a rule decided."""
    at = models.DateTimeField(default=clock.now)
    verb = models.CharField(max_length=30)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    """``state``, ``reason``, ``is_pinned``, ``is_featured``."""
    together = models.UUIDField(db_index=True)
    """What was decided in one go is undone in one go."""
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.verb} item {self.item_id}"
