"""What this room and that of web use hold about a person: told to that person alone (``core.own_data``)."""

from collections.abc import Iterator

from django.db.models import QuerySet

from moothall.accounts.models import User
from moothall.core.own_data import Held, Row
from moothall.rights import queries
from moothall.rights.models import RightsRequest
from moothall.webuse.models import OwnData


def requests(person: User) -> Held:
    """What one asked about one's own data, and the answers."""
    asked = queries.mine(person)
    what = "Your objections, corrections, complaints and questions about your data, and the answers to them."
    return Held("Data requests", what, asked.count(), _requests(asked))


def _requests(asked: QuerySet[RightsRequest]) -> Iterator[Row]:
    for each in asked.select_related("purpose").prefetch_related("entries"):
        yield {
            "kind": each.get_kind_display(),
            "made": each.made_at,
            "about": str(each.purpose or ""),
            "words": each.words,
            "where it is": each.get_state_display(),
            "due": each.due_on,
            "ended": each.ended_at,
            "what was said": [
                {"when": entry.at, "what": entry.get_what_display(), "words": entry.words}
                for entry in each.entries.all()
            ],
        }


def wishes(person: User) -> Held:
    """When one asked for what is kept of one's web use. The answer itself is told beside this list."""
    asked = OwnData.objects.filter(user=person)
    rows = ({"asked": each.asked_at, "answered": each.answered_at} for each in asked)
    what = "When you asked for what is kept of your web use. The answers themselves are thrown away after a day."
    return Held("Wishes for your web-use data", what, asked.count(), rows)
