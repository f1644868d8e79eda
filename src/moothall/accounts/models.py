"""People and how they belong."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from moothall.accounts import permissions
from moothall.accounts.roles import Kind, Role
from moothall.core import clock


class Unit(models.Model):
    """A part of the staff structure."""

    name = models.CharField(max_length=120, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    leads = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="leads")
    """Those who lead it, and with it all its parts."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A part of the organisation that speaks for itself."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    summary = models.CharField("what it does, in a sentence", max_length=300, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def service_id(self) -> int:
        """A service is itself a subject of permissions."""
        return self.pk


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def active(self) -> models.QuerySet["User"]:
        return self.filter(is_active=True)


class User(AbstractBaseUser):
    """A member of staff or a councillor. One who has left is kept, inactive: their acts remain theirs."""

    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField("full name", max_length=200)
    job_title = models.CharField(max_length=120, blank=True)
    kind = models.CharField("here as", max_length=20, choices=Kind.choices, default=Kind.STAFF)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField("works here", default=True)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def standing(self) -> permissions.Standing:
        """This person's roles as the permission rules read them; asked for once a request."""
        if not self.is_active:
            return permissions.NOBODY
        return permissions.standing(self.memberships.values_list("service_id", "role"))

    def may(self, permission: str, subject: permissions.OfService | None = None) -> bool:
        """Whether this person has ``permission`` (see ``permissions.py``) for ``subject``, or for anything at all."""
        return permissions.may(self.standing, permission, subject)

    def has_organisation_role(self) -> bool:
        return bool(self.standing.organisation)


class Membership(models.Model):
    """A role held in one service, or, without a service, for the whole organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)

    class Meta:
        ordering = ("service__name", "role")
        constraints = [
            models.UniqueConstraint(fields=["user", "service", "role"], name="each_role_once_in_a_service"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(service=None), name="each_role_once_for_the_organisation"
            ),
            models.CheckConstraint(
                condition=models.Q(service__isnull=True, role__in=[r.value for r in Role.for_organisation()])
                | models.Q(service__isnull=False, role__in=[r.value for r in Role.for_service()]),
                name="role_fits_its_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.service or 'the whole organisation'}"


class Invitation(models.Model):
    """The only way in: a link, good once and for some days, sent to one address. Only the token's hash is kept."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    kind = models.CharField("here as", max_length=20, choices=Kind.choices, default=Kind.STAFF)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL)
    roles = models.JSONField(default=list)
    """Pairs ``[role, service id or null]`` given when the invitation is accepted."""
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"invitation of {self.email}"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and at < self.expires_at


class Notice(models.Model):
    """Something a person should know, shown in Moothall and sent by e-mail.

    ``email_due_at`` is the truth about the e-mail: set, it is still owed, and the sweep sends it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=500)
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    email_due_at = models.DateTimeField(null=True, db_index=True)
    email_tries = models.PositiveSmallIntegerField(default=0)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.text
