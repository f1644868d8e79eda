"""Two lessons of the example council that nobody's concern led to; a third comes of an incident (``incidents.py``)."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from moothall.lessons import actions
from moothall.lessons.models import Lesson
from moothall.operating.example.people import Cast
from moothall.operating.example.stories import Act, workday

AUTHOR, REVIEWER = "maren.oakes", "philippa.strand"
PICTURES = {
    "title": "Ask before a child is in the picture",
    "what_happened": "A picture of a story time was on one of our pages for an hour before somebody noticed that a "
    "child could be recognised whose family had not been asked. It was taken down, and the family was told.",
    "what_changes": "Whoever adds a picture notes who is in it and who has agreed. The policy says now that a picture "
    "with a child in it waits until that note is there.",
}
FLOODS = {
    "title": "In a flood, one voice and no jokes",
    "what_happened": "On a night with flood warnings a cheerful post that had been planned weeks before went out "
    "between two warnings. People asked whether we knew what was going on.",
    "what_changes": "The desk pauses everything that is planned as soon as a warning is out. The policy says who may "
    "do that, and that it takes one press.",
}
"""By name, as the policies' second versions give their reasons (``policies.py``)."""


def acts(cast: Cast, now: datetime) -> Iterator[Act]:
    """Each is written, sent and published on its day."""
    for words, day in ((PICTURES, -34), (FLOODS, -30)):
        yield Act(workday(day, "10:30")(now), partial(_send, cast, words))
        yield Act(workday(day, "15:45")(now), partial(_publish, cast, words))


def _send(cast: Cast, words: dict[str, str]) -> None:
    lesson = actions.draft(
        cast[AUTHOR],
        title=words["title"],
        what_happened=words["what_happened"],
        what_changes=words["what_changes"],
    )
    actions.send_for_review(cast[AUTHOR], lesson)


def _publish(cast: Cast, words: dict[str, str]) -> None:
    actions.publish(cast[REVIEWER], Lesson.objects.get(title=words["title"]))
