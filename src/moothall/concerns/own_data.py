"""What is held of a person in concerns, as far as they may know of it; told to them alone (``core.own_data``)."""

from collections.abc import Iterator

from moothall.accounts.models import User
from moothall.concerns import circle, papers
from moothall.concerns.circle import Place
from moothall.concerns.facts import outcome_is_told
from moothall.concerns.process import Part
from moothall.core.own_data import Held, Row


def raised(person: User) -> Held:
    """The concerns that one raised."""
    mine = _places(person, Part.REPORTER)
    rows = (
        {
            "raised": place.concern.raised_at,
            "about": place.concern.get_about_display(),
            "what happened": place.concern.words,
            "where": place.concern.where,
            "whom": place.concern.whom,
            "in confidence": place.concern.in_confidence,
            "letters": list(_papers(place)),
        }
        for place in mine
    )
    return Held("Concerns you raised", "What you told us, and our letters to you.", len(mine), rows)


def about_me(person: User) -> Held:
    """The concerns that are about one, once one was told."""
    told = _places(person, Part.PERSON)
    rows = (
        {
            "told": place.seat.sees_from,
            "outcome": place.concern.get_outcome_display() if outcome_is_told(place.concern) else "",
            "erased on": place.concern.erase_on,
            "what you have": list(_papers(place)),
            "meetings": [
                {"at": each.at, "place": each.place, "who came with you": each.companion, "what was said": each.notes}
                for each in place.concern.meetings.all()
            ],
        }
        for place in told
    )
    what = "The papers that you were given or handed in, and the meetings. You learn of a concern by a letter."
    return Held("Concerns about you", what, len(told), rows)


def _places(person: User, part: Part) -> list[Place]:
    return [place for place in circle.places(person) if place.part == part]


def _papers(place: Place) -> Iterator[Row]:
    for paper in papers.seen_by(place):
        yield {"at": paper.at, "what": paper.get_kind_display(), "title": paper.title, "text": paper.text}
