"""Copies of approved posts for the rehearsal of an event, which can reach the practice network and no other.

A copy carries the approval of its original: nobody is asked again for what only the practice network sees. Two things
make that safe. ``copy`` refuses every channel of another network; and the revision says of itself what it rehearses,
so that the send step refuses it on any other network, whatever became of the channel since.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import known
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.publishing import delivery, threads
from moothall.publishing.approving import deliveries_of
from moothall.publishing.models import (
    Attachment,
    Delivery,
    DeliveryState,
    Post,
    Revision,
    Timing,
    Variant,
    Verdict,
)
from moothall.publishing.strays import REHEARSES
from moothall.records.actions import capture


@transaction.atomic
def copy(
    actor: User, original: Revision, channels: Mapping[int, Channel], at: datetime, reword: Callable[[str], str]
) -> Post | None:
    """The post of an approved revision once more, reworded, on practice channels, due at ``at``.

    ``channels`` are the practice channels by the id of those that they stand for; what has none is left out, and
    ``None`` returned if nothing is left. Raises ``ValidationError`` for a channel that is on another network, and for a
    revision that is not approved.
    """
    require(actor, "event.manage")
    if original.verdict != Verdict.APPROVED:
        raise ValidationError(f"“{original.post}” is not approved.")
    if real := [each for each in channels.values() if each.network != known.PRACTICE]:
        raise ValidationError(f"{real[0]} is not on the practice network. Nothing was copied.")
    variants = [
        _variant(each, channels, reword) for each in original.content["variants"] if each["channel"] in channels
    ]
    if not variants:
        return None
    made = _post(actor, original.post, variants, at, reword)
    now = clock.now()
    revision = Revision.objects.create(
        post=made,
        number=1,
        content=original.content
        | {
            REHEARSES: original.pk,
            "text": made.text,
            "variants": variants,
            "scheduled_for": at.isoformat(),
            "timing": Timing.AT_A_TIME.value,
        },
        scheduled_for=at,
        sent_by=actor,
        sent_at=now,
        verdict=Verdict.APPROVED,
        decided_by=actor,
        decided_at=now,
        comment=f"It carries the approval of post {original.post_id}, for a rehearsal only.",
    )
    Delivery.objects.bulk_create(each for variant in variants for each in deliveries_of(revision, variant, at, now))
    capture(
        "post.rehearsed", f"post:{made.pk}", actor=actor, why=revision.comment, after={"original": original.post_id}
    )
    return made


def _variant(
    frozen: Mapping[str, Any], channels: Mapping[int, Channel], reword: Callable[[str], str]
) -> dict[str, Any]:
    parts = [{"text": reword(part["text"]), "media": part["media"]} for part in frozen["parts"]]
    return {**frozen, "channel": channels[frozen["channel"]].pk, "parts": parts}


def _post(
    actor: User, original: Post, variants: list[dict[str, Any]], at: datetime, reword: Callable[[str], str]
) -> Post:
    made = Post.objects.create(
        service=original.service,
        author=actor,
        text=reword(original.text),
        language=original.language,
        timing=Timing.AT_A_TIME,
        scheduled_for=at,
    )
    Variant.objects.bulk_create(
        Variant(
            post=made,
            channel_id=each["channel"],
            text=threads.join([part["text"] for part in each["parts"]]),
            options=each["options"],
        )
        for each in variants
    )
    Attachment.objects.bulk_create(
        Attachment(
            post=made,
            asset_id=each.asset_id,
            part=each.part,
            position=each.position,
            alt=each.alt,
            is_decorative=each.is_decorative,
        )
        for each in original.attachments.all()
    )
    return made


@transaction.atomic
def call_off(actor: User, posts: Iterable[Post], why: str) -> int:
    """Cancel whatever of these copies still waits. Returns how many deliveries. What is no copy is left alone."""
    require(actor, "event.manage")
    waiting = Delivery.objects.filter(revision__post__in=list(posts), state=DeliveryState.WAITING)
    waiting = waiting.filter(revision__content__has_key=REHEARSES)
    found = list(waiting.select_for_update(of=("self",)).select_related("channel").order_by("pk"))
    return sum(
        delivery.move(each, DeliveryState.WAITING, DeliveryState.CANCELLED, why=why, actor=actor) for each in found
    )
