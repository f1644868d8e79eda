"""From a log to the figures that may be shown, end to end, held against a count by hand."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from moothall.accounts.models import Unit
from moothall.core import clock
from moothall.webuse import clerk, compacting, figure_actions, house, samples, shown, suppression, unit_lists
from moothall.webuse.engine.counting import Cells
from moothall.webuse.importing.sources import mark_stale
from moothall.webuse.models import Figure, Part, Purpose, StaleDay, Volume
from tests.webuse import kits, reading
from tests.webuse.reading import MONDAY

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
FIELDS = ("grain", "starts", "hour", "node", "subject", "people", "minutes")
WITHOUT_A_DOMAIN = ("background", "private")


@pytest.fixture
def purpose(db: None) -> Purpose:
    reading.take_people(reading.staff_structure())
    return kits.purpose()


def figures() -> set[tuple[Any, ...]]:
    return set(Figure.objects.order_by().values_list(*FIELDS))


def rows(key: str) -> list[dict[str, Any]]:
    names = list(Part.objects.filter(purpose_key=key).values_list("name", flat=True))
    return house.dataset().read(names).collect().to_dicts()


class ByHand:
    """What rows come to, counted with sets."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.named = [row for row in found if row["person"] is not None]

    def counted(self, monday: date) -> shown.Counted:
        """What ``shown`` decides about, of a week with fewer domains than are counted."""
        days = sorted({row["day"] for row in self.named})
        of_domain = defaultdict(set)
        for row in self.named:
            if row["category"] not in WITHOUT_A_DOMAIN:
                of_domain[f"domain:{row['domain']}"].add(row["category"])
        assert all(len(each) == 1 for each in of_domain.values())
        return shown.Counted(
            starts=monday,
            week=self.cells(days),
            domains=self.domains(days),
            of_domain={domain: next(iter(found)) for domain, found in of_domain.items()},
            days={day: self.cells([day]) for day in days},
            hours={day: self.hours(day) for day in days},
        )

    def units(self, days: list[date]) -> dict[bytes, int]:
        """Where each person was last, of all hours of the last day."""
        last = sorted((row for row in self.named if row["day"] in days), key=lambda row: (row["hour"], row["unit"]))
        return {row["person"]: row["unit"] for row in last}

    def cells(self, days: list[date]) -> Cells:
        units = self.units(days)
        minutes: dict[str, dict[bytes, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
        for row in self.named:
            if row["day"] in days:
                for subject, bits in subjects(row):
                    found = {(row["hour"], bit) for bit in range(60) if bits >> bit & 1}
                    minutes[subject][row["person"]] |= found
        cells: Cells = {}
        for subject, people in minutes.items():
            for person, found in people.items():
                count, total = cells.setdefault(subject, {}).get(units[person], (0, 0))
                cells[subject][units[person]] = (count + 1, (total or 0) + len(found))
        return cells

    def domains(self, days: list[date]) -> Cells:
        units = self.units(days)
        people = defaultdict(set)
        for row in self.named:
            if row["category"] not in WITHOUT_A_DOMAIN:
                people[f"domain:{row['domain']}", units[row["person"]]].add(row["person"])
        cells: Cells = {}
        for (subject, unit), found in people.items():
            cells.setdefault(subject, {})[unit] = (len(found), None)
        return cells

    def hours(self, day: date) -> dict[int, dict[int, int]]:
        units = self.units([day])
        people = defaultdict(set)
        for row in self.named:
            if row["day"] == day:
                people[local(row).hour, units[row["person"]]].add(row["person"])
        hours: dict[int, dict[int, int]] = {}
        for (hour, unit), found in people.items():
            hours.setdefault(hour, {})[unit] = len(found)
        return hours


def local(row: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(row["hour"] * 3600, UTC).astimezone(LONDON)


def subjects(row: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The subjects that a row is about, each with the bits of its minutes."""
    yield "all", row["minutes"]
    yield row["category"], row["minutes"]
    if row["blocked"]:
        yield "blocked", 0
    if row["category"] == "social":
        at_work = local(row).weekday() < 5 and 9 <= local(row).hour < 17
        yield "social-at-work" if at_work else "social-off-work", row["minutes"]


def expected(key: str, monday: date = MONDAY) -> set[tuple[Any, ...]]:
    given = house.counting(key)
    facts = shown.facts(ByHand(rows(key)).counted(monday), given.structure, given.k)
    return {
        (each.grain, each.starts, each.hour, figure_actions.number(each.node), each.subject, each.people, each.minutes)
        for each in facts
    }


def test_figures_are_what_a_count_by_hand_lets_be_shown(purpose: Purpose, tmp_path: Path) -> None:
    assert reading.read_and_count(purpose, reading.log(tmp_path / "access.log")) == 3
    found = figures()
    assert found == expected(purpose.key)
    grains = {grain for grain, *_ in found}
    nodes = {each[3] for each in found}
    told = {each[4] for each in found}
    assert grains == {"w", "d", "h"}
    assert 0 in nodes
    assert nodes & set(Unit.objects.filter(name__in=reading.TREE).values_list("pk", flat=True))
    assert nodes & set(Unit.objects.exclude(parent=None).values_list("pk", flat=True))
    assert {"all", "blocked", "social"} <= told
    assert any(each.startswith("domain:") for each in told)
    assert not StaleDay.objects.exists()


def test_no_figure_is_about_fewer_people_than_k(purpose: Purpose, tmp_path: Path, settings: Any) -> None:
    settings.WEBUSE_PEOPLE = 20
    reading.read_and_count(purpose, reading.log(tmp_path / "access.log"))
    assert Figure.objects.exists()
    assert not Figure.objects.filter(people__lt=20).exists()
    hand = ByHand(rows(purpose.key)).counted(MONDAY)
    tree = house.counting(purpose.key).structure.tree(
        hand.week["all"].keys() | {unit for of in hand.days.values() for unit in of["all"]}
    )
    for starts, node, subject, people in Figure.objects.filter(grain="d").values_list(
        "starts", "node", "subject", "people"
    ):
        cells = hand.days[starts][subject]
        leaves: dict[Any, int] = defaultdict(int)
        for unit, (count, _) in cells.items():
            leaves[tree.leaf(unit)] += count
        exact = dict(zip(map(figure_actions.number, tree.nodes), tree.totals(leaves), strict=True))[node]
        assert exact >= 20, (starts, node, subject)
        assert people == suppression.rounded(exact, 20)


def test_what_went_through_is_told_by_the_day_and_by_hours_with_enough_people(purpose: Purpose, tmp_path: Path) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "access.log", days=1))
    whole = Volume.objects.get(hour=-1)
    held = rows(purpose.key)
    assert (whole.hits, whole.bytes) == (sum(row["hits"] for row in held), sum(row["bytes"] for row in held))
    assert whole.hits == 12_000
    for each in Volume.objects.exclude(hour=-1):
        of_hour = [row for row in held if local(row).hour == each.hour]
        assert len({row["person"] for row in of_hour} - {None}) >= 10
        assert each.hits == sum(row["hits"] for row in of_hour)


def test_a_log_of_fewer_than_k_people_shows_nothing(purpose: Purpose, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(kits.squid_lines(2_000, users=9)))
    assert reading.read_and_count(purpose, log) == 1
    assert not Figure.objects.exists()
    assert not Volume.objects.exists()


def test_a_recount_changes_only_what_differs(purpose: Purpose, tmp_path: Path) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "one.log"))
    before = dict(Figure.objects.values_list("pk", "people"))
    mark_stale(purpose.key, [MONDAY])
    assert clerk.count(purpose.key) == 1
    assert dict(Figure.objects.values_list("pk", "people")) == before
    reading.read_and_count(purpose, reading.log(tmp_path / "two.log", lines=2_000, days=1, seed=2))
    assert figures() == expected(purpose.key)
    kept = set(Figure.objects.values_list("pk", flat=True)) & set(before)
    assert 0 < len(kept) < len(before)


def test_a_late_log_of_the_same_week_changes_the_week_and_no_other_week(purpose: Purpose, tmp_path: Path) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "one.log"))
    a_week_later = MONDAY + timedelta(days=7)
    reading.read_and_count(purpose, reading.log(tmp_path / "next.log", start=a_week_later, days=1, seed=3))
    first = {each for each in figures() if each[1] < a_week_later}
    assert Figure.objects.filter(grain="w", starts=a_week_later).exists()
    reading.read_and_count(purpose, reading.log(tmp_path / "late.log", start=a_week_later, days=2, seed=4))
    assert {each for each in figures() if each[1] < a_week_later} == first


def test_a_day_that_becomes_stale_while_it_is_counted_stays_stale(purpose: Purpose, tmp_path: Path) -> None:
    reading.read(purpose, reading.log(tmp_path / "one.log"))

    def meanwhile(what: str) -> None:
        if what == MONDAY.isoformat():
            StaleDay.objects.filter(day=MONDAY).update(mark=F("mark") + 1)

    assert figure_actions.refresh(house.counting(purpose.key), meanwhile) == 3
    assert list(StaleDay.objects.values_list("day", flat=True)) == [MONDAY]
    assert clerk.count(purpose.key) == 1
    assert not StaleDay.objects.exists()


def test_a_day_that_comes_in_while_its_week_is_counted_waits_for_the_next_time(
    purpose: Purpose, tmp_path: Path
) -> None:
    reading.read(purpose, reading.log(tmp_path / "one.log", days=1))
    later = reading.log(tmp_path / "two.log", start=MONDAY + timedelta(days=1), days=1, seed=2)

    def meanwhile(what: str) -> None:
        if what.startswith("week") and not StaleDay.objects.filter(day__gt=MONDAY).exists():
            reading.read(purpose, later)

    figure_actions.refresh(house.counting(purpose.key), meanwhile)
    assert set(Figure.objects.filter(grain="d").values_list("starts", flat=True)) == {MONDAY}
    assert clerk.count(purpose.key) == 1
    assert figures() == expected(purpose.key)


def test_another_least_number_publishes_every_week_anew(purpose: Purpose, tmp_path: Path, settings: Any) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "one.log"))
    before = figures()
    assert clerk.count(purpose.key) == 0
    settings.WEBUSE_PEOPLE = 25
    assert clerk.count(purpose.key) == 3
    assert figures() == expected(purpose.key) != before
    assert not Figure.objects.filter(people__lt=25).exists()
    assert clerk.count(purpose.key) == 0


def test_another_staff_structure_publishes_every_week_anew(purpose: Purpose, tmp_path: Path) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "one.log"))
    place, finance = Unit.objects.get(name="Place"), Unit.objects.get(name="Finance")
    finance.parent = place
    finance.save()
    assert clerk.count(purpose.key) == 3
    assert figures() == expected(purpose.key)


def test_the_clerk_sees_another_staff_structure_though_nothing_was_read(purpose: Purpose, tmp_path: Path) -> None:
    reading.read(purpose, reading.log(tmp_path / "one.log"))
    works = clerk.Clerk()
    works.count()
    Unit.objects.filter(name="Finance").update(parent=Unit.objects.get(name="Place"))
    works.count()
    assert figures() != expected(purpose.key)
    clerk.Clerk().count()
    assert figures() == expected(purpose.key)


def test_what_is_published_anew_while_it_is_counted_is_counted_again(purpose: Purpose, tmp_path: Path) -> None:
    reading.read(purpose, reading.log(tmp_path / "one.log"))
    given = house.counting(purpose.key)

    def meanwhile(what: str) -> None:
        if what.startswith("week"):
            figure_actions.publish_all(given)

    figure_actions.refresh(given, meanwhile)
    assert StaleDay.objects.count() == 3


def test_a_week_of_which_rows_are_gone_stays_as_it_was_published(purpose: Purpose, tmp_path: Path) -> None:
    reading.read_and_count(purpose, reading.log(tmp_path / "one.log"))
    before, volumes = figures(), list(Volume.objects.values())
    Part.objects.filter(day=MONDAY).delete()
    mark_stale(purpose.key, [MONDAY + timedelta(days=1)])
    clerk.count(purpose.key)
    assert figures() == before
    reading.read_and_count(purpose, reading.log(tmp_path / "late.log", lines=1_000, days=1, seed=5))
    assert (figures(), list(Volume.objects.values())) == (before, volumes)
    assert not StaleDay.objects.exists()


def test_somebody_who_moves_in_mid_week_stops_nothing(purpose: Purpose, tmp_path: Path) -> None:
    alone = Unit.objects.create(name="Lighthouse")
    units = dict(Unit.objects.values_list("name", "pk"))
    people = samples.people(reading.USERS)
    mover = next(each for each in people if each.unit == "Libraries")
    stays = "".join(f"{each.login},{each.unit},,\n" for each in people if each is not mover)
    moves = f"{mover.login},Lighthouse,,{MONDAY}\n{mover.login},Libraries,{MONDAY + timedelta(days=1)},\n"
    unit_lists.keep(house.folder("units"), "user,unit,from,until\n" + stays + moves, units)
    reading.read(purpose, reading.log(tmp_path / "access.log"))
    unit_lists.keep(house.folder("units"), f"user,unit\n{stays.replace(',,', '')}{mover.login},Libraries\n", units)
    assert clerk.count(purpose.key) == 3
    assert Figure.objects.filter(grain="d", node=0, subject="all").exists()
    assert not Figure.objects.filter(node=alone.pk).exists()


def test_the_traffic_of_a_running_day_is_shown_when_it_is_over(
    purpose: Purpose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(MONDAY.year, MONDAY.month, MONDAY.day + 2, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    reading.read_and_count(purpose, reading.log(tmp_path / "access.log"))
    days = Volume.objects.order_by("day").values_list("day", flat=True).distinct()
    assert list(days) == [MONDAY, MONDAY + timedelta(days=1)]
    assert Figure.objects.filter(grain="d", starts=MONDAY + timedelta(days=2)).exists()
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(days=1))
    figure_actions.count_anew(MONDAY + timedelta(days=2))
    clerk.count(purpose.key)
    assert list(days.all())[-1] == MONDAY + timedelta(days=2)


def test_many_small_files_of_a_day_are_put_together_and_count_the_same(
    purpose: Purpose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "MOST_PARTS", 3)
    whole = reading.log(tmp_path / "whole.log", days=1).read_bytes().splitlines(keepends=True)
    growing = tmp_path / "access.log"
    for begin in range(0, len(whole), 2_500):
        with growing.open("ab") as file:
            file.writelines(whole[begin : begin + 2_500])
        reading.read_and_count(purpose, growing)
    assert Part.objects.count() <= 3
    assert sum(Part.objects.values_list("hits", flat=True)) == len(whole)
    assert sum(row["hits"] for row in rows(purpose.key)) == len(whole)
    assert figures() == expected(purpose.key)
    kept = {path.name for path in Path(house.settings.WEBUSE_ROWS).rglob("*.parquet")}
    assert len([name for name in kept if not name.startswith("counted")]) == Part.objects.count()
