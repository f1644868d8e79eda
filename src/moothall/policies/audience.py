"""For whom a policy is: of one person by their roles, and of all people in the database."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.accounts.models import Membership, User
from moothall.accounts.roles import Kind, Role
from moothall.policies.models import Audience

OF_KIND = {
    Kind.STAFF: Audience.ALL_STAFF,
    Kind.COUNCILLOR: Audience.COUNCILLORS,
    Kind.CONTRACTOR: Audience.CONTRACTORS,
    Kind.GUEST: Audience.GUESTS,
}
OF_ROLES = {
    Audience.AUTHORS: frozenset({Role.AUTHOR, Role.APPROVER, Role.LEAD}),
    Audience.DESK: frozenset({Role.DESK}),
}


def of(user: User) -> frozenset[Audience]:
    """The audiences that ``user`` is one of; none for somebody who has left."""
    if not user.is_active:
        return frozenset()
    roles = user.standing.organisation.union(*user.standing.services.values())
    by_role = (audience for audience, having in OF_ROLES.items() if having & roles)
    return frozenset({OF_KIND[Kind(user.kind)], *by_role})


def people(audience: Collection[str]) -> QuerySet[User]:
    """Everybody who works here and is one of ``audience``."""
    kinds = [kind for kind, each in OF_KIND.items() if each in audience]
    roles = frozenset[Role]().union(*(having for each, having in OF_ROLES.items() if each in audience))
    meant = Q(kind__in=kinds)
    if roles:
        meant |= Q(Exists(Membership.objects.filter(user=OuterRef("pk"), role__in=roles)))
    return User.objects.active().filter(meant)
