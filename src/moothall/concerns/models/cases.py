"""A concern, who is on it, and its turns."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q, TextChoices

from moothall.concerns.process import Outcome, Part, State, Step
from moothall.concerns.separation import SINGLE
from moothall.core.sealed_text import SealedTextField


def new_reference() -> str:
    """What a case is called in addresses and records: it tells nothing, and cannot be guessed."""
    return secrets.token_urlsafe(15)


class About(TextChoices):
    """What it is about."""

    ONLINE = "online", "Something said online"
    ACCOUNT = "account", "An impostor, or an account that was taken over"
    WEB_USE = "web_use", "Use of the web at work"
    OTHER = "other", "Something else"


class To(TextChoices):
    """To whom a concern goes."""

    HR = "hr", "HR"
    MONITORING_OFFICER = "monitoring_officer", "The monitoring officer"


class Triage(TextChoices):
    """What kind of thing it is."""

    NOTHING = "nothing", "Nothing in it"
    COMPLAINT = "complaint", "A customer’s complaint"
    SECURITY = "security", "A security incident"
    SAFEGUARDING = "safeguarding", "Safeguarding: a child or an adult may be at risk"
    MISCONDUCT = "misconduct", "Possible misconduct"


class Concern(models.Model):
    """Trust may have been abused. All words are sealed: a copy of the database alone does not tell them."""

    reference = models.CharField(max_length=40, unique=True, default=new_reference, editable=False)
    about = models.CharField(max_length=20, choices=About.choices)
    to = models.CharField(max_length=20, choices=To.choices, default=To.HR)
    words = SealedTextField("what happened")
    where = SealedTextField("where it can be seen", blank=True)
    whom = SealedTextField("whom it is about", blank=True)
    at_risk = models.BooleanField("somebody may be at risk", default=False)
    in_confidence = models.BooleanField(default=False)
    is_signal = models.BooleanField(default=False)
    """Raised by IT security from a technical signal that names nobody."""
    raised_at = models.DateTimeField()

    state = models.CharField(max_length=20, choices=State.choices, default=State.RAISED)
    since = models.DateField()
    """The day on which it came to this state."""
    due_on = models.DateField(null=True, db_index=True)
    reminded_on = models.DateField(null=True)
    put_off = SealedTextField("why it is late", blank=True)
    triage = models.CharField(max_length=20, choices=Triage.choices, blank=True)
    triage_words = SealedTextField(blank=True)
    line_managers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    """The person's managers beside those who lead their unit. They have no part in the case and do not know of it."""
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    reasons = SealedTextField(blank=True)
    appeal_words = SealedTextField(blank=True)
    appeal_waived = models.BooleanField(default=False)
    decided_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    erase_on = models.DateField(null=True, db_index=True)
    lesson = models.ForeignKey("lessons.Lesson", null=True, on_delete=models.SET_NULL, related_name="+")
    no_lesson = SealedTextField("why there is no lesson", blank=True)

    class Meta:
        ordering = ("-raised_at",)

    def __str__(self) -> str:
        """Never its words: a name such as this ends up in logs."""
        return "a concern"

    @property
    def has_contact(self) -> bool:
        """Whether a named contact was brought in."""
        return self.seats.filter(part=Part.CONTACT).exists()


class Seat(models.Model):
    """Somebody's part in a case. One person has one seat in one case for good, also after they have left it."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=20, choices=Part.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sees_from = models.DateTimeField(null=True)
    """For the person: when they were told. Until then they do not see that there is a case."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "user"], name="one_part_a_person_in_a_case"),
            models.UniqueConstraint(
                fields=["concern", "part"],
                condition=Q(ended_at=None, part__in=sorted(SINGLE)),
                name="one_person_a_part_in_a_case",
            ),
        ]

    def __str__(self) -> str:
        return "a seat at a case"


class Turn(models.Model):
    """A move that was made, with its reasons. What the case's history is told from."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="turns")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    step = models.CharField(max_length=20, choices=Step.choices)
    source = models.CharField(max_length=20, choices=State.choices)
    target = models.CharField(max_length=20, choices=State.choices)
    reasons = SealedTextField(blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return "a turn of a case"
