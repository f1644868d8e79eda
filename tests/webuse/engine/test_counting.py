"""Distinct people and minutes, held against a count that anybody can follow."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.webuse.engine import counting
from moothall.webuse.engine.counting import WorkingTime, cells, count_day, count_week, domain_cells
from moothall.webuse.engine.keeping import ROWS

LONDON = ZoneInfo("Europe/London")
AT_WORK = WorkingTime("Europe/London")
TUESDAY, SUNDAY, CLOCKS_GO_BACK = date(2026, 10, 6), date(2026, 10, 11), date(2026, 10, 25)
CATEGORIES = ("social", "news", "background", "private", "malware")

Row = dict[str, Any]


def first_hour(day: date) -> int:
    """The hour since 1970 in which a local day begins."""
    return int(datetime.combine(day, time(), LONDON).timestamp()) // 3600


def local(row: Row) -> datetime:
    return datetime.fromtimestamp(row["hour"] * 3600, UTC).astimezone(LONDON)


@st.composite
def days(draw: st.DrawFn, day: date = TUESDAY) -> list[Row]:
    """The rows of a day of a few people, as several files have them."""
    begin = first_hour(day)
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        category = draw(st.sampled_from(CATEGORIES))
        blocked = draw(st.booleans())
        person = draw(st.sampled_from([b"a", b"b", b"c", b"d", None]))
        rows.append(
            {
                "day": day,
                "hour": begin + draw(st.integers(0, 23)),
                "person": person,
                "unit": 0 if person is None else 1 + person[0] % 2,
                "domain": "" if category == "private" else f"{category}{draw(st.integers(1, 2))}.example",
                "category": category,
                "blocked": blocked,
                "hits": draw(st.integers(1, 5)),
                "bytes": draw(st.integers(0, 10_000)),
                "minutes": 0 if blocked or category == "background" else draw(st.integers(0, 2**60 - 1)),
            }
        )
    return rows


def frame(rows: list[Row]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=ROWS)


def subjects(row: Row) -> set[str]:
    found = {"all", row["category"]}
    if row["category"] == "social":
        here = local(row)
        works = here.weekday() < 5 and 9 <= here.hour < 17
        found.add("social-at-work" if works else "social-off-work")
    return found | ({"blocked"} if row["blocked"] else set())


def by_hand(rows: list[Row]) -> dict[tuple[bytes, str], int]:
    """Each person's distinct minutes, by subject."""
    minutes: dict[tuple[bytes, str], set[tuple[int, int]]] = defaultdict(set)
    for row in rows:
        if row["person"] is not None:
            for subject in subjects(row):
                bits = 0 if subject == "blocked" else row["minutes"]
                minutes[row["person"], subject] |= {(row["hour"], bit) for bit in range(60) if bits >> bit & 1}
    return {key: len(found) for key, found in minutes.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.one_of(days(TUESDAY), days(SUNDAY), days(CLOCKS_GO_BACK)))
def test_a_day_is_as_a_count_by_hand_has_it(rows: list[Row]) -> None:
    done = count_day(frame(rows), AT_WORK)
    people = {(person, subject): minutes for person, _, subject, minutes in done.people.iter_rows()}
    assert people == by_hand(rows)
    assert done.people.height == len(people), "Somebody is there twice"
    named = [row for row in rows if row["person"] is not None]
    assert set(done.domains.select("person", "domain", "category").iter_rows()) == {
        (row["person"], row["domain"], row["category"])
        for row in named
        if row["category"] not in ("background", "private")
    }
    assert {(hour, unit): count for hour, unit, count in done.hours.iter_rows()} == {
        key: len(found) for key, found in _by(named, lambda row: (local(row).hour, row["unit"])).items()
    }
    assert {hour: tuple(rest) for hour, *rest in done.volume.iter_rows()} == {
        hour: (
            sum(row["hits"] for row in rows if local(row).hour == hour),
            sum(row["bytes"] for row in rows if local(row).hour == hour),
            len({row["person"] for row in named if local(row).hour == hour}),
        )
        for hour in {local(row).hour for row in rows}
    }


def _by(rows: list[Row], key: Any) -> dict[Any, set[bytes]]:
    found: dict[Any, set[bytes]] = defaultdict(set)
    for row in rows:
        found[key(row)].add(row["person"])
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=days(TUESDAY), other=days(date(2026, 10, 7)))
def test_a_week_is_its_days_with_each_person_once(one: list[Row], other: list[Row]) -> None:
    counted = [(row_day, count_day(frame(rows), AT_WORK)) for row_day, rows in ((1, one), (2, other))]
    people = pl.concat([done.people.with_columns(pl.lit(number).alias("day")) for number, done in counted])
    done = count_week(people.lazy(), pl.concat([each.domains for _, each in counted]).lazy())
    expected = by_hand([*one, *other])
    found = {(person, subject): minutes for person, _, subject, minutes in done.people.iter_rows()}
    assert found == expected
    assert done.people.height == len(found)
    by_unit = cells(done.people)
    for subject in {key[1] for key in expected}:
        everybody = {person for person, of in expected if of == subject}
        assert sum(count for count, _ in by_unit[subject].values()) == len(everybody)
    assert done.domains.select("person", "domain").is_unique().all()


def row(person: bytes, hour: int, day: date = TUESDAY, **values: Any) -> Row:
    usual = {"unit": 1, "domain": "news.example", "category": "news", "blocked": False, "hits": 1, "bytes": 9}
    return {"day": day, "hour": first_hour(day) + hour, "person": person, "minutes": 1, **usual, **values}


def test_a_minute_on_two_sites_is_one_minute() -> None:
    rows = [row(b"a", 9, minutes=0b11), row(b"a", 9, minutes=0b110, category="social", domain="social.example")]
    minutes = {subject: minutes for _, _, subject, minutes in count_day(frame(rows), AT_WORK).people.iter_rows()}
    assert minutes == {"all": 3, "news": 2, "social": 2, "social-at-work": 2}


def test_who_was_in_two_units_on_a_day_is_where_they_came_to_and_counted_once() -> None:
    rows = [row(b"a", 9, unit=1), row(b"a", 15, unit=2)]
    done = count_day(frame(rows), AT_WORK)
    assert set(done.people["unit"]) == {2}
    assert sorted(done.hours.iter_rows()) == [(9, 2, 1), (15, 2, 1)]


def test_who_was_in_two_units_in_the_same_hour_is_in_the_same_one_whatever_the_order_of_the_files() -> None:
    rows = [row(b"a", 9, unit=unit, category=category) for unit in (1, 2) for category in ("news", "social")]
    units = {count_day(frame(each), AT_WORK).people["unit"].unique().item() for each in (rows, rows[::-1])}
    assert units == {2}


def test_work_is_from_nine_to_five_by_the_clock_on_the_wall() -> None:
    summer = [row(bytes([hour]), hour, category="social") for hour in range(24)]
    done = count_day(frame(summer), AT_WORK).people
    at_work = done.filter(pl.col("subject") == "social-at-work")["person"]
    assert sorted(person[0] for person in at_work) == list(range(9, 17))


def test_of_a_week_only_the_domains_with_most_people_are_counted_by_unit() -> None:
    rows = [row(b"a", 9, domain=f"site{number}.example") for number in range(counting.DOMAINS_SHOWN + 50)]
    rows += [row(person, 9, domain="site349.example") for person in (b"b", b"c")]
    day = count_day(frame(rows), AT_WORK)
    week = count_week(day.people.with_columns(pl.lit(1).alias("day")).lazy(), day.domains.lazy())
    found = domain_cells(week.domains)
    assert len(found) == counting.DOMAINS_SHOWN
    assert found["domain:site349.example"] == {1: (3, None)}


def test_a_domain_whose_category_changed_within_the_week_counts_each_person_once() -> None:
    domains = pl.concat(
        [
            count_day(frame([row(b"a", 9, category=category)]), AT_WORK).domains.lazy()
            for category in ("news", "unclassified")
        ]
    )
    people = count_day(frame([row(b"a", 9)]), AT_WORK).people.with_columns(pl.lit(1).alias("day")).lazy()
    assert domain_cells(count_week(people, domains).domains) == {"domain:news.example": {1: (1, None)}}


def test_a_day_without_rows_is_empty() -> None:
    done = count_day(frame([]), AT_WORK)
    assert all(each.is_empty() for each in (done.people, done.domains, done.hours, done.volume))
    assert done.people.schema == pl.Schema(counting.PEOPLE)
