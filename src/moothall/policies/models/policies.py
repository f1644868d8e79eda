"""Policies and their versions."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import F, Q, TextChoices
from django.urls import reverse

from moothall.core import clock
from moothall.lessons.models import Lesson

TAKEN_BY_PAGES = frozenset({"new", "welcome"})
"""What stands in the address of a page about no single policy."""


class Audience(TextChoices):
    """For whom a policy is meant. The first and the last three go by what somebody is here as, the others by role."""

    ALL_STAFF = "all_staff", "All staff"
    AUTHORS = "authors", "Those who write and approve posts"
    DESK = "desk", "The comms desk"
    COUNCILLORS = "councillors", "Councillors"
    CONTRACTORS = "contractors", "Contractors"
    GUESTS = "guests", "Guests and volunteers"


class Whose(TextChoices):
    """Who looks after what a policy rests on."""

    HR = "hr", "HR"
    IT = "it", "IT"
    LAW = "law", "Law and guidance"
    OTHER = "other", "Others"


class VersionState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


def check_slug(slug: str) -> None:
    """Refuse a short name that is a page's."""
    if slug in TAKEN_BY_PAGES:
        raise ValidationError("This short name is taken by a page of Moothall. Choose another.")


def check_audience(audience: Any) -> None:
    """Refuse what is no list of audiences."""
    if not isinstance(audience, list) or not set(audience) <= set(Audience.values):
        raise ValidationError("Choose for whom the policy is from the list.")


class Policy(models.Model):
    """What a policy is about and for whom; what it says is in its versions.

    A policy that is withdrawn is kept, with all its versions and who acknowledged them. It asks for nothing any more.
    """

    slug = models.CharField(
        "short name",
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Use small letters, digits and hyphens."), check_slug],
        error_messages={"unique": "Another policy has this short name. Choose another."},
    )
    """In its address: it stays."""
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Who answers for it and reviews it."""
    audience = models.JSONField("for whom it is", default=list, validators=[check_audience])
    needs_acknowledgement = models.BooleanField("ask everybody it is for to acknowledge it", default=True)
    is_public = models.BooleanField("show it to the public", default=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    asked_since = models.DateField(null=True, editable=False)
    """The day on which its audience, or whether they are asked to acknowledge it, was changed last."""

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.slug])

    @property
    def audience_words(self) -> str:
        """ "All staff, councillors and contractors", or "All staff, and guests and volunteers" """
        labels = [Audience(each).label for each in Audience.values if each in self.audience]
        words = [label if number == 0 else label[:1].lower() + label[1:] for number, label in enumerate(labels)]
        last_and = ", and " if any(" and " in word for word in words) else " and "
        return last_and.join(filter(None, (", ".join(words[:-1]), *words[-1:])))


LINK = ("title", "url", "whose")


class RestsOn(models.Model):
    """An HR or IT policy, a law or a guidance that a policy rests on."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="rests_on")
    title = models.CharField(max_length=160)
    url = models.CharField(
        "address",
        max_length=500,
        validators=[URLValidator(("http", "https"), message="Give an address that begins with https://.")],
    )
    whose = models.CharField(max_length=10, choices=Whose.choices, default=Whose.HR)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """What a policy says from a day on.

    Once published it stays as it is: the database refuses to change or delete it, or to give it other lessons
    (migration 0001). What should change is the next version. What the policy was called then, for whom it was and what
    it rested on are published with it: what somebody acknowledged is not renamed afterwards.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("version", editable=False)
    text = models.TextField("what it says", max_length=100_000, blank=True)
    summary = models.TextField("in plain English", max_length=1_500, blank=True)
    what_changed = models.TextField("what changed", max_length=1_500, blank=True)
    because = models.ManyToManyField(Lesson, blank=True, related_name="+")
    """The lessons that it was changed for."""
    effective_on = models.DateField("in force from", null=True, blank=True)
    review_on = models.DateField("review by", null=True, blank=True)
    earlier_stand = models.BooleanField("who acknowledged the version before need not do it again", default=False)
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    published_title = models.CharField(max_length=120, blank=True, editable=False)
    published_audience = models.CharField(max_length=300, blank=True, editable=False)
    """In words."""
    published_links = models.JSONField(default=list, blank=True, editable=False)
    """What it rested on: of each its ``LINK``."""

    class Meta:
        ordering = ("policy", "-number")
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_version_of_a_policy_a_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(published_at=None), name="one_draft_of_a_policy_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | ~Q(text="")
                & ~Q(summary="")
                & ~Q(published_title="")
                & ~Q(published_audience="")
                & Q(effective_on__isnull=False, review_on__isnull=False, published_by__isnull=False),
                name="a_published_version_of_a_policy_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(review_on__gt=F("effective_on")),
                name="a_policy_is_reviewed_after_it_is_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("policy-version", args=[self.policy.slug, self.number])

    @property
    def title(self) -> str:
        """What the policy was called when this was published; of a draft, what it is called now."""
        return self.published_title if self.published_at else self.policy.title

    @property
    def audience_words(self) -> str:
        """For whom it was when this was published; of a draft, for whom it is now."""
        return self.published_audience if self.published_at else self.policy.audience_words

    @property
    def rests_on(self) -> list[RestsOn]:
        """What it rested on when this was published; of a draft, what it rests on now."""
        if not self.published_at:
            return list(self.policy.rests_on.all())
        return [RestsOn(policy=self.policy, **each) for each in self.published_links]

    @property
    def label(self) -> str:
        """ "Version 2" """
        return f"Version {self.number}"

    @property
    def state(self) -> VersionState:
        return VersionState.PUBLISHED if self.published_at else VersionState.DRAFT
