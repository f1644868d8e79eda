"""The plan as an iCalendar file (RFC 5545), which calendar programs subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from icalendar import Calendar, Event

from moothall.accounts.permissions import services_for
from moothall.channels.models import Channel
from moothall.core import clock, states
from moothall.planning import queries
from moothall.planning.models import CalendarFeed
from moothall.planning.queries import Planned
from moothall.publishing.models import Post
from moothall.publishing.status import Status

DAYS_BACK, DAYS_AHEAD = timedelta(days=30), timedelta(days=180)
MOST_EVENTS = 2_000
"""Of more than these, the feed holds those nearest to now."""
LASTS = timedelta(minutes=15)
"""How long a post is drawn: a moment alone is too thin to be read."""

BEFORE_APPROVAL = (Status.DRAFT, Status.AWAITING_APPROVAL, Status.REFUSED)
OFF = (Status.CANCELLED, Status.DELETED)


def may_read(feed: CalendarFeed) -> bool:
    """Whether the feed's person still works here and may still see what it holds."""
    if feed.revoked_at is not None or not feed.user.is_active:
        return False
    return feed.user.may("post.see", feed.service) if feed.service else feed.user.may("post.see")


def file_of(feed: CalendarFeed) -> bytes:
    """The feed's file. The same plan is the same file, whenever it is asked for."""
    now = clock.now()
    services = [feed.service.pk] if feed.service else services_for(feed.user.standing, "post.see")
    found = queries.planned(services, now - DAYS_BACK, now + DAYS_AHEAD)
    nearest = sorted(sorted(found, key=lambda each: abs(each.moment - now))[:MOST_EVENTS])
    return _file(f"Posts: {feed.service or 'all services'}", nearest)


def _file(name: str, planned: Iterable[Planned]) -> bytes:
    chosen = list(planned)
    told = _told({each.post for each in chosen})
    channels = Channel.objects.in_bulk({channel for each in chosen for channel in each.channels})
    first = _first_channels(chosen)
    made = empty(name)
    for each in chosen:
        lowest = min(each.channels, default=0)
        part = "" if lowest == first[each.post] else f"-on-{lowest}"
        made.add_component(_event(each, told[each.post], [channels[pk] for pk in each.channels], part))
    return bytes(made.to_ical())


def empty(name: str) -> Calendar:
    """A calendar of that name, with nothing in it yet."""
    made = Calendar()
    made.add("prodid", "-//Moothall//Calendar//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    return made


def _first_channels(planned: Iterable[Planned]) -> dict[int, int]:
    """Each post's channel of the lowest number: the event with it has the post's plain id, however it is moved."""
    found: dict[int, int] = {}
    for each in planned:
        lowest = min(each.channels, default=0)
        found[each.post] = min(found.get(each.post, lowest), lowest)
    return found


@dataclass(frozen=True)
class _Told:
    """A post, and when something last became of it."""

    post: Post
    changed_at: datetime


def _told(pks: set[int]) -> dict[int, _Told]:
    found = Post.objects.defer("second_text", "card").annotate(
        asked_at=Max("revisions__sent_at"),
        decided_at=Max("revisions__decided_at"),
        sent_at=Max("revisions__deliveries__sent_at"),
    )
    return {
        pk: _Told(
            post, max(moment for moment in (post.edited_at, post.asked_at, post.decided_at, post.sent_at) if moment)
        )
        for pk, post in found.in_bulk(pks).items()
    }


def _event(planned: Planned, told: _Told, channels: list[Channel], part: str) -> Event:
    post, changed = told.post, told.changed_at.astimezone(UTC).replace(microsecond=0)
    url = f"{settings.SITE_URL}{reverse('post', args=[post.pk])}"
    event = entry(f"post-{post.pk}{part}", str(post), _description(planned, channels, url), url, planned.moment)
    event.add("duration", LASTS)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("status", _status(planned.status))
    event.add("transp", "TRANSPARENT")
    return event


def entry(name: str, summary: str, description: str, url: str, start: datetime) -> Event:
    """Something that begins at ``start``, in UTC, which every calendar program shows on its reader's clocks.

    ``name`` is its own among all of this house; how long it lasts and when it was changed, the caller adds.
    """
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("summary", summary)
    event.add("description", description)
    event.add("url", url)
    event.add("dtstart", start.astimezone(UTC))
    return event


def _description(planned: Planned, channels: list[Channel], url: str) -> str:
    on = ", ".join(sorted(map(str, channels))) or "No channel yet"
    return f"{states.of_state(planned.status).word}\n{on}\n{url}"


def _status(status: Status) -> str:
    """As a calendar program understands it."""
    if status in OFF:
        return "CANCELLED"
    return "TENTATIVE" if status in BEFORE_APPROVAL else "CONFIRMED"
