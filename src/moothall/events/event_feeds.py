"""An event's running order and rota as iCalendar files (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from icalendar import Event as Entry

from moothall.accounts.models import User
from moothall.events.models import Event, EventFeed, Shift, Slot
from moothall.planning import feeds

Kind = EventFeed.Kind


def of(user: User, event: Event) -> QuerySet[EventFeed]:
    """The addresses of ``event`` that ``user`` made and that still work."""
    return EventFeed.objects.filter(user=user, event=event, revoked_at=None)


def may_read(feed: EventFeed) -> bool:
    """Whether the feed's person still works here and may still see events."""
    return feed.revoked_at is None and feed.user.is_active and feed.user.may("event.see")


def file_of(feed: EventFeed) -> bytes:
    """The feed's file. The same plan is the same file, whenever it is asked for. Two queries at most."""
    event = feed.event
    slots = event.slots.select_related("service", "owner")
    shifts = event.shifts.select_related("person")
    if feed.kind == Kind.MINE:
        slots, shifts = slots.filter(owner=feed.user), shifts.filter(person=feed.user)
    made = feeds.empty(f"{feed.get_kind_display()}: {event}")
    made.add("x-wr-timezone", event.zone)
    for entry in _entries(event, slots if feed.kind != Kind.ROTA else (), shifts if feed.kind != Kind.ORDER else ()):
        made.add_component(entry)
    return bytes(made.to_ical())


def _entries(event: Event, slots: Iterable[Slot], shifts: Iterable[Shift]) -> Iterable[Entry]:
    for slot in slots:
        yield _of_slot(event, slot)
    for shift in shifts:
        yield _of_shift(event, shift)


def _of_slot(event: Event, slot: Slot) -> Entry:
    url = f"{settings.SITE_URL}{reverse('running-order', args=[event.slug])}#slot-{slot.pk}"
    owner = f"{slot.owner} sees to it" if slot.owner else "Nobody sees to it yet"
    said = [owner, slot.get_sensitivity_display() if slot.is_sensitive else "", slot.notes, url]
    entry = feeds.entry(f"slot-{slot.pk}", str(slot), "\n".join(filter(None, said)), url, slot.starts_at)
    return _lasting(entry, event, slot)


def _of_shift(event: Event, shift: Shift) -> Entry:
    url = f"{settings.SITE_URL}{reverse('rota', args=[event.slug])}"
    entry = feeds.entry(f"shift-{shift.pk}", str(shift), f"{event}\n{url}", url, shift.starts_at)
    return _lasting(entry, event, shift)


def _lasting(entry: Entry, event: Event, stretch: Slot | Shift) -> Entry:
    """Until its end. Nothing keeps when a slot was changed, so the stamp is the event's: the file stays the same."""
    entry.add("dtend", stretch.ends_at.astimezone(UTC))
    entry.add("dtstamp", event.made_at.astimezone(UTC).replace(microsecond=0))
    entry.add("status", "CONFIRMED")
    return entry
