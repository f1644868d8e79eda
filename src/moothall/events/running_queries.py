"""Reading the running order: what stands in it, what is ready, and where nothing is."""

from dataclasses import dataclass
from datetime import datetime

from moothall.accounts.models import Service, User
from moothall.events import event_queries, running
from moothall.events.models import Event, Slot
from moothall.events.running import Span
from moothall.events.running_actions import may_stage
from moothall.publishing import queries as post_queries
from moothall.publishing.models import Post
from moothall.publishing.status import Status, statuses

MOST_OFFERED = 100
NOT_OUT = (Status.DRAFT, Status.AWAITING_APPROVAL, Status.REFUSED, Status.SCHEDULED)
READY = (Status.SCHEDULED, Status.SENDING, Status.SENT)


@dataclass(frozen=True)
class Staged:
    """A post in a slot. ``post`` is ``None`` for one whose words the reader may not see."""

    post: Post | None
    status: Status
    is_ready: bool
    is_elsewhere: bool
    """Whether it goes out at a time outside its slot."""


@dataclass(frozen=True)
class Row:
    """A slot as the running order lists it."""

    slot: Slot
    begins: str
    ends: str
    posts: list[Staged]
    may_stage: bool

    @property
    def number_unready(self) -> int:
        return sum(not each.is_ready for each in self.posts)


@dataclass(frozen=True)
class Hour:
    """One hour of the table, with the slots of each service in it."""

    words: str
    cells: list[list[Slot]]
    is_empty: bool


@dataclass(frozen=True)
class Order:
    """A running order as its page shows it."""

    rows: list[Row]
    services: list[Service]
    hours: list[Hour]
    gaps: list[str]
    night_gaps: list[str]
    without: list[Service]
    """The services to be covered that have no slot."""
    unready: int
    """How many posts are not approved yet."""
    sensitive: int


def order(user: User, event: Event) -> Order:
    """The running order as ``user`` may see it. As many queries for many slots as for few."""
    slots = list(event.slots.select_related("service", "owner").prefetch_related("posts"))
    rows = _rows(user, event, slots)
    wanted = {each.pk: each for each in event.services.all()}
    services = sorted((wanted | {each.service_id: each.service for each in slots}).values(), key=lambda each: each.name)
    whole, spans = event_queries.span(event), [Span(each.starts_at, each.ends_at) for each in slots]
    covered = {each.service_id for each in slots}
    return Order(
        rows=rows,
        services=services,
        hours=_hours(event, services, slots),
        gaps=[span_words(event, gap) for gap in running.gaps(whole, spans)],
        night_gaps=[span_words(event, gap) for gap in running.night_gaps(whole, spans, event.tz)],
        without=[each for each in services if each.pk not in covered],
        unready=sum(row.number_unready for row in rows),
        sensitive=sum(each.is_sensitive for each in slots),
    )


def span_words(event: Event, span: Span) -> str:
    """ "Sun 01:00 to Sun 03:30 (2 hours 30 minutes)" """
    begins, ends = running.clock_words(span.start, event.tz), running.clock_words(span.end, event.tz)
    return f"{begins} to {ends} ({running.length_words(span.length)})"


def now_and_next(event: Event, now: datetime) -> tuple[list[Slot], list[Slot]]:
    """The slots that are on, and those that begin next."""
    slots = list(event.slots.select_related("service", "owner").filter(ends_at__gt=now))
    on = [each for each in slots if each.starts_at <= now]
    coming = [each for each in slots if each.starts_at > now]
    return on, [each for each in coming if each.starts_at == coming[0].starts_at]


def _rows(user: User, event: Event, slots: list[Slot]) -> list[Row]:
    pks = {post.pk for slot in slots for post in slot.posts.all()}
    known = statuses(Post.objects.filter(pk__in=pks))
    visible = set(post_queries.posts(user).prefetch_related(None).filter(pk__in=pks).values_list("pk", flat=True))
    return [
        Row(
            slot,
            running.clock_words(slot.starts_at, event.tz),
            running.clock_words(slot.ends_at, event.tz),
            [_staged(slot, post, known[post.pk], post.pk in visible) for post in slot.posts.all()],
            may_stage(user, slot),
        )
        for slot in slots
    ]


def _staged(slot: Slot, post: Post, status: Status, is_visible: bool) -> Staged:
    planned = post.scheduled_for
    is_elsewhere = planned is not None and not slot.starts_at <= planned < slot.ends_at
    return Staged(post if is_visible else None, status, status in READY, is_elsewhere)


def _hours(event: Event, services: list[Service], slots: list[Slot]) -> list[Hour]:
    pairs = [(each.service_id, Span(each.starts_at, each.ends_at)) for each in slots]
    table = running.matrix(event_queries.span(event), pairs, [each.pk for each in services])
    found = []
    for number, hour in enumerate(running.hours(event_queries.span(event))):
        cells = [[slots[each] for each in table[service.pk][number].slots] for service in services]
        found.append(Hour(running.clock_words(hour.start, event.tz), cells, not any(cells)))
    return found


def stageable(user: User, slot: Slot, q: str = "") -> list[tuple[Post, Status]]:
    """The posts that could stand ready in ``slot``: those in it, and what its service has not sent yet."""
    found = post_queries.posts(user).filter(service=slot.service_id)
    if q:
        found = found.filter(text__icontains=q)
    staged = set(slot.posts.values_list("pk", flat=True))
    latest = found.filter(pk__in=list(found.values_list("pk", flat=True)[:MOST_OFFERED]))
    seen = [post_queries.see(each) for each in latest | found.filter(pk__in=staged)]
    usable = [each for each in seen if each.post.pk in staged or each.status in NOT_OUT]
    return [(each.post, each.status) for each in usable]
