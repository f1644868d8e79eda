"""Fill an empty database with a year of figures of web use, and ask for each of their pages.

    python -m bench.webuse_year STAFF UNITS TIMES

Figures are made up as if counted and suppressed already: of ``STAFF`` people in ``UNITS`` units, three levels deep. The
database's address is in the environment. Prints JSON as ``bench.asked`` does: ``{page: {"ms": […], "queries": n}}``.
"""

import json
import math
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - models need the settings
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.asked import ask  # noqa: E402
from moothall.accounts.models import Membership, Unit, User  # noqa: E402
from moothall.accounts.roles import Role  # noqa: E402
from moothall.core import clock  # noqa: E402
from moothall.operating import house  # noqa: E402
from moothall.webuse.models import Figure, Grain, LawfulBasis, Purpose, Volume  # noqa: E402
from moothall.webuse.models.figures import COUNCIL, UNMAPPED  # noqa: E402

KEY, WEEKS, FEWEST = "capacity", 52, 10
LAST = date(2026, 10, 5)
"""The Monday of the last week."""
DAILY = {
    "all": 0.82,
    "search": 0.7,
    "public-service": 0.6,
    "work-tools": 0.66,
    "news": 0.34,
    "social": 0.27,
    "travel": 0.16,
    "learning": 0.21,
    "shopping": 0.13,
    "media": 0.18,
    "sport": 0.06,
    "forums": 0.05,
    "jobs": 0.03,
    "games": 0.02,
    "private": 0.12,
    "background": 0.8,
    "unclassified": 0.25,
    "blocked": 0.04,
    "gambling": 0.004,
    "malware": 0.002,
    "phishing": 0.003,
}
"""The share of people who do it on a working day."""
SOCIAL = {"social-at-work": (0.28, 15), "social-off-work": (0.24, 10)}
"""The share of people in a week, and the minutes of each."""
MINUTES = {"all": 410, "work-tools": 190, "public-service": 70, "news": 25, "social": 20, "media": 30, "search": 20}
SITES = ("office.com", "exampleshire.example", "google.com", "gov.uk", "bbc.co.uk", "nhs.uk", "youtube.com")
DOMAINS = 300
AT_ONCE = 20_000


def units(number: int) -> list[Unit]:
    """A council of directorates, services and teams."""
    directorates = [Unit.objects.create(name=f"Directorate {each + 1}") for each in range(max(number // 30, 2))]
    services = Unit.objects.bulk_create(
        Unit(name=f"Service {each + 1:03}", parent=directorates[each % len(directorates)])
        for each in range(number // 5)
    )
    teams = Unit.objects.bulk_create(
        Unit(name=f"Team {each + 1:03}", parent=services[each % len(services)])
        for each in range(number - len(directorates) - len(services))
    )
    return [*directorates, *services, *teams]


def sizes(made: list[Unit], staff: int) -> dict[int, int]:
    """How many people each node has, with its parts."""
    chance = random.Random(11)
    parents = {unit.parent_id for unit in made}
    leaves = [unit for unit in made if unit.pk not in parents]
    weights = {unit.pk: chance.lognormvariate(0, 0.7) for unit in leaves}
    each = staff / sum(weights.values())
    found = {COUNCIL: staff, UNMAPPED: staff // 40}
    by_id = {unit.pk: unit for unit in made}
    for unit in leaves:
        people = round(weights[unit.pk] * each)
        here: Unit | None = unit
        while here is not None:
            found[here.pk] = found.get(here.pk, 0) + people
            here = by_id.get(here.parent_id) if here.parent_id else None
    return found | {-pk: 12 for pk in parents if pk}


def shown(people: float) -> int:
    """As many, rounded to 5; 0 for too few."""
    return round(people / 5) * 5 if people >= FEWEST else 0


def figures(nodes: dict[int, int]) -> Iterator[Figure]:
    """A year of them, and of the year before how many people there were in each week."""
    chance = random.Random(7)
    for monday in (LAST - timedelta(weeks=WEEKS + each) for each in range(WEEKS)):
        for node, size in nodes.items():
            if people := shown(size * chance.uniform(0.72, 0.84)):
                yield figure(Grain.WEEK, monday, node, "all", people, minutes=MINUTES["all"])
    domains = [(f"domain:{name}", 0.5 / (place + 1) ** 0.75) for place, name in enumerate(names())]
    for monday in (LAST - timedelta(weeks=each) for each in range(WEEKS)):
        season = 1 + 0.08 * math.sin(monday.toordinal() / 58)
        for node, size in nodes.items():
            here = size * season * chance.uniform(0.94, 1.04)
            for subject, share in DAILY.items():
                if people := shown(here * min(share * 1.4, 0.93)):
                    yield figure(Grain.WEEK, monday, node, subject, people, minutes=MINUTES.get(subject, 10))
            for subject, (share, minutes) in SOCIAL.items():
                if people := shown(here * share):
                    yield figure(Grain.WEEK, monday, node, subject, people, minutes=minutes)
            for subject, share in domains:
                if people := shown(here * share):
                    yield figure(Grain.WEEK, monday, node, subject, people)
            for number in range(7):
                yield from days(monday + timedelta(days=number), node, here * (0.06 if number > 4 else 1))


def days(day: date, node: int, here: float) -> Iterator[Figure]:
    for subject, share in DAILY.items():
        if people := shown(here * share):
            yield figure(Grain.DAY, day, node, subject, people)
    for hour in range(24):
        if people := shown(here * 0.75 * math.exp(-(((hour - 12.5) / 4) ** 2))):
            yield figure(Grain.HOUR, day, node, "all", people, hour=hour)


def figure(grain: Grain, starts: date, node: int, subject: str, people: int, **more: int) -> Figure:
    return Figure(purpose_key=KEY, grain=grain, starts=starts, node=node, subject=subject, people=people, **more)


def names() -> list[str]:
    return [*SITES, *(f"site-{number}.example" for number in range(len(SITES), DOMAINS))]


def volumes(staff: int) -> Iterator[Volume]:
    for day in (LAST + timedelta(days=6 - each) for each in range(2 * 7 * WEEKS)):
        busy = 0.06 if day.weekday() > 4 else 1
        hits = [round(staff * busy * 90 * math.exp(-(((hour - 12.5) / 4) ** 2)) + staff / 9) for hour in range(24)]
        for hour, number in enumerate([*hits, sum(hits)]):
            place = -1 if hour == 24 else hour
            yield Volume(purpose_key=KEY, day=day, hour=place, hits=number, bytes=number * 31_000)


def fill(staff: int, number: int) -> tuple[User, User]:
    """Everything; returns the monitoring officer and one who leads a directorate."""
    officer, lead = (
        User.objects.create(email=f"{name}@exampleshire.example", name=name.capitalize(), password="!")
        for name in ("philippa", "rowan")
    )
    Membership.objects.create(user=officer, role=Role.MONITORING_OFFICER)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={"secret": "never used"})
    now = clock.now()
    Purpose.objects.create(
        key=KEY,
        title="Planning of capacity",
        what_for="To know how much line we need.",
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        review_on=date(2027, 10, 1),
        made_by=officer,
        submitted_at=now,
        approved_at=now,
    )
    made = units(number)
    made[0].leads.add(lead)
    rows = figures(sizes(made, staff))
    while some := list(islice(rows, AT_ONCE)):
        Figure.objects.bulk_create(some)
    Volume.objects.bulk_create(volumes(staff), batch_size=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return officer, lead


def pages(unit: int) -> dict[str, tuple[str, str]]:
    """Who asks, and for what."""
    return {
        "council": ("officer", "/web-use/"),
        "council_earlier": ("officer", "/web-use/?week=2026-W20"),
        "unit": ("lead", f"/web-use/units/{unit}/"),
        "units": ("officer", "/web-use/units/"),
        "security": ("officer", "/web-use/security/"),
        "social": ("officer", "/web-use/social/"),
        "csv": ("officer", "/web-use/days.csv"),
    }


def main() -> None:
    staff, number, times = map(int, sys.argv[1:])
    house.prepare()
    officer, lead = fill(staff, number)
    clients = {"officer": Client(SERVER_NAME="127.0.0.1"), "lead": Client(SERVER_NAME="127.0.0.1")}
    clients["officer"].force_login(officer)
    clients["lead"].force_login(lead)
    unit = lead.leads.get().pk
    found = {name: ask(clients[who], path, times) for name, (who, path) in pages(unit).items()}
    print(json.dumps(found | {"rows": Figure.objects.count()}))


if __name__ == "__main__":
    main()
