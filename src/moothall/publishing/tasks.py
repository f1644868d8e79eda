"""Background work of publishing. The deliveries themselves say what is due; a queue row only wakes a worker."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django_tasks import task

from moothall.core import clock, queue
from moothall.publishing import delivery, reconciling
from moothall.publishing.models import Delivery, DeliveryState

LONGEST_TURN = timedelta(seconds=60)
"""A channel with much to say makes room for the others after this; the sweep wakes it again."""


def sweep() -> None:
    """Find what is due and wake a worker for it."""
    now = clock.now()
    delivery.end_leases()
    due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now).filter(
        Q(try_after=None) | Q(try_after__lte=now)
    )
    queue.wake_each(drain, due.order_by("channel").values_list("channel_id", flat=True).distinct())
    unsure = Delivery.objects.filter(state=DeliveryState.UNCONFIRMED, look_at__lte=now)
    queue.wake_each(look_again, unsure.values_list("pk", flat=True))


@task(queue_name="deliveries")
def drain(channel_id: int) -> None:
    """Send what is due on one channel, in order."""
    until = clock.now() + LONGEST_TURN
    while clock.now() < until and (claimed := delivery.claim(channel_id)):
        delivery.send(claimed)


@task(queue_name="deliveries")
def look_again(delivery_id: int) -> None:
    """Look for one unconfirmed post, if nobody has looked since."""
    now = clock.now()
    leased = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.UNCONFIRMED, look_at__lte=now).update(
        look_at=now + settings.DELIVERY_LEASE
    )
    if leased:
        reconciling.look(Delivery.objects.select_related("channel", "revision__post__author").get(pk=delivery_id))
