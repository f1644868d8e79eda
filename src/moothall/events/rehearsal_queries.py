"""Reading rehearsals: what they take of the event, where they stand, and what they found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex
from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.events import budget_queries, event_queries, running
from moothall.events.budget import Room
from moothall.events.models import Event, Item, ItemState, Judgement
from moothall.events.running import Span
from moothall.events.running_queries import span_words
from moothall.publishing.models import Delivery, DeliveryState, Post, Revision, Verdict

LATE = timedelta(seconds=30)
"""In real time: how fast an event is rehearsed makes no post later."""
TROUBLED = (DeliveryState.FAILED, DeliveryState.UNCONFIRMED, DeliveryState.HELD)


def posts(event: Event) -> QuerySet[Post]:
    """The posts that stand ready in an event's slots, each once."""
    return Post.objects.filter(event_slots__event=event).distinct()


def approved(event: Event) -> list[Revision]:
    """The latest revision of each staged post, of those that are approved."""
    staged = Revision.objects.filter(post__in=posts(event).values("pk")).order_by("post_id", "number")
    staged = staged.select_related("post__service").prefetch_related("post__attachments", "deliveries")
    latest = {each.post_id: each for each in staged}
    return [each for each in latest.values() if each.verdict == Verdict.APPROVED]


def goes_out(revision: Revision) -> datetime:
    """When an approved revision goes out, or went."""
    return min((each.due_at for each in revision.deliveries.all()), default=revision.sent_at)


def with_own_tag(text: str, real: str, own: str) -> str:
    """``text`` with the hashtag ``own`` wherever it had ``real``, in whatever capitals."""
    return regex.sub(rf"(?<=[#＃]){regex.escape(real)}(?!\w)", own, text, flags=regex.IGNORECASE) if real else text


@dataclass(frozen=True)
class Clock:
    """What the clocks of a rehearsal that is on show."""

    event_time: str
    left: str
    """In real time."""


def clocks(rehearsal: Event, now: datetime) -> Clock | None:
    """The event's time beside the real one; ``None`` for a real event, and while a rehearsal is not on."""
    if not (rehearsal.rehearses_id and rehearsal.is_on(now)):
        return None
    here = event_queries.tempo(rehearsal).back(now)
    return Clock(running.words(here, rehearsal.tz), seconds_words(rehearsal.ends_at - now))


@dataclass(frozen=True)
class Findings:
    """What a rehearsal found until now. The lists are sentences, each a thing to put right."""

    due: int
    """Posts and parts of threads, each channel's by itself."""
    sent: int
    late: list[str]
    not_out: list[str]
    limits: list[str]
    unapproved: int
    """The staged posts of the event that were not approved, and so not rehearsed."""
    gaps: list[str]
    items: int
    unmoderated: int
    decided: int
    """How many items a person decided about."""
    median_wait: str
    longest_wait: str


def findings(user: User, rehearsal: Event, event: Event, now: datetime) -> Findings:
    """What ``rehearsal``, which is one of ``event``, found until ``now``."""
    copies = Delivery.objects.filter(revision__post__in=posts(rehearsal).values("pk"), due_at__lte=now)
    copies = copies.exclude(state=DeliveryState.CANCELLED).select_related("channel", "revision__post")
    due = list(copies)
    waits = waits_for_a_decision(rehearsal)
    items = Item.objects.filter(event=rehearsal)
    return Findings(
        due=len(due),
        sent=sum(each.sent_at is not None for each in due),
        late=[words for each in due if (words := _late(each, now))],
        not_out=[f"“{each.revision.post}” on {each.channel}: {each.trouble}" for each in due if each.state in TROUBLED],
        limits=list(_limits(user, rehearsal, now)),
        unapproved=posts(event).count() - len(approved(event)),
        gaps=_gaps(event),
        items=items.count(),
        unmoderated=items.filter(state=ItemState.PENDING, gone_at=None).count(),
        decided=len(waits),
        median_wait=seconds_words(waits[len(waits) // 2]) if waits else "",
        longest_wait=seconds_words(waits[-1]) if waits else "",
    )


def waits_for_a_decision(event: Event) -> list[timedelta]:
    """How long each item that a person decided about had waited until then, in real time, the shortest first."""
    found = Judgement.objects.filter(item__event=event, by__isnull=False).order_by("item", "at")
    first: dict[int, timedelta] = {}
    for item, decided, seen in found.values_list("item_id", "at", "item__seen_at"):
        first.setdefault(item, decided - seen)
    return sorted(first.values())


def seconds_words(length: timedelta) -> str:
    """ "40 seconds"; from two minutes on "3 minutes" """
    seconds = round(length.total_seconds())
    return f"{seconds} second{'' if seconds == 1 else 's'}" if seconds < 120 else running.length_words(length)


def _late(delivery: Delivery, now: datetime) -> str:
    """How late a delivery went out, or is; empty if it is not late, or a person must look at it anyway."""
    late = (delivery.sent_at or now) - delivery.due_at
    if late <= LATE or delivery.state in TROUBLED:
        return ""
    said = f"“{delivery.revision.post}” on {delivery.channel}"
    return f"{said} went out {seconds_words(late)} late" if delivery.sent_at else f"{said} has not gone out yet"


def _limits(user: User, rehearsal: Event, now: datetime) -> Iterable[str]:
    """Where the day itself would meet a limit, and what the network said in the rehearsal."""
    for line in budget_queries.budget_of(user, rehearsal, now).lines:
        for limit in line.limits:
            if limit.room != Room.PLENTY:
                begins = f", from {limit.begins}" if limit.begins else ""
                yield f"{line.channel}: {limit.total} of {limit.rate.number} {limit.rate.unit} in {limit.per}{begins}"
        for words in line.said:
            yield f"{line.channel}: {words}"


def _gaps(event: Event) -> list[str]:
    spans = [Span(each.starts_at, each.ends_at) for each in event.slots.all()]
    return [span_words(event, each) for each in running.gaps(event_queries.span(event), spans)]
