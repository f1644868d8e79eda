"""What is in the media library, and the consent ledger."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from moothall.accounts.models import Service
from moothall.core import clock
from moothall.networks.base import MediaKind


class AssetState(models.TextChoices):
    PROCESSING = "processing", "Being processed"
    READY = "ready", "Ready"
    FAILED = "failed", "Cannot be used"


class Asset(models.Model):
    """A picture, a GIF or a video. Its file is re-encoded in the background, and named by its content's hash."""

    kind = models.CharField(max_length=20, choices=[(kind.value, kind.name) for kind in MediaKind], default="image")
    state = models.CharField(max_length=20, choices=AssetState.choices, default=AssetState.PROCESSING)
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="assets")
    """Whose it is; ``None``: every service's."""
    original_name = models.CharField(max_length=200)
    alt = models.TextField("description", max_length=2_000, blank=True)
    """What it shows, for people who cannot see it. A post takes it over and may say it otherwise."""
    name = models.CharField(max_length=200, blank=True, db_index=True)
    """The re-encoded file below the media folder; empty until there is one."""
    content_type = models.CharField(max_length=50, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    still = models.CharField(max_length=200, blank=True)
    """One frame of what moves, as a JPEG."""
    captions = models.CharField(max_length=200, blank=True)
    """A video's captions, as WebVTT."""
    captions_language = models.CharField(max_length=35, default="en")
    progress = models.PositiveSmallIntegerField(default=0)
    """Per cent of the processing that are done."""
    trouble = models.TextField(blank=True)
    """Why it cannot be used, and what to do instead."""
    raw = models.CharField(max_length=200, blank=True)
    """The upload as it came, in a folder that nobody is served; empty once it is processed."""
    raw_digest = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of the upload: what is uploaded twice is kept once."""
    lease = models.CharField(max_length=32, blank=True)
    """Names the worker's turn that processes it: what comes from any other changes nothing."""
    leased_until = models.DateTimeField(null=True)
    """By then that worker says that it is still there, or another begins anew."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often its processing was begun. What kills a worker is not given to workers for ever."""
    once = models.UUIDField(null=True, unique=True)
    is_offered = models.BooleanField(default=False)
    """Told to the desk, and on no post yet: only those who see every service's media see it."""
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-added_at", "-pk")
        indexes = [
            models.Index(
                fields=["added_at"], condition=models.Q(state=AssetState.PROCESSING), name="assets_being_processed"
            )
        ]

    def __str__(self) -> str:
        return self.alt or self.original_name

    @property
    def is_ready(self) -> bool:
        return self.state == AssetState.READY

    @property
    def is_processing(self) -> bool:
        return self.state == AssetState.PROCESSING

    @property
    def preview(self) -> str:
        """The picture that stands for it; empty until there is one."""
        return self.still or self.name

    def facts(self, alt: str, network: str = "") -> dict[str, Any]:
        """The asset as a delivery on ``network`` freezes it, with its crop for that network; ``media`` reads it."""
        kept = {
            name: getattr(self, name)
            for name in ("kind", "name", "content_type", "width", "height", "size", "seconds", "still", "captions")
        }
        crop = next((each for each in self.crops.all() if each.network == network), None)
        if crop:
            kept |= {name: getattr(crop, name) for name in ("name", "content_type", "width", "height", "size")}
        return kept | {"asset": self.pk, "captions_language": self.captions_language, "alt": alt}


class Crop(models.Model):
    """The part of a picture that one network gets: a rectangle in the asset's pixels, and the file made of it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="crops")
    network = models.CharField(max_length=30)
    left = models.PositiveIntegerField()
    top = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ("network",)
        constraints = [models.UniqueConstraint(fields=["asset", "network"], name="one_crop_a_network")]

    def __str__(self) -> str:
        return f"crop of asset {self.asset_id} for {self.network}"


ENDS_SOON = timedelta(days=30)
"""That much before a consent ends, somebody is told."""


class ConsentStanding(models.TextChoices):
    HOLDS = "holds", "Holds"
    ENDING = "ending", "Ends soon"
    LAPSED = "lapsed", "Ran out"
    WITHDRAWN = "consent_withdrawn", "Withdrawn"


class Consent(models.Model):
    """One person who can be recognised in an asset, and their agreement to be seen in it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="consents")
    person = models.CharField("who is pictured", max_length=200)
    reference = models.CharField("where the consent is kept", max_length=200)
    """The number or place of the signed form, which is not kept here."""
    expires_on = models.DateField(null=True, blank=True)
    """The last day on which it holds; ``None``: until it is withdrawn."""
    withdrawn_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)
    """When somebody was told that it ends soon."""

    class Meta:
        ordering = ("person", "pk")
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=models.Q(told_at=None, withdrawn_at=None, expires_on__isnull=False),
                name="consents_that_end",
            )
        ]

    def __str__(self) -> str:
        return f"consent {self.reference}"

    def standing(self, day: date) -> ConsentStanding:
        """What it is worth on ``day``."""
        if self.withdrawn_at:
            return ConsentStanding.WITHDRAWN
        if self.expires_on is None:
            return ConsentStanding.HOLDS
        if self.expires_on < day:
            return ConsentStanding.LAPSED
        return ConsentStanding.ENDING if self.expires_on <= day + ENDS_SOON else ConsentStanding.HOLDS
