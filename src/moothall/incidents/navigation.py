from moothall.accounts.models import User
from moothall.core.navigation import Item, Section
from moothall.incidents import queries


def to_run(user: User) -> int:
    """How many incidents go on that this person may run."""
    return queries.running(user).count() if user.may("incident.run") else 0


NAVIGATION = [Item(Section.HOUSE, "Incidents", "incidents", "incident.see", order=44, icon="warning", count=to_run)]
