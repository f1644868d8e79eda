"""The addresses of lessons, with who may use each."""

from types import SimpleNamespace
from typing import Any

from tests.addresses import Page
from tests.lessons import making

PAGES = [
    Page("lessons", "lesson.read", wrong=200),
    Page("lesson", "lesson.read", ("published_lesson",), wrong=200),
    Page("lesson", "lesson.read", ("lesson_draft",), wrong=404),
    Page("new-lesson", "lesson.write"),
    Page("edit-lesson", "lesson.read", ("lesson_draft",), wrong=404),
    Page("send-lesson", "lesson.read", ("lesson_draft",), wrong=404, post=True),
    Page("review-lesson", "lesson.review", ("lesson_in_review",)),
    Page("withdraw-lesson", "lesson.read", ("lesson_draft",), wrong=404),
]


def world(people: SimpleNamespace) -> dict[str, Any]:
    """What stands in these addresses: all of it of Alice's writing."""
    return {
        "published_lesson": making.published(people.alice, people.monitoring_officer).pk,
        "lesson_draft": making.draft(people.alice).pk,
        "lesson_in_review": making.in_review(people.alice).pk,
    }
