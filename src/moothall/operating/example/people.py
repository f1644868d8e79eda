"""Who works at Exampleshire County Council. Nobody here is anybody."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings

from moothall.accounts import actions
from moothall.accounts.models import Invitation, Service, Unit, User
from moothall.accounts.queries import token_hash
from moothall.accounts.roles import Kind, Role
from moothall.records.actions import capture

EVERYWHERE = ""
"""Instead of a service: the role is held for the whole organisation."""


@dataclass(frozen=True)
class Profile:
    """One person. ``roles`` are pairs of a role and a service's short name."""

    name: str
    job: str
    unit: str = ""
    roles: tuple[tuple[Role, str], ...] = ()
    kind: Kind = Kind.STAFF


PEOPLE = {
    "zainab.holt": Profile("Zainab Holt", "Digital services manager", "Digital", ((Role.ADMINISTRATOR, EVERYWHERE),)),
    "maren.oakes": Profile("Maren Oakes", "Head of communications", "Communications", ((Role.DESK, EVERYWHERE),)),
    "tobi.lyle": Profile("Tobi Lyle", "Communications officer", "Communications", ((Role.DESK, EVERYWHERE),)),
    "anneliese.croft": Profile("Anneliese Croft", "HR partner", "People", ((Role.HR, EVERYWHERE),)),
    "dominic.yarrow": Profile(
        "Dominic Yarrow", "Information security officer", "Digital", ((Role.IT_SECURITY, EVERYWHERE),)
    ),
    "philippa.strand": Profile(
        "Philippa Strand", "County solicitor", "Legal and records", ((Role.MONITORING_OFFICER, EVERYWHERE),)
    ),
    "leonard.finch": Profile(
        "Leonard Finch",
        "Records manager",
        "Legal and records",
        ((Role.RECORDS_OFFICER, EVERYWHERE), (Role.CONTRIBUTOR, "archives")),
    ),
    "owen.thistle": Profile(
        "Owen Thistle",
        "Head of libraries and archives",
        "Libraries and archives",
        ((Role.LEAD, "libraries"), (Role.LEAD, "archives")),
    ),
    "devika.pell": Profile(
        "Devika Pell",
        "Library development manager",
        "Libraries and archives",
        ((Role.APPROVER, "libraries"), (Role.APPROVER, "archives")),
    ),
    "hester.quill": Profile(
        "Hester Quill",
        "Community librarian, Wendham",
        "Libraries and archives",
        ((Role.AUTHOR, "libraries"), (Role.AUTHOR, "archives")),
    ),
    "ruth.amberley": Profile(
        "Ruth Amberley",
        "Head of family services",
        "Children and families",
        ((Role.LEAD, "fostering"), (Role.LEAD, "youth")),
    ),
    "samira.dunmore": Profile(
        "Samira Dunmore",
        "Family services officer",
        "Children and families",
        ((Role.AUTHOR, "fostering"), (Role.AUTHOR, "youth"), (Role.CONTRIBUTOR, "libraries")),
    ),
    "graham.tolliver": Profile("Graham Tolliver", "Highways duty manager", "Highways", ((Role.AUTHOR, "highways"),)),
    "meredith.stone": Profile(
        "Meredith Stone", "Station manager, prevention", "Fire and rescue", ((Role.LEAD, "fire-and-rescue"),)
    ),
    "callum.brack": Profile(
        "Callum Brack",
        "Fire investigation dog handler",
        "Fire and rescue",
        ((Role.AUTHOR, "fire-and-rescue"), (Role.CONTRIBUTOR, "youth")),
    ),
    "rosalind.penney": Profile("Cllr Rosalind Penney", "Leader of the council", kind=Kind.COUNCILLOR),
    "edwin.marsh": Profile("Cllr Edwin Marsh", "Councillor for Little Marrow", kind=Kind.COUNCILLOR),
    "imogen.tarn": Profile(
        "Imogen Tarn",
        "Data protection officer",
        "Legal and records",
        ((Role.DATA_PROTECTION_OFFICER, EVERYWHERE),),
    ),
    "osric.bell": Profile("Osric Bell", "HR adviser", "People", ((Role.HR, EVERYWHERE),)),
    "lowri.vance": Profile("Lowri Vance", "Network manager, highways", "Highways"),
    "joan.pettifer": Profile("Joan Pettifer", "Traffic survey contractor", "Highways", kind=Kind.CONTRACTOR),
    "colin.mapleton": Profile("Colin Mapleton", "Communications officer", "Communications"),
}
"""By the first part of their e-mail addresses. The first is the administrator who lets in the others."""

ADMINISTRATOR = "zainab.holt"
LEAVER = "colin.mapleton"
INVITED = ("bryony.vale@exampleshire.example", "Bryony Vale", "Highways", (Role.APPROVER, "highways"))
"""Somebody who has not answered her invitation yet."""

Cast = dict[str, User]


def address(key: str) -> str:
    return f"{key}@exampleshire.example"


def invite(key: str, by: User | None, at: datetime) -> User:
    """Invite one of ``PEOPLE`` and let them accept. Nothing is e-mailed, and no password is set."""
    profile = PEOPLE[key]
    roles = [(role.value, _service_id(service)) for role, service in profile.roles]
    unit = Unit.objects.filter(name=profile.unit).first()  # none for the first administrator: she makes them
    invitation = _invitation(address(key), profile.name, unit, roles, by, at, profile.kind)
    person = User(email=address(key), name=profile.name, job_title=profile.job)
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    actions.accept_invitation(invitation, person)
    return User.objects.get(pk=person.pk)


def invite_in_vain(by: User, at: datetime) -> None:
    """An invitation that is still open. Nobody knows its link."""
    email, name, unit, (role, service) = INVITED
    _invitation(email, name, Unit.objects.get(name=unit), [(role.value, _service_id(service))], by, at)


def _invitation(
    email: str,
    name: str,
    unit: Unit | None,
    roles: list[actions.Grant],
    by: User | None,
    at: datetime,
    kind: Kind = Kind.STAFF,
) -> Invitation:
    """What ``accounts.actions.invite`` writes, without its e-mail."""
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        kind=kind,
        unit=unit,
        roles=[list(grant) for grant in roles],
        token_hash=token_hash(secrets.token_urlsafe(32)),
        invited_by=by,
        invited_at=at,
        expires_at=at + settings.INVITATION_LIFETIME,
    )
    after = {"email": email, "name": name, "roles": invitation.roles}
    capture("person.invited", f"invitation:{invitation.pk}", actor=by, after=after)
    return invitation


def leave(cast: Cast) -> None:
    """Somebody leaves the council and, as happens, nobody thinks of their channel."""
    leaver = cast[LEAVER]
    leaver.is_active = False
    actions.update_person(cast[ADMINISTRATOR], leaver)


def _service_id(slug: str) -> int | None:
    return Service.objects.get(slug=slug).pk if slug else None
