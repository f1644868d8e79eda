"""Reading contributions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from moothall.accounts.models import Service, User
from moothall.contributions import states
from moothall.contributions.models import TAKEN_BACK, Contribution, Mail, State, Way
from moothall.core import clock
from moothall.events.models import Door, Event, Item, ItemState
from moothall.library.models import Asset
from moothall.publishing import queries as publishing
from moothall.publishing.actions import EDITABLE
from moothall.publishing.models import Delivery, DeliveryState, Post

RECENT = 50


def running(at: datetime | None = None) -> list[Event]:
    """The events that are on now, or were on ``at``; rehearsals are no occasion to tell the desk something."""
    at = at or clock.now()
    return list(Event.objects.filter(starts_at__lte=at, ends_at__gt=at, rehearses=None).order_by("starts_at", "pk"))


def contributions() -> QuerySet[Contribution]:
    """All of them, oldest first, with what a page says of each.

    What was deleted on its network is left out, unless others were merged into it, which still stand.
    """
    is_gone = Q(state__in=[State.WAITING, State.KEPT], item__gone_at__isnull=False)
    has_merged = Exists(Contribution.objects.filter(merged_into=OuterRef("pk")))
    found = Contribution.objects.exclude(is_gone & ~has_merged)
    return found.select_related(
        "event", "contributor", "service", "item", "claimed_by", "post", "merged_into", "ended_by", "mail"
    ).prefetch_related(Prefetch("assets", Asset.objects.order_by("added_at", "pk")))


def of_event(event: Event) -> QuerySet[Contribution]:
    return contributions().filter(event=event)


def queue(
    *, state: str = "", service: Service | None = None, door: str = "", event: Event | None = None, q: str = ""
) -> QuerySet[Contribution]:
    """The desk's queue. Without ``state``, what is open; what nobody has in hand comes first."""
    found = contributions().filter(state=state) if state else contributions().filter(state__in=states.OPEN)
    for name, value in (("service", service), ("door", door), ("event", event)):
        if value:
            found = found.filter(**{name: value})
    for word in q.split():
        found = found.filter(Q(words__icontains=word) | Q(subject__icontains=word) | Q(item__text__icontains=word))
    return found.annotate(in_merged=Count("merged", distinct=True)).order_by("received_at", "pk")


def to_do() -> int:
    """How many wait for the desk: those in quarantine too."""
    return contributions().filter(state__in=[State.WAITING, State.QUARANTINED]).count()


def counts() -> dict[str, int]:
    """How many there are in each state."""
    return dict(contributions().order_by().values_list("state").annotate(Count("pk")))


def pending_items() -> int:
    """How many items of the public wait to be looked at, at events that are not long over."""
    return Item.objects.filter(state=ItemState.PENDING, door=Door.PUBLIC, gone_at=None).count()


def neighbours(contribution: Contribution, **chosen: Any) -> tuple[int | None, int | None]:
    """The ids of the contributions before and after it in the queue."""
    ids = list(queue(**chosen).values_list("pk", flat=True))
    if contribution.pk not in ids:
        return None, ids[0] if ids else None
    at = ids.index(contribution.pk)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)


def mergeable(contribution: Contribution) -> QuerySet[Contribution]:
    """What it may be merged into, the likeliest first: of the same event, and lately."""
    into = [State.WAITING, State.CLAIMED, State.DRAFTED, State.KEPT, State.PUBLISHED]
    found = contributions().filter(state__in=into).exclude(pk=contribution.pk)
    if contribution.event_id:
        found = found.filter(event=contribution.event_id)
    return found.order_by("-received_at", "-pk")


def left_aside() -> QuerySet[Mail]:
    """The mails that no contribution was made of, with why."""
    return Mail.objects.filter(contribution=None).exclude(why=TAKEN_BACK).order_by("-received_at", "-pk")


# --- One's own --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mine:
    """A contribution as its contributor sees it."""

    contribution: Contribution
    state: str
    reason: str
    addresses: list[Delivery]
    """Where its post stands now."""
    may_take_back: bool


def mine(user: User) -> list[Mine]:
    """What ``user`` told lately, the newest first, and what became of it."""
    found = contributions().filter(contributor=user).select_related("merged_into__post").order_by("-received_at", "-pk")
    own = list(found[:RECENT])
    posts = [post for each in own if (post := (each.merged_into or each).post_id)]
    sent = Delivery.objects.filter(revision__post__in=posts, state=DeliveryState.SENT, part=1).exclude(url="")
    where: dict[int, list[Delivery]] = {}
    for delivery in sent.select_related("channel", "revision").order_by("sent_at", "pk"):
        where.setdefault(delivery.revision.post_id, []).append(delivery)
    return [_mine(each, where) for each in own]


def _mine(own: Contribution, where: dict[int, list[Delivery]]) -> Mine:
    leading = own.merged_into or own
    says = own.state in (State.DECLINED, State.KEPT) or leading.state == State.DECLINED
    may_take_back = own.state in (State.WAITING, State.KEPT, State.QUARANTINED) and own.door != Way.OWN_ACCOUNT
    addresses = where.get(leading.post_id or 0, [])
    shown = leading.state if own.state == State.MERGED and leading.state in states.ENDS else own.state
    return Mine(own, shown, leading.reason if says else "", addresses, may_take_back)


def is_editable(user: User, post: Post) -> bool:
    """Whether the post is still a draft, or one again."""
    return publishing.see(publishing.posts(user).get(pk=post.pk)).status in EDITABLE


def post_status(user: User, contribution: Contribution) -> str:
    """How far the post is that was made of it; empty without one."""
    if contribution.post_id is None:
        return ""
    post = publishing.posts(user).filter(pk=contribution.post_id).first()
    return publishing.see(post).status if post else ""
