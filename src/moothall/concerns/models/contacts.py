"""Whom concerns are passed on to."""

from django.conf import settings
from django.db import models

from moothall.concerns.process import PASSED_ON, Outcome


class PassingOn(models.Model):
    """The named contact for one of the kinds that are passed on: safeguarding, security, customers' complaints."""

    outcome = models.CharField(
        max_length=20,
        choices=[(each.value, each.label) for each in PASSED_ON],
        unique=True,
        default=Outcome.SAFEGUARDING,
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.user}"
