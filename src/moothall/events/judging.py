"""What becomes of an item before anybody looks at it: its door, and the event's rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import regex
from django.db.models import Q

from moothall.accounts.models import Service
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.events.models import Blocked, Door, Effect, Event, Item, ItemRule, ItemState, LinkedHandle, RuleKind

STRICTEST_FIRST = (Effect.HIDE, Effect.HOLD, Effect.SHOW)
LEADS_TO = {Effect.HIDE: ItemState.HIDDEN, Effect.HOLD: ItemState.HELD, Effect.SHOW: ItemState.SHOWN}


@dataclass(frozen=True)
class Verdict:
    """What an item begins as."""

    state: ItemState
    reason: str
    show_at: datetime


@dataclass(frozen=True)
class Speaker:
    """By whom an item was said, and for or of which service."""

    door: Door
    service: Service | None = None
    credit: str = ""


def plain_handle(handle: str) -> str:
    """A handle as handles are compared."""
    return handle.strip().lstrip("@").lower()


def speaker(event: Event, network: str, author_id: str, handle: str) -> Speaker:
    """Whose account it is: an official channel of the event's, one that a member of staff linked, or anybody's."""
    channels = event.official_channels.all() if event.official_channels.exists() else Channel.objects.all()
    whose = Q(handle__iexact=plain_handle(handle))
    if author_id:  # the handle may not have been found yet; a connected channel's remote id is known
        whose |= Q(connection__remote_id=author_id)
    channel = channels.filter(whose, network=network).select_related("service").first()
    if channel:
        return Speaker(Door.OFFICIAL, channel.service)
    linked = (
        LinkedHandle.objects.filter(network=network, author_id=author_id, proved_at__isnull=False)
        .select_related("person")
        .first()
    )
    if linked and linked.person.is_active:
        return Speaker(Door.STAFF, None, linked.person.name if linked.may_be_named else "")
    return Speaker(Door.PUBLIC)


def verdict(event: Event, item: Item) -> Verdict:
    """What ``item``, whose door is known, begins as. A block outdoes every rule; an official item needs none."""
    if item.door == Door.OFFICIAL:
        return Verdict(ItemState.SHOWN, "", clock.now())
    show_at = item.seen_at + timedelta(minutes=event.safeguarding_minutes)
    if Blocked.objects.filter(network=item.network, author_id=item.author_id).exists():
        return Verdict(ItemState.HIDDEN, "Its author is blocked", show_at)
    met = [rule for rule in event.rules.all() if meets(rule, item)]
    for effect in STRICTEST_FIRST:
        rule = next((each for each in met if each.effect == effect), None)
        if rule:
            reason = "" if effect == Effect.SHOW else f"Rule for {rule.get_kind_display().lower()} “{rule.value}”"
            return Verdict(LEADS_TO[effect], reason, show_at)
    shows = event.shows_staff_at_once if item.door == Door.STAFF else event.shows_public_at_once
    return Verdict(ItemState.SHOWN if shows else ItemState.PENDING, "", show_at)


def meets(rule: ItemRule, item: Item) -> bool:
    """Whether ``rule`` is about ``item``."""
    value = rule.value.strip().casefold()
    if rule.kind == RuleKind.AUTHOR:
        return plain_handle(value) in (plain_handle(item.author_handle), item.author_id.casefold())
    if rule.kind == RuleKind.NETWORK:
        return value == item.network
    if rule.kind == RuleKind.LANGUAGE:
        return item.language.casefold().split("-")[0] == value.split("-")[0]
    words = f"{item.text}\n{item.warning}".casefold()
    return bool(regex.search(rf"(?<!\w){regex.escape(value)}(?!\w)", words))
