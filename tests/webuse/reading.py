"""A council that reads its log: the staff structure, who is in it, and days made up for it."""

import csv
import io
from datetime import date
from pathlib import Path

from moothall.accounts.models import Unit
from moothall.webuse import clerk, house, samples, unit_lists
from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.models import Purpose

MONDAY = date(2026, 9, 14)
USERS = 240
TREE = {
    "Care": ("Adult Social Care", "Children's Services"),
    "Place": ("Highways", "Waste and Recycling", "Planning"),
    "Customers": ("Libraries", "Customer Contact", "Revenues and Benefits"),
}
"""Finance, and Digital and IT, stand alone."""


def staff_structure() -> dict[str, int]:
    """The units of the made-up people, by name."""
    for top, parts in TREE.items():
        above = Unit.objects.create(name=top)
        for each in parts:
            Unit.objects.create(name=each, parent=above)
    for each in ("Finance", "Digital and IT"):
        Unit.objects.create(name=each)
    return dict(Unit.objects.values_list("name", "pk"))


def take_people(units: dict[str, int], users: int = USERS) -> None:
    """Take in a list of who belongs where."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["user", "unit"])
    lines.writerows((each.login, each.unit) for each in samples.people(users))
    unit_lists.keep(house.folder("units"), text.getvalue(), units)


def log(path: Path, lines: int = 12_000, start: date = MONDAY, days: int = 3, seed: int = 1) -> Path:
    samples.write(path, lines=lines, seed=seed, start=start, days=days, users=USERS, domains=60)
    return path


def read(purpose: Purpose, path: Path) -> None:
    """Import without counting."""
    with house.kit(purpose) as kit:
        import_log(kit, Log(path, is_whole=True))


def read_and_count(purpose: Purpose, path: Path) -> int:
    """Import and count; returns how many days were counted."""
    read(purpose, path)
    return clerk.count(purpose.key)
