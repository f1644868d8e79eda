"""One of everything that belongs to a live event, for ``test_urls.py``."""

import uuid
from datetime import timedelta
from typing import Any

from moothall.accounts.models import Service, User
from moothall.contributions.models import Contribution, Mail, State, Way
from moothall.core import clock
from moothall.events import event_feed_actions
from moothall.events.models import (
    Blocked,
    Event,
    EventFeed,
    Item,
    ItemRule,
    LinkedHandle,
    Place,
    RuleKind,
    Shift,
    Slot,
)
from moothall.reports import actions as report_actions
from moothall.reports.models import Report
from tests import factories

LIVE_MODELS = (Event, EventFeed, Slot, Shift, Item, ItemRule, Blocked, Place, LinkedHandle, Contribution, Mail, Report)


def live_world(alice: User, libraries: Service, desk: User) -> dict[str, Any]:
    """Of an event that is over: Alice has a shift and told the desk something, and its report is released."""
    begins = clock.now() - timedelta(days=2)
    ends = begins + timedelta(hours=24)
    event = factories.event("ExDay", name="A day of ours", slug="a-day-of-ours", starts_at=begins, ends_at=ends)
    report = report_actions.make(desk, event)
    report_actions.release(desk, report)
    slot = Slot.objects.create(event=event, service=libraries, starts_at=begins, ends_at=ends, theme="Books")
    shift = Shift.objects.create(event=event, person=alice, starts_at=begins, ends_at=ends)
    mailed = _contribution(door=Way.EMAIL, state=State.QUARANTINED)
    linked = LinkedHandle.objects.create(person=alice, network="bluesky", handle="alice.example", code="c0de")
    feed = event_feed_actions.make(alice, event, "rota")
    rehearsal = Event.objects.create(
        name="Rehearsal", slug="a-day-of-ours-rehearsal-1", starts_at=begins, ends_at=ends, rehearses=event, speed=60
    )
    return {
        "rehearsal_slug": rehearsal.slug,
        "event_feed": feed.feed.pk,
        "event_feed_token": feed.token,
        "event_slug": event.slug,
        "slot": slot.pk,
        "shift": shift.pk,
        "item": _item(event).pk,
        "items_file": "items",
        "together": uuid.uuid4(),
        "item_rule": ItemRule.objects.create(event=event, kind=RuleKind.WORD, value="win").pk,
        "blocked": Blocked.objects.create(network="bluesky", author_id="did:plc:x", author_handle="x.example").pk,
        "place": Place.objects.create(network="rehearsal", way="practice", address="crowd").pk,
        "report": report.pk,
        "contribution": _contribution(contributor=alice).pk,
        "mailed_contribution": mailed.pk,
        "mail_left_aside": _mail("An automatic answer").pk,
        "linked_handle": linked.pk,
        "link_code": linked.code,
        "mail": _mail("", contribution=mailed).pk,
    }


def _item(event: Event) -> Item:
    return Item.objects.create(
        event=event,
        network="bluesky",
        remote_id="at://did:plc:y/app.bsky.feed.post/3k",
        author_id="did:plc:y",
        author_handle="y.example",
        text="Hello #ExDay",
        said_at=event.starts_at,
        came_by="a test",
    )


def _contribution(**values: Any) -> Contribution:
    return Contribution.objects.create(words="A swan.", once=uuid.uuid4(), told_at=clock.now(), **values)


def _mail(why: str, **values: Any) -> Mail:
    kept_until = clock.now() + timedelta(days=1)
    return Mail.objects.create(digest=uuid.uuid4().hex, why=why, kept_until=kept_until, **values)
