"""The report as open data: tables as CSV, and what was said as ActivityStreams 2.0. ``privacy.py`` has the rule.

What was said is given as it stands when it is asked for: what was deleted since the report was made is not in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html

from moothall.channels import known, register_csv
from moothall.core import council
from moothall.events import counting
from moothall.events.models import Door, Event, Item, Sensitivity
from moothall.reports import privacy, queries
from moothall.reports.privacy import Redactor

ITEM_COLUMNS = (
    *("said", "who", "named", "network", "service", "language", "words", "pictures", "described", "address"),
    "picked",
)
SLOT_COLUMNS = ("from", "until", "service", "theme", "official_items")
FIGURE_COLUMNS = ("section", "table", "row", "column", "value", "unit", "means")

Row = dict[str, str]


# --- Figures ----------------------------------------------------------------------------------------------------------


def tables(figures: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every kept table by its key."""
    return {table["key"]: table for section in figures["sections"] for table in section["tables"]}


def table_csv(table: Mapping[str, Any]) -> str:
    """One kept table."""
    columns = table["columns"]
    rows = (dict(zip(columns, map(_text, row), strict=True)) for row in table["rows"])
    return register_csv.write(rows, columns)


def figures_csv(figures: Mapping[str, Any]) -> str:
    """Everything that was counted, a value a line, each with what it means."""
    return register_csv.write(_figures(figures), FIGURE_COLUMNS)


def _figures(figures: Mapping[str, Any]) -> Iterator[Row]:
    for section in figures["sections"]:
        for counter in section["counters"]:
            yield _figure(section, "", counter["label"], "", counter)
        for table in section["tables"]:
            for row in table["rows"]:
                for column, value in zip(table["columns"][1:], row[1:], strict=True):
                    yield _figure(section, table["title"], row[0], column, {**table, "number": value})


def _figure(section: Mapping[str, Any], table: str, row: object, column: str, of: Mapping[str, Any]) -> Row:
    values = (section["title"], table, row, column, of["number"], of["unit"].strip(), of["means"])
    return dict(zip(FIGURE_COLUMNS, map(_text, values), strict=True))


def _text(value: object) -> str:
    return "" if value is None else str(value)


# --- Items and slots --------------------------------------------------------------------------------------------------


def items_csv(event: Event) -> str:
    """Every item that counts, a line each."""
    redactor = privacy.redactor(event)
    found = counting.counted(event).select_related("service").order_by("said_at", "pk")
    return register_csv.write((_item(each, event, redactor) for each in found), ITEM_COLUMNS)


def _item(item: Item, event: Event, redactor: Redactor) -> Row:
    given = privacy.agreed(item)
    here = item.said_at.astimezone(event.tz)
    pictured = queries.pictured(item)
    hour = here.replace(minute=0, second=0, microsecond=0)
    return {
        "said": (here.replace(microsecond=0) if given else hour).isoformat(),
        "who": str(Door(item.door).label),
        "named": item.credit if given else "",
        "network": known.label(item.network),
        "service": item.service.name if given and item.service else "",
        "language": item.language,
        "words": redactor.words(item.text) if given else "",
        "pictures": str(len(pictured)),
        "described": str(sum(bool(str(each.get("alt", "")).strip()) for each in pictured)),
        "address": item.url if given else "",
        "picked": "pinned" if item.is_pinned else "featured" if item.is_featured else "",
    }


def slots_csv(event: Event) -> str:
    """The running order, with how much its service's channels said in each slot. Nobody is named, and of a slot whose
    place must never be told there is no theme."""
    redactor = privacy.redactor(event)
    official = counting.counted(event).filter(door=Door.OFFICIAL)
    said = list(official.values_list("service_id", "said_at"))
    rows = (
        {
            "from": _moment(slot.starts_at, event),
            "until": _moment(slot.ends_at, event),
            "service": slot.service.name,
            "theme": "" if slot.sensitivity == Sensitivity.NEVER else redactor.words(slot.theme),
            "official_items": str(
                sum(service == slot.service_id and slot.starts_at <= at < slot.ends_at for service, at in said)
            ),
        }
        for slot in event.slots.select_related("service")
    )
    return register_csv.write(rows, SLOT_COLUMNS)


def _moment(moment: datetime, event: Event) -> str:
    return moment.astimezone(event.tz).isoformat(timespec="minutes")


# --- ActivityStreams --------------------------------------------------------------------------------------------------


def activities(event: Event) -> dict[str, Any]:
    """What our channels said, and staff who agreed to be named, as an ordered collection.

    Source: W3C Recommendation "Activity Streams 2.0", 23 May 2017, and its vocabulary. Hashtags as Mastodon has them.
    """
    redactor = privacy.redactor(event)
    found = counting.counted(event).exclude(door=Door.PUBLIC)
    items = found.select_related("service", "delivery__channel").order_by("said_at", "pk")
    address = settings.SITE_URL + reverse("event-report-activities", args=[event.slug])
    notes = [_note(each, event, address, redactor) for each in items if privacy.agreed(each)]
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", {"Hashtag": "as:Hashtag"}],
        "id": address,
        "type": "OrderedCollection",
        "name": event.name,
        "attributedTo": {"type": "Organization", "name": council.current().name, "url": f"{settings.SITE_URL}/"},
        "totalItems": len(notes),
        "orderedItems": notes,
    }


def _note(item: Item, event: Event, address: str, redactor: Redactor) -> dict[str, Any]:
    words = redactor.words(item.text)
    note: dict[str, Any] = {
        "id": item.url or f"{address}#item-{item.pk}",
        "type": "Note",
        "attributedTo": _author(item),
        "published": item.said_at.isoformat(timespec="seconds"),
        "content": format_html("<p>{}</p>", linebreaksbr(words)),
        "attachment": list(_attachments(item, redactor)),
        "tag": [{"type": "Hashtag", "name": f"#{tag}"} for tag in _own_tags(item, event)],
    }
    if item.url:
        note["url"] = item.url
    if item.warning:
        note["summary"] = redactor.words(item.warning)
    if item.language:
        note["contentMap"] = {item.language: note["content"]}
    return note


def _author(item: Item) -> dict[str, str]:
    if item.door == Door.STAFF:
        return {"type": "Person", "name": item.credit} | ({"url": item.author_url} if item.author_url else {})
    name = item.delivery.channel.display_name if item.delivery else item.author_name or item.author_handle
    return {"type": "Organization", "name": name} | ({"url": item.author_url} if item.author_url else {})


def _attachments(item: Item, redactor: Redactor) -> Iterator[dict[str, str]]:
    for each in item.media:
        if each.get("url"):
            kind = "Video" if each.get("kind") == "video" else "Image"
            yield {"type": kind, "url": each["url"], "name": redactor.words(str(each.get("alt", "")))}


def _own_tags(item: Item, event: Event) -> Iterable[str]:
    """The event's hashtags in it: another may be somebody's name."""
    return (each.tag for each in event.tags.all() if each.folded in item.tags)
