"""Rules that decide about items before anybody looks."""

from django.conf import settings
from django.db import models

from moothall.channels import known
from moothall.core import clock
from moothall.events.models.events import Event


class RuleKind(models.TextChoices):
    """What of an item a rule looks at."""

    AUTHOR = "author", "Author"
    WORD = "word", "Word"
    NETWORK = "network", "Network"
    LANGUAGE = "language", "Language"


class Effect(models.TextChoices):
    """What becomes of an item that a rule meets. Where several do, the strictest wins: hide, hold, show."""

    SHOW = "show", "Show it at once"
    HOLD = "hold", "Hold it back"
    HIDE = "hide", "Hide it"


class ItemRule(models.Model):
    """A rule of one event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=20, choices=RuleKind.choices)
    value = models.CharField(max_length=300)
    """An author's handle, a word or phrase, a network's slug, a language's tag."""
    effect = models.CharField(max_length=20, choices=Effect.choices, default=Effect.HOLD)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("kind", "value")
        constraints = [models.UniqueConstraint(fields=["event", "kind", "value"], name="each_item_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.which}"

    @property
    def which(self) -> str:
        """The value as people know it: a network goes by its name."""
        return known.label(self.value) if self.kind == RuleKind.NETWORK else self.value


class Blocked(models.Model):
    """An author of whom no event's wall shows anything."""

    network = models.CharField(max_length=30)
    author_id = models.CharField(max_length=500)
    """The remote id; a handle changes."""
    author_handle = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    blocked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    blocked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-blocked_at",)
        constraints = [models.UniqueConstraint(fields=["network", "author_id"], name="each_author_blocked_once")]

    def __str__(self) -> str:
        return self.author_handle

    @property
    def network_label(self) -> str:
        return known.label(self.network)
