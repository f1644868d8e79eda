"""The one place that answers "may this person do that?".

``PERMISSIONS`` can be read aloud: each permission names the roles that carry it, either for the whole organisation or
for the service that the thing in question belongs to. A rule about two people ("another than the author approves") is
a rule of the act itself and stands with its action.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.core.exceptions import PermissionDenied

from moothall.accounts.roles import Role


class OfService(Protocol):
    """Anything that belongs to one service, or to none (``None``: the organisation as a whole)."""

    @property
    def service_id(self) -> int | None: ...


class Person(Protocol):
    """Anyone who can be asked about: a user, or the anonymous one."""

    def may(self, permission: str, subject: OfService | None = None) -> bool: ...


@dataclass(frozen=True)
class Standing:
    """All roles of one person."""

    signed_in: bool = False
    organisation: frozenset[str] = frozenset()
    services: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """Who has a permission: every member of staff, these roles organisation-wide, or these roles in the service."""

    what: str
    organisation: frozenset[Role] = frozenset()
    service: frozenset[Role] = frozenset()
    all_staff: bool = False


NOBODY = Standing()

_AUTHORS = frozenset({Role.AUTHOR, Role.APPROVER, Role.LEAD})
_APPROVERS = frozenset({Role.APPROVER, Role.LEAD})
_LEADS = frozenset({Role.LEAD})
_DESK = frozenset({Role.DESK})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_MONITORING_OFFICERS = frozenset({Role.MONITORING_OFFICER})
_IT_SECURITY = frozenset({Role.IT_SECURITY})
_DATA_PROTECTION_OFFICERS = frozenset({Role.DATA_PROTECTION_OFFICER})
_HR = frozenset({Role.HR})
_GUARDIANS = _MONITORING_OFFICERS | _IT_SECURITY | _HR
"""Who together answer for monitoring: none of them can begin it alone."""

PERMISSIONS = {
    "staff": Rule("see the staff pages at all", all_staff=True),
    "channel.see": Rule("see the register of channels", all_staff=True),
    "channel.edit": Rule("propose and edit a service's channels, and see their health", _DESK, _LEADS),
    "channel.connect": Rule("connect and disconnect a channel", _DESK, _LEADS),
    "channel.import": Rule("import and export the whole register", _DESK),
    "post.see": Rule("see a service's posts", _DESK | {Role.RECORDS_OFFICER}, frozenset(Role.for_service())),
    "post.write": Rule("write a service's posts and send them for approval", _DESK, _AUTHORS),
    "post.approve": Rule("approve or refuse a service's posts, if not their author", _DESK, _APPROVERS),
    "media.see": Rule("see a service's media", _DESK | {Role.RECORDS_OFFICER}, frozenset(Role.for_service())),
    "media.add": Rule("add to a service's media, describe them, and note consents", _DESK, _AUTHORS),
    "delivery.decide": Rule("decide what becomes of a delivery that failed or is unconfirmed", _DESK, _AUTHORS),
    "publishing.pause": Rule("pause everything, and let it go on", _DESK),
    "approval.rules": Rule("say whose approval posts need", _DESK),
    "event.see": Rule("see live events, their running order and their rota", all_staff=True),
    "event.manage": Rule("set up live events, their running order and their rota", _DESK),
    "event.moderate": Rule("decide what a live event's wall shows", _DESK),
    "handle.link": Rule("link accounts of one's own", all_staff=True),
    "contribution.offer": Rule("tell the desk something", all_staff=True),
    "contribution.handle": Rule("see and handle what the desk is told", _DESK),
    "rehearsal.practise": Rule("see the Rehearsal network and switch its faults", _DESK | _ADMINISTRATORS, _AUTHORS),
    "purpose.see": Rule("see the monitoring register", all_staff=True),
    "purpose.write": Rule("write entries of the monitoring register, and end them", _GUARDIANS),
    "purpose.approve": Rule("approve entries of the monitoring register, if not their author", _GUARDIANS),
    "webuse.council": Rule("see the council's totals of web use", _IT_SECURITY | _MONITORING_OFFICERS),
    "webuse.units": Rule("see any unit's web use", _MONITORING_OFFICERS),
    "webuse.security": Rule("see blocked and malware categories by unit", _IT_SECURITY | _MONITORING_OFFICERS),
    "webuse.social": Rule("see the totals of social media use", _DESK | _IT_SECURITY | _MONITORING_OFFICERS),
    "webuse.own": Rule("see what is held about oneself", all_staff=True),
    "policy.read": Rule("read policies, and acknowledge them", all_staff=True),
    "policy.write": Rule("write policies and the starter, and publish them", _DESK | _HR | _MONITORING_OFFICERS),
    "policy.coverage": Rule("see how many have acknowledged a policy", _DESK | _HR | _MONITORING_OFFICERS),
    "policy.audit": Rule("export who has acknowledged which policy", _HR | _MONITORING_OFFICERS),
    "lesson.read": Rule("read lessons", all_staff=True),
    "lesson.write": Rule("write lessons, and send them for review", _DESK | _GUARDIANS),
    "lesson.review": Rule("review and publish lessons, if not their author", _HR | _MONITORING_OFFICERS),
    "concern.raise": Rule("raise a concern, and see what became of one's own", all_staff=True),
    "concern.receive": Rule("receive the concerns that are sent to them", _HR | _MONITORING_OFFICERS),
    "concern.contacts": Rule("say whom concerns are passed on to", _HR | _MONITORING_OFFICERS),
    "incident.see": Rule("see incidents with a channel", _DESK | _IT_SECURITY | _MONITORING_OFFICERS, _AUTHORS),
    "incident.open": Rule("open incidents with a channel, and note what is known", _DESK | _IT_SECURITY, _AUTHORS),
    "incident.run": Rule("run incidents with a channel, and close them", _DESK, _LEADS),
    "incident.calls": Rule("say whom to call in an incident", _DESK),
    "rights.ask": Rule("object, correct, complain and ask about one's own data", all_staff=True),
    "rights.answer": Rule("answer those who object, correct, complain and ask", _DATA_PROTECTION_OFFICERS),
    "records.search": Rule("search the record of acts", _MONITORING_OFFICERS),
    "people.manage": Rule("invite people and give roles", _ADMINISTRATORS),
    "services.manage": Rule("add and change services and units", _ADMINISTRATORS),
    "council.settings": Rule("change the council's name, logo and colour", _ADMINISTRATORS),
}


def standing(memberships: Iterable[tuple[int | None, str]]) -> Standing:
    """The standing of a member of staff with these memberships, pairs of service id (or ``None``) and role."""
    organisation: set[str] = set()
    services: dict[int, set[str]] = {}
    for service_id, role in memberships:
        if service_id is None:
            organisation.add(role)
        else:
            services.setdefault(service_id, set()).add(role)
    return Standing(True, frozenset(organisation), {key: frozenset(roles) for key, roles in services.items()})


def may(who: Standing, permission: str, subject: OfService | None = None) -> bool:
    """Whether ``who`` has ``permission`` for ``subject``; without a subject, for anything at all.

    Raises ``KeyError`` for a permission that does not exist: a misspelt one must not pass as "no".
    """
    rule = PERMISSIONS[permission]
    if not who.signed_in:
        return False
    if rule.all_staff or rule.organisation & who.organisation:
        return True
    if subject is None:
        return any(rule.service & roles for roles in who.services.values())
    if subject.service_id is None:
        return False
    return bool(rule.service & who.services.get(subject.service_id, frozenset()))


def services_for(who: Standing, permission: str) -> list[int] | None:
    """The ids of the services for which ``who`` has ``permission``; ``None`` means all of them."""
    rule = PERMISSIONS[permission]
    if who.signed_in and (rule.all_staff or rule.organisation & who.organisation):
        return None
    return [service_id for service_id, roles in who.services.items() if rule.service & roles]


def require(who: Person, permission: str, subject: OfService | None = None) -> None:
    """Raise ``PermissionDenied`` unless ``who`` has ``permission`` for ``subject``."""
    if not who.may(permission, subject):
        raise PermissionDenied(f"You may not {PERMISSIONS[permission].what}.")
