"""What members of staff offer, and what the desk makes of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from moothall.accounts.models import Service
from moothall.core import clock
from moothall.events.models import Event, Item
from moothall.library.models import Asset
from moothall.publishing.models import Post

WORDS_LENGTH = 20_000


class Way(models.TextChoices):
    """How a contribution came in."""

    WEB = "web", "Told on the web"
    EMAIL = "email", "Told by e-mail"
    OWN_ACCOUNT = "own_account", "Said on an own account"


class People(models.TextChoices):
    """Whether those who can be seen in its pictures agreed to be shown."""

    NOBODY = "nobody", "Nobody can be recognised"
    AGREED = "agreed", "Everybody pictured agreed"
    NOT_ASKED = "not_asked", "Somebody was not asked"


class State(models.TextChoices):
    """Where a contribution is. ``states.py`` has the moves."""

    QUARANTINED = "quarantined", "Quarantined"
    WAITING = "waiting", "Waits for the desk"
    CLAIMED = "claimed", "Claimed"
    DRAFTED = "drafted", "Being made a post"
    PUBLISHED = "published", "Published"
    MERGED = "merged", "Merged"
    DECLINED = "declined", "Thanked and declined"
    KEPT = "kept", "Kept for later"
    REFUSED = "refused", "Refused at the door"


class Contribution(models.Model):
    """What somebody offers, through the desk or on an own account, and what became of it."""

    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions")
    """``None``: it was told while no event was on, or for none."""
    door = models.CharField(max_length=20, choices=Way.choices, default=Way.WEB)
    contributor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    """``None``: mail from an address that is nobody's here, or an own account whose link was withdrawn."""
    sender_address = models.CharField(max_length=320, blank=True)
    """Where a mail says that it comes from. Anybody can write anything there: see ``is_sender_verified``."""
    is_sender_verified = models.BooleanField(default=False)
    """Whether a mail server that we trust vouches for the address, or the contributor was signed in."""
    subject = models.CharField(max_length=300, blank=True)
    words = models.TextField(max_length=WORDS_LENGTH, blank=True)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    may_be_named = models.BooleanField(default=False)
    people = models.CharField(max_length=20, choices=People.choices, default=People.NOT_ASKED)
    assets = models.ManyToManyField(Asset, blank=True, related_name="contributions")
    item = models.OneToOneField(Item, null=True, on_delete=models.SET_NULL, related_name="contribution")
    """What was said on an own account."""
    once = models.UUIDField(unique=True)
    """Made on the phone, or from the mail: what is sent twice is one."""
    told_at = models.DateTimeField()
    """When it was written, on the phone that may have been offline; never later than ``received_at``."""
    received_at = models.DateTimeField(default=clock.now)

    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    """After that anybody else may take it over."""
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="contributions")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    reason = models.CharField(max_length=500, blank=True)
    """Why it was declined, kept or refused, as the contributor reads it; why it was quarantined, as the desk does."""
    answered_at = models.DateTimeField(null=True)
    """When the desk first decided something: claiming is no answer."""
    ended_at = models.DateTimeField(null=True)
    """When it was published, merged, declined or refused. What is kept has not ended."""
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("received_at", "pk")
        indexes = [
            models.Index(fields=["state", "received_at"], name="contribution_queue"),
            models.Index(fields=["event", "received_at"], name="contribution_event"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_until__isnull=False), name="a_claim_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        first = next((line for line in (self.said or self.subject).splitlines() if line.strip()), "")
        first = first.strip() or f"Contribution {self.pk}"
        return first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("contribution", args=[self.pk])

    @property
    def said(self) -> str:
        """What was said, as it stands now: an own account's words are the item's, and go when it goes."""
        return self.item.text if self.item else self.words

    @property
    def credit(self) -> str:
        """The contributor's name where it may be told outside the desk; else nothing."""
        return self.contributor.name if self.may_be_named and self.contributor else ""
