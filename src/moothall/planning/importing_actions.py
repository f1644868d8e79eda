"""Keeping a file of posts until its reader says yes, and then making its posts."""

import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.core.csv_lines import Line
from moothall.planning import importing
from moothall.planning.importing import Plan, Planned
from moothall.planning.models import PostFile
from moothall.planning.sheet import Sheet
from moothall.publishing import actions, approving
from moothall.publishing.models import Post
from moothall.publishing.status import Status, statuses
from moothall.records.actions import capture

GOOD_FOR = timedelta(hours=1)
"""For how long a file that was shown can be confirmed."""
KEPT_FOR = timedelta(days=7)
"""For how long one can look at what became of it."""


class StalePlan(Exception):
    """What would be made now is something else than what was shown."""


def keep(actor: User, name: str, sheet: Sheet) -> PostFile:
    """Keep a file's rows, to show what would be made of them. Raises ``ValidationError`` for columns that are wrong."""
    require(actor, "post.write")
    importing.plan(actor, sheet)
    PostFile.objects.filter(shown_at__lt=clock.now() - KEPT_FOR).delete()
    lines = [[line.number, line.cells, line.problem] for line in sheet.lines]
    return PostFile.objects.create(user=actor, name=name[:200], header=sheet.header, lines=lines, shown_at=clock.now())


def sheet_of(file: PostFile) -> Sheet:
    return Sheet(file.header, [Line(number, cells, problem) for number, cells, problem in file.lines])


def is_open(file: PostFile) -> bool:
    """Whether it may still be confirmed."""
    return file.made_at is None and file.shown_at > clock.now() - GOOD_FOR


def make(actor: User, file: PostFile, digest: str, *, send: bool = False) -> None:
    """Make the drafts of the plan with this ``digest``, and with ``send`` send each for approval. Asked twice: once.

    Each row is for itself: one that fails does not take the others with it. What became of each is kept on ``file``.
    Raises ``StalePlan`` where another plan would be made of the file now, and ``ValidationError`` if it is too old.
    """
    if file.user_id != actor.pk:
        raise PermissionDenied("Somebody else chose this file.")
    if file.made_at is not None:
        return
    if not is_open(file):
        raise ValidationError("This look at the file is more than an hour old. Choose the file again.")
    plan = importing.plan(actor, sheet_of(file))
    if plan.digest != digest:
        raise StalePlan
    file.outcome = _made(actor, file, plan, send)
    file.made_at = clock.now()
    file.save(update_fields=["outcome", "made_at"])
    posts = [each["post"] for each in file.outcome.values() if each["post"]]
    capture("posts.imported", f"post_file:{file.pk}", actor=actor, after={"file": file.name, "posts": posts})


def _made(actor: User, file: PostFile, plan: Plan, send: bool) -> dict[str, dict[str, object]]:
    outcome: dict[str, dict[str, object]] = {}
    for row in plan.to_make:
        post, trouble = _draft(actor, file, row)
        if post and send:
            trouble = _sent_for_approval(actor, post)
        outcome[str(row.line.number)] = {"post": post.pk if post else None, "trouble": trouble}
    return outcome


def _draft(actor: User, file: PostFile, row: Planned) -> tuple[Post | None, list[str]]:
    """The row's draft: the one that is there already if the same file is confirmed twice."""
    once = uuid.uuid5(file.token, str(row.line.number))
    made = Post.objects.filter(once=once).first()
    if made or row.content is None:
        return made, []
    try:
        return actions.save_post(actor, None, row.content, once=once), []
    except IntegrityError:
        return Post.objects.filter(once=once).first(), []
    except ValidationError as error:
        return None, error.messages
    except PermissionDenied as error:
        return None, [str(error)]


def _sent_for_approval(actor: User, post: Post) -> list[str]:
    """Why it could not be sent for approval; nothing if it was, now or at the same moment by another click."""
    try:
        approving.send_for_approval(actor, post)
    except ValidationError as error:
        is_draft = statuses(Post.objects.filter(pk=post.pk))[post.pk] == Status.DRAFT
        return error.messages if is_draft else []
    return []
