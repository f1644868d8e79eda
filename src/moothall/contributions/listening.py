"""What this room does when the events room says that something happened to an item."""

from typing import Any

from moothall.contributions import credits, following
from moothall.events import handles, taking
from moothall.events.models import Item


def connect() -> None:
    """Begin to listen."""
    taking.item_taken.connect(_heard)
    handles.door_changed.connect(_heard)
    taking.item_is_ours.connect(_is_ours)


def _heard(sender: type, item: Item, **kwargs: Any) -> None:
    following.heard(item)


def _is_ours(sender: type, item: Item, **kwargs: Any) -> None:
    credits.settle(item)
