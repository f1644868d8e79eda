"""Who acknowledged what, and what Moothall has told people about it."""

from django.conf import settings
from django.db import models

from moothall.core import clock
from moothall.policies.models.policies import Version


class Acknowledgement(models.Model):
    """That somebody has read a version and knows that it holds for them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="each_acknowledges_a_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"


class Met(models.Model):
    """That somebody was met with the policies at sign-in. It happens once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="met_policies")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.user} was met with the policies"


class Reminder(models.Model):
    """That somebody was told of a version, how often they were reminded of it after that, and when last either."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="policy_reminders")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="reminders")
    times = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="reminders_of_a_version_are_counted")]

    def __str__(self) -> str:
        return f"{self.user} was reminded of {self.version}: {self.times}"


class ReminderRound(models.Model):
    """When the next round of reminders is due. One row, number 1."""

    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_round_of_policy_reminders")]

    def __str__(self) -> str:
        return f"reminders are due at {self.next_at}"


class ReviewNotice(models.Model):
    """That the owner was told of a version's review, and later that it is overdue. Each happens once."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="review_notice")
    at = models.DateTimeField(default=clock.now)
    overdue_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"the review of {self.version} was announced"
