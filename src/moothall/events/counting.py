"""What is counted of an event, and what each figure means: the wall and the report say the same.

Only what stands on the wall counts: what was hidden, held back or deleted does not. Nothing is estimated; how many
people saw something no network tells us. The potential reach is called that, and says of how many accounts it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum

from moothall.events.models import Door, Event, Item

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Counts:
    """The figures of one event at one moment."""

    items: int
    contributors: int
    services: int
    services_wanted: int
    """How many areas of service the event should cover; 0 if it names none."""
    hours: int
    hours_so_far: int
    official: int
    networks: int
    reach: int
    """Followers of the contributors, as far as their networks tell."""
    reach_of: int
    """Of how many contributors these are."""


DEFINITIONS = {
    "items": "Posts with the hashtag that stand on the wall now, ours included.",
    "contributors": "Accounts that said them. One person may have several; several may share one.",
    "services": "Services that said something themselves or whose staff did, of those that this event should cover.",
    "hours": "Hours since the event began in which the council or its staff said something, of those begun so far.",
    "official": "Posts by the council’s own channels.",
    "networks": "Networks on which these posts were made.",
    "reach": "Followers of the contributors, added up where the network tells how many an account has. One person may "
    "follow several, and nobody knows who of them looked: it is what could be, not what was.",
}
"""What each figure of ``Counts`` means, for whoever reads it."""


def counted(event: Event) -> QuerySet[Item]:
    """The items that count."""
    return Item.objects.filter(event=event, is_on_wall=True, gone_at=None)


def count(event: Event, at: datetime) -> Counts:
    """The figures of ``event`` at the moment ``at``."""
    items = counted(event)
    found = items.aggregate(
        items=Count("pk"),
        official=Count("pk", filter=Q(door=Door.OFFICIAL)),
        networks=Count("network", distinct=True),
    )
    contributors = items.order_by().values("network", "author_id")
    reach = contributors.annotate(most=Max("author_followers")).aggregate(sum=Sum("most"), of=Count("most"))
    wanted = set(event.services.order_by().values_list("pk", flat=True))
    spoke = set(items.filter(service__isnull=False).order_by().values_list("service_id", flat=True).distinct())
    return Counts(
        items=found["items"],
        contributors=contributors.distinct().count(),
        services=len(spoke & wanted if wanted else spoke),
        services_wanted=len(wanted),
        hours=hours_covered(event, our_moments(items), at),
        hours_so_far=hours_begun(event, at),
        official=found["official"],
        networks=found["networks"],
        reach=reach["sum"] or 0,
        reach_of=reach["of"],
    )


def our_moments(items: QuerySet[Item]) -> Iterable[datetime]:
    """When the council or its staff said something."""
    return items.filter(door__in=(Door.OFFICIAL, Door.STAFF)).order_by().values_list("said_at", flat=True)


def hours_begun(event: Event, at: datetime) -> int:
    """How many hours of the event have begun at ``at``. They are real hours, whatever the clocks do."""
    until = min(at, event.ends_at)
    return max(0, -((event.starts_at - until) // HOUR))


def hours_covered(event: Event, moments: Iterable[datetime], at: datetime) -> int:
    """In how many of these hours one of ``moments`` lies."""
    begun = hours_begun(event, at)
    hours = {(moment - event.starts_at) // HOUR for moment in moments}
    return len({hour for hour in hours if 0 <= hour < begun})
