"""Lessons, as far on their way as a test wants them."""

from typing import Any

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.lessons import actions
from moothall.lessons.models import Lesson
from tests import factories

WORDS: dict[str, Any] = {
    "title": "A post went out from the wrong account",
    "what_happened": "A reply meant for a private account stood on a service's page for nine minutes.",
    "what_changes": "Accounts of one's own and accounts of a service are kept in different browsers.",
}


def draft(author: User, **values: Any) -> Lesson:
    """A draft that nothing is wrong with, unless told otherwise; whether the author may write lessons or not."""
    return actions.draft(author, **{"for_case": True, **WORDS, **values})


def in_review(author: User, **values: Any) -> Lesson:
    return actions.send_for_review(author, draft(author, **values))


def published(author: User | None = None, reviewer: User | None = None, **values: Any) -> Lesson:
    author = author or factories.person((Role.DESK, None))
    reviewer = reviewer or factories.person((Role.MONITORING_OFFICER, None))
    return actions.publish(reviewer, in_review(author, **values))
