"""Reading posts. A post's status is derived here, from its revisions and deliveries, and stored nowhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import services_for
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import pictures
from moothall.networks import registry
from moothall.networks.base import Draft, Media, Problem
from moothall.publishing.models import Attachment, Delivery, DeliveryState, Post, Revision, Variant, Verdict


class Status(StrEnum):
    """What one can say of a post as a whole."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    REFUSED = "refused"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    PARTLY_SENT = "partly_sent"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """ "Awaiting approval" """
        return self.value.replace("_", " ").capitalize()


BEFORE_APPROVAL = {
    None: Status.DRAFT,
    Verdict.WITHDRAWN: Status.DRAFT,
    Verdict.UNDECIDED: Status.AWAITING_APPROVAL,
    Verdict.REFUSED: Status.REFUSED,
}

NEEDS_A_LOOK = (Status.UNCONFIRMED, Status.FAILED, Status.PARTLY_SENT, Status.REFUSED)


def status_of(verdict: str | None, states: Iterable[str]) -> Status:
    """The status of a post with this latest verdict (``None``: never sent for approval) and these deliveries. Pure.

    What needs a person comes before what runs by itself; one channel's failure never makes the whole post failed.
    """
    if verdict != Verdict.APPROVED:
        return BEFORE_APPROVAL[None if verdict is None else Verdict(verdict)]
    count = Counter(states)
    if count[DeliveryState.UNCONFIRMED]:
        return Status.UNCONFIRMED
    if count[DeliveryState.FAILED]:
        return Status.PARTLY_SENT if count[DeliveryState.SENT] else Status.FAILED
    if count[DeliveryState.SENDING]:
        return Status.SENDING
    if count[DeliveryState.WAITING]:
        return Status.SENDING if count[DeliveryState.SENT] else Status.SCHEDULED
    if count[DeliveryState.SENT]:
        return Status.PARTLY_SENT if count[DeliveryState.CANCELLED] else Status.SENT
    return Status.CANCELLED


@dataclass(frozen=True)
class Seen:
    """A post with what a list says about it."""

    post: Post
    revision: Revision | None
    deliveries: list[Delivery]
    status: Status


def posts(user: User) -> QuerySet[Post]:
    """The posts that ``user`` may see, last edited first, ready for ``see``."""
    services = services_for(user.standing, "post.see")
    found = Post.objects.all() if services is None else Post.objects.filter(service__in=services)
    revisions = Revision.objects.order_by("-number").prefetch_related(
        Prefetch("deliveries", Delivery.objects.select_related("channel").prefetch_related("attempts"))
    )
    return found.select_related("service", "author").prefetch_related(
        Prefetch("revisions", revisions),
        Prefetch("attachments", Attachment.objects.select_related("picture")),
        Prefetch("variants", Variant.objects.select_related("channel")),
    )


def search(user: User, *, q: str = "", service: Service | None = None, status: str = "") -> list[Seen]:
    """The posts that ``user`` may see, narrowed to words, a service or a status."""
    found = posts(user)
    if q:
        found = found.filter(text__icontains=q)
    if service:
        found = found.filter(service=service)
    seen = map(see, found)
    return [each for each in seen if not status or each.status == status]


def see(post: Post) -> Seen:
    """``post``, from ``posts()``, with its status."""
    revision = next(iter(post.revisions.all()), None)
    deliveries = list(revision.deliveries.all()) if revision else []
    verdict = revision.verdict if revision else None
    return Seen(post, revision, deliveries, status_of(verdict, (each.state for each in deliveries)))


def latest_revision(post: Post) -> Revision | None:
    return post.revisions.order_by("-number").first()


def to_approve(user: User) -> list[Seen]:
    """What waits for this person's decision, the most urgent first."""
    services = services_for(user.standing, "post.approve")
    waiting = posts(user).filter(revisions__verdict=Verdict.UNDECIDED).exclude(author=user).distinct()
    if services is not None:
        waiting = waiting.filter(service__in=services)
    found = [seen for seen in map(see, waiting) if seen.status == Status.AWAITING_APPROVAL]
    return sorted(found, key=lambda seen: (seen.post.scheduled_for is not None, seen.post.scheduled_for))


def media_of(post: Post) -> tuple[Media, ...]:
    """The post's pictures as an adapter takes them."""
    return tuple(
        Media(
            path=pictures.path_of(each.picture.name),
            content_type=each.picture.content_type,
            width=each.picture.width,
            height=each.picture.height,
            size=each.picture.size,
            alt="" if each.is_decorative else each.alt,
        )
        for each in post.attachments.select_related("picture")
    )


def text_for(post: Post, variant: Variant) -> str:
    return variant.text or post.text


def problems(post: Post) -> list[tuple[Channel | None, Problem]]:
    """Everything that keeps the post from being sent for approval, or that a network will change about it."""
    found: list[tuple[Channel | None, Problem]] = []
    variants = list(post.variants.select_related("channel"))
    if not variants:
        found.append((None, Problem("no-channel", "Choose at least one channel.")))
    for number, each in enumerate(post.attachments.all(), start=1):
        if not each.alt.strip() and not each.is_decorative:
            found.append((None, Problem("no-alt", f"Describe picture {number}, or mark it as decorative.")))
    media = media_of(post)
    for variant in variants:
        channel = variant.channel
        if not channel.is_driven:
            found.append((channel, Problem("not-live", f"{channel} is not live. Take it off this post.")))
            continue
        draft = Draft(text_for(post, variant), media)
        checked = registry.network(channel.network).check(draft, channel_queries.limits(channel))
        found += [(channel, problem) for problem in checked]
    return found
