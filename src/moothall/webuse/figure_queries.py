"""Reading figures. What is not in the database is hidden or was never there, and nothing is counted here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db.models import Max, Min

from moothall.webuse.categories.names import SOCIAL
from moothall.webuse.models import Figure, Grain, Volume
from moothall.webuse.models.figures import COUNCIL
from moothall.webuse.subjects import BLOCKED, DOMAIN, SOCIAL_AT_WORK, SOCIAL_OFF_WORK, monday_of

SECURITY: Final = (BLOCKED, "malware", "phishing")
WEEK = timedelta(weeks=1)
YEAR = 52
"""Weeks."""


@dataclass(frozen=True)
class People:
    """How many, and the average minutes of each if they are told."""

    people: int
    minutes: int | None


@dataclass(frozen=True)
class Week:
    """The figures of one node in one week. ``read``: the days of which anything was read."""

    monday: date
    days: Mapping[tuple[str, date], int] = field(default_factory=dict)
    """People by subject and day."""
    hours: Mapping[tuple[date, int], int] = field(default_factory=dict)
    """People by day and local hour."""
    whole: Mapping[str, People] = field(default_factory=dict)
    """By subject, in the whole week; no domains."""
    domains: tuple[tuple[str, int], ...] = ()
    """With their people, most first."""
    read: frozenset[date] = frozenset()

    @property
    def dates(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]


@dataclass(frozen=True)
class Traffic:
    """What went through the proxy."""

    hits: int
    bytes: int


def weeks(purpose_key: str) -> list[date]:
    """The Mondays of all weeks from the first day that was counted to the last, newest first."""
    spans = (
        Volume.objects.filter(purpose_key=purpose_key).aggregate(first=Min("day"), last=Max("day")),
        Figure.objects.filter(purpose_key=purpose_key, grain=Grain.DAY).aggregate(
            first=Min("starts"), last=Max("starts")
        ),
    )
    days = [day for span in spans for day in span.values() if day is not None]
    if not days:
        return []
    first, last = monday_of(min(days)), monday_of(max(days))
    return [last - WEEK * number for number in range((last - first) // WEEK + 1)]


def traffic(purpose_key: str, monday: date) -> dict[tuple[date, int], Traffic]:
    """By day and local hour (-1: the whole day) of a week. An hour that is missing was quiet, or few people's."""
    found = Volume.objects.filter(purpose_key=purpose_key, day__range=(monday, monday + timedelta(days=6)))
    rows = found.order_by().values_list("day", "hour", "hits", "bytes")
    return {(day, hour): Traffic(hits, size) for day, hour, hits, size in rows}


def week(purpose_key: str, node: int, monday: date, read: Iterable[date]) -> Week:
    """A node's figures of the week that begins on ``monday``."""
    rows = Figure.objects.filter(
        purpose_key=purpose_key,
        node=node,
        grain__in=Grain.values,
        starts__range=(monday, monday + timedelta(days=6)),
    )
    days: dict[tuple[str, date], int] = {}
    hours: dict[tuple[date, int], int] = {}
    whole: dict[str, People] = {}
    domains: dict[str, int] = {}
    values = ("grain", "starts", "hour", "subject", "people", "minutes")
    for grain, starts, hour, subject, people, minutes in rows.order_by().values_list(*values):
        if grain == Grain.HOUR:
            hours[starts, hour] = people
        elif grain == Grain.DAY:
            days[subject, starts] = people
        elif subject.startswith(DOMAIN):
            domains[subject.removeprefix(DOMAIN)] = people
        else:
            whole[subject] = People(people, minutes)
    ranked = sorted(domains.items(), key=lambda each: (-each[1], each[0]))
    known = frozenset(read) | {day for _, day in days} | {day for day, _ in hours}
    return Week(monday, days, hours, whole, tuple(ranked), known)


def of_nodes(
    purpose_key: str, nodes: Collection[int], monday: date, subjects: Collection[str]
) -> dict[tuple[int, str], People]:
    """The week's people of several nodes, by node and subject."""
    found = Figure.objects.filter(purpose_key=purpose_key, node__in=nodes, grain=Grain.WEEK, starts=monday)
    rows = found.filter(subject__in=subjects).order_by().values_list("node", "subject", "people", "minutes")
    return {(node, subject): People(people, minutes) for node, subject, people, minutes in rows}


def of_every_node(purpose_key: str, monday: date, subjects: Collection[str]) -> dict[tuple[int, str], People]:
    """The same of all."""
    found = Figure.objects.filter(purpose_key=purpose_key, grain=Grain.WEEK, starts=monday, subject__in=subjects)
    rows = found.order_by().values_list("node", "subject", "people", "minutes")
    return {(node, subject): People(people, minutes) for node, subject, people, minutes in rows}


def by_week(
    purpose_key: str, node: int, last: date, number: int, subjects: Collection[str]
) -> dict[tuple[date, str], People]:
    """A node's people by Monday and subject, in the ``number`` weeks up to and with that of ``last``."""
    found = Figure.objects.filter(
        purpose_key=purpose_key, node=node, grain=Grain.WEEK, starts__range=(last - WEEK * (number - 1), last)
    )
    rows = found.filter(subject__in=subjects).order_by().values_list("starts", "subject", "people", "minutes")
    return {(starts, subject): People(people, minutes) for starts, subject, people, minutes in rows}


def weeks_read(purpose_key: str, last: date, number: int) -> set[date]:
    """The Mondays, among the ``number`` up to ``last``, of the weeks of which anything was read."""
    span = (last - WEEK * (number - 1), last + timedelta(days=6))
    days = Volume.objects.filter(purpose_key=purpose_key, day__range=span).order_by().values_list("day", flat=True)
    return {monday_of(day) for day in days.distinct()}


def social(purpose_key: str, last: date) -> dict[tuple[date, str], People]:
    """The council's use of social media in the year up to ``last``."""
    return by_week(purpose_key, COUNCIL, last, YEAR, (SOCIAL, SOCIAL_AT_WORK, SOCIAL_OFF_WORK))
