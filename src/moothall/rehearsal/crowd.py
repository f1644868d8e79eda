"""The practice network's crowd: made-up strangers and colleagues who speak, correct themselves and take things back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from moothall.core import clock
from moothall.rehearsal.models import CrowdPost

TRIES = 20
MOST_AT_ONCE = 20


def say_in_the_crowd(
    handle: str,
    text: str,
    *,
    name: str = "",
    language: str = "en",
    media: Sequence[dict[str, Any]] = (),
    at: datetime | None = None,
) -> CrowdPost:
    """Let ``handle`` say ``text``, now or, as it seems, ``at`` another moment. ``media`` as in ``CrowdPost.media``."""
    said = CrowdPost(
        handle=handle, name=name, text=text, language=language, media=list(media), said_at=at or clock.now()
    )
    _change(said, lambda post: None)
    return said


def plan_in_the_crowd(planned: Iterable[CrowdPost]) -> None:
    """Let each be said at its ``said_at``, as far as a worker runs then (``speak_due``)."""
    CrowdPost.objects.bulk_create(planned)


def fall_silent(ending: str) -> int:
    """Let nobody say what is planned and ends with these words. Returns how much is left unsaid."""
    unsaid, _ = CrowdPost.objects.filter(change=None, text__endswith=ending).delete()
    return unsaid


def speak_due() -> int:
    """Let those of the crowd speak who were to by now. A worker's sweep. Returns how many.

    Only the example council and the rehearsals of events plan what the crowd will say.
    """
    due = list(CrowdPost.objects.filter(change=None, said_at__lte=clock.now()).order_by("said_at", "pk")[:MOST_AT_ONCE])
    for post in due:
        _change(post, lambda same: None)
    return len(due)


def say_otherwise(post: CrowdPost, text: str) -> None:
    """Let its author change the words."""

    def edit(changed: CrowdPost) -> None:
        changed.text, changed.edited_at = text, clock.now()

    _change(post, edit)


def take_back(post: CrowdPost) -> None:
    """Let its author delete it."""

    def remove(changed: CrowdPost) -> None:
        changed.is_removed = True

    _change(post, remove)


def _change(post: CrowdPost, make: Callable[[CrowdPost], None]) -> None:
    """Save the post with the next number. Of two at once, the second finds the number taken, and the one after free."""
    make(post)
    for left in reversed(range(TRIES)):
        last = CrowdPost.objects.aggregate(last=models.Max("change"))["last"] or 0
        post.change = last + 1
        try:
            with transaction.atomic():
                post.save()
        except IntegrityError:
            if not left:
                raise
        else:
            return
