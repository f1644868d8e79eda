"""Pictures of items, kept by us."""

from django.db import models
from django.db.models import Q

from moothall.core import clock
from moothall.events.models.items import Item


class ItemPicture(models.Model):
    """A picture of an item: fetched and re-encoded, so that nobody who reads the wall asks another site for it.

    Deleted with its file when the item is gone.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="pictures")
    url = models.CharField(max_length=1_000)
    position = models.PositiveSmallIntegerField(default=0)
    """Its place among the item's media."""
    alt = models.TextField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    """Below the media folder; empty until it is fetched."""
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=clock.now)
    """When to fetch it; ``None``: it was fetched, or given up."""
    trouble = models.CharField(max_length=500, blank=True)
    """Why it could not be fetched."""

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["item", "url"], name="each_item_picture_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="item_picture_due"),
            models.Index(fields=["name"], name="item_picture_file"),
        ]

    def __str__(self) -> str:
        return self.name or self.url
