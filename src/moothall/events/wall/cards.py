"""An item as the wall shows it: one template for the page, the stream and the snapshot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import strip_tags

from moothall.events.models import Door, Event, Item, ItemPicture
from moothall.networks import registry

TEMPLATE = "events/wall/card.html"
SHOWN_PICTURES = 4
LONGEST_SAID = 140
"""Characters of an item that a screen reader hears when it comes."""
RANKS = {"pinned": 0, "featured": 1, "": 2}


@dataclass(frozen=True)
class Card:
    """``item`` on the wall of ``event``. Prefetch the item's ``pictures``, and select its ``service``."""

    item: Item
    event: Event

    @property
    def html(self) -> str:
        return get_template(TEMPLATE).render({"card": self, "item": self.item, "event": self.event}).strip()

    @property
    def who(self) -> str:
        return self.item.author_name or f"@{self.item.author_handle}"

    @property
    def network(self) -> str:
        """The network's own name."""
        found = registry.networks().get(self.item.network)
        return found.label if found else self.item.network.capitalize()

    @property
    def url(self) -> str:
        """Where everybody may see it on its network; empty if there is no such place: practice is for staff alone."""
        staff_only = settings.SITE_URL + reverse("rehearsal")
        return "" if self.item.url.startswith(staff_only) else self.item.url

    @property
    def said_at(self) -> datetime:
        """On the event's clocks."""
        return self.item.said_at.astimezone(self.event.tz)

    @property
    def is_official(self) -> bool:
        return self.item.door == Door.OFFICIAL

    @property
    def is_staff(self) -> bool:
        return self.item.door == Door.STAFF

    @property
    def mark(self) -> str:
        """``pinned``, ``featured`` or nothing."""
        return "pinned" if self.item.is_pinned else "featured" if self.item.is_featured else ""

    @property
    def pictures(self) -> list[ItemPicture]:
        """Those that we have, of the media that it still has."""
        addresses = {address for each in self.item.media for address in (each.get("url"), each.get("preview"))}
        return [each for each in self.item.pictures.all() if each.name and each.url in addresses][:SHOWN_PICTURES]

    @property
    def has_video(self) -> bool:
        return any(each.get("kind") not in ("image", "") for each in self.item.media)

    @property
    def say(self) -> str:
        """What a screen reader hears when it comes: who, and how it begins."""
        words = self.item.warning and f"Content warning: {self.item.warning}"
        words = words or " ".join((self.item.text or strip_tags(self.item.html)).split())
        if len(words) > LONGEST_SAID:
            words = words[: LONGEST_SAID - 1].rsplit(" ", 1)[0] + "…"
        return f"{self.who}: {words}"

    def as_dict(self) -> dict[str, Any]:
        """What a page needs to show it in its place: those pinned first, then the featured, then the newest."""
        shown = self.item.on_wall_at or self.item.seen_at
        return {
            "item": self.item.pk,
            "rank": RANKS[self.mark],
            "at": int(shown.timestamp() * 1000),
            "say": self.say,
            "html": self.html,
        }
