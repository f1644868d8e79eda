"""Reading ready-made texts: who may use them, and how long evergreen ones have rested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import services_for
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing import placeholders, resting, slots
from moothall.publishing.models import Post, ReadyMade, Verdict

EVERGREEN = ReadyMade.Kind.EVERGREEN


@dataclass(frozen=True)
class Rest:
    """An evergreen post on one channel: when it was said there last, is planned next, and may be said again."""

    channel: Channel
    last: datetime | None
    planned: datetime | None
    free_from: datetime
    is_resting: bool


@dataclass(frozen=True)
class Row:
    """A ready-made text in the list: whether this person may change it, its gaps, and where it rests."""

    ready_made: ReadyMade
    may_change: bool
    gaps: list[str]
    rests: list[Rest]


@dataclass(frozen=True)
class Suggestion:
    """An evergreen post for a channel."""

    ready_made: ReadyMade
    last: datetime | None
    free_from: datetime
    is_resting: bool
    slot: datetime | None
    """The channel's next free slot, if the post may be said in it."""
    draft: Post | None
    """A post for this channel that was made from it and is not approved yet."""


def kept(user: User) -> QuerySet[ReadyMade]:
    """The ready-made texts that ``user`` may use: those of all services, and of their own; retired ones among them."""
    found = ReadyMade.objects.select_related("service").prefetch_related("assets__crops")
    services = services_for(user.standing, "post.write")
    if services is None:
        return found
    return found.filter(Q(service=None) | Q(service__in=services)) if services else found.none()


def search(
    user: User, *, q: str = "", kind: str = "", service: Service | None = None, retired: bool = False
) -> QuerySet[ReadyMade]:
    """The same, narrowed to words in name or text, a kind, or a service; either those in use or those retired."""
    found = kept(user).filter(is_retired=retired)
    for word in q.split():
        found = found.filter(Q(name__icontains=word) | Q(text__icontains=word) | Q(second_text__icontains=word))
    if kind:
        found = found.filter(kind=kind)
    return found.filter(service=service) if service else found


def rows(user: User, found: Sequence[ReadyMade]) -> list[Row]:
    """``found`` as the list shows it, in two queries."""
    now = clock.now()
    said = resting.sayings(each for each in found if each.kind == EVERGREEN)
    channels = Channel.objects.in_bulk({channel for _, channel in said})
    rests: dict[int, list[Rest]] = {each.pk: [] for each in found}
    known = {each.pk: each for each in found}
    for (pk, channel), moments in said.items():
        rests[pk].append(_rest(known[pk], channels[channel], moments, now))
    return [
        Row(
            each,
            user.may("post.write", each),
            placeholders.names(each.text, each.second_text),
            sorted(rests[each.pk], key=lambda rest: str(rest.channel)),
        )
        for each in found
    ]


def _rest(evergreen: ReadyMade, channel: Channel, moments: Sequence[datetime], now: datetime) -> Rest:
    free_from = resting.earliest(moments, resting.rest(evergreen), now)
    return Rest(
        channel,
        last=max((each for each in moments if each <= now), default=None),
        planned=min((each for each in moments if each > now), default=None),
        free_from=free_from,
        is_resting=free_from > now,
    )


def longest_rested(user: User, channel: Channel) -> list[Suggestion]:
    """The evergreen posts for ``channel`` that ``user`` may use: those never said there, then the longest rested."""
    now = clock.now()
    evergreens = list(search(user, kind=EVERGREEN).filter(Q(service=None) | Q(service=channel.service)))
    said = resting.sayings(evergreens, [channel])
    drafts = _drafts(evergreens, channel)
    slot = slots.next_free(channel, now)
    found = []
    for each in evergreens:
        moments = said.get((each.pk, channel.pk), [])
        seen = _rest(each, channel, moments, now)
        may_fill = slot and resting.earliest(moments, resting.rest(each), slot) == slot
        found.append(
            Suggestion(
                each, seen.last, seen.free_from, seen.is_resting, slot if may_fill else None, drafts.get(each.pk)
            )
        )
    return sorted(
        found, key=lambda each: (each.is_resting, each.last is not None, each.last or now, str(each.ready_made))
    )


def _drafts(evergreens: Sequence[ReadyMade], channel: Channel) -> dict[int | None, Post]:
    waiting = Post.objects.filter(made_from__in=evergreens, variants__channel=channel)
    return {each.made_from_id: each for each in waiting.exclude(revisions__verdict=Verdict.APPROVED)}
