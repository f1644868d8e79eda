"""Reading an event's budget: what is planned on each channel, what was sent, and what the networks take.

A rehearsal is reckoned in the time of the event that it rehearses: it is the day that must fit, not its rehearsal.

As many queries for many posts and channels as for few.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery

from moothall.accounts.models import User
from moothall.channels import known
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.events import budget, event_queries, running
from moothall.events.budget import Load, Room, Stretch
from moothall.events.models import ChannelPlan, Event, Slot
from moothall.events.running import Tempo
from moothall.networks.base import Rate
from moothall.publishing import queries as post_queries
from moothall.publishing import threads
from moothall.publishing.models import Attempt, Delivery, DeliveryState, Post, Revision, Timing, Verdict

TOO_MANY_REQUESTS = 429
LEFT_US = (DeliveryState.SENT, DeliveryState.UNCONFIRMED, "")
"""How a sending ends, or has not ended yet, that the network may have counted."""
STILL_TO_GO = (DeliveryState.WAITING, DeliveryState.HELD)
OFF = (DeliveryState.CANCELLED, DeliveryState.FAILED)
LONGEST = timedelta(days=1)
"""The longest stretch that any network counts by."""
SAID_LATELY = 5


@dataclass(frozen=True)
class Planned:
    """A post of which something is still to go out on a channel. ``post`` is ``None`` if the reader may not see it."""

    post: Post | None
    at: datetime


@dataclass(frozen=True)
class Limit:
    """One limit of a channel's network, with what is planned within it and what was used."""

    rate: Rate
    per: str
    fullest: Stretch
    begins: str
    expected: int
    total: int
    """What the fullest stretch takes, with what is expected besides."""
    room: Room
    used: int
    left: int
    room_now: Room
    again: datetime | None


@dataclass(frozen=True)
class Line:
    """One channel of the budget."""

    channel: Channel
    plan: ChannelPlan
    is_backup: bool
    posts: int
    """Planned, each part of a thread by itself."""
    uploads: int
    expected: int
    """Over the whole event, beyond what is planned."""
    price: Decimal
    """In pounds."""
    limits: list[Limit]
    room: Room
    room_now: Room
    said: list[str]
    """What the network itself said of too many posts, the latest first."""
    waits_until: datetime | None
    planned: list[Planned]
    """What is still to go out, by time."""

    @property
    def lacks_backup(self) -> bool:
        """Whether a network could stop it with nowhere to go on. Our own Newsroom suspends nobody."""
        could_be_stopped = known.has_own_sign_in(self.channel.network) or self.channel.network == known.PRACTICE
        return could_be_stopped and not self.is_backup and not self.plan.backups


@dataclass(frozen=True)
class Budget:
    """A budget as its page shows it."""

    lines: list[Line]
    price: Decimal
    without_backup: list[Channel]
    full: list[Line]
    """The channels with too little room in the plan."""
    full_now: list[Line]


def channels(event: Event) -> tuple[list[Channel], list[Channel]]:
    """Its official channels (where none are chosen, those of its staged posts) and its backup channels."""
    official = list(event.official_channels.select_related("service"))
    if not official:
        staged = Channel.objects.filter(pk__in=Slot.objects.filter(event=event).values("posts__variants__channel"))
        official = list(staged.select_related("service").distinct())
    backups = event.backup_channels.select_related("service").exclude(pk__in=[each.pk for each in official])
    return official, list(backups)


def plans(event: Event) -> dict[int, ChannelPlan]:
    """What the desk entered, by channel."""
    found = event.channel_plans.select_related("channel", "backup", "second_backup", "gone_over_to", "gone_over_by")
    return {each.channel_id: each for each in found}


def moved(event: Event) -> list[ChannelPlan]:
    """The channels that another one is used for from now on."""
    return [each for each in plans(event).values() if each.gone_over_to]


def to_speak_on(event: Event) -> list[Channel]:
    """Its chosen official channels but those that were given up, and what to use instead; no channel twice."""
    instead = {each.channel_id: each.gone_over_to for each in moved(event)}
    found = [each for each in event.official_channels.all() if each.pk not in instead]
    return list(dict.fromkeys([*found, *(each for each in instead.values() if each)]))


def budget_of(user: User, event: Event, now: datetime) -> Budget:
    """The budget as ``user`` sees it."""
    official, backups = channels(event)
    every = [*official, *backups]
    plan_of = plans(event)
    rates = channel_queries.rates_among(every)
    outgoing = _outgoing(event, every)
    tempo = event_queries.tempo(event)
    gone = _gone(every, now, tempo)
    said, waits = _said(event, every), _waits(every, now)
    visible = post_queries.visible_services(user)
    lines = [
        _line(
            event,
            each,
            plan_of.get(each.pk) or ChannelPlan(event=event, channel=each),
            is_backup=each in backups,
            rates=rates.get(each.pk, ()),
            outgoing=outgoing[each.pk],
            gone=gone[each.pk],
            said=said[each.pk],
            waits_until=waits.get(each.pk),
            visible=visible,
            now=tempo.back(now),
        )
        for each in every
    ]
    return Budget(
        lines,
        sum((each.price for each in lines), Decimal(0)),
        [each.channel for each in lines if each.lacks_backup],
        [each for each in lines if each.room != Room.PLENTY],
        [each for each in lines if each.room_now != Room.PLENTY],
    )


@dataclass(frozen=True)
class _Outgoing:
    """One part of a post on one channel."""

    load: Load
    post: Post
    is_to_go: bool


def _line(
    event: Event,
    channel: Channel,
    plan: ChannelPlan,
    *,
    is_backup: bool,
    rates: Sequence[Rate],
    outgoing: Sequence[_Outgoing],
    gone: Sequence[Load],
    said: list[str],
    waits_until: datetime | None,
    visible: list[int] | None,
    now: datetime,
) -> Line:
    limits = [_limit(event, rate, plan.an_hour, [each.load for each in outgoing], gone, now) for rate in rates]
    hours = event_queries.span(event).length * event.speed / running.HOUR
    expected = round(plan.an_hour * hours)
    first = {each.post.pk: each for each in sorted(outgoing, key=lambda each: each.load.at, reverse=True)}
    to_go = sorted((each for each in first.values() if each.is_to_go), key=lambda each: each.load.at)
    return Line(
        channel,
        plan,
        is_backup,
        posts=len(outgoing),
        uploads=sum(each.load.uploads for each in outgoing),
        expected=expected,
        price=Decimal((len(outgoing) + expected) * plan.pence) / 100,
        limits=limits,
        room=budget.worst(each.room for each in limits),
        room_now=budget.worst(each.room_now for each in limits),
        said=said,
        waits_until=waits_until,
        planned=[
            Planned(each.post if visible is None or each.post.service_id in visible else None, each.load.at)
            for each in to_go
        ],
    )


def _limit(event: Event, rate: Rate, an_hour: int, loads: list[Load], gone: Sequence[Load], now: datetime) -> Limit:
    fullest, expected = budget.tightest(rate, loads), budget.expected(rate, an_hour)
    used, again = budget.used(rate, gone, now), budget.room_again(rate, gone, now)
    return Limit(
        rate=rate,
        per=running.length_words(rate.per),
        fullest=fullest,
        begins=running.clock_words(fullest.begins, event.tz) if fullest.begins else "",
        expected=expected,
        total=fullest.used + expected,
        room=budget.room(rate, fullest.used + expected),
        used=used,
        left=max(rate.number - used, 0),
        room_now=budget.room_for_more(rate, used),
        again=event_queries.tempo(event).at(again) if again else None,
    )


# --- What is planned --------------------------------------------------------------------------------------------------


def _outgoing(event: Event, every: Iterable[Channel]) -> dict[int, list[_Outgoing]]:
    """By channel: what is approved, staged or not, and what is staged and not approved yet. In the event's time."""
    tempo = event_queries.tempo(event)
    found: dict[int, list[_Outgoing]] = defaultdict(list)
    wanted = {each.pk for each in every}
    approved = Delivery.objects.filter(channel__in=wanted, due_at__gte=event.starts_at, due_at__lt=event.ends_at)
    for each in approved.exclude(state__in=OFF).select_related("revision__post"):
        load = Load(tempo.back(each.due_at), len(each.media))
        found[each.channel_id].append(_Outgoing(load, each.revision.post, each.state in STILL_TO_GO))
    for post, at in _unapproved(event):
        for channel, load in _loads(post, tempo.back(at)):
            if channel in wanted:
                found[channel].append(_Outgoing(load, post, True))
    return found


def _unapproved(event: Event) -> Iterable[tuple[Post, datetime]]:
    """The staged posts that are not approved, each once, with the time chosen for it or else its slot's beginning."""
    latest = Revision.objects.filter(post=OuterRef("pk")).order_by("-number").values("verdict")[:1]
    staged = Post.objects.filter(event_slots__event=event).annotate(verdict=Subquery(latest))
    staged = staged.filter(Q(verdict=None) | ~Q(verdict=Verdict.APPROVED)).distinct()
    staged = staged.prefetch_related("variants", "attachments", "event_slots")
    for post in staged:
        begins = min(slot.starts_at for slot in post.event_slots.all() if slot.event_id == event.pk)
        chosen = post.scheduled_for if post.timing == Timing.AT_A_TIME else None
        yield post, chosen or begins


def _loads(post: Post, at: datetime) -> Iterable[tuple[int, Load]]:
    """What a draft will be on each of its channels, by the channel's id."""
    for variant in post.variants.all():
        parts = len(threads.parts(variant.text or post.text))
        carried = [min(each.part, parts) for each in post.attachments.all()]
        for number in range(1, parts + 1):
            yield variant.channel_id, Load(at, carried.count(number))


# --- What was sent ----------------------------------------------------------------------------------------------------


def _gone(every: Iterable[Channel], now: datetime, tempo: Tempo) -> dict[int, list[Load]]:
    """What left us lately, by channel: every sending that its network may have counted, in whatever cause."""
    found: dict[int, list[Load]] = defaultdict(list)
    lately = Attempt.objects.filter(
        kind=Attempt.Kind.SEND, delivery__channel__in=list(every), started_at__gt=now - LONGEST, outcome__in=LEFT_US
    )
    for channel, at, media in lately.values_list("delivery__channel_id", "started_at", "delivery__media"):
        found[channel].append(Load(tempo.back(at), len(media)))
    return found


def _said(event: Event, every: Iterable[Channel]) -> dict[int, list[str]]:
    """What the networks said during the event when they wanted no more posts."""
    found: dict[int, list[str]] = defaultdict(list)
    refused = Attempt.objects.filter(
        status=TOO_MANY_REQUESTS,
        delivery__channel__in=list(every),
        started_at__gte=event.starts_at,
        started_at__lt=event.ends_at,
    ).order_by("-started_at")
    for channel, at, words, message in refused.values_list("delivery__channel_id", "started_at", "words", "message"):
        if len(found[channel]) < SAID_LATELY:
            found[channel].append(f"{running.clock_words(at, event.tz)}: {words or message}")
    return found


def _waits(every: Iterable[Channel], now: datetime) -> dict[int, datetime]:
    """Until when the next delivery of a channel waits because its network asked for it."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, channel__in=list(every), try_after__gt=now)
    return {each.channel_id: each.try_after for each in waiting.order_by("-try_after") if each.try_after}
