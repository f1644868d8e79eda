"""The pages of one event, for whoever may use them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from moothall.accounts.models import User
from moothall.core import clock
from moothall.events import rehearsal_queries
from moothall.events.models import Event

PAGES = (
    ("event", "Overview", "live-event", "event.see"),
    ("running-order", "Running order", "running-order", "event.see"),
    ("rota", "Rota", "rota", "event.see"),
    ("budget", "Budget", "budget", "event.see"),
    ("items", "Items", "event-items", "event.moderate"),
    ("rules", "Rules", "event-rules", "event.moderate"),
)
"""Key, label, url name and permission, in their order."""


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_here: bool


def context(user: User, event: Event, here: str) -> dict[str, Any]:
    """What every page of an event shows."""
    return {
        "event": event,
        "tabs": [
            Tab(label, reverse(name, args=[event.slug]), key == here)
            for key, label, name, permission in PAGES
            if user.may(permission)
        ],
        "now": clock.now(),
        "clocks_of_rehearsal": rehearsal_queries.clocks(event, clock.now()),
        "may_manage": user.may("event.manage"),
    }
