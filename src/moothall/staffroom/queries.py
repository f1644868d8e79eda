"""What needs this person now, gathered from every room they have something to do in."""

from dataclasses import dataclass, field

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Notice, User
from moothall.channels import health
from moothall.newsroom import queries as newsroom_queries
from moothall.newsroom.models import Entry
from moothall.publishing import queries as post_queries
from moothall.publishing.queries import NEEDS_A_LOOK, Seen, Status

LATEST = 6
RECENT_POSTS = 200


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

    @property
    def is_quiet(self) -> bool:
        return not (self.to_approve or self.in_trouble or self.ailing)


def _needs(user: User, seen: Seen) -> bool:
    """Whether this post's trouble is for ``user`` to deal with. A refused one is its author's alone."""
    if seen.post.author_id == user.pk:
        return seen.status in NEEDS_A_LOOK
    return seen.status in NEEDS_A_LOOK and seen.status != Status.REFUSED and user.may("post.approve", seen.post)


def today(user: User) -> Today:
    """What ``user`` should see first."""
    seen = [post_queries.see(post) for post in post_queries.posts(user)[:RECENT_POSTS]] if user.may("post.see") else []
    mine = [each for each in seen if each.post.author_id == user.pk]
    coming = sorted(
        (each for each in seen if each.status == Status.SCHEDULED and each.deliveries),
        key=lambda each: each.deliveries[0].due_at,
    )
    return Today(
        to_approve=post_queries.to_approve(user) if user.may("post.approve") else [],
        in_trouble=[each for each in seen if _needs(user, each)],
        drafts=[each for each in mine if each.status == Status.DRAFT][:LATEST],
        coming=coming[:LATEST],
        ailing=health.remarks(user)[:LATEST] if user.may("channel.edit") else [],
        notices=list(account_queries.unread(user)[:LATEST]),
        latest=newsroom_queries.entries()[:LATEST],
    )
