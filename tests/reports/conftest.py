"""A day of the council, small enough to count by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moothall.events import wall_log
from moothall.events.models import Door, Event, EventTag, Item, ItemState
from moothall.networks.text import fold_tag
from tests import factories

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Day:
    """An event that was over long ago, and what was said in it."""

    def __init__(self, begins: datetime, hours: int = 24, **values: Any) -> None:
        values = {"name": "A day of the council", "slug": "a-day"} | values
        self.event = Event.objects.create(starts_at=begins, ends_at=begins + timedelta(hours=hours), **values)
        tag = f"ExDay{self.event.pk}"
        EventTag.objects.create(event=self.event, tag=tag, folded=fold_tag(tag), kind=EventTag.Kind.MAIN)
        self._number = 0

    def at(self, minutes: float) -> datetime:
        return self.event.starts_at + timedelta(minutes=minutes)

    def say(self, minutes: float, text: str = "Hello", door: Door = Door.PUBLIC, **values: Any) -> Item:
        """An item said so many minutes after the beginning, on the wall unless told otherwise."""
        self._number += 1
        said_at = self.at(minutes)
        values = {
            "network": "mastodon",
            "author_id": f"https://social.example/users/{self._number}",
            "author_handle": f"person{self._number}@social.example",
            "state": ItemState.SHOWN,
            "came_by": "a test",
            "tags": [self.event.tags.get(kind=EventTag.Kind.MAIN).folded],
        } | values
        item = Item.objects.create(
            event=self.event,
            remote_id=f"https://social.example/{self.event.pk}/{self._number}",
            url=f"https://social.example/@{values['author_handle'].split('@')[0]}/{self._number}",
            text=text,
            door=door,
            said_at=said_at,
            seen_at=said_at,
            show_at=said_at,
            **values,
        )
        wall_log.settle(item)
        return item


@pytest.fixture
def day(db: None) -> Day:
    return Day(NOON)


@pytest.fixture
def busy_day(day: Day) -> Day:
    """Something of everything: what our channels, staff and the public said, and who was there."""
    libraries, roads = factories.service("Libraries"), factories.service("Highways")
    day.event.services.set([libraries, roads])
    picture = {"kind": "image", "url": "https://social.example/p.jpg", "preview": "", "alt": "A shelf", "width": 4}
    for number in range(6):
        day.say(
            number * 50 + 5,
            f"Story time number {number}",
            Door.OFFICIAL,
            service=libraries,
            author_id="libraries",
            author_handle="libraries",
            author_name="Exampleshire Libraries",
            media=[picture, picture | {"alt": ""}],
            is_pinned=number == 2,
            language="en",
        )
    day.say(70, "Gritting at dawn", Door.STAFF, credit="Graham Tolliver", author_handle="gritty@social.example")
    day.say(75, "My secret place", Door.STAFF, author_name="Fern Hale")
    for number in range(5):
        day.say(120 + number, "Well done", author_name=f"Stranger {number}", media=[picture], is_featured=number == 1)
    return day
