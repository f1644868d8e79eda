"""The day's round of reminders. A queue row only wakes a worker: the sweep finds a round that was left lying."""

from django_tasks import task

from moothall.core import clock, queue
from moothall.policies import reminding


def sweep() -> None:
    """Wake a worker if the day's round is due."""
    if reminding.is_due(clock.now()):
        queue.wake(remind)


@task
def remind() -> None:
    """Go through the day's round, some people at a time."""
    lease = reminding.claim(clock.now())
    while lease is not None and not queue.is_stopping():
        lease = reminding.go_on(lease, clock.now())
