"""Reads about the starter."""

from dataclasses import dataclass

from django.db.models import QuerySet

from moothall.lessons import queries as lessons
from moothall.lessons.models import Lesson
from moothall.policies import starter_texts
from moothall.policies.models.starter import Starter, StarterQuestion

LATEST_LESSONS = 3


@dataclass(frozen=True)
class Content:
    """All that the starter says."""

    starter: Starter
    questions: tuple[StarterQuestion, ...]


def current() -> Content:
    """The starter in the council's words; in Moothall's, unsaved, until somebody has changed it."""
    starter = Starter.objects.filter(pk=1).first()
    return Content(starter, tuple(StarterQuestion.objects.all())) if starter else shipped()


def shipped() -> Content:
    """The starter in Moothall's words, unsaved."""
    questions = [
        StarterQuestion(number=number, **words) for number, words in enumerate(starter_texts.QUESTIONS, start=1)
    ]
    return Content(Starter(pk=1, **starter_texts.SECTIONS), tuple(questions))


def latest_lessons() -> QuerySet[Lesson]:
    """What the organisation learned lately."""
    return lessons.published()[:LATEST_LESSONS]
