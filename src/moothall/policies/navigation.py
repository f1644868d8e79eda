from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.policies import queries


def _due(user: User) -> int:
    return len(queries.due(user))


NAVIGATION = [
    Item(Section.TRUST, "May I post this?", "starter", "policy.read", order=45, icon="question"),
    Item(Section.TRUST, "Policies", "policies", "policy.read", order=46, icon="list", count=_due),
]
