"""Background work of the library. The assets say what is to be processed; a queue row only wakes a worker."""

from datetime import timedelta

from django.core.cache import cache
from django_tasks import task

from moothall.core import queue
from moothall.library import incoming, processing, reminding
from moothall.library.models import Asset
from moothall.networks.base import MediaKind

TIDIED_EVERY = timedelta(hours=1)


def sweep() -> None:
    """Find what is to be processed, and whose consent ends soon."""
    processing.give_up()
    for asset in processing.due():
        wake(asset)
    reminding.tell_of_endings()
    if cache.add("library-tidied", True, TIDIED_EVERY.total_seconds()):
        incoming.drop_forgotten()


def wake(asset: Asset) -> None:
    """Wake a worker for one asset, when the transaction commits."""
    queue.wake_each(process_picture if asset.kind == MediaKind.IMAGE else process_moving, [asset.pk])


@task(queue_name="pictures")
def process_picture(asset_id: int) -> None:
    """Done in a second or so; one at a time, since a large one takes much memory."""
    processing.process(asset_id)


@task(queue_name="videos")
def process_moving(asset_id: int) -> None:
    """May take many minutes, in a process of its own; one at a time."""
    processing.process(asset_id)
