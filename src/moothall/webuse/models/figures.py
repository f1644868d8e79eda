"""What may be shown: figures that were suppressed and rounded before they came here. The database has no others."""

from django.db import models

COUNCIL = 0
"""The node of the whole council in the tree of units."""
UNMAPPED = -1_000_000_000
"""The node of everybody whom no list places."""


class Grain(models.TextChoices):
    """How long the period of a figure is."""

    HOUR = "h", "hour"
    DAY = "d", "day"
    WEEK = "w", "week"


class Figure(models.Model):
    """How many people of a unit did something in a period. What is hidden has no row, and nor has what nobody did.

    ``node`` is a unit's id with all its parts, its negative for those directly in it, ``COUNCIL`` or ``UNMAPPED``.
    ``hour`` is local; twenty-four of them are a day's heat map.
    """

    purpose_key = models.SlugField(max_length=60)
    grain = models.CharField(max_length=1, choices=Grain.choices)
    starts = models.DateField()
    hour = models.SmallIntegerField(default=-1)
    node = models.BigIntegerField()
    subject = models.CharField(max_length=100)
    """``all``, a category, ``blocked``, ``social-at-work``, ``social-off-work``, or ``domain:`` with a domain."""
    people = models.PositiveIntegerField()
    """Rounded to 5."""
    minutes = models.PositiveIntegerField(null=True)
    """Of browsing, an average for each of them, rounded to 5."""

    class Meta:
        ordering = ("starts", "hour")
        indexes = [
            models.Index(fields=["purpose_key", "node", "grain", "starts"], name="figures_of_a_unit"),
            models.Index(fields=["purpose_key", "grain", "starts"], name="figures_of_a_period"),
            models.Index(fields=["purpose_key", "node", "grain", "subject", "starts"], name="figures_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}, {self.starts}: {self.people}"


class Volume(models.Model):
    """What went through the proxy in a local hour of the whole council (``hour`` -1: in the whole day)."""

    purpose_key = models.SlugField(max_length=60)
    day = models.DateField()
    hour = models.SmallIntegerField()
    hits = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("day", "hour")
        constraints = [models.UniqueConstraint(fields=["purpose_key", "day", "hour"], name="one_volume_an_hour")]

    def __str__(self) -> str:
        return f"{self.day} {self.hour}: {self.hits}"
