"""Who leads each place: a lease with a token, so that another listener goes on when one is gone."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q

from moothall.core import clock
from moothall.core.database import writing
from moothall.events import taking
from moothall.events.models import Event, EventTag, Item, Place

LEASE = timedelta(seconds=6)
SOON = timedelta(minutes=5)
"""A place is heard so long before an event begins, so that it begins without a gap."""


@dataclass(frozen=True)
class Round:
    """What a listener is to do now: the places that it leads, with their tokens, and for what it listens there."""

    led: Mapping[int, str]
    tags: frozenset[str]


def listening_for(now: datetime) -> frozenset[str]:
    """The hashtags, folded, of the events that are on, about to be, or have just been."""
    events = events_now(now)
    return frozenset(EventTag.objects.filter(event__in=events).values_list("folded", flat=True))


def events_now(now: datetime) -> list[int]:
    """The ids of those events."""
    return list(
        Event.objects.filter(starts_at__lte=now + SOON, ends_at__gt=now - taking.LATE).values_list("pk", flat=True)
    )


def is_stale(place: Place, now: datetime) -> bool:
    """Whether an event begins, and the place was last heard for others: to go on from there would begin days behind.

    Later than that it goes on from where it was all the same: late, but with all that was said since the beginning.
    """
    began = Event.objects.filter(pk__in=events_now(now)).aggregate(at=Min("starts_at"))["at"]
    begins_now = began is not None and now < began + SOON
    return begins_now and place.heard_at is not None and place.heard_at < began - SOON


def go_round(held: Mapping[int, str]) -> Round:
    """Keep the places that are ``held``, and take over those that nobody leads any more."""
    now = clock.now()
    tags = listening_for(now)
    if not tags:
        give_up(held)
        return Round({}, tags)
    with writing():
        led = {pk: token for pk, token in held.items() if _renew(pk, token, now)}
        free = Place.objects.filter(Q(token="") | Q(lease_until=None) | Q(lease_until__lt=now), is_on=True)
        for pk in free.exclude(pk__in=led).values_list("pk", flat=True):
            token = uuid.uuid4().hex
            if free.filter(pk=pk).update(token=token, lease_until=now + LEASE):
                led[pk] = token
    return Round(led, tags)


def _renew(pk: int, token: str, now: datetime) -> bool:
    return bool(Place.objects.filter(pk=pk, token=token, is_on=True).update(lease_until=now + LEASE))


def give_up(held: Mapping[int, str]) -> None:
    """Let others have these places at once."""
    for pk, token in held.items():
        Place.objects.filter(pk=pk, token=token).update(token="", lease_until=None)


def authors(network: str) -> set[str]:
    """The authors of whom the events of now hold something: their deletions and edits are wanted."""
    items = Item.objects.filter(event__in=events_now(clock.now()), network=network, gone_at=None)
    return set(items.values_list("author_id", flat=True).distinct())


def held_ids(network: str, after: int, most: int) -> tuple[list[list[str]], int]:
    """The ids, remote and aliases, of the next items that the events of now hold, and the last one's key, or 0."""
    items = Item.objects.filter(event__in=events_now(clock.now()), network=network, gone_at=None, pk__gt=after)
    found: Collection[Item] = list(items.order_by("pk").prefetch_related("aliases")[:most])
    ids = [[item.remote_id, *(alias.alias for alias in item.aliases.all())] for item in found]
    return ids, max((item.pk for item in found), default=0)
