"""Rows, names, keys and figures go, each by its own clock, and a record says so."""

import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from moothall.core import clock
from moothall.records.models import Record
from moothall.webuse import clerk, holding, house, retention
from moothall.webuse.engine.dataset import SETTLED_SECONDS
from moothall.webuse.figure_actions import counted_files
from moothall.webuse.importing.sources import mark_stale
from moothall.webuse.importing.spool import ASIDE
from moothall.webuse.models import Figure, Grain, Hold, Part, Purpose, Refusal, Source, StaleDay, Volume
from moothall.webuse.purpose_queries import NoPurpose
from moothall.webuse.seals.ceremony import hold
from moothall.webuse.seals.names import seal_names
from moothall.webuse.seals.pseudonyms import days_of, period_of
from tests.webuse import kits
from tests.webuse.purposes import WORDS, today

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "network-security"
DAY = date(2026, 6, 10)
SEALS = hold().public_key
FRAME = pl.DataFrame({"person": [b"a"]})


@pytest.fixture
def purpose(transactional_db: None) -> Purpose:
    """Names for 30 days, rows for 90, figures for 400."""
    return kits.purpose(KEY)


def files(room: Path) -> set[str]:
    rows = room / "rows"
    return {str(path.relative_to(rows)) for path in rows.rglob("*") if path.is_file()}


def part(day: date, number: int = 1) -> Part:
    """A file of rows of a day, with its people as they were counted."""
    name = f"{KEY}/{day}/{number}-0-9.parquet"
    for each in (name, *counted_files(KEY, day)):
        house.dataset().write(each, FRAME)
    return Part.objects.create(
        purpose_key=KEY, day=day, name=name, rows=1, hits=1, bytes=1, size=1, made_at=clock.now()
    )


def touched_long_ago(room: Path) -> None:
    before = time.time() - SETTLED_SECONDS - 60
    for path in (room / "rows").rglob("*"):
        os.utime(path, (before, before))


def figure(starts: date) -> Figure:
    return Figure.objects.create(purpose_key=KEY, grain=Grain.DAY, starts=starts, node=0, subject="all", people=10)


def version(before: Purpose, **values: Any) -> Purpose:
    """The next version of a purpose, in force in its place."""
    Purpose.objects.filter(pk=before.pk).update(superseded_at=clock.now())
    now, words = clock.now(), {**WORDS, "key": KEY, "review_on": today()}
    return Purpose.objects.create(
        **{**words, "number": 2, "made_by": before.made_by, "submitted_at": now, "approved_at": now, **values}
    )


def test_rows_are_there_on_their_last_day_and_gone_on_the_next(purpose: Purpose, room: Path) -> None:
    part(DAY)
    last = DAY + timedelta(days=90)
    retention.retain(last)
    assert Part.objects.exists()
    assert len(files(room)) == 4
    done = retention.retain(last + timedelta(days=1))[KEY]
    assert (done.files, done.row_days, done.oldest_row) == (1, 1, "")
    assert not Part.objects.exists()
    assert files(room) == set(), "Its counted people are under pseudonyms, too"


def test_days_beside_it_stay(purpose: Purpose, room: Path) -> None:
    for each in (part(DAY), part(DAY, 2), part(DAY + timedelta(days=1))):
        mark_stale(KEY, [each.day])
    done = retention.retain(DAY + timedelta(days=91))[KEY]
    assert (done.files, done.row_days, done.oldest_row) == (2, 1, "2026-06-11")
    assert list(StaleDay.objects.values_list("day", flat=True)) == [DAY + timedelta(days=1)]
    assert all("2026-06-11" in name for name in files(room))


def test_figures_go_by_a_clock_of_their_own(purpose: Purpose) -> None:
    figure(DAY)
    Volume.objects.create(purpose_key=KEY, day=DAY, hour=-1, hits=1, bytes=1)
    last = DAY + timedelta(days=400)
    assert not retention.retain(last)[KEY].anything
    assert retention.retain(last + timedelta(days=1))[KEY].figures == 2
    assert not Figure.objects.exists()
    assert not Volume.objects.exists()


def test_no_name_is_kept_longer_than_its_days(purpose: Purpose) -> None:
    names, period = house.sealed_names(KEY), period_of(DAY)
    names.add(period, seal_names(SEALS, [(bytes(16), "jo")]))
    last = days_of(period)[0] + timedelta(days=30)
    retention.retain(last)
    assert names.periods() == [period]
    done = retention.retain(last + timedelta(days=1))[KEY]
    assert (done.name_periods, done.oldest_name) == (1, "")
    assert names.periods() == []


def test_a_key_is_destroyed_with_the_last_rows_of_its_four_weeks(purpose: Purpose) -> None:
    ring, period = house.key_ring(KEY), period_of(DAY)
    ring.key(period)
    begins, ends = days_of(period)
    part(begins)
    part(ends)
    retention.retain(ends + timedelta(days=90))
    assert ring.periods() == [period]
    assert list(Part.objects.values_list("day", flat=True)) == [ends]
    done = retention.retain(ends + timedelta(days=91))[KEY]
    assert (done.keys, ring.periods(), Part.objects.count()) == (1, [], 0)
    assert not list(ring.folder.iterdir())


def test_what_a_case_needs_is_kept_until_it_is_let_go(purpose: Purpose, room: Path) -> None:
    held, other = part(DAY), part(DAY - timedelta(days=1))
    period = period_of(DAY)
    house.key_ring(KEY).key(period)
    house.sealed_names(KEY).add(period, seal_names(SEALS, [(bytes(16), "jo")]))
    holding.place(KEY, "CASE-7", DAY, DAY, "A concern is looked into.")
    holding.place(KEY, "CASE-8", DAY + timedelta(days=1), DAY + timedelta(days=1), "Another.")
    much_later = DAY + timedelta(days=300)
    retention.retain(much_later)
    assert list(Part.objects.all()) == [held]
    assert other.name not in files(room)
    assert set(counted_files(KEY, DAY)) <= files(room)
    assert house.key_ring(KEY).periods() == house.sealed_names(KEY).periods() == [period]
    assert holding.lift(KEY, "CASE-8") == 1
    assert holding.lift(KEY, "CASE-7") == 1
    assert holding.lift(KEY, "CASE-7") == 0
    done = retention.retain(much_later)[KEY]
    assert (done.files, done.name_periods, done.keys) == (1, 1, 1)
    kinds = ["webuse.held", "webuse.held", "webuse.deleted", "webuse.let_go", "webuse.let_go", "webuse.deleted"]
    assert list(Record.objects.order_by("number").values_list("kind", flat=True)) == kinds


def test_a_case_keeps_nothing_of_a_purpose_that_there_is_not_or_of_days_in_no_order(purpose: Purpose) -> None:
    with pytest.raises(NoPurpose, match="There is no purpose “netwerk-security”"):
        holding.place("netwerk-security", "CASE-7", DAY, DAY, "Mistyped.")
    with pytest.raises(ValueError, match="before the first"):
        holding.place(KEY, "CASE-7", DAY, DAY - timedelta(days=1), "Mistyped.")
    assert not Hold.objects.exists()


def test_what_a_killed_import_left_is_swept_away_a_day_later(purpose: Purpose, room: Path) -> None:
    counts = part(today())
    left = [f"{KEY}/{today()}/9-0-9.parquet", f"{KEY}/{today() - timedelta(days=1)}/9-0-9.parquet"]
    for name in left:
        house.dataset().write(name, FRAME)
    half = room / "rows" / KEY / str(today()) / ".9-9-18.parquet.77.new"
    half.write_bytes(b"PAR1")
    assert not retention.retain(today())[KEY].anything, "It may be about to be counted"
    touched_long_ago(room)
    assert retention.retain(today())[KEY].left_over_files == 3
    assert files(room) == {counts.name, *counted_files(KEY, today())}


def test_a_file_that_is_not_ours_does_not_keep_it_from_its_work(purpose: Purpose, room: Path) -> None:
    part(DAY)
    (room / "rows" / KEY / ".DS_Store").write_bytes(b"")
    touched_long_ago(room)
    assert retention.retain(DAY + timedelta(days=91))[KEY].files == 1


def test_the_clocks_are_those_of_the_version_that_took_the_others_place(purpose: Purpose) -> None:
    part(DAY)
    version(purpose, names_days=7, rows_days=7)
    assert retention.retain(DAY + timedelta(days=8))[KEY].files == 1


def test_a_draft_has_no_clock_yet(purpose: Purpose) -> None:
    part(DAY)
    words = {**WORDS, "key": KEY, "review_on": today(), "names_days": 1, "rows_days": 1}
    Purpose.objects.create(number=2, made_by=purpose.made_by, **words)
    assert not retention.retain(DAY + timedelta(days=8))[KEY].anything


def test_what_an_ended_purpose_gathered_goes_all_the_same(purpose: Purpose) -> None:
    Purpose.objects.filter(pk=purpose.pk).update(ended_at=clock.now())
    part(DAY)
    assert retention.retain(DAY + timedelta(days=91))[KEY].files == 1


def test_shapes_of_refused_lines_go_with_the_rows(purpose: Purpose) -> None:
    for read_at in (clock.now() - timedelta(days=100), clock.now()):
        source = Source.objects.create(
            purpose_key=KEY,
            name="a",
            format="squid",
            first_line="",
            head_length=0,
            first_seen_at=read_at,
            read_at=read_at,
        )
        Refusal.objects.create(source=source, reason="empty", lines=1)
    retention.retain(today())
    assert Refusal.objects.count() == 1


def test_the_record_says_what_went_and_what_is_the_oldest_left(purpose: Purpose) -> None:
    part(DAY)
    part(DAY + timedelta(days=5))
    figure(DAY - timedelta(days=400))
    retention.retain(DAY + timedelta(days=92))
    record = Record.objects.get()
    assert (record.kind, record.ref, record.actor_name) == ("webuse.deleted", f"purpose-key:{KEY}", "Moothall")
    assert record.after == {
        "files": 1,
        "row_days": 1,
        "name_periods": 0,
        "keys": 0,
        "figures": 1,
        "left_over_files": 0,
        "unread_files": 0,
        "oldest_row": "2026-06-15",
        "oldest_name": "",
    }


def test_a_night_in_which_nothing_goes_leaves_no_record(purpose: Purpose) -> None:
    part(today())
    retention.retain(today())
    assert not Record.objects.exists()


def test_the_clerk_deletes_once_after_a_start_and_then_once_a_night(
    purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[date] = []
    monkeypatch.setattr(retention, "retain", lambda on: done.append(on))
    now = clock.now().replace(month=1, hour=12, day=5)
    works = clerk.Clerk()
    for hours in (0, 1, 12, 14, 15, 16, 20, 39, 40):  # 12:00; the next day 00:00, 02:00, 03:00 …
        monkeypatch.setattr(clock, "now", lambda hours=hours: now + timedelta(hours=hours))
        works.retain()
    assert [each.day for each in done] == [5, 6, 7]


def test_what_a_proxy_sent_and_nobody_could_read_goes_after_a_week(purpose: Purpose, room: Path) -> None:
    aside = room / "spool" / purpose.key / ASIDE
    aside.mkdir(parents=True)
    for name, days in (("old", 8), ("new", 6)):
        (aside / name).write_text("who knows")
        at = time.time() - days * 24 * 3600
        os.utime(aside / name, (at, at))
    done = retention.retain(today())[purpose.key]
    assert done.unread_files == 1
    assert [path.name for path in aside.iterdir()] == ["new"]
    assert Record.objects.get(kind="webuse.deleted").after["unread_files"] == 1


def test_files_of_the_spool_are_forgotten_after_a_week_and_logs_are_not(purpose: Purpose) -> None:
    for name, comes_once, days in (("spooled", True, 8), ("lately", True, 6), ("access.log", False, 80)):
        at = clock.now() - timedelta(days=days)
        Source.objects.create(
            purpose_key=KEY, name=name, head_length=0, comes_once=comes_once, first_seen_at=at, read_at=at
        )
    retention.retain(today())
    assert set(Source.objects.values_list("name", flat=True)) == {"lately", "access.log"}


def test_the_place_of_a_spool_file_that_is_still_there_is_kept(purpose: Purpose, room: Path) -> None:
    spool = room / "spool" / KEY
    spool.mkdir(parents=True)
    (spool / "one.lines").write_text("a line")
    at = clock.now() - timedelta(days=80)
    Source.objects.create(
        purpose_key=KEY, name="one.lines", head_length=0, comes_once=True, first_seen_at=at, read_at=at
    )
    retention.retain(today())
    assert Source.objects.exists()
    assert (spool / "one.lines").exists()
    Purpose.objects.filter(key=KEY).update(ended_at=clock.now())
    assert retention.retain(today())[KEY].unread_files == 1
    assert not (spool / "one.lines").exists(), "Without a purpose no raw line is kept."
