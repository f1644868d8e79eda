"""Reading posts. A post's status is derived here, from its revisions and deliveries, and stored nowhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import OfService, services_for
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.core import pictures
from moothall.networks import registry
from moothall.networks.base import Draft, Media, Problem
from moothall.publishing.models import Attachment, Delivery, DeliveryState, Picture, Post, Revision, Variant, Verdict


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

MEDIA_FACTS = ("content_type", "width", "height", "size", "alt")

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


def search(user: User, *, q: str = "", service: Service | None = None, status: str = "") -> QuerySet[Post]:
    """The posts that ``user`` may see, narrowed to words, a service or a status."""
    found = posts(user)
    if q:
        found = found.filter(text__icontains=q)
    if service:
        found = found.filter(service=service)
    if status:
        found = found.filter(pk__in=[pk for pk, each in statuses(found).items() if each == status])
    return found


def statuses(found: QuerySet[Post]) -> dict[int, Status]:
    """The status of each of many posts, by its id, in three light queries."""
    latest = {
        post_id: (pk, verdict)
        for post_id, pk, verdict in Revision.objects.filter(post__in=found.values("pk"))
        .order_by("number")
        .values_list("post_id", "pk", "verdict")
    }
    states: dict[int, list[str]] = {}
    of_posts = Delivery.objects.filter(revision__post__in=found.values("pk"))
    for revision_id, state in of_posts.values_list("revision_id", "state"):
        states.setdefault(revision_id, []).append(state)
    return {
        pk: status_of(latest[pk][1], states.get(latest[pk][0], ())) if pk in latest else Status.DRAFT
        for pk in found.values_list("pk", flat=True)
    }


def see(post: Post) -> Seen:
    """``post``, from ``posts()``, with its status."""
    revision = next(iter(post.revisions.all()), None)
    deliveries = list(revision.deliveries.all()) if revision else []
    verdict = revision.verdict if revision else None
    return Seen(post, revision, deliveries, status_of(verdict, (each.state for each in deliveries)))


@dataclass(frozen=True)
class Shown:
    """What a post's page shows of it: each channel with its words, each picture with its description, and the time."""

    variants: list[tuple[Channel, str]]
    pictures: list[tuple[Picture, str]]
    scheduled_for: datetime | None


def shown(seen: Seen) -> Shown:
    """What was frozen for approval, while that stands: nobody approves words other than those on the page."""
    post, revision = seen.post, seen.revision
    if revision is None or revision.verdict not in (Verdict.UNDECIDED, Verdict.APPROVED):
        variants = [(each.channel, text_for(post, each)) for each in post.variants.all()]
        attached = [(each.picture, each.spoken) for each in post.attachments.all()]
        return Shown(variants, attached, post.scheduled_for)
    content = revision.content
    channels = Channel.objects.in_bulk([each["channel"] for each in content["variants"]])
    stored = Picture.objects.in_bulk([each["picture"] for each in content["pictures"]])
    return Shown(
        [(channels[each["channel"]], each["text"]) for each in content["variants"]],
        [(stored[each["picture"]], each["alt"]) for each in content["pictures"]],
        seen.deliveries[0].due_at if seen.deliveries else revision.scheduled_for,
    )


def latest_revision(post: Post) -> Revision | None:
    return post.revisions.order_by("-number").first()


def to_approve(user: User) -> list[Seen]:
    """What waits for this person's decision, the most urgent first."""
    waiting = posts(user).filter(revisions__verdict=Verdict.UNDECIDED).exclude(author=user).distinct()
    found = [seen for seen in map(see, waiting) if seen.revision and may_approve(user, seen.revision)]
    return sorted(found, key=lambda seen: (seen.post.scheduled_for is not None, seen.post.scheduled_for))


def may_approve(user: User, revision: Revision) -> bool:
    """Whether ``user`` may decide on ``revision``: they may for the post's service and each channel's, and wrote none
    of it."""
    post = revision.post
    is_own = user.pk in (post.author_id, revision.sent_by_id)
    of: list[OfService] = [post, *(variant.channel for variant in post.variants.all())]
    return not is_own and all(user.may("post.approve", each) for each in of)


def media(facts: Mapping[str, Any]) -> Media:
    """A frozen picture (``Picture.facts``) as an adapter takes it."""
    return Media(path=pictures.path_of(facts["name"]), **{name: facts[name] for name in MEDIA_FACTS})


def media_of(post: Post) -> tuple[Media, ...]:
    """The post's pictures as an adapter takes them."""
    return tuple(media(each.picture.facts(each.spoken)) for each in post.attachments.select_related("picture"))


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
