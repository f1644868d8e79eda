"""Changing a channel's queue slots."""

from collections.abc import Iterable
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.publishing.models import QueueSlot
from moothall.records.actions import capture

MOST_SLOTS = 168
"""On one channel: one for every hour of the week."""


@transaction.atomic
def add_slots(actor: User, channel: Channel, weekdays: Iterable[int], times: Iterable[time]) -> list[QueueSlot]:
    """Give ``channel`` a slot at each of ``times`` (on our clocks) on each of ``weekdays`` (from Monday 0).

    Returns those that were not there before.
    """
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    require(actor, "channel.edit", channel)
    wanted = {(weekday, at) for at in times for weekday in weekdays}
    there = set(QueueSlot.objects.filter(channel=channel).values_list("weekday", "at"))
    if len(wanted | there) > MOST_SLOTS:
        raise ValidationError(f"A channel has at most {MOST_SLOTS} slots a week. Choose fewer times or days.")
    new = [QueueSlot(channel=channel, weekday=weekday, at=at) for weekday, at in sorted(wanted - there)]
    if not new:
        raise ValidationError("The channel has all these slots already.")
    made = QueueSlot.objects.bulk_create(new)
    capture("channel.slots_added", f"channel:{channel.pk}", actor=actor, after={"slots": list(map(str, made))})
    return made


@transaction.atomic
def remove_slots(actor: User, channel: Channel, slots: Iterable[QueueSlot]) -> int:
    """Take these slots away. What is planned already keeps its time. Returns how many there were."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    require(actor, "channel.edit", channel)
    going = list(QueueSlot.objects.filter(channel=channel, pk__in=[each.pk for each in slots]))
    if not going:
        raise ValidationError("These slots were removed already.")
    before = {"slots": list(map(str, going))}
    QueueSlot.objects.filter(pk__in=[each.pk for each in going]).delete()
    capture("channel.slots_removed", f"channel:{channel.pk}", actor=actor, before=before)
    return len(going)
