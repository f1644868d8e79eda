from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.webuse import purpose_queries, seeing


def _awaiting(user: User) -> int:
    return len(purpose_queries.to_approve(user))


NAVIGATION = [
    Item(Section.TRUST, "Web use", "web-use", "webuse.council", order=48, icon="half", also_for=seeing.has_a_page),
    Item(Section.TRUST, "Monitoring register", "purposes", "purpose.see", order=50, icon="lock", count=_awaiting),
]
