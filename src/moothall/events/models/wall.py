"""What the wall is told, in order."""

from django.db import models

from moothall.core import clock
from moothall.events.models.events import Event
from moothall.events.models.items import Item


class ChangeKind(models.TextChoices):
    """What a wall does when it is told."""

    SHOW = "show", "Shows an item"
    UPDATE = "update", "Shows an item as it is now"
    REMOVE = "remove", "Takes an item off"


class Change(models.Model):
    """One change of a wall. Those who watch have seen everything up to some id, and ask for what is later.

    The row says which item, not what it says: a deleted item leaves no words in an old row.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="changes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["event", "id"], name="change_by_event")]

    def __str__(self) -> str:
        return f"{self.kind} item {self.item_id}"
