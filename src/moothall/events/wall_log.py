"""Telling the wall: the only place that puts an item on it and takes it off.

The ids of an event's changes become visible in their order, on PostgreSQL too: whoever writes one holds the event's row
until the commit.
"""

from django.db import connection, transaction

from moothall.core import clock
from moothall.events.models import Change, ChangeKind, Event, Item, ItemState

MOST_AT_ONCE = 200
POSTGRESQL_CHANNEL = "moothall_wall"
"""On PostgreSQL those who watch are told here, at the commit, that there is a change. SQLite has no such thing."""


def lock(event_id: int) -> Event:
    """The event, its row held until the transaction ends."""
    return Event.objects.select_for_update().get(pk=event_id)


def belongs(item: Item) -> bool:
    """Whether the wall should show the item now."""
    return item.state == ItemState.SHOWN and not item.is_gone and item.show_at <= clock.now()


@transaction.atomic
def settle(item: Item, *, is_new_in_words: bool = False) -> None:
    """Tell the wall what is to become of ``item``, which was saved before, if it does not know.

    ``is_new_in_words``: it looks another way than the wall was told.
    """
    lock(item.event_id)
    item.refresh_from_db(fields=["state", "gone_at", "show_at", "is_on_wall", "on_wall_at"])  # others may have decided
    is_wanted = belongs(item)
    if is_wanted and not item.is_on_wall:
        kind = ChangeKind.SHOW
    elif item.is_on_wall and not is_wanted:
        kind = ChangeKind.REMOVE
    elif is_wanted and is_new_in_words:
        kind = ChangeKind.UPDATE
    else:
        return
    item.is_on_wall = is_wanted
    if is_wanted and item.on_wall_at is None:
        item.on_wall_at = clock.now()
    item.save(update_fields=["is_on_wall", "on_wall_at"])
    Change.objects.create(event_id=item.event_id, item=item, kind=kind)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {POSTGRESQL_CHANNEL}")


def settle_due() -> int:
    """Show what waited for its time (``Item.show_at``). Returns how many."""
    due = Item.objects.filter(state=ItemState.SHOWN, is_on_wall=False, gone_at=None, show_at__lte=clock.now()).order_by(
        "show_at", "pk"
    )[:MOST_AT_ONCE]
    found = list(due)
    for item in found:
        settle(item)
    return len(found)
