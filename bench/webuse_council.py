"""Prepare an empty database and data folder for an import: units, a list of who is where, a purpose in force, a key.

    python -m bench.webuse_council

Where they are is in the environment.
"""

from datetime import timedelta

import django

django.setup()

from moothall.accounts.models import Unit, User  # noqa: E402 - these import models, which need the settings
from moothall.core import clock  # noqa: E402
from moothall.operating import house as data_folder  # noqa: E402
from moothall.webuse import house, samples, unit_lists  # noqa: E402
from moothall.webuse.models import LawfulBasis, Purpose  # noqa: E402
from moothall.webuse.seals import ceremony  # noqa: E402


def main() -> None:
    data_folder.prepare()
    for name, _ in samples.UNITS:
        Unit.objects.create(name=name)
    people = "".join(f"{each.login},{each.unit}\n" for each in samples.people())
    unit_lists.keep(house.folder("units"), "user,unit\n" + people, dict(Unit.objects.values_list("name", "pk")))
    house.public_keys().rotate(ceremony.hold(), clock.now().date(), {role: f"Holder {role}" for role in ceremony.Role})
    now = clock.now()
    Purpose.objects.create(
        key="measured",
        number=1,
        title="To be measured",
        what_for="To see how long an import takes.",
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        review_on=now.date() + timedelta(days=300),
        names_days=30,
        rows_days=60,
        figures_days=400,
        made_by=User.objects.create(name="Dominic Yarrow", email="dominic.yarrow@exampleshire.example"),
        submitted_at=now,
        approved_at=now,
    )


if __name__ == "__main__":
    main()
