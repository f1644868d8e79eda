"""The rail on the left of staff pages, the bar on phones, and how an app puts its pages there.

An app lists its pages as ``NAVIGATION`` in its ``navigation.py``; ``settings.NAVIGATION`` lists these modules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

ON_A_PHONE = 4
"""How many pages the bar at the foot of a phone has room for, beside the menu."""


class Section(StrEnum):
    """The groups of the rail, in their order."""

    DAY = "Day to day"
    HOUSE = "The house"
    TRUST = "Trust"
    SETTINGS = "Settings"


@dataclass(frozen=True)
class Item:
    """A page in the rail, for whoever has its permission."""

    group: Section
    label: str
    url_name: str
    permission: str
    order: int = 50
    phone: bool = False
    icon: str = "circle"
    """A symbol of icons.svg; only the phone's bar shows it."""
    count: Callable[[Any], int] | None = None
    """How many things wait there for this person, if the rail is to say so."""
    also_for: Callable[[Any], bool] | None = None
    """Who has a use for the page without the permission: its view must let them in."""


@dataclass(frozen=True)
class Link:
    """An item as one request shows it."""

    label: str
    url: str
    current: bool
    count: int
    phone: bool
    icon: str


@dataclass(frozen=True)
class Group:
    label: str
    items: list[Link]


def groups(request: HttpRequest) -> list[Group]:
    """What this person may use, in the rail's order; nothing for one who is not signed in."""
    person = request.user
    if not person.is_authenticated:
        return []
    shown = [item for item in _items() if person.may(item.permission) or (item.also_for and item.also_for(person))]
    urls = {item: reverse(item.url_name) for item in shown}
    here = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
    by_section = {section: [item for item in shown if item.group == section] for section in Section}
    return [
        Group(str(section), [_link(item, urls[item], here, request) for item in items])
        for section, items in by_section.items()
        if items
    ]


def for_phones(everything: list[Group]) -> list[Link]:
    """The few most used."""
    return [link for group in everything for link in group.items if link.phone][:ON_A_PHONE]


def _items() -> list[Item]:
    modules = (import_module(path) for path in settings.NAVIGATION)
    return sorted((item for module in modules for item in module.NAVIGATION), key=lambda item: (item.order, item.label))


def _link(item: Item, url: str, here: str, request: HttpRequest) -> Link:
    count = item.count(request.user) if item.count else 0
    return Link(item.label, url, url == here, count, item.phone, item.icon)


NAVIGATION = [Item(Section.SETTINGS, "Council", "council-settings", "council.settings", order=90, icon="settings")]
