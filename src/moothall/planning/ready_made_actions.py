"""Keeping ready-made texts, and making posts of them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.library.models import Asset
from moothall.planning import ready_made_queries as queries
from moothall.publishing import actions, placeholders
from moothall.publishing import queries as post_queries
from moothall.publishing.content import Content, Wording, enclosed_in
from moothall.publishing.models import Post, ReadyMade
from moothall.publishing.status import Status
from moothall.records.actions import capture

Kind = ReadyMade.Kind

NAME_LENGTH = 120
DESCRIBED = ("service_id", "kind", "name", "text", "second_text", "second_language", "rest_days", "is_retired")
"""The fields that a record of a change tells of."""


@dataclass(frozen=True)
class Words:
    """What a person said about a ready-made text. ``service`` ``None``: every service's; the desk keeps those."""

    service: Service | None
    kind: str
    name: str
    text: str
    second_text: str = ""
    second_language: str = ""
    rest_days: int = 30
    assets: Sequence[Asset] = ()


def ref(ready_made: ReadyMade) -> str:
    return f"ready_made:{ready_made.pk}"


@transaction.atomic
def save(actor: User, ready_made: ReadyMade | None, words: Words) -> ReadyMade:
    """Keep a new ready-made text (``ready_made`` is ``None``) or change one. Raises ``ValidationError``."""
    if ready_made is None:
        ready_made, before = ReadyMade(made_by=actor), None
    else:
        ready_made = ReadyMade.objects.select_for_update().get(pk=ready_made.pk)
        require(actor, "post.write", ready_made)
        before = _facts(ready_made)
    ready_made.service, ready_made.kind, ready_made.name = words.service, words.kind, words.name.strip()
    ready_made.text, ready_made.second_text = words.text, words.second_text
    ready_made.second_language = words.second_language if words.second_text.strip() else ""
    ready_made.rest_days = words.rest_days
    require(actor, "post.write", ready_made)
    _check(ready_made, words.assets)
    ready_made.save()
    ready_made.assets.set(words.assets)
    capture("ready_made.saved", ref(ready_made), actor=actor, before=before, after=_facts(ready_made))
    return ready_made


def _check(ready_made: ReadyMade, assets: Sequence[Asset]) -> None:
    if not ready_made.text.strip():
        raise ValidationError({"text": "Write the words first."})
    gaps = placeholders.names(ready_made.text, ready_made.second_text)
    if ready_made.kind == Kind.EVERGREEN and gaps:
        message = f"An evergreen post goes out as it is. Fill the gap “{{{gaps[0]}}}”, or keep this as a template."
        raise ValidationError({"text": message})
    same = ReadyMade.objects.filter(service=ready_made.service, name__iexact=ready_made.name, is_retired=False)
    if same.exclude(pk=ready_made.pk).exists():
        raise ValidationError({"name": "There is a ready-made text of this name already. Choose another name."})
    for each in assets:
        if not _is_open_to(each, ready_made.service):
            raise ValidationError({"assets": f"“{each}” belongs to another service, whose authors alone may use it."})


def _is_open_to(asset: Asset, service: Service | None) -> bool:
    """Whether everybody who may use a ready-made text of ``service`` may use ``asset`` too."""
    return asset.service_id is None or (service is not None and asset.service_id == service.pk)


@transaction.atomic
def retire(actor: User, ready_made: ReadyMade) -> None:
    """Offer it to nobody any more. What was said with it stays, and so does how long that rests."""
    _set_retired(actor, ready_made, True)


@transaction.atomic
def bring_back(actor: User, ready_made: ReadyMade) -> None:
    """Offer a retired one again."""
    _set_retired(actor, ready_made, False)


def _set_retired(actor: User, ready_made: ReadyMade, retired: bool) -> None:
    ready_made = ReadyMade.objects.select_for_update().get(pk=ready_made.pk)
    require(actor, "post.write", ready_made)
    before = _facts(ready_made)
    ready_made.is_retired = retired
    if not retired:
        _check(ready_made, ())
    ready_made.save(update_fields=["is_retired"])
    kind = "ready_made.retired" if retired else "ready_made.brought_back"
    capture(kind, ref(ready_made), actor=actor, before=before, after=_facts(ready_made))


@transaction.atomic
def evergreen_of(actor: User, post: Post) -> ReadyMade:
    """Keep a sent post as an evergreen one; its sayings so far count, so it rests from then. Twice asked makes one.

    Raises ``ValidationError`` if nothing of it was sent, or its words are not fit for it.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("made_from").get(pk=post.pk)
    require(actor, "post.write", post)
    if post.made_from and post.made_from.kind == Kind.EVERGREEN:
        return post.made_from
    if post_queries.see(post).status not in (Status.SENT, Status.PARTLY_SENT):
        raise ValidationError("Only a post that was sent can be kept as an evergreen one.")
    assets = [each.asset for each in post.attachments.select_related("asset")]
    words = Words(
        service=post.service,
        kind=Kind.EVERGREEN,
        name=_free_name(post),
        text=post.text,
        second_text=post.second_text,
        second_language=post.second_language,
        assets=[each for each in assets if _is_open_to(each, post.service)],
    )
    kept = save(actor, None, words)
    post.made_from = kept
    post.save(update_fields=["made_from"])
    return kept


def _free_name(post: Post) -> str:
    """The post's first words; with its number if another ready-made text of its service is called so."""
    name = str(post)[:NAME_LENGTH]
    taken = ReadyMade.objects.filter(service=post.service, name__iexact=name, is_retired=False).exists()
    return f"{name} ({post.pk})"[:NAME_LENGTH] if taken else name


def begin(
    actor: User, template: ReadyMade, service: Service, values: Mapping[str, str], once: uuid.UUID | None = None
) -> Post:
    """A draft for ``service`` of ``template``, whose gaps hold ``values`` by their names. One ``once`` makes one draft.

    Raises ``ValidationError`` for a gap without a value.
    """
    _require_use(actor, template)
    if empty := [name for name in placeholders.names(template.text, template.second_text) if not values.get(name)]:
        raise ValidationError([f"Fill in “{name}”." for name in empty])
    content = Content(
        service=service,
        text=placeholders.filled(template.text, values),
        variants={},
        second_text=placeholders.filled(template.second_text, values),
        second_language=template.second_language,
        enclosed=enclosed_in(template),
    )
    return _made_once(actor, template, content, once)


def fill_next_slot(actor: User, evergreen: ReadyMade, channel: Channel, once: uuid.UUID | None = None) -> Post:
    """A draft of ``evergreen`` for the next free slot of ``channel``. One ``once`` makes one draft of it there.

    Raises ``ValidationError`` if there is no free slot, or the post still rests when it comes.
    """
    _require_use(actor, evergreen)
    suggestion = next(
        (each for each in queries.longest_rested(actor, channel) if each.ready_made.pk == evergreen.pk), None
    )
    if suggestion is None:
        raise ValidationError(f"“{evergreen}” is no evergreen post for {channel}.")
    if suggestion.slot is None:
        raise ValidationError(
            f"“{evergreen}” still rests when the next slot of {channel} comes, or there is none free."
        )
    content = Content(
        service=channel.service,
        text=evergreen.text,
        variants={channel: Wording()},
        in_next_slots=True,
        second_text=evergreen.second_text,
        second_language=evergreen.second_language,
        enclosed=enclosed_in(evergreen),
    )
    return _made_once(actor, evergreen, content, once and uuid.uuid5(once, f"{evergreen.pk} on {channel.pk}"))


def _require_use(actor: User, ready_made: ReadyMade) -> None:
    if not queries.kept(actor).filter(pk=ready_made.pk, is_retired=False).exists():
        raise ValidationError("This ready-made text is no longer offered to you. Choose another.")


def _made_once(actor: User, ready_made: ReadyMade, content: Content, once: uuid.UUID | None) -> Post:
    try:
        return actions.save_post(actor, None, content, once=once, made_from=ready_made)
    except IntegrityError:
        made = Post.objects.filter(once=once, author=actor).first() if once else None
        if made is None:
            raise
        return made


def _facts(ready_made: ReadyMade) -> dict[str, Any]:
    kept = {name: getattr(ready_made, name) for name in DESCRIBED}
    return kept | {"assets": sorted(ready_made.assets.values_list("pk", flat=True)) if ready_made.pk else []}
