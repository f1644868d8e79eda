"""Reading about people."""

import hashlib

from django.db.models import Q, QuerySet

from moothall.accounts import permissions
from moothall.accounts.models import Invitation, Notice, Service, User
from moothall.accounts.roles import Role
from moothall.core import clock


def people(search: str = "") -> QuerySet[User]:
    """Everyone, those who left last, with unit and memberships; narrowed to a name, address or job title."""
    found = User.objects.select_related("unit").prefetch_related("memberships__service").order_by("-is_active", "name")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search) | Q(job_title__icontains=search))
    return found


def services_for(user: User, permission: str) -> QuerySet[Service]:
    """The services for which ``user`` has ``permission``."""
    ids = permissions.services_for(user.standing, permission)
    return Service.objects.all() if ids is None else Service.objects.filter(pk__in=ids)


def holders(permission: str, service: Service | None) -> QuerySet[User]:
    """Active people who have ``permission`` for ``service`` by a role."""
    rule = permissions.PERMISSIONS[permission]
    has = Q(memberships__service=None, memberships__role__in=rule.organisation)
    if service is not None:
        has |= Q(memberships__service=service, memberships__role__in=rule.service)
    return User.objects.active().filter(has).distinct()


def nearest_holders(permission: str, service: Service) -> QuerySet[User]:
    """Those in ``service`` who have ``permission`` there; where nobody has, those for the whole organisation."""
    rule = permissions.PERMISSIONS[permission]
    near = User.objects.active().filter(memberships__service=service, memberships__role__in=rule.service).distinct()
    return near if near.exists() else holders(permission, None)


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(token: str) -> Invitation | None:
    """The invitation this token opens, if it is neither used nor out of date."""
    invitation = Invitation.objects.filter(token_hash=token_hash(token)).first()
    return invitation if invitation and invitation.is_open(clock.now()) else None


def still_open(pk: int) -> Invitation | None:
    """The invitation with this id, if it is neither used nor out of date."""
    return open_invitations().filter(pk=pk).first()


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=clock.now()).select_related("invited_by")


def unread(user: User) -> QuerySet[Notice]:
    return user.notices.filter(read_at=None)


def is_last_administrator(user: User) -> bool:
    """Whether nobody else who works here could manage people."""
    others = User.objects.active().exclude(pk=user.pk)
    return not others.filter(memberships__role=Role.ADMINISTRATOR).exists()
