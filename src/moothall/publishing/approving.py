"""From a draft to deliveries: asking for approval, deciding, taking back, and moving the time."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock, localtime, queue
from moothall.networks.keys import make_key
from moothall.publishing import checking, delivery, notices, queries, resting, rules, slots, tasks
from moothall.publishing.content import frozen, of_post
from moothall.publishing.models import (
    Comment,
    Decision,
    Delivery,
    DeliveryState,
    Post,
    Revision,
    Timing,
    Verdict,
)
from moothall.publishing.rules import Voice
from moothall.publishing.status import Status
from moothall.records.actions import capture

A_MICROSECOND = timedelta(microseconds=1)
SENDABLE = (Status.DRAFT, Status.REFUSED, Status.CANCELLED)


# --- Asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_for_approval(actor: User, post: Post) -> Revision:
    """Freeze the post and ask for approval. Raises ``ValidationError`` with every problem that blocks it.

    Where the rules ask for nobody's approval, it is approved with that.
    """
    post = Post.objects.select_for_update().get(pk=post.pk)
    require(actor, "post.write", post)
    status = queries.see(post).status
    if status not in SENDABLE:
        raise ValidationError("This post awaits approval already, or is on its way.")
    if post.timing == Timing.AT_A_TIME and post.scheduled_for and post.scheduled_for <= clock.now():
        raise ValidationError("The time you chose has passed. Choose another, or “As soon as it is approved”.")
    if blocking := checking.blocking(post):
        raise ValidationError(blocking)
    latest = queries.latest_revision(post)
    revision = Revision.objects.create(
        post=post,
        number=latest.number + 1 if latest else 1,
        content=frozen(of_post(post)),
        scheduled_for=post.scheduled_for,
        sent_by=actor,
        sent_at=clock.now(),
    )
    capture("post.sent_for_approval", f"post:{post.pk}", actor=actor, after=revision.content)
    if rules.progress(revision).is_complete:
        now = clock.now()
        why = "No approval is needed on these channels."
        _approved(revision, actor, why, now, _due(revision, now, None, at_once=False))
    else:
        notices.awaiting_approval(revision)
    return revision


@transaction.atomic
def take_back(actor: User, post: Post) -> None:
    """The author withdraws a post from approval, to change it."""
    require(actor, "post.write", post)
    post = Post.objects.select_for_update().get(pk=post.pk)
    why = "taken back by its author"
    taken = post.revisions.filter(verdict=Verdict.UNDECIDED).update(
        verdict=Verdict.WITHDRAWN, decided_by=actor, decided_at=clock.now(), comment=why
    )
    if not taken:
        raise ValidationError("Somebody decided on this post meanwhile. Read it again.")
    capture("post.taken_back", f"post:{post.pk}", actor=actor, why=why)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(
    actor: User, revision: Revision, *, comment: str = "", new_time: datetime | None = None, at_once: bool = False
) -> list[Delivery]:
    """Say yes to a revision. With the last yes that its rules ask for, its deliveries are made, frozen.

    Returns them; none while another approval is needed. If the time has passed by then, the approver picks ``new_time``
    or says ``at_once``; otherwise ``ValidationError``. Whoever approves after them approves that time too.
    """
    revision, voice = _undecided(actor, revision)
    if blocking := checking.blocking(revision.post):
        raise ValidationError(blocking)
    Decision.objects.create(revision=revision, by=actor, instead_of=voice.instead_of, comment=comment)
    now = clock.now()
    if rules.progress(revision).is_complete:
        return _approved(revision, actor, comment, now, _due(revision, now, new_time, at_once))
    if new_time or at_once:
        _due(revision, now, new_time, at_once)  # refuses a time that has passed
        _retime(revision, None if at_once else new_time)
    after = {"revision": revision.number, "instead_of": voice.instead_of.name if voice.instead_of else None}
    capture("post.approved_in_part", f"post:{revision.post_id}", actor=actor, why=comment, after=after)
    return []


@transaction.atomic
def let_go(actor: User, post: Post) -> list[Delivery]:
    """Let a post go out that has every approval it needs, because the rules ask for fewer since it was sent for them.

    No change of a rule sends anything by itself: a person does, with this.
    """
    require(actor, "post.write", post)
    post = Post.objects.select_for_update().get(pk=post.pk)
    revision = queries.latest_revision(post)
    if revision is None or revision.verdict != Verdict.UNDECIDED or not rules.progress(revision).is_complete:
        raise ValidationError("This was decided or changed meanwhile. Read the post again.")
    if blocking := checking.blocking(post):
        raise ValidationError(blocking)
    now = clock.now()
    return _approved(revision, actor, "The rules ask for no further approval.", now, _due(revision, now, None, False))


@transaction.atomic
def refuse(actor: User, revision: Revision, comment: str) -> None:
    """Send a post back to its author. The comment says what to change."""
    revision, voice = _undecided(actor, revision)
    if not comment.strip():
        raise ValidationError("Say what should change, so that the author can act on it.")
    _decide(revision, Verdict.REFUSED, actor, comment, clock.now())
    notices.refused(revision, actor)
    after = {"revision": revision.number, "instead_of": voice.instead_of.name if voice.instead_of else None}
    capture("post.refused", f"post:{revision.post_id}", actor=actor, why=comment, after=after)


@transaction.atomic
def comment_on(actor: User, revision: Revision, text: str) -> Comment:
    """Remark on a revision. Its author, and those who remarked before, are told."""
    _require_sight(actor, revision.post)
    if not text.strip():
        raise ValidationError("Write your comment first.")
    made = Comment.objects.create(revision=revision, by=actor, text=text.strip())
    notices.commented(made)
    capture("post.commented", f"post:{revision.post_id}", actor=actor, after={"comment": made.text})
    return made


def _require_sight(actor: User, post: Post) -> None:
    if not queries.may_see(actor, post):
        raise PermissionDenied("You may not see this post.")


def _undecided(actor: User, revision: Revision) -> tuple[Revision, Voice]:
    """The revision, locked with its post, if ``actor`` may decide on it and nobody has."""
    Post.objects.select_for_update().get(pk=revision.post_id)
    revision = Revision.objects.select_related("post__service", "post__author").get(pk=revision.pk)
    _require_sight(actor, revision.post)
    if actor.pk in (revision.post.author_id, revision.sent_by_id):
        raise PermissionDenied("Another person than the author approves a post.")
    progress = rules.progress(revision)
    if revision.verdict != Verdict.UNDECIDED or any(actor.pk == each.user.pk for each in progress.voices):
        raise ValidationError("This was decided or changed meanwhile. Read the post again.")
    voice = progress.voice_of(actor)
    if voice is None:
        raise PermissionDenied("This post needs somebody else's approval.")
    return revision, voice


def _due(revision: Revision, now: datetime, new_time: datetime | None, at_once: bool) -> datetime | None:
    """When an approved post goes out; ``None``: in its channels' next free slots."""
    if at_once:
        return now
    if new_time is None and revision.content["timing"] == Timing.NEXT_SLOT:
        return None
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


def _approved(revision: Revision, actor: User, comment: str, now: datetime, due: datetime | None) -> list[Delivery]:
    _decide(revision, Verdict.APPROVED, actor, comment, now)
    made = [each for variant in revision.content["variants"] for each in deliveries_of(revision, variant, due, now)]
    deliveries = Delivery.objects.bulk_create(made)
    if due is not None:
        timing = Timing.AT_A_TIME if due > now else Timing.AT_ONCE
        Post.objects.filter(pk=revision.post_id).update(scheduled_for=due if due > now else None, timing=timing)
    notices.approved(revision, actor)
    capture(
        "post.approved",
        f"post:{revision.post_id}",
        actor=actor,
        why=comment,
        after={
            "revision": revision.number,
            "due_at": due,
            "deliveries": [each.pk for each in deliveries],
            "approved_by": [each.words for each in revision.decisions.select_related("by", "instead_of")],
        },
    )
    queue.wake_each(tasks.drain, sorted({each.channel_id for each in deliveries if each.due_at <= now}))
    return deliveries


def deliveries_of(
    revision: Revision, variant: Mapping[str, Any], due: datetime | None, now: datetime
) -> list[Delivery]:
    """One for each part of what a channel carries; without ``due``, in the channel's next free slot."""
    if due is None:
        channel = Channel.objects.select_for_update().get(pk=variant["channel"])  # a slot is given once
        due = slots.next_free(channel, now)
        if due is None:
            raise ValidationError(f"{channel} has no free queue slot any more. Pick a time.")
    if revision.post.made_from_id:
        channel = Channel.objects.select_for_update().get(pk=variant["channel"])  # it is said once
        resting.refuse_unrested(revision.post, [channel], due)
    # Within a second of now: revisions that are approved at one moment, many from one file say, have each its own.
    begin = now + revision.pk % 1_000 * 1_000 * A_MICROSECOND
    return [
        Delivery(
            revision=revision,
            channel_id=variant["channel"],
            part=number,
            text=part["text"],
            media=part["media"],
            language=variant["language"],
            options=variant["options"],
            card=variant["card"] if number == 1 else None,
            key=make_key(begin + number * A_MICROSECOND, secrets.randbits(10)),  # keys sort as the parts do
            due_at=due,
        )
        for number, part in enumerate(variant["parts"], start=1)
    ]


# --- Changing what is approved ----------------------------------------------------------------------------------------


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


@transaction.atomic
def reschedule(actor: User, post: Post, when: datetime) -> None:
    """Move a post to another time, in the calendar say, whether it is approved or not: what it says stays approved.

    Raises ``ValidationError`` if the time has passed, or any of the post is out or on its way.
    """
    post = Post.objects.select_for_update().get(pk=post.pk)
    require(actor, "post.write", post)
    if when <= clock.now():
        raise ValidationError(f"{localtime.words(when)} has passed. Choose a later time.")
    resting.refuse_unrested(post, [each.channel for each in post.variants.select_related("channel")], when)
    before = post.scheduled_for
    revision = queries.latest_revision(post)
    if revision and revision.verdict == Verdict.APPROVED:
        _move_deliveries(revision, when)
    elif revision and revision.verdict == Verdict.UNDECIDED:
        _retime(revision, when)
    Post.objects.filter(pk=post.pk).update(scheduled_for=when, timing=Timing.AT_A_TIME, edited_at=clock.now())
    capture("post.rescheduled", f"post:{post.pk}", actor=actor, before={"time": before}, after={"time": when})


def _retime(revision: Revision, when: datetime | None) -> None:
    """What waits for approval is to go out at ``when``, or (``None``) as soon as it is approved."""
    timing = Timing.AT_A_TIME if when else Timing.AT_ONCE
    content = revision.content | {"scheduled_for": when.isoformat() if when else None, "timing": timing.value}
    Revision.objects.filter(pk=revision.pk).update(scheduled_for=when, content=content)
    Post.objects.filter(pk=revision.post_id).update(scheduled_for=when, timing=timing)


def _move_deliveries(revision: Revision, when: datetime) -> None:
    going = revision.deliveries.exclude(state=DeliveryState.CANCELLED)
    moved = going.filter(state=DeliveryState.WAITING, tries=0, is_insisted=False).update(due_at=when)
    if not moved or moved != going.count():
        raise ValidationError("Part of this post is already out, on its way or held. Its time can no longer be moved.")
