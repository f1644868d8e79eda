"""Reading what the hub sends: changes as frames, and what stands around the items."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from django.db import Error as DatabaseTrouble
from django.template.loader import render_to_string

from moothall.core import clock
from moothall.events import counting
from moothall.events.models import Change, ChangeKind, Event, Item
from moothall.events.wall import hub
from moothall.events.wall.cards import Card

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


def facts(event: Event) -> hub.Facts:
    return hub.Facts(event.pk, event.slug, event.is_public)


def last_change(event_id: int) -> int:
    """The id of the event's last change; 0 if there is none."""
    return Change.objects.filter(event=event_id).order_by("-pk").values_list("pk", flat=True).first() or 0


def open_wall(slug: str) -> hub.Wall | None:
    """The wall of this event as the hub keeps it, with its last changes; ``None``: there is no such event."""
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        return None
    latest = list(Change.objects.filter(event=event).order_by("-pk")[: hub.RECENT])
    floor = latest[-1].pk if len(latest) == hub.RECENT else 0
    wall = hub.Wall(facts(event), last=latest[0].pk if latest else 0, floor=floor)
    wall.take(_frames(event, reversed(latest)))
    wall.around = around(event)
    return wall


def frames_since(event: Event, last: int) -> tuple[list[hub.Frame], int]:
    """The frames of what changed after the change ``last``, and the id of the last of these changes."""
    changes = list(Change.objects.filter(event=event, pk__gt=last).order_by("pk")[:MOST_AT_ONCE])
    return _frames(event, changes), changes[-1].pk if changes else last


def _frames(event: Event, changes: Iterable[Change]) -> list[hub.Frame]:
    """One frame for each item that changed, as it is now and under the id of its last change."""
    latest: dict[int, Change] = {}
    shown: set[int] = set()
    for change in changes:
        latest.pop(change.item_id, None)
        latest[change.item_id] = change
        if change.kind == ChangeKind.SHOW:
            shown.add(change.item_id)
    items = Item.objects.filter(pk__in=latest).select_related("service", "event").prefetch_related("pictures")
    by_id = {item.pk: item for item in items}
    found = []
    for item_id, change in latest.items():
        item = by_id.get(item_id)
        shows = card(item, event) if item else None
        if shows is None:
            sent = encode(ChangeKind.REMOVE.value, {"item": item_id}, change.pk)
        else:
            kind = ChangeKind.SHOW if item_id in shown else ChangeKind.UPDATE
            sent = encode(kind.value, shows, change.pk)
        found.append(hub.Frame(change.pk, item_id, sent))
    return found


def card(item: Item, event: Event) -> dict[str, Any] | None:
    """``Card.as_dict`` of ``item``; ``None``: the wall does not show it."""
    if not item.is_on_wall or item.is_gone:
        return None
    try:
        return Card(item, event).as_dict()
    except DatabaseTrouble:
        raise
    except Exception:  # one that cannot be shown must not keep all that follow from everybody
        log.exception("Item %s cannot be shown on the wall", item.pk)
        return None


def around(event: Event) -> bytes:
    """The frame with the counters and with what is on now, as the page has them."""
    return encode("counters", around_html(event))


def around_html(event: Event) -> dict[str, str]:
    """The parts of the page that are not items, by the id of the element they fill."""
    context = around_context(event)
    return {
        "wall-figures": render_to_string("events/wall/figures.html", context).strip(),
        "wall-now": render_to_string("events/wall/now.html", context).strip(),
    }


def around_context(event: Event) -> dict[str, Any]:
    """What the templates of those parts need."""
    now = clock.now()
    return {"event": event, "counts": counting.count(event, now), **running_now(event, now)}


def running_now(event: Event, now: Any) -> dict[str, Any]:
    """The slots that run, and the next one."""
    slots = [each for each in event.slots.select_related("service").all() if each.ends_at > now]
    return {
        "slots_now": [each for each in slots if each.starts_at <= now],
        "slot_next": next((each for each in slots if each.starts_at > now), None),
    }


def encode(kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """A server-sent event. JSON has no line breaks of its own, so its data is one line."""
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {line}\n\n".encode()
