"""Changing an event's budget and going over to a backup channel: permission, change and record in one place."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.events import budget_queries
from moothall.events.event_actions import ref
from moothall.events.models import ChannelPlan, Event
from moothall.records.actions import capture

FACTS = ("channel_id", "an_hour", "pence", "backup_id", "second_backup_id", "note", "gone_over_to_id")


@transaction.atomic
def save_plan(actor: User, plan: ChannelPlan) -> ChannelPlan:
    """Keep what the desk expects of a channel. Raises ``ValidationError`` where it would not hold together."""
    require(actor, "event.manage")
    event = Event.objects.select_for_update().get(pk=plan.event_id)
    official, backups = budget_queries.channels(event)
    if plan.channel not in [*official, *backups]:
        raise ValidationError(f"{plan.channel} is not a channel of this event.")
    if strangers := [each for each in plan.backups if each not in backups]:
        raise ValidationError(f"{strangers[0]} is not a backup channel of this event. Add it to the event first.")
    old = ChannelPlan.objects.filter(event=event, channel=plan.channel).first()
    if old:
        plan.pk = old.pk
    plan.full_clean(exclude=("event", "channel", "gone_over_to", "gone_over_by"), validate_unique=False)
    plan.save()
    before, after = facts(old) if old else {}, facts(plan)
    if before != after:
        capture("event.channel_planned", ref(event), actor=actor, before=before, after=after)
    return plan


@transaction.atomic
def go_over(actor: User, event: Event, channel: Channel, to: Channel) -> ChannelPlan:
    """Use ``to`` instead of ``channel`` from now on: new posts are offered it. What waits already stays where it is."""
    require(actor, "event.manage")
    Event.objects.select_for_update().get(pk=event.pk)
    plan = ChannelPlan.objects.filter(event=event, channel=channel).first()
    if plan is None or to not in plan.backups:
        raise ValidationError(f"{to} is not a backup of {channel}. Plan it first.")
    if not to.is_driven:
        raise ValidationError(f"{to} is not live. Choose another backup, or make it live.")
    return _use(actor, plan, to, "event.gone_over")


@transaction.atomic
def come_back(actor: User, event: Event, channel: Channel) -> ChannelPlan:
    """Use ``channel`` itself again."""
    require(actor, "event.manage")
    Event.objects.select_for_update().get(pk=event.pk)
    plan = ChannelPlan.objects.filter(event=event, channel=channel).exclude(gone_over_to=None).first()
    if plan is None:
        raise ValidationError(f"{channel} is in use.")
    return _use(actor, plan, None, "event.came_back")


def _use(actor: User, plan: ChannelPlan, to: Channel | None, kind: str) -> ChannelPlan:
    before = facts(plan)
    plan.gone_over_to = to
    plan.gone_over_at, plan.gone_over_by = (clock.now(), actor) if to else (None, None)
    plan.save(update_fields=["gone_over_to", "gone_over_at", "gone_over_by"])
    capture(kind, ref(plan.event), actor=actor, before=before, after=facts(plan))
    return plan


def facts(plan: ChannelPlan) -> dict[str, Any]:
    """What records keep of a plan."""
    return {name: getattr(plan, name) for name in FACTS}
