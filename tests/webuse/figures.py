"""Makers of figures, as counting leaves them."""

from datetime import date, timedelta
from typing import Any

from moothall.accounts.models import Unit, User
from moothall.webuse.models import Figure, Grain, Volume
from moothall.webuse.models.figures import COUNCIL

MONDAY = date(2026, 10, 5)
WEEK = "2026-W41"


def figure(
    key: str, subject: str, people: int, node: int = COUNCIL, grain: Grain = Grain.WEEK, **values: Any
) -> Figure:
    """A figure of the week, or what ``grain`` says, that begins on ``MONDAY``."""
    values.setdefault("starts", MONDAY)
    return Figure.objects.create(purpose_key=key, subject=subject, people=people, node=node, grain=grain, **values)


def read(key: str, days: int = 7, first: date = MONDAY) -> None:
    """So many days were read."""
    Volume.objects.bulk_create(
        Volume(purpose_key=key, day=first + timedelta(days=number), hour=-1, hits=5_000, bytes=70_000_000)
        for number in range(days)
    )


def led_by(person: User, key: str, name: str = "Culture") -> Unit:
    """A unit that ``person`` leads, in a week that was read."""
    unit = Unit.objects.create(name=name)
    unit.leads.add(person)
    read(key)
    return unit
