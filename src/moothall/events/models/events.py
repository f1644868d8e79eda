"""A live hashtag event."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock


class WallDesign(models.TextChoices):
    """How the wall looks."""

    NIGHT = "night", "Dark, for a projector"
    DAY = "day", "Light"
    COUNCIL = "council", "The council’s colour"


class Event(models.Model):
    """A live event: for so many hours everybody may say, with its hashtag, what the council does."""

    name = models.CharField(max_length=120)
    slug = models.SlugField("short name for addresses", max_length=60, unique=True)
    summary = models.CharField("what it is, in a sentence or two", max_length=500, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField("time zone", max_length=60, default=settings.TIME_ZONE)
    is_public = models.BooleanField("the public may see the wall", default=True)
    services = models.ManyToManyField(Service, blank=True, related_name="events")
    """The areas of service that it should cover."""
    official_channels = models.ManyToManyField(Channel, blank=True, related_name="events")
    """What these say with the hashtag is official. None: every channel of the register."""
    backup_channels = models.ManyToManyField(Channel, blank=True, related_name="backs_up")
    """Where one goes on if a network stops an official channel."""
    safeguarding_minutes = models.PositiveSmallIntegerField("minutes before others’ items show", default=0)
    """What staff and public say shows only so long after it was said: nobody is found by it."""
    shows_staff_at_once = models.BooleanField("show staff’s items before anyone looked at them", default=True)
    shows_public_at_once = models.BooleanField("show the public’s items before anyone looked at them", default=False)
    design = models.CharField(max_length=20, choices=WallDesign.choices, default=WallDesign.NIGHT)
    wall_notice = models.CharField("a line on the wall", max_length=200, blank=True)
    is_example = models.BooleanField(default=False, editable=False)
    """Part of the example council: the wall says so."""
    speed = models.PositiveSmallIntegerField(default=1, editable=False)
    """How many times faster than life it runs: more than 1 for a rehearsal."""
    rehearses = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.CASCADE, related_name="rehearsals"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-starts_at", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The event's wall."""
        return reverse("wall", args=[self.slug])

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "Give an end that is later than the start."})

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def main_tag(self) -> str:
        """The hashtag as people should write it, without the sign; empty while there is none."""
        return next((each.tag for each in self.tags.all() if each.kind == EventTag.Kind.MAIN), "")

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        return self.ends_at <= at

    def is_on(self, at: datetime) -> bool:
        return self.has_begun(at) and not self.is_over(at)


class EventTag(models.Model):
    """A hashtag by which an event's items are found."""

    class Kind(models.TextChoices):
        MAIN = "main", "The hashtag"
        ALTERNATE = "alternate", "Another that counts"
        MISSPELLING = "misspelling", "A likely misspelling"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=100)
    """As people write it, without the sign."""
    folded = models.CharField(max_length=200, db_index=True)
    """``networks.text.fold_tag`` of it: what is compared."""
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MAIN)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["event", "folded"], name="each_tag_once_in_an_event"),
            models.UniqueConstraint(fields=["event"], condition=models.Q(kind="main"), name="one_main_tag_an_event"),
        ]

    def __str__(self) -> str:
        return f"#{self.tag}"
