"""Background work of publishing. The deliveries themselves say what is due; a queue row only wakes a worker."""

import time

from django.conf import settings
from django_tasks import task

from moothall.core import clock, queue
from moothall.publishing import delivery, reconciling
from moothall.publishing.models import Delivery, DeliveryState

LONGEST_TURN = 10.0
"""Seconds after which a channel with much to say lets the others have their turn. Not by the clock, which may jump."""


def sweep() -> None:
    """Find what is due and wake a worker for it."""
    delivery.keep_leases()
    delivery.end_leases()
    reconciling.end_old_looks()
    queue.wake_each(drain, delivery.ready_channels())
    unsure = Delivery.objects.filter(state=DeliveryState.UNCONFIRMED, look_at__lte=clock.now())
    queue.wake_each(look_again, unsure.order_by("look_at").values_list("pk", flat=True))


@task(queue_name="deliveries")
def drain(channel_id: int) -> None:
    """Send what is due on one channel, in order."""
    until = time.monotonic() + LONGEST_TURN
    while not queue.is_stopping() and (claimed := delivery.claim(channel_id)):
        delivery.send(claimed)
        if time.monotonic() > until:
            queue.wake_each(drain, [channel_id])  # at the end of the queue
            return


@task(queue_name="deliveries")
def look_again(delivery_id: int) -> None:
    """Look for one unconfirmed post, if nobody has looked since."""
    now = clock.now()
    leased = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.UNCONFIRMED, look_at__lte=now).update(
        look_at=now + settings.DELIVERY_LEASE
    )
    if leased:
        reconciling.look(Delivery.objects.select_related("channel", "revision__post__author").get(pk=delivery_id))
