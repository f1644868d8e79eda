"""What becomes of a contribution without the desk's doing: its post goes out, or it was said on an own account."""

import uuid
from datetime import timedelta

from django.db.models import Min

from moothall.contributions import credits, notices, states
from moothall.contributions.models import Contribution, State, Way
from moothall.core import clock
from moothall.core.database import writing
from moothall.events.models import Door, Item, LinkedHandle
from moothall.publishing.models import Delivery, DeliveryState

OWN_ACCOUNTS = uuid.UUID("6f1d3b52-0c3e-4a9e-9a53-6a5b1e1f8a10")
"""The name space of the ids of contributions that are items."""
ALL_CHANNELS = timedelta(minutes=2)
"""How long the news of a post waits for its other channels: then it is told with those it stands on."""


def sweep() -> None:
    """Find the contributions whose posts have gone out, and tell their contributors."""
    standing = Contribution.objects.filter(
        state=State.DRAFTED, post__revisions__deliveries__state=DeliveryState.SENT
    ).distinct()
    for contribution in standing:
        if _is_settled(contribution):
            publish(contribution)


def _is_settled(contribution: Contribution) -> bool:
    """Whether every channel has answered, or the first one long enough ago."""
    deliveries = Delivery.objects.filter(revision__post=contribution.post_id)
    first = deliveries.filter(state=DeliveryState.SENT).aggregate(at=Min("sent_at"))["at"]
    is_old = first is not None and first <= clock.now() - ALL_CHANNELS
    return is_old or not any(each.is_moving for each in deliveries.exclude(state=DeliveryState.SENT))


def publish(contribution: Contribution) -> None:
    """Its post stands on a network. Doing this twice does it once."""
    with writing():
        locked = Contribution.objects.select_for_update(of=("self",)).select_related("post", "contributor")
        now = locked.get(pk=contribution.pk)
        if now.state != State.DRAFTED or now.post is None:
            return
        if now.post:
            credits.settle_post(now.post)
        states.move(now, State.PUBLISHED, actor=None, why="its post was sent", then=lambda: notices.published(now))


def heard(item: Item) -> None:
    """``item`` was taken, or is another's than it was: what staff said on an own account is a contribution.

    In the caller's transaction. What is not theirs any more keeps nobody's name, and leaves the queue if nothing was
    made of it.
    """
    known = Contribution.objects.filter(item=item).first()
    if item.door == Door.STAFF:
        if known is None:
            _contribute(item)
        else:
            linked = _linked(item)
            named = bool(linked and linked.may_be_named)
            Contribution.objects.filter(pk=known.pk).update(may_be_named=named)
            credits.settle_for(known)
    elif known is not None and known.state in (State.WAITING, State.KEPT, State.CLAIMED):
        states.part(known)
        known.delete()
    elif known is not None:
        Contribution.objects.filter(pk=known.pk).update(contributor=None, may_be_named=False)
        credits.settle_for(known)


def _linked(item: Item) -> LinkedHandle | None:
    proved = LinkedHandle.objects.filter(network=item.network, author_id=item.author_id, proved_at__isnull=False)
    return proved.select_related("person").first()


def _contribute(item: Item) -> None:
    linked = _linked(item)
    if linked is None:
        return
    Contribution.objects.create(
        event_id=item.event_id,
        door=Way.OWN_ACCOUNT,
        contributor=linked.person,
        is_sender_verified=True,
        service=item.service,
        may_be_named=linked.may_be_named,
        item=item,
        once=uuid.uuid5(OWN_ACCOUNTS, str(item.pk)),
        told_at=item.said_at,
        received_at=item.seen_at,
    )
