from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.publishing import queries, rules


def _awaiting(user: User) -> int:
    return len(queries.to_approve(user))


NAVIGATION = [
    Item(Section.DAY, "Write", "write", "post.write", order=11, phone=True, icon="pencil"),
    Item(Section.DAY, "Posts", "posts", "post.see", order=12, phone=True, icon="list"),
    Item(
        Section.DAY,
        "Approvals",
        "approvals",
        "post.approve",
        order=13,
        phone=True,
        icon="tick",
        count=_awaiting,
        also_for=rules.approves_now,
    ),
]
