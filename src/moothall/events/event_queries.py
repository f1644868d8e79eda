"""Reading events."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from moothall.events.models import Event, EventTag
from moothall.events.running import Span, Tempo


def events() -> QuerySet[Event]:
    """Every real event with its hashtags; rehearsals stand with the event that they rehearse."""
    return Event.objects.filter(rehearses=None).prefetch_related("tags")


@dataclass(frozen=True)
class Listed:
    """The list of events, by where they stand in time."""

    on: list[Event]
    coming: list[Event]
    over: list[Event]


def listed(now: datetime) -> Listed:
    """What is on, what comes, the next first, and what is over, the last first."""
    found = list(events())
    coming = [each for each in found if not each.has_begun(now)]
    return Listed(
        [each for each in found if each.is_on(now)],
        sorted(coming, key=lambda each: each.starts_at),
        [each for each in found if each.is_over(now)],
    )


def span(event: Event) -> Span:
    return Span(event.starts_at, event.ends_at)


def tempo(event: Event) -> Tempo:
    """How the hours of ``event`` come: a rehearsal's those of the event that it rehearses, a real one's as they are."""
    return Tempo(event.rehearses.starts_at if event.rehearses else event.starts_at, event.starts_at, event.speed)


def tags(event: Event, kind: str) -> list[str]:
    """Its hashtags of one kind, without their signs."""
    return [each.tag for each in event.tags.all() if each.kind == kind]


def rivals(event: Event) -> list[tuple[EventTag, Event]]:
    """The events that have one of its hashtags at the same time."""
    meanwhile = EventTag.objects.filter(
        folded__in=[each.folded for each in event.tags.all()],
        event__starts_at__lt=event.ends_at,
        event__ends_at__gt=event.starts_at,
        event__rehearses=None,
    ).exclude(event=event)
    return [(each, each.event) for each in meanwhile.select_related("event")]


def with_rehearsals() -> QuerySet[Event]:
    latest = Event.objects.exclude(rehearses=None).order_by("-starts_at")
    return events().prefetch_related(Prefetch("rehearsals", latest))


def with_rehearsals_too() -> QuerySet[Event]:
    """Every event, real or rehearsed, with its hashtags."""
    return Event.objects.select_related("rehearses").prefetch_related("tags")
