from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.lessons import queries


def _waiting(user: User) -> int:
    return queries.waiting_for(user).count()


NAVIGATION = [Item(Section.TRUST, "Lessons", "lessons", "lesson.read", order=47, icon="star", count=_waiting)]
