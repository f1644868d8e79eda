"""What contributions, events and calendars hold about a person: told to that person alone (``core.own_data``)."""

from collections.abc import Iterator

from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.contributions.models import Contribution, State
from moothall.core.own_data import Held, Row
from moothall.events.models import EventFeed, LinkedHandle, Shift, Slot
from moothall.planning.models import CalendarFeed, PostFile

AT_ONCE = 1_000


def contributions(person: User) -> Held:
    """What one told the desk."""
    told = Contribution.objects.filter(contributor=person).order_by("received_at", "pk")
    what = "What you told the desk, on the web, by e-mail or with an account that you linked, and what became of it."
    return Held("Contributions", what, told.count(), _contributions(told))


def _contributions(told: QuerySet[Contribution]) -> Iterator[Row]:
    for each in told.select_related("event", "item").prefetch_related("answers").iterator(AT_ONCE):
        yield {
            "told": each.told_at,
            "received": each.received_at,
            "how": each.get_door_display(),
            "event": each.event.name if each.event else "",
            "subject": each.subject,
            "words": each.said,
            "place": each.place,
            "when it happened": each.happened_at,
            "you may be named": each.may_be_named,
            "people in the pictures": each.get_people_display(),
            "where it is": each.get_state_display(),
            "what the desk says": "" if each.state == State.QUARANTINED else each.reason,
            "answered": each.answered_at,
            "mails to you": [{"made": mail.made_at, "subject": mail.subject} for mail in each.answers.all()],
        }


def handles(person: User) -> Held:
    """The accounts of one's own that one linked."""
    linked = LinkedHandle.objects.filter(person=person)
    rows = (
        {
            "network": each.network,
            "handle": each.handle,
            "linked": each.asked_at,
            "proved": each.proved_at,
            "you may be named": each.may_be_named,
        }
        for each in linked
    )
    what = "Accounts of your own that you linked for live events. Withdraw one under My accounts, and it is forgotten."
    return Held("Accounts that you linked", what, linked.count(), rows)


def duties(person: User) -> Held:
    """One's shifts and slots at live events."""
    shifts = Shift.objects.filter(person=person)
    slots = Slot.objects.filter(owner=person)
    what = "Your shifts at the desk of live events, and the slots that are yours."
    return Held("Shifts and slots", what, shifts.count() + slots.count(), _duties(shifts, slots))


def _duties(shifts: QuerySet[Shift], slots: QuerySet[Slot]) -> Iterator[Row]:
    for shift in shifts.select_related("event"):
        yield {
            "event": shift.event.name,
            "from": shift.starts_at,
            "to": shift.ends_at,
            "what": shift.task,
            "your hand-over note": shift.handover,
        }
    for slot in slots.select_related("event"):
        yield {"event": slot.event.name, "from": slot.starts_at, "to": slot.ends_at, "what": slot.theme}


def calendars(person: User) -> Held:
    """One's secret addresses of calendars, and the files of posts that one gave."""
    count = sum(model._default_manager.filter(user=person).count() for model in (CalendarFeed, EventFeed, PostFile))
    what = "Secret addresses that you made for your calendar program, and files of posts that you gave."
    return Held("Calendars and files", what, count, _calendars(person))


def _calendars(person: User) -> Iterator[Row]:
    feeds = [*CalendarFeed.objects.filter(user=person), *EventFeed.objects.filter(user=person).select_related("event")]
    for feed in feeds:
        about = feed.event.name if isinstance(feed, EventFeed) else "what is planned"
        yield {"what": f"Calendar address of {about}", "made": feed.made_at, "revoked": feed.revoked_at}
    for file in PostFile.objects.filter(user=person):
        yield {"what": "File of posts", "name": file.name, "given": file.shown_at, "lines": file.lines}
