"""Writes to the starter: permission, change and record in one place."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.policies import starter_queries
from moothall.policies.models.starter import FIELDS, SECTIONS, Starter, StarterQuestion
from moothall.policies.starter_queries import Content
from moothall.records.actions import capture

REF = "starter"
"""By what name records know the starter."""


@transaction.atomic
def save_starter(actor: User, starter: Starter, questions: Sequence[StarterQuestion], *, seen: int) -> list[str]:
    """Put the council's words in place of those that show now. Returns what changed, in words; nothing may have.

    ``seen`` is the version that the actor saw when they began. Raises ``ValidationError`` if it is the current one no
    more: nobody's words vanish unseen.
    """
    require(actor, "policy.write")
    Starter.objects.select_for_update().filter(pk=1).first()
    now = starter_queries.current()
    if now.starter.version != seen:
        raise ValidationError(
            "Somebody changed the starter while you wrote. Look at it in another tab. What you typed is still below "
            "and is not saved: save again to put it in place of theirs."
        )
    changed = changed_parts(now, Content(starter, tuple(questions)))
    if not changed:
        return []
    starter.pk, starter.version = 1, seen + 1
    starter.save()
    for question in questions:
        question.save()
    capture(
        "starter.changed",
        REF,
        actor=actor,
        before={"version": seen},
        after={"version": starter.version, "parts": changed},
    )
    return changed


def changed_parts(before: Content, after: Content) -> list[str]:
    """The names of the sections and questions that differ."""
    words = {field.name: str(field.verbose_name) for field in Starter._meta.fields}
    names = [words[name] for name in SECTIONS if getattr(before.starter, name) != getattr(after.starter, name)]
    return names + [
        f"question {new.number}"
        for old, new in zip(before.questions, after.questions, strict=True)
        if any(getattr(old, name) != getattr(new, name) for name in FIELDS)
    ]
