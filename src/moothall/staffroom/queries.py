"""What needs this person now, gathered from every room they have something to do in."""

from dataclasses import dataclass, field

from django.db.models import Q

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Notice, User
from moothall.channels import health
from moothall.lessons import queries as lesson_queries
from moothall.lessons.models import Lesson
from moothall.newsroom import queries as newsroom_queries
from moothall.newsroom.models import Entry
from moothall.policies import queries as policy_queries
from moothall.policies.models import Version
from moothall.publishing import holding, lapses, rules
from moothall.publishing import queries as post_queries
from moothall.publishing.lapses import Lapse
from moothall.publishing.models import Delivery, DeliveryState, Verdict
from moothall.publishing.queries import Seen
from moothall.publishing.status import NEEDS_A_LOOK, Status

LATEST = 6
LEARNED = 3


@dataclass(frozen=True)
class Today:
    """The front page. Every list holds only what the person may act on."""

    to_approve: list[Seen] = field(default_factory=list)
    in_trouble: list[Seen] = field(default_factory=list)
    drafts: list[Seen] = field(default_factory=list)
    coming: list[Seen] = field(default_factory=list)
    ailing: list[health.Remark] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    latest: list[Entry] = field(default_factory=list)
    held: list[tuple[Delivery, int]] = field(default_factory=list)
    """What is held, post by post and channel by channel, with the number of parts."""
    to_take_down: list[Lapse] = field(default_factory=list)
    to_read: list[Version] = field(default_factory=list)
    """Policies that they have not acknowledged yet."""
    learned: list[Lesson] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        return not (self.to_approve or self.in_trouble or self.ailing or self.held or self.to_take_down)


IN_TROUBLE = (DeliveryState.FAILED, DeliveryState.UNCONFIRMED)


def _needs(user: User, seen: Seen) -> bool:
    """Whether this post's trouble is for ``user`` to deal with. A refused one is its author's alone; what is held
    has a list of its own."""
    if seen.post.author_id == user.pk:
        return seen.status in NEEDS_A_LOOK and seen.status != Status.HELD
    is_for_others = seen.status in NEEDS_A_LOOK and seen.status not in (Status.REFUSED, Status.HELD)
    return is_for_others and user.may("post.approve", seen.post)


def _may_need(user: User) -> list[Seen]:
    """The posts that may be in trouble, however long ago they were written."""
    troubled = Q(revisions__deliveries__state__in=IN_TROUBLE) | Q(author=user, revisions__verdict=Verdict.REFUSED)
    return [post_queries.see(post) for post in post_queries.posts(user).filter(troubled).distinct()]


def _coming(user: User) -> list[Seen]:
    soon = post_queries.posts(user).filter(revisions__deliveries__state=DeliveryState.WAITING)
    found = [post_queries.see(post) for post in soon.order_by("revisions__deliveries__due_at").distinct()[: 4 * LATEST]]
    scheduled = {each.post.pk: each for each in found if each.status == Status.SCHEDULED}
    return list(scheduled.values())[:LATEST]


def _drafts(user: User) -> list[Seen]:
    mine = [post_queries.see(post) for post in post_queries.posts(user).filter(author=user)[: 4 * LATEST]]
    return [each for each in mine if each.status == Status.DRAFT][:LATEST]


def today(user: User) -> Today:
    """What ``user`` should see first."""
    sees_posts = user.may("post.see")
    return Today(
        to_approve=post_queries.to_approve(user) if rules.approves_now(user) else [],
        in_trouble=[each for each in _may_need(user) if _needs(user, each)] if sees_posts else [],
        drafts=_drafts(user) if sees_posts else [],
        coming=_coming(user) if sees_posts else [],
        ailing=health.remarks(user)[:LATEST] if user.may("channel.edit") else [],
        notices=list(account_queries.unread(user)[:LATEST]),
        latest=newsroom_queries.entries()[:LATEST],
        held=holding.held(user),
        to_take_down=lapses.of(user),
        to_read=policy_queries.due(user),
        learned=list(lesson_queries.published()[:LEARNED]),
    )
