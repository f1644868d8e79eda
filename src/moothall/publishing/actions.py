"""Every write to a post: permission, change and record in one place."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock, localtime, pictures, queue
from moothall.networks.keys import make_key
from moothall.publishing import delivery, notices, queries, tasks
from moothall.publishing.models import Attachment, Delivery, DeliveryState, Picture, Post, Revision, Variant, Verdict
from moothall.publishing.queries import Status
from moothall.records.actions import capture

EDITABLE = (Status.DRAFT, Status.REFUSED, Status.AWAITING_APPROVAL, Status.CANCELLED)


@dataclass(frozen=True)
class Content:
    """What an author wrote: the words, the channels with their own words (empty: the post's), and the time."""

    service: Service
    text: str
    variants: Mapping[Channel, str]
    scheduled_for: datetime | None


@dataclass(frozen=True)
class Described:
    """What an author says of one attached picture."""

    attachment: Attachment
    alt: str
    is_decorative: bool
    is_removed: bool = False


# --- Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_post(
    actor: User,
    post: Post | None,
    content: Content,
    described: Sequence[Described] = (),
    *,
    once: uuid.UUID | None = None,
    seen_at: datetime | None = None,
) -> Post:
    """Write a new post (``post`` is ``None``) or change one that is not on its way yet.

    Changing a post that awaits approval takes it back: what is approved is what was read. ``once`` names a new post's
    form: the second post of one form is an ``IntegrityError``. ``seen_at`` is the ``edited_at`` that the editor read:
    if somebody has changed the post since, nothing is written and ``ValidationError`` says so.
    """
    require(actor, "post.write", content.service)
    for channel in content.variants:
        require(actor, "post.write", channel)
        if not channel.is_driven:
            raise ValidationError(f"{channel} is not live, or belongs to an elected person. Take it off this post.")
    if post is None:
        post = Post(author=actor, service=content.service, once=once or uuid.uuid4())
        before: dict[str, Any] = {}
    else:
        post = _editable(actor, post)
        if seen_at and post.edited_at != seen_at:
            raise ValidationError(
                "Somebody changed this post while you wrote, and nothing of yours is saved yet. Your words are still "
                "here. Look at the post in another window; save again to replace theirs with yours."
            )
        before = _frozen(post)
        _take_back(actor, post, "changed", (Verdict.UNDECIDED, Verdict.APPROVED))
    post.service, post.text, post.scheduled_for = content.service, content.text, content.scheduled_for
    post.edited_at = clock.now()
    post.save()
    _write_variants(actor, post, content.variants)
    _describe(post, described)
    capture("post.saved", f"post:{post.pk}", actor=actor, before=before, after=_frozen(post))
    return post


def _editable(actor: User, post: Post) -> Post:
    """The post, locked, if it may still be changed by ``actor``."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    require(actor, "post.write", post)
    if queries.see(post).status not in EDITABLE:
        raise ValidationError("This post is approved. Choose “Change this post” first, or write a new one.")
    return post


def _write_variants(actor: User, post: Post, variants: Mapping[Channel, str]) -> None:
    """Channels through which ``actor`` may not speak stay on the post: a colleague chose them, who may."""
    for variant in post.variants.select_related("channel"):
        is_theirs = variant.channel.is_driven and not actor.may("post.write", variant.channel)
        if variant.channel not in variants and not is_theirs:
            variant.delete()
    for channel, text in variants.items():
        Variant.objects.update_or_create(post=post, channel=channel, defaults={"text": text})


def _describe(post: Post, described: Sequence[Described]) -> None:
    for each in described:
        row = post.attachments.filter(pk=each.attachment.pk)
        if each.is_removed:
            row.delete()
        else:
            row.update(alt=each.alt, is_decorative=each.is_decorative)


def add_picture(
    actor: User, post: Post, upload: "UploadedFile[Any]", alt: str = "", *, is_decorative: bool = False
) -> Attachment:
    """Add an uploaded picture to a post, re-encoded. Raises ``ValidationError`` if it is no picture that we can use."""
    require(actor, "post.write", post)
    clean = pictures.clean_upload(upload)
    try:
        name = pictures.keep(clean, "pictures")
    except OSError as error:
        raise ValidationError(
            "The picture could not be stored: the disk may be full. Your text is safe. Tell your administrator."
        ) from error
    with transaction.atomic():
        post = _editable(actor, post)
        _take_back(actor, post, "a picture was added", (Verdict.UNDECIDED, Verdict.APPROVED))
        picture, _ = Picture.objects.get_or_create(
            name=name,
            defaults={
                "original_name": (upload.name or "")[:200],
                "content_type": clean.content_type,
                "width": clean.width,
                "height": clean.height,
                "size": clean.size,
                "added_by": actor,
            },
        )
        last = post.attachments.order_by("-position").values_list("position", flat=True).first() or 0
        attachment = Attachment.objects.create(
            post=post, picture=picture, position=last + 1, alt=alt, is_decorative=is_decorative
        )
        capture("post.picture_added", f"post:{post.pk}", actor=actor, after={"picture": name, "alt": alt})
    return attachment


# --- Approval ---------------------------------------------------------------------------------------------------------


def _frozen(post: Post) -> dict[str, Any]:
    """The content of a revision: see ``Revision``."""
    return {
        "service": post.service_id,
        "text": post.text,
        "scheduled_for": post.scheduled_for.isoformat() if post.scheduled_for else None,
        "variants": [
            {"channel": each.channel_id, "text": queries.text_for(post, each)} for each in post.variants.all()
        ],
        "pictures": [{"picture": each.picture_id, "alt": each.spoken} for each in post.attachments.all()],
    }


@transaction.atomic
def send_for_approval(actor: User, post: Post) -> Revision:
    """Freeze the post and ask for approval. Raises ``ValidationError`` with every problem that blocks it."""
    post = _editable(actor, post)
    latest = queries.latest_revision(post)
    if latest and latest.verdict == Verdict.UNDECIDED:
        raise ValidationError("This post awaits approval already.")
    if post.scheduled_for and post.scheduled_for <= clock.now():
        raise ValidationError("The time you chose has passed. Choose another, or “As soon as it is approved”.")
    blocking = [_said(channel, problem.message) for channel, problem in queries.problems(post) if problem.blocking]
    if blocking:
        raise ValidationError(blocking)
    revision = Revision.objects.create(
        post=post,
        number=latest.number + 1 if latest else 1,
        content=_frozen(post),
        scheduled_for=post.scheduled_for,
        sent_by=actor,
        sent_at=clock.now(),
    )
    notices.awaiting_approval(revision)
    capture("post.sent_for_approval", f"post:{post.pk}", actor=actor, after=revision.content)
    return revision


def _said(channel: Channel | None, message: str) -> str:
    return f"{channel}: {message}" if channel else message


def _take_back(actor: User, post: Post, why: str, verdicts: Sequence[Verdict] = (Verdict.UNDECIDED,)) -> bool:
    """Withdraw what stands of the post's revisions: one that is undecided, or an approved one that was cancelled."""
    taken = post.revisions.filter(verdict__in=verdicts).update(
        verdict=Verdict.WITHDRAWN, decided_by=actor, decided_at=clock.now(), comment=why
    )
    if taken:
        capture("post.taken_back", f"post:{post.pk}", actor=actor, why=why)
    return bool(taken)


@transaction.atomic
def approve(
    actor: User, revision: Revision, *, comment: str = "", new_time: datetime | None = None, at_once: bool = False
) -> list[Delivery]:
    """Approve a revision: its deliveries are made, frozen, and go out at their time.

    If that time has passed, the approver picks ``new_time`` or says ``at_once``; otherwise ``ValidationError``.
    """
    revision = _undecided(actor, revision)
    now = clock.now()
    due = _due(revision, now, new_time, at_once)
    blocking = [
        _said(channel, problem.message) for channel, problem in queries.problems(revision.post) if problem.blocking
    ]
    if blocking:
        raise ValidationError(blocking)
    _decide(revision, Verdict.APPROVED, actor, comment, now)
    Post.objects.filter(pk=revision.post_id).update(scheduled_for=None if due <= now else due)
    deliveries = Delivery.objects.bulk_create(_deliveries(revision, due, now))
    notices.approved(revision, actor)
    capture(
        "post.approved",
        f"post:{revision.post_id}",
        actor=actor,
        why=comment,
        after={"revision": revision.number, "due_at": due, "deliveries": [each.pk for each in deliveries]},
    )
    if due <= now:
        queue.wake_each(tasks.drain, [each.channel_id for each in deliveries])
    return deliveries


def _undecided(actor: User, revision: Revision) -> Revision:
    """The revision, locked with its post, if ``actor`` may decide on it and nobody has."""
    Post.objects.select_for_update().get(pk=revision.post_id)
    revision = Revision.objects.select_related("post__service", "post__author").get(pk=revision.pk)
    require(actor, "post.approve", revision.post)
    for variant in revision.post.variants.select_related("channel"):
        require(actor, "post.approve", variant.channel)
    if actor.pk in (revision.post.author_id, revision.sent_by_id):
        raise PermissionDenied("Another person than the author approves a post.")
    if revision.verdict != Verdict.UNDECIDED:
        raise ValidationError("This was decided or changed meanwhile. Read the post again.")
    return revision


def _due(revision: Revision, now: datetime, new_time: datetime | None, at_once: bool) -> datetime:
    if at_once:
        return now
    due = new_time or revision.scheduled_for
    if due is None:
        return now
    if due <= now:
        raise ValidationError(
            f"The time for this post, {localtime.words(due)}, has passed. Pick a new time, or send it at once."
        )
    return due


def _decide(revision: Revision, verdict: Verdict, actor: User, comment: str, now: datetime) -> None:
    revision.verdict, revision.decided_by, revision.decided_at, revision.comment = verdict, actor, now, comment
    revision.save(update_fields=["verdict", "decided_by", "decided_at", "comment"])


def _deliveries(revision: Revision, due: datetime, now: datetime) -> list[Delivery]:
    content = revision.content
    stored = Picture.objects.in_bulk([each["picture"] for each in content["pictures"]])
    media = [stored[each["picture"]].facts(each["alt"]) for each in content["pictures"]]
    return [
        Delivery(
            revision=revision,
            channel_id=each["channel"],
            text=each["text"],
            media=media,
            key=make_key(now, secrets.randbits(10)),
            due_at=due,
        )
        for each in content["variants"]
    ]


@transaction.atomic
def refuse(actor: User, revision: Revision, comment: str) -> None:
    """Send a post back to its author. The comment says what to change."""
    revision = _undecided(actor, revision)
    if not comment.strip():
        raise ValidationError("Say what should change, so that the author can act on it.")
    _decide(revision, Verdict.REFUSED, actor, comment, clock.now())
    notices.refused(revision, actor)
    capture("post.refused", f"post:{revision.post_id}", actor=actor, why=comment, after={"revision": revision.number})


@transaction.atomic
def take_back(actor: User, post: Post) -> None:
    """The author withdraws a post from approval."""
    require(actor, "post.write", post)
    if not _take_back(actor, Post.objects.select_for_update().get(pk=post.pk), "taken back by its author"):
        raise ValidationError("Somebody decided on this post meanwhile. Read it again.")


@transaction.atomic
def reopen(actor: User, post: Post) -> None:
    """Change an approved post before any of it went out: its deliveries are cancelled, and it needs a new approval."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    require(actor, "post.write", post)
    revision = queries.latest_revision(post)
    if revision is None or revision.verdict != Verdict.APPROVED:
        raise ValidationError("This post is not approved; you can change it as it is.")
    # All are locked before the first is moved: a worker that moves one of them waits for the same locks in this order.
    for each in list(revision.deliveries.select_for_update(of=("self",)).select_related("channel").order_by("pk")):
        state = DeliveryState(each.state)
        if state == DeliveryState.CANCELLED:
            continue
        cancellable = DeliveryState.CANCELLED in delivery.MOVES[state]
        if not cancellable or not delivery.move(
            each,
            state,
            DeliveryState.CANCELLED,
            why="the post is changed",
            actor=actor,
            only_if={"is_insisted": False},  # one that is sent again may be live already
        ):
            raise ValidationError("Part of this post is already out or on its way. Write a new post instead.")
    Revision.objects.filter(pk=revision.pk).update(verdict=Verdict.WITHDRAWN, comment="changed after approval")
    capture("post.reopened", f"post:{post.pk}", actor=actor, before={"revision": revision.number})
