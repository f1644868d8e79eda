from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.rights import queries


def _to_answer(user: User) -> int:
    return queries.to_answer(user).count()


NAVIGATION = [
    Item(Section.TRUST, "What we see about you", "what-we-see", "webuse.own", order=49, icon="person"),
    Item(Section.TRUST, "Data requests", "data-requests", "rights.answer", order=51, icon="question", count=_to_answer),
]
