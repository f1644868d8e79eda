"""Queue slots: the times of the week at which a channel has room, and the next of them that is free."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta

from moothall.channels.models import Channel
from moothall.core import localtime
from moothall.publishing.models import Delivery, DeliveryState, Post, QueueSlot, Timing, Verdict

DAYS_AHEAD = 366


def coming(slots: Iterable[tuple[int, time]], after: datetime, days: int = DAYS_AHEAD) -> Iterator[datetime]:
    """The moments of ``slots`` (weekday from Monday 0, wall-clock time) after ``after``, in order. Pure.

    On the day on which the clocks go forward, a slot in the hour that is not there comes as far behind the jump as it
    lies before it; when they go back, a slot in the hour that comes twice is its first coming.
    """
    times: dict[int, list[time]] = {}
    for weekday, at in slots:
        times.setdefault(weekday, []).append(at)
    first = localtime.local(after).date()
    for offset in range(days):
        day = first + timedelta(days=offset)
        yield from (
            moment for moment in sorted({_moment(day, at) for at in times.get(day.weekday(), ())}) if moment > after
        )


def _moment(day: date, at: time) -> datetime:
    try:
        return localtime.from_wall(day, at)
    except localtime.NoSuchTime as error:
        return localtime.from_wall(error.instead.date(), error.instead.time())


def first_free(slots: Iterable[tuple[int, time]], taken: Collection[datetime], after: datetime) -> datetime | None:
    """The first of ``slots`` after ``after`` that is not ``taken``; ``None`` if there is none within a year. Pure."""
    return next((moment for moment in coming(slots, after) if moment not in taken), None)


def of(channel: Channel) -> list[tuple[int, time]]:
    return list(QueueSlot.objects.filter(channel=channel).values_list("weekday", "at"))


def taken(channel: Channel, after: datetime) -> set[datetime]:
    """The moments after ``after`` for which something is planned on ``channel``, approved or not."""
    deliveries = Delivery.objects.filter(channel=channel, due_at__gt=after)
    planned = Post.objects.filter(variants__channel=channel, timing=Timing.AT_A_TIME, scheduled_for__gt=after)
    return {
        *deliveries.exclude(state__in=(DeliveryState.CANCELLED, DeliveryState.DELETED)).values_list(
            "due_at", flat=True
        ),
        *(each.scheduled_for for each in planned.exclude(revisions__verdict=Verdict.APPROVED) if each.scheduled_for),
    }


def next_free(channel: Channel, after: datetime) -> datetime | None:
    """The channel's next free slot; ``None`` if it has no slots, or all of a year are taken."""
    return first_free(of(channel), taken(channel, after), after)
