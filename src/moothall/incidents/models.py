"""Incidents with an account, their steps and timeline, and the people to call."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from moothall.channels.models import Channel
from moothall.core import clock
from moothall.incidents.kinds import Kind, Switch
from moothall.incidents.states import RUNNING, State
from moothall.lessons.models import Lesson
from moothall.publishing.models import Post

ADDRESS_LENGTH = 300
PHONE = RegexValidator(
    r"^\+?\d[\d ()-]{1,24}(?: *(?:ext\.?|x) *\d{1,6})?$",
    "Give the number in digits, such as 01632 960114, or 01632 960114 ext 22.",
)


class Incident(models.Model):
    """Something has gone wrong with an account: one of ours or, of an impostor, one that passes for ours.

    It belongs to the service of its channel; without a channel it is the desk's.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    impostor_address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    known = models.TextField("what is known", max_length=5_000, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    lesson = models.ForeignKey(Lesson, null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    no_lesson_why = models.TextField(max_length=1_000, blank=True)
    """Why there is no lesson to draw from it, where whoever closed it said so."""
    statements = models.ManyToManyField(Post, related_name="+")
    """The holding statements that were begun from here."""

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__isnull=False) | Q(kind=Kind.IMPOSTOR),
                name="an_incident_is_of_a_channel_or_an_impostor",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RUNNING, closed_at=None, lesson=None, no_lesson_why="")
                | Q(state=State.CLOSED, closed_at__isnull=False, lesson__isnull=False, no_lesson_why="")
                | Q(state=State.CLOSED, closed_at__isnull=False, lesson=None) & ~Q(no_lesson_why=""),
                name="an_incident_closes_with_a_lesson_or_a_reason",
            ),
            models.UniqueConstraint(
                fields=["channel", "kind"],
                condition=Q(state__in=RUNNING) & ~Q(kind=Kind.IMPOSTOR),
                name="one_running_incident_of_a_kind_on_a_channel",
            ),
        ]

    def __str__(self) -> str:
        joined_by = " of " if self.kind == Kind.IMPOSTOR and self.channel else ": "
        return f"{self.get_kind_display()}{joined_by}{self.about}"

    def get_absolute_url(self) -> str:
        return reverse("incident", args=[self.pk])

    @property
    def service_id(self) -> int | None:
        """Whose it is; ``None``: the desk's."""
        return self.channel.service_id if self.channel else None

    @property
    def about(self) -> str:
        """ "Libraries on Bluesky", or the impostor's address."""
        return str(self.channel or self.impostor_address)

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def done_steps(self) -> int:
        return sum(step.done_at is not None for step in self.steps.all())

    def clean(self) -> None:
        if self.kind == Kind.IMPOSTOR and not self.impostor_address:
            raise ValidationError({"impostor_address": "Give the impostor’s address or its handle and its network."})
        if self.kind != Kind.IMPOSTOR and self.channel is None:
            raise ValidationError({"channel": "Choose the account that it is about."})


class Step(models.Model):
    """One thing to do, from the play as it was when the incident was opened, or added by whoever runs it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    what = models.TextField(max_length=500)
    who = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)
    switch = models.CharField(max_length=20, choices=Switch.choices, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    """Who added it; ``None``: it is of the play."""
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["incident", "position"], name="one_step_at_a_position"),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="a_step_is_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class TimelineEntry(models.Model):
    """What somebody did in an incident, or noted. Never changed and never removed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    """In a few words: "Paused posts"."""
    more = models.TextField(max_length=5_000, blank=True)
    tells = models.JSONField(default=list)
    """The numbers of the records that this entry tells already; the page does not tell them twice."""

    class Meta:
        ordering = ("at", "pk")
        verbose_name_plural = "timeline entries"

    def __str__(self) -> str:
        return self.what


class Contact(models.Model):
    """Somebody to call in an incident."""

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, validators=[PHONE])
    hours = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=10)
    kinds = models.JSONField(default=list, blank=True)
    """The kinds of incident in which to call them; empty: in all."""

    class Meta:
        ordering = ("order", "name", "pk")

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"

    @property
    def dial(self) -> str:
        """The number as a telephone dials it: without its extension."""
        number = self.phone.lower().partition("x")[0].removesuffix("e")
        return "".join(sign for sign in number if sign.isdigit() or sign == "+")

    @property
    def kind_words(self) -> str:
        """ "Hacked account, Impostor"; "Everything" for all kinds."""
        return ", ".join(str(Kind(kind).label) for kind in Kind if kind in self.kinds) or "Everything"

    def is_for(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds
