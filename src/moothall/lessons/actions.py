"""Every write about lessons: permission, change and record in one place.

Higher rooms draw lessons from what came to pass in them: their own rules say who may, and nothing here asks twice.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.queries import holders
from moothall.core import clock
from moothall.lessons import queries, states
from moothall.lessons.models import Lesson, LessonState
from moothall.lessons.states import Act, Side
from moothall.records.actions import capture

MEANWHILE = "This lesson was changed or decided on meanwhile. Read it again."
SAY_WHY = "Say why, so that its author can act on it."
NAMED_ALL_THE_SAME = "Say it without: a lesson names nobody who works here, or has."


def ref(lesson: Lesson) -> str:
    """By what name records know the lesson."""
    return f"lesson:{lesson.pk}"


@transaction.atomic
def draft(
    actor: User,
    *,
    title: str,
    what_happened: str,
    what_changes: str,
    is_confidential: bool = False,
    for_case: bool = False,
) -> Lesson:
    """Begin a lesson.

    One that came of a concern ``is_confidential``. ``for_case``: a higher room has asked its own rules whether
    ``actor`` may. Raises ``ValidationError`` by field.
    """
    if not (is_confidential or for_case):
        require(actor, "lesson.write")
    lesson = Lesson(
        title=title,
        what_happened=what_happened,
        what_changes=what_changes,
        author=actor,
        is_confidential=is_confidential,
    )
    lesson.full_clean()
    lesson.save()
    lesson.written_by.add(actor)
    return lesson


@transaction.atomic
def change(
    actor: User, lesson: Lesson, *, title: str, what_happened: str, what_changes: str, for_case: bool = False
) -> Lesson:
    """Keep other words of a draft. Raises ``ValidationError`` by field, and if it is a draft no more."""
    lesson = _locked(lesson)
    _as_writer(actor, lesson, for_case=for_case)
    if lesson.state != LessonState.DRAFT:
        raise ValidationError(MEANWHILE)
    lesson.title, lesson.what_happened, lesson.what_changes = title, what_happened, what_changes
    lesson.full_clean()
    lesson.save(update_fields=["title", "what_happened", "what_changes"])
    return lesson


@transaction.atomic
def send_for_review(actor: User, lesson: Lesson, *, for_case: bool = False) -> Lesson:
    """Send a draft to those who review lessons. Raises ``ValidationError`` if it names anybody."""
    lesson = _locked(lesson)
    _as_writer(actor, lesson, for_case=for_case)
    _move(lesson, Act.SEND, Side.WRITER)
    _refuse_names(lesson)
    lesson.sent_at, lesson.remark = clock.now(), ""
    lesson.save(update_fields=["state", "sent_at", "remark"])
    writers = set(lesson.written_by.all())
    # All reviewers read the same words, whoever wrote it and whatever it came of.
    reviewers = [each for each in holders("lesson.review", None) if each not in writers]
    notify(reviewers, "A lesson waits for your review.", lesson.get_absolute_url())
    _keep("lesson.sent", lesson, actor, Side.WRITER)
    return lesson


@transaction.atomic
def publish(actor: User, lesson: Lesson) -> Lesson:
    """Let everybody who works here read it. Raises ``ValidationError`` if it names anybody by now."""
    lesson = _locked(lesson)
    _as_reviewer(actor, lesson)
    _move(lesson, Act.PUBLISH, Side.REVIEWER)
    _refuse_names(lesson)
    lesson.published_at, lesson.reviewer = clock.now(), actor
    lesson.save(update_fields=["state", "published_at", "reviewer"])
    notify(lesson.written_by.all(), f"Your lesson “{lesson}” is published.", lesson.get_absolute_url())
    _keep("lesson.published", lesson, actor, Side.REVIEWER)
    return lesson


@transaction.atomic
def send_back(actor: User, lesson: Lesson, remark: str) -> Lesson:
    """Make it a draft again, saying what should change."""
    lesson = _locked(lesson)
    _as_reviewer(actor, lesson)
    _move(lesson, Act.SEND_BACK, Side.REVIEWER)
    lesson.remark = _said("remark", remark)
    lesson.save(update_fields=["state", "remark"])
    words = f"Your lesson “{lesson}” was sent back: {lesson.remark}"
    notify(lesson.written_by.all(), words[:500], lesson.get_absolute_url())
    _keep("lesson.sent_back", lesson, actor, Side.REVIEWER, why=lesson.remark)
    return lesson


@transaction.atomic
def withdraw(actor: User, lesson: Lesson, why: str, *, for_case: bool = False) -> Lesson:
    """Take it away: nobody but its writers, and those who review lessons if it was published, reads it any more.

    Raises ``ValidationError`` for a published lesson unless a reviewer who did not write on it withdraws it.
    """
    lesson = _locked(lesson)
    side = Side.WRITER if for_case else queries.side_of(actor, lesson)
    if side is None:
        raise PermissionDenied("You may not withdraw this lesson.")
    _move(lesson, Act.WITHDRAW, side)
    lesson.remark = _said("why", why)
    lesson.withdrawn_at = clock.now()
    lesson.save(update_fields=["state", "remark", "withdrawn_at"])
    if side == Side.REVIEWER:
        words = f"Your lesson “{lesson}” was withdrawn: {lesson.remark}"
        notify(lesson.written_by.all(), words[:500], lesson.get_absolute_url())
    _keep("lesson.withdrawn", lesson, actor, side, why=lesson.remark)
    return lesson


def _locked(lesson: Lesson) -> Lesson:
    return Lesson.objects.select_for_update().get(pk=lesson.pk)


def _as_writer(actor: User, lesson: Lesson, *, for_case: bool) -> None:
    """Only who has written on it goes on with it; whoever a higher room lets do so has written on it from now on."""
    if for_case:
        lesson.written_by.add(actor)
    elif queries.side_of(actor, lesson) != Side.WRITER:
        raise PermissionDenied("Only those who wrote on a lesson go on with it.")


def _as_reviewer(actor: User, lesson: Lesson) -> None:
    require(actor, "lesson.review")
    if queries.side_of(actor, lesson) != Side.REVIEWER:
        raise PermissionDenied("Other people than its authors review a lesson.")


def _move(lesson: Lesson, act: Act, side: Side) -> None:
    """The lesson's next state, not saved. Raises ``ValidationError`` for a move that the table does not have."""
    after = states.after(act, side, lesson.state)
    if after is None:
        raise ValidationError(MEANWHILE)
    lesson.state = after


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise ValidationError({field: SAY_WHY})
    return text.strip()


def _refuse_names(lesson: Lesson) -> None:
    if named := queries.named_in(lesson).surely:
        words = ", ".join(f"“{each}”" for each in named)
        raise ValidationError(f"It names somebody: {words}. {NAMED_ALL_THE_SAME}")


def _keep(kind: str, lesson: Lesson, actor: User, side: Side, *, why: str = "") -> None:
    """Keep a record. Of a confidential lesson it says neither who wrote it nor, before it is published, any word."""
    is_named = side == Side.REVIEWER or not lesson.is_confidential
    is_open = lesson.published_at is not None or not lesson.is_confidential
    after: Mapping[str, Any] = {"title": lesson.title} if is_open else {}
    capture(
        kind,
        ref(lesson),
        actor=actor if is_named else None,
        why="" if lesson.is_confidential else why,
        after=after,
    )
