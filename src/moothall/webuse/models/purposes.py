"""The monitoring register: what the council's web logs may be read for, and who allowed it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from moothall.accounts.roles import Role
from moothall.core import clock

MOST_ROWS_DAYS = 400
"""A year and a month, so that a month can be set beside the same month of the year before."""
MOST_FIGURES_DAYS = 1_100
"""Three years and a few days."""
APPROVING_ROLES = (Role.HR, Role.MONITORING_OFFICER, Role.IT_SECURITY)
APPROVALS_NEEDED = 2
"""Of different people, in different roles of ``APPROVING_ROLES``."""


class LawfulBasis(models.TextChoices):
    """The bases of UK GDPR article 6(1) on which a public body can rest the monitoring of its staff."""

    LEGAL_OBLIGATION = "c", "Article 6(1)(c): a law obliges us to do it"
    PUBLIC_TASK = "e", "Article 6(1)(e): we need it for a task that the law gives us"
    LEGITIMATE_INTERESTS = "f", "Article 6(1)(f): we have a legitimate interest that outweighs the intrusion"


class PurposeState(models.TextChoices):
    """Where an entry is in its life."""

    DRAFT = "draft", "Draft"
    AWAITING = "awaiting_approval", "Awaiting approval"
    IN_FORCE = "in_force", "In force"
    SUPERSEDED = "superseded", "Superseded"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Purpose(models.Model):
    """One version of an entry in the monitoring register.

    Once approved its words stay as they are, and the database refuses to change them (migration 0001). A changed
    purpose is a new version under the same key, which takes the old one's place when it is approved.
    """

    key = models.CharField(
        "short name",
        max_length=60,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Use small letters, digits and hyphens.")],
    )
    """Stays through its versions."""
    number = models.PositiveSmallIntegerField("version", default=1, editable=False)
    title = models.CharField(max_length=120)
    what_for = models.TextField("what the monitoring is for", max_length=3_000, blank=True)
    lawful_basis = models.CharField(max_length=1, choices=LawfulBasis.choices, blank=True)
    dpia_reference = models.CharField("reference of the impact assessment", max_length=120, blank=True)
    review_on = models.DateField("review by", null=True, blank=True)
    consulted = models.TextField("who was consulted", max_length=3_000, blank=True)
    views = models.TextField("what they said", max_length=3_000, blank=True)
    rejected = models.TextField("milder options, and why they are not enough", max_length=3_000, blank=True)
    kept = models.TextField("what is kept", max_length=3_000, blank=True)
    who_sees = models.TextField("who sees what", max_length=3_000, blank=True)
    notice = models.TextField("where and when staff were told", max_length=3_000, blank=True)
    notice_others = models.TextField("where guests and contractors are told", max_length=3_000, blank=True)
    names_days = models.PositiveSmallIntegerField(
        "days for which sealed names are kept",
        default=30,
        validators=[MaxValueValidator(MOST_ROWS_DAYS, f"Keep names for {MOST_ROWS_DAYS} days at most.")],
    )
    """0: names are not kept at all."""
    rows_days = models.PositiveSmallIntegerField(
        "days for which rows under pseudonyms are kept",
        default=90,
        validators=[
            MinValueValidator(1, "Keep rows for a day at least: figures are made of them."),
            MaxValueValidator(MOST_ROWS_DAYS, f"Keep rows for {MOST_ROWS_DAYS} days at most."),
        ],
    )
    figures_days = models.PositiveSmallIntegerField(
        "days for which figures are kept",
        default=400,
        validators=[
            MinValueValidator(1, "Keep figures for a day at least."),
            MaxValueValidator(MOST_FIGURES_DAYS, f"Keep figures for {MOST_FIGURES_DAYS:,} days at most."),
        ],
    )
    written_by = models.ManyToManyField(settings.AUTH_USER_MODEL, editable=False, related_name="+")
    """Everybody who wrote on this version: none of them approves it."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="begun by"
    )
    made_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    """When the last approval that it needed was given."""
    superseded_at = models.DateTimeField(null=True, editable=False)
    """When a newer version took its place."""
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering = ("key", "-number")
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="one_purpose_a_version"),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(approved_at__isnull=False, superseded_at=None, ended_at=None),
                name="one_version_of_a_purpose_in_force",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(approved_at=None, ended_at=None),
                name="one_version_of_a_purpose_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(names_days__lte=F("rows_days"), rows_days__lte=F("figures_days")),
                name="names_go_before_rows_and_rows_before_figures",
            ),
            models.CheckConstraint(
                condition=Q(rows_days__gte=1, rows_days__lte=MOST_ROWS_DAYS, figures_days__lte=MOST_FIGURES_DAYS),
                name="a_purpose_keeps_nothing_for_ever",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | ~Q(what_for="") & ~Q(lawful_basis="") & Q(review_on__isnull=False),
                name="a_purpose_sent_for_approval_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, superseded_at=None)
                | Q(approved_at__isnull=False, submitted_at__isnull=False),
                name="a_purpose_is_approved_before_it_is_superseded",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purpose", args=[self.key, self.number])

    @property
    def state(self) -> PurposeState:
        if self.ended_at:
            return PurposeState.ENDED if self.approved_at else PurposeState.WITHDRAWN
        if self.superseded_at:
            return PurposeState.SUPERSEDED
        if self.approved_at:
            return PurposeState.IN_FORCE
        return PurposeState.AWAITING if self.submitted_at else PurposeState.DRAFT

    def clean(self) -> None:
        days = (self.names_days, self.rows_days, self.figures_days)
        if any(each is None for each in days):  # what was typed there is no number, and has been complained of
            return
        problems: dict[str, str] = {}
        if self.names_days > self.rows_days:
            problems["names_days"] = "Names go no later than the rows that they belong to. Give fewer days."
        if self.rows_days > self.figures_days:
            problems["rows_days"] = "Rows go no later than the figures made of them. Give fewer days."
        if problems:
            raise ValidationError(problems)


class PurposeApproval(models.Model):
    """One person's yes to an entry, in one role. Two make it good: other people, and other roles, than each other."""

    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=[(role.value, role.label) for role in APPROVING_ROLES])
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "role"], name="one_approval_a_role"),
            models.UniqueConstraint(fields=["purpose", "by"], name="one_approval_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by} ({self.get_role_display()})"
