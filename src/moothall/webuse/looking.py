"""The record of looks: who saw a unit's web use, when and why. Those who lead the unit can read it."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records.actions import capture
from moothall.records.models import Record
from moothall.webuse.seeing import Sight, Units

KIND = "webuse.looked"
EVERY_UNIT = "unit:all"
"""What a look at all units together is kept under."""
LOOKS_UNASKED, SPAN = 5, timedelta(days=7)
"""Whoever does not lead a unit looks at it so often within that time; then they are asked why."""
GOOD_FOR = timedelta(hours=1)
"""How long a reason holds for its unit."""
SHOWN = 50

SESSION = "webuse_reasons"

Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Look:
    """One look, as those who lead the unit read it. ``at_what``: "this unit", or what it was seen as a part of."""

    at: datetime
    who: str
    role: str
    at_what: str
    why: str


def ref(unit: Unit) -> str:
    return f"unit:{unit.pk}"


def keep(person: User, of: str, page: str, week: str, *, as_lead: bool = False, why: str = "") -> None:
    """Keep a record of a look. ``page`` names what was seen, ``week`` is an ISO week."""
    after = {"page": page, "week": week, "as": role_words(person, as_lead=as_lead)}
    capture(KIND, of, actor=person, why=why, after=after)


def keep_exported(person: User, page: str, week: str) -> None:
    """Keep a record that somebody took a table of council-wide figures away in a file."""
    capture("webuse.exported", EVERY_UNIT, actor=person, after={"page": page, "week": week})


def role_words(person: User, *, as_lead: bool = False) -> str:
    """In which role somebody looks: "IT security, Monitoring officer"."""
    held = [str(role.label) for role in Role.for_organisation() if role in person.standing.organisation]
    return "Leads the unit" if as_lead else ", ".join(held)


def must_say_why(person: User, unit: Unit, sight: Sight, session: Session) -> bool:
    """Whether ``person`` has looked at a unit that they do not lead so often that they have to say why first."""
    now = clock.now()
    if sight.leads(unit) or reason(session, unit, now):
        return False
    lately = Record.objects.filter(ref=ref(unit), kind=KIND, actor_id=person.pk, at__gt=now - SPAN)
    return lately.count() >= LOOKS_UNASKED


def give_reason(session: Session, unit: Unit, why: str, now: datetime) -> None:
    """Note why they look, for an hour."""
    reasons = dict(session.get(SESSION, {}))
    reasons[str(unit.pk)] = [(now + GOOD_FOR).isoformat(), why]
    session[SESSION] = reasons


def reason(session: Session, unit: Unit, now: datetime) -> str:
    """Why they look, if they have said so within the hour."""
    until, why = session.get(SESSION, {}).get(str(unit.pk), ("", ""))
    return str(why) if until and now < datetime.fromisoformat(until) else ""


def looks_at(unit: Unit, units: Units, *, most: int | None = SHOWN) -> list[Look]:
    """The latest looks at a unit: at its page, at that of the unit that it is a part of, and at all units together.

    At most so many; all of them with ``None``.
    """
    seen_as = _seen_as(unit, units)
    found = _of(seen_as).order_by("-number")[:most]
    return [Look(each.at, each.actor_name, each.after.get("as", ""), seen_as[each.ref], each.why) for each in found]


def count_looks_at(unit: Unit, units: Units) -> int:
    """How many such looks there are."""
    return _of(_seen_as(unit, units)).count()


def _of(refs: Iterable[str]) -> QuerySet[Record]:
    return Record.objects.filter(ref__in=list(refs), kind=KIND)


def _seen_as(unit: Unit, units: Units) -> dict[str, str]:
    """Under which references looks at a unit are kept, and as what it was seen."""
    parent = units.by_id.get(unit.parent_id) if unit.parent_id else None
    seen_as = {ref(unit): "This unit", EVERY_UNIT: "All units: refused and dangerous requests"}
    if parent is not None:
        seen_as[ref(parent)] = f"The parts of {parent}"
    return seen_as
