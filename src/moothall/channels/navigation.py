from moothall.accounts.models import User
from moothall.channels import health
from moothall.core.navigation import Item, Section


def _grave(user: User) -> int:
    """How many channels can carry nothing until somebody connects them again."""
    return health.count_broken(user)


NAVIGATION = [
    Item(Section.HOUSE, "Channels", "register", "channel.see", order=30, phone=True, icon="channel"),
    Item(Section.HOUSE, "Channel health", "register-health", "channel.edit", order=31, icon="warning", count=_grave),
]
