"""Acting in the past: a clock that shows another time, and the worker that would have been there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest.mock import patch

from django.db.models import Q
from django_tasks.base import Task

from moothall.core import clock
from moothall.publishing import delivery, tasks
from moothall.publishing.models import Delivery, DeliveryState

TICK = timedelta(milliseconds=40)


@dataclass(frozen=True)
class Due:
    """One thing a worker has to do: ``task``, about the channel or delivery with the id ``subject``."""

    at: datetime
    task: Task[[int], None]
    subject: int


class Timepiece:
    """Stands in for ``django.utils.timezone`` inside ``core.clock``.

    It never goes back, and it moves on a little whenever it is asked, as a real clock does: no two acts fall on the
    same moment, and each takes its time.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        self._moment += TICK
        return self._moment

    def move_to(self, moment: datetime) -> None:
        self._moment = max(self._moment, moment)


@contextmanager
def showing(moment: datetime) -> Iterator[Timepiece]:
    """Let ``core.clock``, for this whole process, begin at ``moment``. Only for a process that does nothing else."""
    timepiece = Timepiece(moment)
    with patch.object(clock, "timezone", timepiece):
        yield timepiece


def work_until(moment: datetime, timepiece: Timepiece) -> None:
    """Do all that a worker would have done by ``moment``, each thing at its time, with the worker's own code."""
    while _may_be_due(moment) and (due := _next_due()) and due.at <= moment:
        timepiece.move_to(due.at)
        due.task.call(due.subject)
    timepiece.move_to(moment)


def _may_be_due(moment: datetime) -> bool:
    """Whether it is worth asking for the next thing. Nearly always it is not, and this is the cheaper question."""
    waiting = Q(state=DeliveryState.WAITING, due_at__lte=moment)
    unsure = Q(state=DeliveryState.UNCONFIRMED, look_at__lte=moment)
    return Delivery.objects.filter(waiting | unsure).exists()


def _next_due() -> Due | None:
    return min([*_sendings(), *_looks()], key=lambda due: due.at, default=None)


def _sendings() -> Iterator[Due]:
    """The next delivery of each channel: the others wait behind it."""
    sending = Delivery.objects.filter(state=DeliveryState.SENDING).values_list("channel_id", flat=True)
    first = {each.channel_id: each for each in delivery.in_turn().exclude(channel__in=list(sending)).reverse()}
    for each in first.values():
        yield Due(max(each.due_at, each.try_after or each.due_at), tasks.drain, each.channel_id)


def _looks() -> Iterator[Due]:
    for each in Delivery.objects.filter(state=DeliveryState.UNCONFIRMED):
        if each.look_at:
            yield Due(each.look_at, tasks.look_again, each.pk)
