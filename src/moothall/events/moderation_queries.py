"""Reading the queue of a wall's moderators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from moothall.accounts.models import User
from moothall.channels import known
from moothall.events.models import Blocked, Event, Item, ItemState, Judgement

QUEUES = (
    (ItemState.PENDING.value, "To be looked at"),
    (ItemState.HELD.value, "Held back"),
    (ItemState.SHOWN.value, "Allowed"),
    (ItemState.HIDDEN.value, "Hidden"),
    ("wall", "On the wall now"),
    ("gone", "Deleted there"),
    ("all", "All"),
)
"""The lists to choose from. Each item is in one of the first four, or deleted on its network."""
CONDITIONS = {
    **{state.value: Q(state=state, gone_at=None) for state in ItemState},
    "wall": Q(is_on_wall=True),
    "gone": Q(gone_at__isnull=False),
    "all": Q(),
}


@dataclass(frozen=True)
class Queue:
    """One list with the number of items in it."""

    key: str
    label: str
    number: int


def items(event: Event, chosen: Mapping[str, Any]) -> QuerySet[Item]:
    """The items that these filters leave; in what waits the oldest first, elsewhere the newest."""
    queue = chosen.get("state", ItemState.PENDING)
    found = Item.objects.filter(CONDITIONS[queue], event=event)
    for name in ("door", "network", "language"):
        if value := chosen.get(name):
            found = found.filter(**{name: value})
    if author := chosen.get("author"):
        plain = author.strip().lstrip("@")
        found = found.filter(Q(author_handle__icontains=plain) | Q(author_name__icontains=plain))
    judgements = Judgement.objects.filter(undone_at=None).select_related("by").order_by("-at", "-pk")
    found = found.select_related("service").prefetch_related(Prefetch("judgements", judgements))
    oldest_first = queue in (ItemState.PENDING, ItemState.HELD)
    if queue == "wall":
        return found.order_by("-is_pinned", "-is_featured", "-on_wall_at", "-pk")
    return found.order_by("said_at", "pk") if oldest_first else found.order_by("-said_at", "-pk")


def queues(event: Event) -> list[Queue]:
    """Every list with its number, in one query."""
    counted = Item.objects.filter(event=event).aggregate(
        **{f"n_{key}": Count("pk", filter=condition) for key, condition in CONDITIONS.items() if key != "all"},
        n_all=Count("pk"),
    )
    return [Queue(key, label, counted[f"n_{key}"]) for key, label in QUEUES]


def networks_of(event: Event) -> list[tuple[str, str]]:
    """The networks from which it has items, as choices."""
    return [(slug, known.label(slug)) for slug in _distinct(event, "network")]


def languages_of(event: Event) -> list[str]:
    return [each for each in _distinct(event, "language") if each]


def _distinct(event: Event, name: str) -> list[str]:
    return sorted(set(Item.objects.filter(event=event).order_by().values_list(name, flat=True).distinct()))


def waiting(user: User) -> int:
    """How many items of events wait for somebody to look at them; none for whoever may not decide."""
    if not user.may("event.moderate"):
        return 0
    return Item.objects.filter(CONDITIONS[ItemState.PENDING.value], event__rehearses=None).count()


def blocked() -> QuerySet[Blocked]:
    return Blocked.objects.select_related("blocked_by")
