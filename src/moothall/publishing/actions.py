"""Writing posts: permission, change and record in one place. What becomes of a written post is ``approving.py``'s."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock
from moothall.library import actions as library
from moothall.library import queries as library_queries
from moothall.library.models import Asset
from moothall.publishing import identity_guard, queries
from moothall.publishing.content import Content, Enclosed, Wording, frozen, of_post
from moothall.publishing.models import Attachment, Post, ReadyMade, Variant, Verdict
from moothall.publishing.status import Status
from moothall.records.actions import capture

EDITABLE = (Status.DRAFT, Status.REFUSED, Status.CANCELLED)
"""A post that awaits approval is taken back first: nobody should withdraw it by typing a letter."""


class ChangedMeanwhile(ValidationError):
    """Somebody else saved the post since the editor read it. Nothing was written."""


@transaction.atomic
def save_post(
    actor: User,
    post: Post | None,
    content: Content,
    *,
    once: uuid.UUID | None = None,
    seen_at: Any = None,
    voices_confirmed: bool = False,
    made_from: ReadyMade | None = None,
    by_itself: bool = False,
) -> Post:
    """Write a new post (``post`` is ``None``) or change one that is not on its way yet.

    ``once`` names a new post's form: the second post of one form is an ``IntegrityError``. ``seen_at`` is the
    ``edited_at`` that the editor read: if somebody has changed the post since, nothing is written, and
    ``ChangedMeanwhile`` says so. ``voices_confirmed``: the author was asked whether they mean these voices, and said
    yes. ``by_itself``: the draft saves itself while its author types, which is no act to keep a record of.
    """
    _require_all(actor, content)
    if post is None:
        post = Post(author=actor, service=content.service, once=once or uuid.uuid4(), made_from=made_from)
        before: dict[str, Any] = {}
    else:
        post = _editable(actor, post)
        if seen_at and post.edited_at != seen_at:
            raise ChangedMeanwhile(
                "Somebody changed this post while you wrote, and nothing of yours is saved yet. Your words are still "
                "here. Look at the post in another window; save again to replace theirs with yours."
            )
        before = frozen(of_post(post))
        _withdraw(actor, post)
    _write(post, content, voices_confirmed)
    _write_variants(actor, post, content.variants)
    _write_attachments(post, content.enclosed)
    if not by_itself:
        after = frozen(of_post(post))
        capture("post.saved", f"post:{post.pk}", actor=actor, before=before, after=after)
    return post


def _require_all(actor: User, content: Content) -> None:
    require(actor, "post.write", content.service)
    for channel in content.variants:
        require(actor, "post.write", channel)
        if not channel.is_driven:
            raise ValidationError(f"{channel} is not live, or belongs to an elected person. Take it off this post.")
    visible = set(library_queries.visible(actor).filter(pk__in=[each.asset.pk for each in content.enclosed]))
    for each in content.enclosed:
        on_it_already = each.asset.attachments.filter(post__service=content.service).exists()
        if each.asset not in visible and not on_it_already:
            raise ValidationError("One of the pictures is not in the part of the media library that is open to you.")


def _editable(actor: User, post: Post) -> Post:
    """The post, locked, if it may still be changed by ``actor``."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    require(actor, "post.write", post)
    status = queries.see(post).status
    if status == Status.AWAITING_APPROVAL:
        raise ValidationError("This post awaits approval. Take it back first; then you can change it.")
    if status not in EDITABLE:
        raise ValidationError("This post is approved. Choose “Change this post” first, or write a new one.")
    return post


def _withdraw(actor: User, post: Post) -> None:
    """A changed post is no longer the one whose deliveries were cancelled."""
    post.revisions.filter(verdict=Verdict.APPROVED).update(
        verdict=Verdict.WITHDRAWN, decided_by=actor, decided_at=clock.now(), comment="changed"
    )


def _write(post: Post, content: Content, voices_confirmed: bool) -> None:
    voices = identity_guard.voices(content.variants)
    if voices and (voices_confirmed or not identity_guard.question(post.voices_confirmed, voices)):
        post.voices_confirmed = identity_guard.key(voices)
    post.service, post.text, post.scheduled_for = content.service, content.text, content.scheduled_for
    post.timing, post.language = content.timing, content.language
    post.second_text, post.second_language = content.second_text, content.second_language
    post.campaign, post.card = content.campaign, dict(content.card) if content.card else None
    post.edited_at = clock.now()
    post.save()


def _write_variants(actor: User, post: Post, variants: Mapping[Channel, Wording]) -> None:
    """Channels through which ``actor`` may not speak stay on the post: a colleague chose them, who may."""
    for variant in post.variants.select_related("channel"):
        is_theirs = variant.channel.is_driven and not actor.may("post.write", variant.channel)
        if variant.channel not in variants and not is_theirs:
            variant.delete()
    for channel, wording in variants.items():
        values = {"text": wording.text, "options": dict(wording.options)}
        Variant.objects.update_or_create(post=post, channel=channel, defaults=values)


def _write_attachments(post: Post, enclosed: Sequence[Enclosed]) -> None:
    post.attachments.exclude(asset__in=[each.asset for each in enclosed]).delete()
    for position, each in enumerate(enclosed, start=1):
        Attachment.objects.update_or_create(
            post=post,
            asset=each.asset,
            defaults={
                "position": position,
                "alt": each.alt,
                "is_decorative": each.is_decorative,
                "part": each.part,
            },
        )


@transaction.atomic
def attach(
    actor: User, post: Post, asset: Asset, alt: str = "", *, is_decorative: bool = False, part: int = 1
) -> Attachment:
    """Put an asset of the library on a post, at the end; without words of its own it keeps the library's."""
    post = _editable(actor, post)
    if asset not in library_queries.visible(actor):
        raise ValidationError("This is not in the part of the media library that is open to you.")
    _withdraw(actor, post)
    last = post.attachments.order_by("-position").values_list("position", flat=True).first() or 0
    attachment, _ = Attachment.objects.update_or_create(
        post=post,
        asset=asset,
        defaults={
            "position": last + 1,
            "alt": alt or ("" if is_decorative else asset.alt),
            "is_decorative": is_decorative,
            "part": part,
        },
    )
    Post.objects.filter(pk=post.pk).update(edited_at=clock.now())
    after = {"asset": asset.pk, "alt": attachment.alt, "part": part}
    capture("post.asset_attached", f"post:{post.pk}", actor=actor, after=after)
    return attachment


def attach_upload(
    actor: User, post: Post, upload: "UploadedFile[Any]", alt: str = "", *, is_decorative: bool = False, part: int = 1
) -> Attachment:
    """Put an uploaded file on a post: it enters the library first, where it is processed in the background.

    Raises ``ValidationError`` if it is nothing that we can use. The post's words are safe by then.
    """
    require(actor, "post.write", post)
    asset = library.add(actor, upload, service=post.service, alt=alt)
    return attach(actor, post, asset, alt, is_decorative=is_decorative, part=part)
