"""What was sent for approval, frozen; what was said and decided about it; and whose decision it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing.models.posts import Post


class Verdict(models.TextChoices):
    """What became of a revision. Undecided ones await approval."""

    UNDECIDED = "", "Awaiting approval"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Revision(models.Model):
    """A post frozen when it was sent for approval: what the approver sees is what will be sent.

    ``content`` is ``{"service", "text", "scheduled_for", "timing", "card", "variants": [{"channel", "parts": [{"text",
    "media"}], "language", "options"}]}``, where ``media`` are the facts of each asset (``library.models.Asset.facts``).
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    scheduled_for = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True, default=Verdict.UNDECIDED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="one_revision_a_number")]
        indexes = [models.Index(fields=["verdict"], name="revision_verdict")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"


class Decision(models.Model):
    """One approver's yes to a revision. As many as the rules ask for make it approved."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    """The absent person whose deputy ``by`` was."""
    comment = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["revision", "by"], name="one_decision_a_person")]

    def __str__(self) -> str:
        return f"decision on {self.revision_id} by {self.by_id}"

    @property
    def words(self) -> str:
        """ "Dell Desk, instead of Bob Barrow" """
        return f"{self.by}, instead of {self.instead_of}" if self.instead_of else str(self.by)


class Comment(models.Model):
    """A remark on a revision, from whoever may see the post."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2_000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"comment on revision {self.revision_id}"


class ApprovalRule(models.Model):
    """How many approvals a service's posts, or those on one channel, need, and whose. Without a rule: one approver's.

    A channel's rule comes before its service's.
    """

    class Whose(models.TextChoices):
        APPROVERS = "approvers", "Any approver of the service"
        DESK = "desk", "Anyone of the comms desk"
        NAMED = "named", "These people"

    service = models.OneToOneField(Service, null=True, on_delete=models.CASCADE, related_name="approval_rule")
    channel = models.OneToOneField(Channel, null=True, on_delete=models.CASCADE, related_name="approval_rule")
    needed = models.PositiveSmallIntegerField(
        "approvals needed", choices=[(0, "None"), (1, "One"), (2, "Two")], default=1
    )
    whose = models.CharField("whose", max_length=20, choices=Whose.choices, default=Whose.APPROVERS)
    named = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=True, channel__isnull=False)
                | Q(service__isnull=False, channel__isnull=True),
                name="a_rule_is_of_a_service_or_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"approval of {self.channel or self.service}"


class Absence(models.Model):
    """While somebody is away, their deputy approves in their stead. Both days are part of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deputises")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ("first_day", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=models.F("last_day")), name="an_absence_has_days"),
            models.CheckConstraint(condition=~Q(user=models.F("deputy")), name="a_deputy_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user} away {self.first_day} to {self.last_day}"
