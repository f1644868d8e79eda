"""Every write about people: permission, change and record in one place."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from moothall.accounts import queries
from moothall.accounts.models import Invitation, Membership, Notice, Service, Unit, User
from moothall.accounts.permissions import require
from moothall.accounts.roles import Kind, Role
from moothall.core import clock
from moothall.records.actions import OPERATOR, capture

log = logging.getLogger(__name__)

INVITATION_CLOSED = "This invitation has been used or has run out. Ask for a new one."

Grant = tuple[str, int | None]
"""A role, and the service it is held in (``None``: the whole organisation)."""


@dataclass(frozen=True)
class Invited:
    """An invitation, its link, which is shown this once, and whether the e-mail left."""

    invitation: Invitation
    link: str
    emailed: bool


def invite(
    actor: User | None,
    *,
    email: str,
    name: str,
    kind: str = Kind.STAFF,
    unit: Unit | None = None,
    roles: Iterable[Grant] = (),
) -> Invited:
    """Invite a person. ``actor`` is ``None`` only for the operator at the shell."""
    if actor:
        require(actor, "people.manage")
    validate_email(email)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": "A person with this address is already here. Find them under People."})
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, accepted_at=None).update(expires_at=now)
        invitation = Invitation.objects.create(
            email=email,
            name=name,
            kind=kind,
            unit=unit,
            roles=[list(grant) for grant in roles],
            token_hash=queries.token_hash(token),
            invited_by=actor,
            invited_at=now,
            expires_at=now + settings.INVITATION_LIFETIME,
        )
        capture(
            "person.invited",
            f"invitation:{invitation.pk}",
            actor=actor or OPERATOR,
            after={"email": email, "name": name, "roles": invitation.roles},
        )
    link = settings.SITE_URL + reverse("invitation", args=[token])
    return Invited(invitation, link, _send_invitation(invitation, link))


def _send_invitation(invitation: Invitation, link: str) -> bool:
    body = render_to_string("accounts/email/invitation.txt", {"invitation": invitation, "link": link})
    try:
        send_mail("Your invitation to Moothall", body, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("The invitation to person %s could not be e-mailed: %s", invitation.pk, type(error).__name__)
        return False
    return True


@transaction.atomic
def withdraw_invitation(actor: User, invitation: Invitation) -> bool:
    """Close an open invitation: its link opens nothing any more. Returns whether it still was open."""
    require(actor, "people.manage")
    return _withdraw(actor, invitation)


def _withdraw(actor: User, invitation: Invitation, *, why: str = "") -> bool:
    now = clock.now()
    withdrawn = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now).update(expires_at=now)
    if not withdrawn:
        return False
    capture(
        "invitation.withdrawn",
        f"invitation:{invitation.pk}",
        actor=actor,
        why=why,
        before={"email": invitation.email, "name": invitation.name, "roles": invitation.roles},
    )
    return True


@transaction.atomic
def accept_invitation(invitation: Invitation, user: User) -> None:
    """Give a person who has just signed up what their invitation promised. Each invitation is good once."""
    now = clock.now()
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now).update(accepted_at=now)
    if not taken:
        raise ValidationError(INVITATION_CLOSED)
    user.name, user.kind, user.unit = invitation.name, invitation.kind, invitation.unit
    user.save(update_fields=["name", "kind", "unit"])
    still_there = set(Service.objects.values_list("pk", flat=True)) | {None}
    Membership.objects.bulk_create(
        Membership(user=user, role=role, service_id=service_id)
        for role, service_id in invitation.roles
        if service_id in still_there
    )
    capture("person.joined", f"user:{user.pk}", actor=user, after={"roles": invitation.roles})


@transaction.atomic
def set_roles(actor: User, person: User, grants: Iterable[Grant]) -> None:
    """Replace all roles of ``person``. The last administrator cannot be taken away."""
    require(actor, "people.manage")
    wanted = set(grants)
    if (Role.ADMINISTRATOR.value, None) not in wanted and _is_administrator(person):
        _keep_one_administrator(person)
    held: set[Grant] = {(role, service) for role, service in person.memberships.values_list("role", "service_id")}
    for role, service_id in held - wanted:
        person.memberships.filter(role=role, service=service_id).delete()
    Membership.objects.bulk_create(
        Membership(user=person, role=role, service_id=service_id) for role, service_id in wanted - held
    )
    if held != wanted:
        before, after = ([list(grant) for grant in sorted(each, key=str)] for each in (held, wanted))
        capture("person.roles", f"user:{person.pk}", actor=actor, before={"roles": before}, after={"roles": after})


@transaction.atomic
def update_person(actor: User, person: User) -> None:
    """Save ``person``'s changed name, job title, unit, and whether they work here.

    With one who leaves go the invitations that they sent and that nobody has accepted yet.
    """
    require(actor, "people.manage")
    old = User.objects.select_for_update().get(pk=person.pk)
    if old.is_active and not person.is_active and _is_administrator(person):
        _keep_one_administrator(person)
    person.save(update_fields=["name", "job_title", "kind", "unit", "is_active"])
    fields = ("name", "job_title", "kind", "unit_id", "is_active")
    capture(
        "person.changed",
        f"user:{person.pk}",
        actor=actor,
        before={name: getattr(old, name) for name in fields},
        after={name: getattr(person, name) for name in fields},
    )
    if old.is_active and not person.is_active:
        for invitation in queries.open_invitations().filter(invited_by=person):
            _withdraw(actor, invitation, why=f"{person.name}, who sent it, has left.")


def _is_administrator(person: User) -> bool:
    return person.memberships.filter(role=Role.ADMINISTRATOR).exists()


def _keep_one_administrator(person: User) -> None:
    # Two administrators who take each other away at once wait here for one another.
    list(Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
    if queries.is_last_administrator(person):
        raise ValidationError(f"{person.name} is the only administrator. Make somebody else one first.")


@transaction.atomic
def save_service(actor: User, service: Service) -> None:
    """Add or change a service."""
    _save_part(actor, service, ("name", "slug", "summary"))


@transaction.atomic
def save_unit(actor: User, unit: Unit, leads: Iterable[User] | None = None) -> None:
    """Add or change a unit. ``leads`` are those who lead it from now on; ``None``: whoever does now."""
    _save_part(actor, unit, ("name", "parent_id"), leads)


def _save_part(actor: User, part: Service | Unit, fields: tuple[str, ...], leads: Iterable[User] | None = None) -> None:
    require(actor, "services.manage")
    old = type(part)._default_manager.filter(pk=part.pk).first()
    before = _facts(old, fields) if old else {}
    part.save()
    if leads is not None and isinstance(part, Unit):
        part.leads.set(leads)
    kind = part._meta.model_name
    capture(
        f"{kind}.changed" if old else f"{kind}.added",
        f"{kind}:{part.pk}",
        actor=actor,
        before=before,
        after=_facts(part, fields),
    )


def _facts(part: Service | Unit, fields: tuple[str, ...]) -> dict[str, object]:
    facts: dict[str, object] = {name: getattr(part, name) for name in fields}
    if isinstance(part, Unit):
        facts["leads"] = sorted(part.leads.values_list("pk", flat=True))
    return facts


def notify(people: Iterable[User], text: str, path: str, *, by_email: bool = True) -> None:
    """Tell people something, in Moothall and by e-mail. ``path`` is the page that it is about.

    Those who have left are not written to. Without ``by_email`` they get no e-mail: another one tells them.
    """
    now = clock.now()
    Notice.objects.bulk_create(
        Notice(user=person, text=text, path=path, made_at=now, email_due_at=now if by_email else None)
        for person in people
        if person.is_active
    )


def mark_read(user: User) -> None:
    """Note that ``user`` has seen all their notices."""
    user.notices.filter(read_at=None).update(read_at=clock.now())
