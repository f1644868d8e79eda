"""Fill an empty database with staff who acknowledge a policy, and ask for the pages about it.

    python -m bench.policies_staff STAFF UNITS TIMES

``STAFF`` people in ``UNITS`` units, three levels deep, some of them small. The database's address is in the
environment. Prints JSON.
"""

import json
import random
import sys
import time
from datetime import timedelta

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - models need the settings
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.asked import ask  # noqa: E402
from bench.webuse_year import units  # noqa: E402
from moothall.accounts.models import Membership, Unit, User  # noqa: E402
from moothall.accounts.roles import Kind, Role  # noqa: E402
from moothall.core import clock  # noqa: E402
from moothall.operating import house  # noqa: E402
from moothall.policies import coverage, exports, queries, reminding  # noqa: E402
from moothall.policies.models import Acknowledgement, Policy, ReminderRound, Version  # noqa: E402

AT_ONCE = 2_000
SLUG = "open-social-media"
AGO = timedelta(days=30)


def people(staff: int, made: list[Unit]) -> None:
    """Most in the parts of units and a few in the units themselves; one in fifty in none, one in twenty no staff."""
    chance = random.Random(5)
    parents = {unit.parent_id for unit in made}
    weights = [chance.uniform(1, 6) if unit.pk in parents else chance.lognormvariate(2.8, 0.7) for unit in made]
    kinds = random.Random(6).choices((Kind.STAFF, Kind.CONTRACTOR), (95, 5), k=staff)
    joined = clock.now() - 10 * AGO
    User.objects.bulk_create(
        (
            User(
                email=f"person{number}@exampleshire.example",
                name=f"Person {number:05}",
                unit=None if chance.random() < 0.02 else unit,
                kind=kind,
                password="!",
                joined_at=joined,
            )
            for number, (unit, kind) in enumerate(zip(chance.choices(made, weights, k=staff), kinds, strict=True))
        ),
        batch_size=AT_ONCE,
    )


def versions(owner: User) -> list[Version]:
    """The first, and the second, after which acknowledgements of the first still stand."""
    policy = Policy.objects.create(
        slug=SLUG, title="Open social media", owner=owner, audience=["all_staff", "contractors"]
    )
    begins = queries.today() - AGO
    return [
        Version.objects.create(
            policy=policy,
            number=number,
            text="You may speak. " * 500,
            summary="You may speak.",
            effective_on=begins,
            review_on=begins + 20 * AGO,
            earlier_stand=number == 2,
            published_at=clock.now(),
            published_by=owner,
            published_title="A policy",
            published_audience="All staff",
        )
        for number in (1, 2)
    ]


def fill(staff: int, number: int) -> tuple[User, User]:
    """Everything; returns the monitoring officer and a member of staff."""
    officer = User.objects.create(email="philippa@exampleshire.example", name="Philippa", password="!")
    Membership.objects.create(user=officer, role=Role.MONITORING_OFFICER)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={"secret": "never used"})
    people(staff, units(number))
    chance, of = random.Random(7), versions(officer)
    ids = User.objects.exclude(pk=officer.pk).values_list("pk", flat=True)
    Acknowledgement.objects.bulk_create(
        (Acknowledgement(user_id=pk, version=chance.choice(of)) for pk in ids if chance.random() < 0.7),
        batch_size=AT_ONCE,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return officer, User.objects.filter(kind=Kind.STAFF).exclude(pk=officer.pk)[0]


def seconds_of_reminders() -> float:
    """One day's round, to its end, on the next working morning: nobody is reminded outside working hours."""
    morning = reminding.next_round(clock.now())
    ReminderRound.objects.update_or_create(pk=1, defaults={"next_at": morning})
    began = time.perf_counter()
    lease = reminding.claim(morning)
    while lease is not None:
        lease = reminding.go_on(lease, morning)
    return time.perf_counter() - began


def seconds_of_export(officer: User, of: queries.Standing) -> float:
    """The whole file for audit."""
    began = time.perf_counter()
    for _ in exports.acknowledgements(officer, of):
        pass
    return time.perf_counter() - began


def main() -> None:
    staff, number, times = map(int, sys.argv[1:])
    house.prepare()
    officer, colleague = fill(staff, number)
    clients = {"officer": Client(SERVER_NAME="127.0.0.1"), "colleague": Client(SERVER_NAME="127.0.0.1")}
    clients["officer"].force_login(officer)
    clients["colleague"].force_login(colleague)
    pages = {
        "coverage": ("officer", f"/policies/{SLUG}/coverage/"),
        "policies": ("colleague", "/policies/"),
        "policy": ("colleague", f"/policies/{SLUG}/"),
    }
    (held,) = queries.in_force(queries.today())
    of = coverage.of(held)
    found = {
        "pages": {name: ask(clients[who], path, times) for name, (who, path) in pages.items()},
        "acknowledgements": Acknowledgement.objects.count(),
        "lines": len(of.lines),
        "hidden": of.hidden,
        "everybody": of.everybody.figure.percent if of.everybody.figure else "",
        "export_s": seconds_of_export(officer, held),
        "reminders_s": seconds_of_reminders(),
    }
    found["reminded"] = User.objects.filter(notices__path="/policies/").distinct().count()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
