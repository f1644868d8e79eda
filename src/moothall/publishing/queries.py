"""Reading posts: lists of them, one as a page shows it, and all that was ever sent for approval."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import services_for
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.library.models import Asset
from moothall.networks import registry
from moothall.publishing import content, rules
from moothall.publishing.models import (
    Attachment,
    Comment,
    Decision,
    Delivery,
    Post,
    ReadyMade,
    Revision,
    Variant,
    Verdict,
)
from moothall.publishing.status import Status, of_status, status_of


@dataclass(frozen=True)
class Seen:
    """A post with what a list says about it."""

    post: Post
    revision: Revision | None
    deliveries: list[Delivery]
    status: Status


def posts(user: User) -> QuerySet[Post]:
    """The posts that ``user`` may see, last edited first, ready for ``see``."""
    services = visible_services(user)
    found = Post.objects.all() if services is None else Post.objects.filter(service__in=services)
    revisions = Revision.objects.order_by("-number").prefetch_related(
        Prefetch("deliveries", Delivery.objects.select_related("channel").prefetch_related("attempts")),
        Prefetch("decisions", Decision.objects.select_related("by", "instead_of")),
    )
    return found.select_related("service", "author").prefetch_related(
        Prefetch("revisions", revisions),
        Prefetch("attachments", Attachment.objects.select_related("asset").prefetch_related("asset__crops")),
        Prefetch("variants", Variant.objects.select_related("channel__service")),
    )


def of_form(user: User, once: str) -> Post | None:
    """The post that an earlier coming of the same composer's form has made, if it has."""
    try:
        return posts(user).filter(once=uuid.UUID(once)).first()
    except ValueError:
        return None


def visible_services(user: User) -> list[int] | None:
    """The ids of the services whose posts ``user`` may see: their own, and those of people they stand in for.

    ``None`` means all of them.
    """
    own = services_for(user.standing, "post.see")
    if own is None:
        return None
    found = set(own)
    for each in rules.stands_in_for(user, localtime.local(clock.now()).date()):
        services = services_for(each.standing, "post.see")
        if services is None:
            return None
        found.update(services)
    return sorted(found)


def may_see(user: User, post: Post) -> bool:
    """Whether ``user`` may see ``post``: by a role of their own, or in the stead of somebody who is away."""
    services = visible_services(user)
    return services is None or post.service_id in services


def ready_made(user: User) -> QuerySet[ReadyMade]:
    """The ready-made texts from which ``user`` may begin a post: those of all services, and of their own."""
    services = services_for(user.standing, "post.write")
    kept = ReadyMade.objects.filter(is_retired=False).prefetch_related("assets__crops").select_related("service")
    return kept if services is None else kept.filter(Q(service=None) | Q(service__in=services))


def search(user: User, *, q: str = "", service: Service | None = None, status: str = "") -> QuerySet[Post]:
    """The posts that ``user`` may see, narrowed to words, a service or a status."""
    found = posts(user)
    if q:
        found = found.filter(text__icontains=q)
    if service:
        found = found.filter(service=service)
    if status:
        found = of_status(found, Status(status))
    return found


def see(post: Post) -> Seen:
    """``post``, from ``posts()``, with its status."""
    revision = next(iter(post.revisions.all()), None)
    deliveries = list(revision.deliveries.all()) if revision else []
    verdict = revision.verdict if revision else None
    return Seen(post, revision, deliveries, status_of(verdict, (each.state for each in deliveries)))


@dataclass(frozen=True)
class ShownPart:
    """One part of a thread, or all of a post that is none. ``media`` are frozen facts (``Asset.facts``)."""

    text: str
    media: list[dict[str, Any]]


@dataclass(frozen=True)
class ShownVariant:
    """What one channel carries."""

    channel: Channel
    parts: list[ShownPart]
    language: str
    options: dict[str, str]
    card: dict[str, str] | None

    @property
    def option_words(self) -> list[tuple[str, str]]:
        """The options that were chosen, each with its label and its choice in words."""
        return options_in_words(self.channel, self.options)


def options_in_words(channel: Channel, options: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of label and choice; an option that its network does not know any more goes by its name."""
    network = registry.networks().get(channel.network)
    fields = {each.name: each for each in network.post_fields} if network else {}
    found = []
    for name, value in options.items():
        known = fields.get(name)
        if value:
            choices = dict(known.choices) if known else {}
            found.append((known.label if known else name, choices.get(value, value)))
    return found


@dataclass(frozen=True)
class Shown:
    """What a post's page shows of it: what each channel carries, and the time."""

    variants: list[ShownVariant]
    scheduled_for: datetime | None
    in_next_slots: bool
    waiting: list[Asset]
    """Assets that are still being processed, or cannot be used."""


def shown(seen: Seen) -> Shown:
    """What was frozen for approval, while that stands: nobody approves words other than those on the page."""
    post, revision = seen.post, seen.revision
    if revision is None or revision.verdict not in (Verdict.UNDECIDED, Verdict.APPROVED):
        now = content.of_post(post)
        waiting = [each.asset for each in now.enclosed if not each.asset.is_ready]
        return Shown(_shown_variants(content.frozen(now)), now.scheduled_for, now.in_next_slots, waiting)
    moments = {each.due_at for each in seen.deliveries}
    return Shown(
        _shown_variants(revision.content),
        min(moments) if moments else revision.scheduled_for,
        not seen.deliveries and revision.content.get("timing") == "next_slot",
        [],
    )


def revisions(post: Post) -> list[Revision]:
    """All that was sent for approval, the latest first, with what was decided and said about it."""
    found = (
        Revision.objects.filter(post=post)
        .select_related("sent_by", "decided_by")
        .prefetch_related(
            Prefetch("decisions", Decision.objects.select_related("by", "instead_of")),
            Prefetch("comments", Comment.objects.select_related("by")),
        )
    )
    return list(found.order_by("-number"))


def dealt_with(user: User, found: Iterable[Revision]) -> Revision | None:
    """The latest of these revisions (from ``revisions``) that ``user`` decided or remarked on."""
    for each in found:
        approved_by = {of.by_id for of in each.decisions.all()}
        if user.pk in {each.decided_by_id, *approved_by, *(of.by_id for of in each.comments.all())}:
            return each
    return None


def of_revision(revision: Revision) -> list[ShownVariant]:
    """What each channel was to carry by a revision."""
    return _shown_variants(revision.content)


def _shown_variants(frozen: dict[str, Any]) -> list[ShownVariant]:
    channels = Channel.objects.select_related("service").in_bulk([each["channel"] for each in frozen["variants"]])
    return [
        ShownVariant(
            channels[each["channel"]],
            [ShownPart(part["text"], part["media"]) for part in each["parts"]],
            each["language"],
            each["options"],
            each["card"],
        )
        for each in frozen["variants"]
    ]


def latest_revision(post: Post) -> Revision | None:
    return post.revisions.order_by("-number").first()


def to_approve(user: User) -> list[Seen]:
    """What waits for this person's decision, the most urgent first."""
    undecided = Revision.objects.filter(verdict=Verdict.UNDECIDED).values("post")
    waiting = [see(each) for each in posts(user).filter(pk__in=undecided).exclude(author=user)]
    book = rules.rulebook()
    channels = {variant.channel_id: variant.channel for seen in waiting for variant in seen.post.variants.all()}
    found = [
        seen
        for seen in waiting
        if seen.revision
        and seen.revision.verdict == Verdict.UNDECIDED
        and rules.progress(seen.revision, book, channels).voice_of(user)
    ]
    return sorted(found, key=lambda seen: (seen.post.scheduled_for is not None, seen.post.scheduled_for))


def may_approve(user: User, revision: Revision) -> bool:
    """Whether ``user`` may decide on ``revision`` now: the rules ask for them, they wrote none of it, and they have not
    decided yet."""
    return (
        revision.verdict == Verdict.UNDECIDED
        and may_see(user, revision.post)
        and rules.progress(revision).voice_of(user) is not None
    )
