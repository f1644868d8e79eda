"""Answering who asked for their own data, in the importer's process: it has the keys to find anybody's rows by."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from moothall.accounts.models import Unit, User
from moothall.core import clock, sealing
from moothall.records.models import Record
from moothall.webuse import house, looking, seeing
from moothall.webuse.engine.counting import count_day
from moothall.webuse.models import OwnData, Part, Purpose
from moothall.webuse.opening_names import OPENED
from moothall.webuse.own_data import LASTS, NOT_FOUND, login_of
from moothall.webuse.seals.pseudonyms import days_of, pseudonym

TOLD_AFTER = timedelta(days=28)
"""Until then whoever looks into the concern tells the person, by letter and with what it is about. Then it is told
here, whatever came of it."""
OF_AN_OPENING = ("approved by", "shares", "from", "to")
"""What the record of an opening tells the person: who approved it, whose shares were used, and for which days."""

log = logging.getLogger(__name__)


def answer_all() -> int:
    """Answer what was asked, and throw away answers whose day is over. Returns how many were answered."""
    now = clock.now()
    OwnData.objects.filter(answered_at__lte=now - LASTS).delete()
    waiting = list(OwnData.objects.filter(answered_at=None).select_related("user"))
    for wish in waiting:
        try:
            found = find(wish.user)
        except Exception:  # nobody must wait because another's cannot be found
            log.exception("Somebody's own data could not be put together")
            answer = {"trouble": NOT_FOUND}
        else:
            answer = {"sealed": sealing.seal({"answer": json.dumps(found, ensure_ascii=False)})}
        OwnData.objects.filter(pk=wish.pk).update(answered_at=now, **answer)
    return len(waiting)


def find(person: User) -> dict[str, Any]:
    """All that is kept of a person's web use, as it is kept, what follows from it, and who looked."""
    units = dict(Unit.objects.values_list("pk", "name"))
    keys = Purpose.objects.filter(approved_at__isnull=False).order_by("key").values_list("key", flat=True).distinct()
    return {
        "person": {"name": person.name, "login at the proxy": login_of(person), "unit": str(person.unit or "")},
        "found at": clock.now().isoformat(),
        "purposes": [_of_purpose(key, login_of(person), units) for key in keys],
        "looks at your unit": list(_looks(person)),
        "limits": "Hours are in UTC. Minutes are those in which something was requested, and an estimate of browsing.",
    }


def _of_purpose(key: str, login: str, units: dict[int, str]) -> dict[str, Any]:
    ring = house.key_ring(key)
    mine = {period: pseudonym(ring.key(period, begun=True), login) for period in ring.periods()}
    rows: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    for period, person in mine.items():
        first, last = days_of(period)
        names = list(Part.objects.filter(purpose_key=key, day__range=(first, last)).values_list("name", flat=True))
        if names:
            found = house.dataset().read(names).filter(pl.col("person") == person).sort("hour").collect()
            rows += [_row(each, units) for each in found.iter_rows(named=True)]
            days += list(_days(found))
    hexes = [each.hex() for each in mine.values()]
    return {
        "purpose": key,
        "your pseudonyms": {str(days_of(period)[0]): person.hex() for period, person in mine.items()},
        "kept": rows,
        "derived": days,
        "your name was opened": [
            {"at": each.at.isoformat(), **{name: each.after.get(name) for name in OF_AN_OPENING}}
            for each in Record.objects.filter(
                kind=OPENED, ref__in=[f"pseudonym:{each}" for each in hexes], at__lte=clock.now() - TOLD_AFTER
            )
        ],
    }


def _row(row: dict[str, Any], units: dict[int, str]) -> dict[str, Any]:
    return {
        "hour": datetime.fromtimestamp(row["hour"] * 3600, UTC).isoformat(),
        "domain": row["domain"],
        "category": row["category"],
        "unit": units.get(row["unit"], ""),
        "requests": row["hits"],
        "bytes": row["bytes"],
        "minutes": row["minutes"].bit_count(),
        "blocked": row["blocked"],
    }


def _days(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What follows from the rows: minutes by day and subject. Counted as people are, with a day in each one's place."""
    as_people = rows.lazy().with_columns(pl.col("day").cast(pl.String).cast(pl.Binary).alias("person"))
    counted = count_day(as_people, house.working_time()).people.sort("person", "subject")
    for (day,), of_day in counted.group_by("person", maintain_order=True):
        yield {"day": bytes(day).decode(), "minutes": dict(of_day.select("subject", "minutes").iter_rows())}


def _looks(person: User) -> Iterator[dict[str, Any]]:
    """Who looked at the figures of the person's unit, as its page says it."""
    for each in looking.looks_at(person.unit, seeing.units(), most=None) if person.unit else ():
        yield {"at": each.at.isoformat(), "by": each.who, "as": each.role, "at what": each.at_what}
