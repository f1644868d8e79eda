"""The secret addresses at which calendar programs read an event."""

from django.db import models

from moothall.events.models.events import Event
from moothall.planning.models import SecretFeed


class EventFeed(SecretFeed):
    """One person's address of an event's running order, of its rota, or of what they themselves do in it."""

    class Kind(models.TextChoices):
        ORDER = "order", "The running order"
        ROTA = "rota", "The rota"
        MINE = "mine", "My own shifts and slots"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField("what should it hold?", max_length=10, choices=Kind.choices, default=Kind.MINE)

    class Meta(SecretFeed.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.event} for {self.user}"
