"""An identity that is asked to be opened."""

import secrets

from django.conf import settings
from django.db import models

from moothall.concerns.models.cases import Concern
from moothall.core.sealed_text import SealedTextField


def opening_reference() -> str:
    """What an opening is called in the key room and at the shell: short enough to be read out, too long to guess."""
    return secrets.token_hex(8)


class Opening(models.Model):
    """One pseudonym in one window of days under one purpose, the six answers, two approvals, and what came of it.

    The name is sealed with the council's key from the opening until it is shown to the case, once.
    """

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="openings")
    reference = models.CharField(max_length=16, unique=True, default=opening_reference, editable=False)
    purpose_key = models.CharField(max_length=60)
    pseudonym = models.CharField(max_length=32)
    first = models.DateField()
    last = models.DateField()
    six = SealedTextField("the six answers")
    """JSON: the key of each question of ``sources.BARBULESCU`` and its answer."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    hr = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    hr_at = models.DateTimeField(null=True)
    mo = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    mo_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_why = SealedTextField(blank=True)
    opened_at = models.DateTimeField(null=True)
    name = SealedTextField(blank=True)
    shown_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    """While it waits for the shares, and then until it is shown: after that it is over, and the name is gone."""

    class Meta:
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return "an opening"
