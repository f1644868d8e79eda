"""Background work of publishing. The deliveries themselves say what is due; a queue row only wakes a worker."""

import time

from django_tasks import task

from moothall.core import queue
from moothall.publishing import delivery, holding, reconciling, removing, sending

LONGEST_TURN = 2.0
"""Seconds after which a channel with much to say lets the others have their turn. Not by the clock, which may jump."""


def sweep() -> None:
    """Find what is due and wake a worker for it."""
    delivery.keep_leases()
    delivery.end_leases()
    reconciling.end_old_looks()
    holding.hold_paused()
    holding.hold_without_consent()
    queue.wake_each(drain, delivery.ready_channels())
    queue.wake_each(look_again, [unsure.pk for unsure in reconciling.due()])
    removing.ask_for_stragglers()
    queue.wake_each(take_down, [standing.pk for standing in removing.due()])


@task(queue_name="deliveries")
def drain(channel_id: int) -> None:
    """Send what is due on one channel, in order."""
    until = time.monotonic() + LONGEST_TURN
    while not queue.is_stopping() and (claimed := delivery.claim(channel_id)):
        sending.send(claimed)
        if time.monotonic() > until:
            queue.wake_each(drain, [channel_id])  # at the end of the queue
            return


@task(queue_name="deliveries")
def look_again(delivery_id: int) -> None:
    """Look for one unconfirmed post, if nobody has looked since."""
    for unsure in reconciling.due(pk=delivery_id):
        if reconciling.take(unsure):
            reconciling.look(unsure)


@task(queue_name="deliveries")
def take_down(delivery_id: int) -> None:
    """Take one post down, and then the part of its thread before it."""
    for standing in removing.due(pk=delivery_id):
        if removing.take(standing):
            removing.remove(standing)
            before = removing.due(revision=standing.revision_id, channel=standing.channel_id)
            queue.wake_each(take_down, [each.pk for each in before])
