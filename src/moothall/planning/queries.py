"""Reading the plan: which posts go out, went out or are meant to go out between two moments."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels import known
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.planning.clashes import Said
from moothall.planning.models import CalendarFeed
from moothall.publishing import queries as post_queries
from moothall.publishing.models import Delivery, DeliveryState, Pause, Post, Revision, Timing, Verdict
from moothall.publishing.status import Status, status_of


class Planned(NamedTuple):
    """A post at one of its moments: on all channels at once, or on those whose queue slot it is."""

    moment: datetime
    post: int
    author: int
    service: int
    channels: tuple[int, ...]
    status: Status
    """Of what goes out at this moment."""

    @property
    def said(self) -> list[Said]:
        return [Said(channel, self.moment, self.post) for channel in self.channels]

    @property
    def is_off(self) -> bool:
        """Whether nothing of it goes out, or stands where it went."""
        return self.status in OFF


OFF = (Status.CANCELLED, Status.DELETED)


@dataclass(slots=True)
class _Gathered:
    """What the rows say of one post at one moment, while they are read."""

    author: int
    service: int
    channels: set[int]
    states: set[str]
    verdict: str | None = Verdict.APPROVED


@cache
def _status(verdict: str | None, states: frozenset[str]) -> Status:
    """How many deliveries are in one state makes no difference: of thousands of posts, few combinations are new."""
    return status_of(verdict, states)


@dataclass(frozen=True)
class Sight:
    """What one person may see of the plan."""

    user: User
    services: Collection[int] | None
    """The ids of those whose posts they may see; ``None``: of all."""
    channels: dict[int, Channel]
    """Those to choose from, by id. Where ``has_gaps`` is set, a day without a word is worth one: the channel is live,
    connected and public."""


def sight(user: User) -> Sight:
    channels = channel_queries.drivable(user, "post.see").annotate(
        has_gaps=Q(connection__isnull=False, connection__broken_since=None) & ~Q(network=known.PRACTICE)
    )
    return Sight(user, post_queries.visible_services(user), {each.pk: each for each in channels})


def planned(visible: Collection[int] | None, start: datetime, end: datetime) -> list[Planned]:
    """What is planned from ``start`` and before ``end``, in order, by the services with these ids (``None``: by all).

    Two light queries, along the indexes by time.
    """
    gathered: dict[tuple[datetime, int], _Gathered] = {}
    for post, author, service, moment, channel, state in _delivered(visible, start, end):
        seen = gathered.get((moment, post))
        if seen is None:
            seen = gathered[moment, post] = _Gathered(author, service, set(), set())
        seen.channels.add(channel)
        seen.states.add(state)
    for post, author, service, moment, chosen, verdict in _meant(visible, start, end):
        seen = gathered.setdefault((moment, post), _Gathered(author, service, set(), set(), verdict))
        if chosen is not None:
            seen.channels.add(chosen)
    found = [
        Planned(
            moment,
            post,
            each.author,
            each.service,
            tuple(sorted(each.channels)),
            _status(each.verdict, frozenset(each.states)),
        )
        for (moment, post), each in sorted(gathered.items(), key=itemgetter(0))
    ]
    again = {each.post for each in found if not each.is_off}
    return [each for each in found if not each.is_off or each.post not in again]


def _delivered(
    visible: Collection[int] | None, start: datetime, end: datetime
) -> QuerySet[Delivery, tuple[int, int, int, datetime, int, str]]:
    """Rows of what was approved. What was cancelled because the post is being changed is left out."""
    found = Delivery.objects.filter(due_at__gte=start, due_at__lt=end).order_by()
    found = found.filter(~Q(state=DeliveryState.CANCELLED) | Q(revision__verdict=Verdict.APPROVED))
    if visible is not None:
        found = found.filter(revision__post__service__in=visible)
    return found.values_list(
        "revision__post_id", "revision__post__author_id", "revision__post__service_id", "due_at", "channel_id", "state"
    )


def _meant(
    visible: Collection[int] | None, start: datetime, end: datetime
) -> Iterable[tuple[int, int, int, datetime, int | None, str | None]]:
    """Rows of what has a time and is not approved."""
    latest = Revision.objects.filter(post=OuterRef("pk")).order_by("-number").values("verdict")[:1]
    found = Post.objects.filter(timing=Timing.AT_A_TIME, scheduled_for__gte=start, scheduled_for__lt=end).order_by()
    if visible is not None:
        found = found.filter(service__in=visible)
    rows = found.annotate(verdict=Subquery(latest)).filter(Q(verdict=None) | ~Q(verdict=Verdict.APPROVED))
    for post, author, service, moment, channel, verdict in rows.values_list(
        "pk", "author_id", "service_id", "scheduled_for", "variants__channel_id", "verdict"
    ):
        if moment is not None:
            yield post, author, service, moment, channel, verdict


def moments_of(post: Post) -> set[datetime]:
    """The moments at which an approved post goes out: more than one where its channels' queue slots decide."""
    approved = Delivery.objects.filter(revision__post=post).exclude(state=DeliveryState.CANCELLED)
    return set(approved.values_list("due_at", flat=True))


def details(pks: Iterable[int]) -> dict[int, Post]:
    """These posts with what the calendar says of them, by id."""
    return Post.objects.select_related("service").only("text", "service__name").in_bulk(set(pks))


def pauses(start: datetime, end: datetime) -> list[Pause]:
    """The pauses of which a part lies between these moments, the first first."""
    found = Pause.objects.filter(Q(ended_at=None) | Q(ended_at__gt=start), began_at__lt=end)
    return list(found.order_by("began_at").prefetch_related("services"))


def people(visible: Collection[int] | None) -> QuerySet[User]:
    """Those who may have written for these services (``None``: for any): whoever has a role that has to do with it."""
    if visible is None:
        return User.objects.filter(memberships__isnull=False).distinct()
    return User.objects.filter(Q(memberships__service__in=visible) | Q(memberships__role=Role.DESK)).distinct()


def feeds(user: User) -> QuerySet[CalendarFeed]:
    """The addresses that ``user`` made and that still work."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).select_related("service")
