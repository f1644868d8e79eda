"""All that Moothall holds about a person, in one file for that person."""

from typing import Any

from django.db import transaction

from moothall.accounts.models import User
from moothall.core import clock, own_data
from moothall.records.actions import capture
from moothall.webuse import looking, seeing
from moothall.webuse import own_data as web_use

NOT_ASKED = (
    "Not in this file. What is kept of your web use lies under a pseudonym, and is put together when you ask for it, "
    "under What we see about you. Once it is there, this file has it too."
)


@transaction.atomic
def export(person: User) -> dict[str, Any]:
    """What every room holds, what is kept of their web use if they asked and were answered, and who looked.

    Moments are aware; the reader makes JSON of it. A record is kept.
    """
    held = own_data.about(person)
    wish = web_use.latest(person)
    found = {
        "about": {"name": person.name, "e-mail address": person.email},
        "put together": clock.now(),
        "held": [{"title": each.title, "what": each.what, "entries": list(each.rows)} for each in held],
        "web use": web_use.opened(wish) if wish and wish.sealed else NOT_ASKED,
        "who looked at the figures of your present unit": [
            {"at": each.at, "by": each.who, "as": each.role, "at what": each.at_what} for each in looks(person)
        ],
    }
    after = {"kinds": len(held), "with_web_use": bool(wish and wish.sealed)}
    capture("rights.exported", f"user:{person.pk}", actor=person, after=after)
    return found


def looks(person: User, *, most: int | None = None) -> list[looking.Look]:
    """Who looked at the figures of the unit that the person is in now, the latest first; all of them, or so many."""
    return looking.looks_at(person.unit, seeing.units(), most=most) if person.unit else []


def looks_in_all(person: User) -> int:
    """How many such looks there are."""
    return looking.count_looks_at(person.unit, seeing.units()) if person.unit else 0
