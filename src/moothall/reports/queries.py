"""Reading what a report is counted from, and the reports that there are."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.channels import known
from moothall.contributions.models import Contribution, State, Way
from moothall.events.models import Door, Event, Item, LinkedHandle
from moothall.events.running import Span, utc
from moothall.networks.base import MediaKind
from moothall.reports.models import Report
from moothall.reports.rows import GONE, THANKED, Frame, OnShift, Rows, Said, Told

PICTURED = {kind.value for kind in MediaKind}


def rows(event: Event, now: datetime) -> Rows:
    """All that a report of ``event`` counts, up to ``now``."""
    people = {
        (network, author): person
        for network, author, person in LinkedHandle.objects.filter(proved_at__isnull=False).values_list(
            "network", "author_id", "person_id"
        )
    }
    items = event.items.select_related("service").defer("raw", "html")
    contributions = event.contributions.select_related("service", "item")
    return Rows(
        frame(event, now),
        tuple(_said(each, people) for each in items.order_by("said_at", "pk")),
        tuple(_told(each) for each in contributions.order_by("received_at", "pk")),
        tuple(OnShift(each.person_id, Span(each.starts_at, each.ends_at)) for each in event.shifts.all()),
    )


def frame(event: Event, now: datetime) -> Frame:
    """What the rows are counted within."""
    tags = {each.folded: (each.tag, str(each.get_kind_display())) for each in event.tags.all()}
    return Frame(
        name=event.name,
        slug=event.slug,
        whole=Span(utc(event.starts_at), utc(event.ends_at)),
        until=utc(min(now, event.ends_at)),
        zone=event.tz,
        main_tag=event.main_tag,
        services=tuple(event.services.values_list("name", flat=True)),
        tags=tags,
    )


def pictured(item: Item) -> list[dict[str, Any]]:
    """The pictures and videos of an item, as ``Item.media`` has them."""
    return [each for each in item.media if each.get("kind") in PICTURED]


def _said(item: Item, people: dict[tuple[str, str], int]) -> Said:
    pictures = pictured(item)
    return Said(
        number=item.pk,
        at=item.said_at,
        door=item.door,
        network=known.label(item.network),
        account=(item.network, item.author_id),
        followers=item.author_followers,
        person=people.get((item.network, item.author_id)),
        service=item.service.name if item.service else "",
        is_shown=item.is_on_wall,
        is_gone=item.is_gone,
        is_pinned=item.is_pinned,
        is_featured=item.is_featured,
        language=item.language,
        tags=tuple(item.tags),
        pictures=len(pictures),
        described=sum(bool(str(each.get("alt", "")).strip()) for each in pictures),
    )


def _told(contribution: Contribution) -> Told:
    state = _outcome(contribution)
    return Told(
        at=contribution.received_at,
        way=str(Way(contribution.door).label),
        person=contribution.contributor_id,
        state=state,
        answered_at=contribution.answered_at,
        published_at=contribution.ended_at if state == State.PUBLISHED else None,
        service=contribution.service.name if contribution.service else "",
    )


def _outcome(contribution: Contribution) -> str:
    """Its state; or, of what was said on an own account, that it was thanked for or is gone from there."""
    item = contribution.item
    if contribution.door != Way.OWN_ACCOUNT:
        return contribution.state
    if contribution.state == State.PUBLISHED and contribution.post_id is None:
        return THANKED
    if contribution.state in (State.WAITING, State.KEPT) and item is not None and item.is_gone:
        return GONE
    return contribution.state


# --- Reports ----------------------------------------------------------------------------------------------------------


def latest(event: Event) -> Report | None:
    """The last that was made."""
    return event.reports.first()


def released(event: Event) -> Report | None:
    """The one that the public may read; ``None`` also if the event is none of theirs."""
    return event.reports.filter(released_at__isnull=False).first() if event.is_public else None


def shown(event: Event, reader: User | None, number: str = "") -> Report | None:
    """The report that ``reader`` gets: the public what was released, staff the last one or, by its id, an older one."""
    if reader is None:
        return released(event)
    if number.isdecimal() and len(number) < 19:
        return event.reports.filter(pk=int(number)).first()
    return latest(event)


def earlier(event: Event, reader: User | None) -> QuerySet[Event]:
    """The events that ended before this one began and have a report that ``reader`` may read, the last first."""
    reports = Report.objects.all()
    if reader is None:
        reports = reports.filter(released_at__isnull=False, event__is_public=True)
    found = Event.objects.filter(pk__in=reports.values("event"), ends_at__lte=event.starts_at, rehearses=None)
    return found.order_by("-starts_at")


def official(event: Event) -> QuerySet[Item]:
    """What our channels said and the wall shows, in its order."""
    return event.items.filter(door=Door.OFFICIAL, is_on_wall=True, gone_at=None).order_by("said_at", "pk")
