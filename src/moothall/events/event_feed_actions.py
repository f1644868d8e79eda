"""Making an event's secret calendar addresses. They are taken away as all others are (``planning.feed_actions``)."""

from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.events import event_feeds
from moothall.events.models import Event, EventFeed
from moothall.planning import feed_actions


@transaction.atomic
def make(actor: User, event: Event, kind: str) -> feed_actions.Made:
    """An address for ``actor`` alone; ``kind`` is one of ``EventFeed.Kind``."""
    require(actor, "event.see")
    has = event_feeds.of(actor, event).count()
    return feed_actions.keep(actor, EventFeed(event=event, kind=kind), has, {"event": event.slug, "kind": kind})
