"""The figures: right for a day that one can count by hand, and of one piece for any day at all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from moothall.contributions.models import State
from moothall.events.models import Door
from moothall.events.running import Span
from moothall.reports import arithmetic, exports
from moothall.reports.figures import figures
from moothall.reports.rows import Frame, OnShift, Rows, Said, Told

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def frame(start: datetime = NOON, hours: int = 24, **values: Any) -> Frame:
    whole = Span(start, start + timedelta(hours=hours))
    values = {"name": "A day", "slug": "a-day", "until": whole.end, "zone": LONDON} | values
    return Frame(whole=whole, **values)


def said(minutes: float, number: int = 1, door: str = Door.PUBLIC, **values: Any) -> Said:
    at = NOON + timedelta(minutes=minutes)
    return Said(**{"number": number, "at": at, "door": door, "network": "Mastodon", "account": ("m", "a")} | values)


def told(minutes: float, answered: float | None = None, **values: Any) -> Told:
    at = NOON + timedelta(minutes=minutes)
    defaults = {"at": at, "way": "Told on the web", "person": 1, "state": State.WAITING}
    if answered is not None:
        defaults["answered_at"] = at + timedelta(minutes=answered)
    return Told(**defaults | values)


def counters(of: dict[str, Any]) -> dict[str, Any]:
    return {counter["key"]: counter["number"] for section in of["sections"] for counter in section["counters"]}


def column(of: dict[str, Any], table: str, name: str) -> list[Any]:
    found = exports.tables(of)[table]
    place = list(found["columns"]).index(name)
    return [row[place] for row in found["rows"]]


def test_staff_count_once_by_whatever_door_they_come() -> None:
    rows = Rows(
        frame(),
        (
            said(5, account=("mastodon", "alice"), person=1, door=Door.STAFF),
            said(6, account=("bluesky", "alice"), person=1, door=Door.STAFF),
            said(7, account=("bluesky", "charlie")),
        ),
        (told(8, person=1), told(9, person=2), told(10, person=3, state=State.QUARANTINED)),
    )
    found = counters(figures(rows))
    assert found["contributors"] == 3, "three accounts"
    assert found["staff"] == 2, "Alice, however she spoke, and Bob; who is quarantined is nobody yet"
    assert found["told"] == 2


def test_what_is_deleted_or_not_shown_does_not_count() -> None:
    rows = Rows(frame(), (said(5), said(6, is_shown=False), said(7, is_gone=True)))
    made = figures(rows)
    assert counters(made)["items"] == 1
    assert exports.tables(made)["doors"]["note"].startswith("2 more were collected and do not count: 1 deleted")


def test_how_long_staff_waited() -> None:
    rows = Rows(frame(), (), tuple(told(number, answered=number) for number in range(1, 11)))
    assert column(figures(rows), "response", "Median") == [5.5, None]
    assert column(figures(rows), "response", "90th percentile") == [9.0, None]
    assert column(figures(rows), "response", "Longest") == [10.0, None]


def test_a_night_in_which_the_clocks_go_back_has_one_oclock_twice() -> None:
    start = datetime(2026, 10, 24, 11, tzinfo=UTC)  # noon in summer time
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    rows = Rows(frame(start, 24), (said(0, at=at, door=Door.OFFICIAL, service="Libraries"),))
    made = figures(rows)
    hours = column(made, "service-hours", "Hour")
    assert len(hours) == 24
    assert [each for each in hours if "01:00" in each] == ["Sun 01:00 (UTC+1)", "Sun 01:00 (UTC+0)"]
    assert column(made, "service-hours", "Libraries")[hours.index("Sun 01:00 (UTC+0)")] == 1
    assert hours[-1] == "Sun 10:00", "24 real hours end an hour earlier on the clock"


def test_the_rota_says_what_to_change() -> None:
    shift = OnShift(1, Span(NOON, NOON + timedelta(hours=3)))
    items = tuple(said(minutes, number) for number, minutes in enumerate([*range(60, 80), 300, 301]))
    (section,) = [
        each for each in figures(Rows(frame(hours=6), items, (), (shift,)))["sections"] if each["key"] == "rota"
    ]
    assert section["advice"] == [
        "Nobody was on shift from Tue 15:00 to Tue 18:00, and 2 things came. Put somebody there.",
        "From Tue 13:00 to Tue 14:00 20 things came for one person. One more would have had 10 each.",
    ]
    assert section["counters"][0]["number"] == 3


def test_a_fraction_of_an_hour_is_a_fraction_of_a_person() -> None:
    hour = Span(NOON, NOON + timedelta(hours=1))
    half = Span(NOON + timedelta(minutes=30), NOON + timedelta(hours=9))
    assert arithmetic.on_hand([half, half, hour], hour) == 2.0


def test_hundredths_never_hide_what_is_missing() -> None:
    assert arithmetic.share(999, 1000) == 99
    assert arithmetic.share(1, 1000) == 1
    assert arithmetic.share(0, 0) is None


# --- For any day ------------------------------------------------------------------------------------------------------

minutes = st.floats(0, 24 * 60 - 1)
doors = st.sampled_from(list(Door))
items = st.builds(
    said,
    minutes,
    number=st.integers(1, 50),
    door=doors,
    network=st.sampled_from(["Mastodon", "Bluesky"]),
    service=st.sampled_from(["", "Libraries", "Highways"]),
    account=st.tuples(st.sampled_from(["m", "b"]), st.sampled_from("abc")),
    person=st.none() | st.integers(1, 3),
    is_shown=st.booleans(),
    is_gone=st.booleans(),
    pictures=st.integers(0, 3),
    tags=st.lists(st.sampled_from(["exday", "exday24", "other"]), unique=True).map(tuple),
)
contributions = st.builds(
    told,
    minutes,
    answered=st.none() | st.floats(0, 600),
    person=st.none() | st.integers(1, 4),
    way=st.sampled_from(["web", "mail"]),
    state=st.sampled_from(list(State)),
)
shifts = st.builds(
    lambda start, length: OnShift(1, Span(NOON + timedelta(minutes=start), NOON + timedelta(minutes=start + length))),
    minutes,
    st.floats(1, 600),
)
days = st.builds(
    Rows,
    st.builds(
        frame,
        hours=st.integers(24, 25),
        services=st.just(("Libraries", "Youth")),
        tags=st.just({"exday": ("ExDay", "The hashtag"), "exday24": ("ExDay24", "Another")}),
    ),
    st.lists(items, max_size=30).map(tuple),
    st.lists(contributions, max_size=15).map(tuple),
    st.lists(shifts, max_size=5).map(tuple),
)


@given(days)
def test_every_item_that_counts_is_counted_once_everywhere(day: Rows) -> None:
    made, count = figures(day), sum(each.is_shown and not each.is_gone for each in day.said)
    assert counters(made)["items"] == count
    assert sum(column(made, "doors", "Items")) == count
    assert sum(column(made, "networks", "Items")) == count
    assert sum(column(made, "languages", "Items")) == count
    by_hour = exports.tables(made)["service-hours"]
    by_the_public = column(made, "doors", "Items")[list(Door).index(Door.PUBLIC)]
    assert sum(sum(row[1:]) for row in by_hour["rows"]) == count - by_the_public
    assert sum(column(made, "official-hours", "Official items")) == column(made, "doors", "Items")[0]


@given(days)
def test_every_contribution_has_one_outcome(day: Rows) -> None:
    made = figures(day)
    for row in exports.tables(made)["contributions"]["rows"]:
        assert row[1] == sum(row[2:])
    assert sum(column(made, "contributions", "All")) == counters(made)["told"]


@given(days)
def test_the_longest_silence_is_the_longest_of_all(day: Rows) -> None:
    made = figures(day)
    lengths = column(made, "silences", "Minutes")
    assert lengths == sorted(lengths, reverse=True)
    assert counters(made)["silence"] == lengths[0]


@given(st.lists(minutes, max_size=20))
def test_silences_fill_the_day(moments: list[float]) -> None:
    whole = Span(NOON, NOON + timedelta(hours=24))
    found = arithmetic.silences([NOON + timedelta(minutes=each) for each in moments], whole)
    assert sum((each.length for each in found), timedelta(0)) == whole.length
    assert all(one.end == other.start for one, other in pairwise(found))


@given(st.lists(st.integers(0, 100_000), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_lengths_and_covers_its_part(seconds: list[int], part: float) -> None:
    lengths = [timedelta(seconds=60 * each) for each in seconds]
    found = arithmetic.percentile(lengths, part)
    assert found in seconds
    assert sum(each <= (found or 0) for each in seconds) >= part * len(seconds)
    assert arithmetic.middle(lengths) == round(median(seconds), 1)


@given(days)
def test_the_same_rows_are_the_same_figures_in_any_order(day: Rows) -> None:
    turned = Rows(day.frame, day.said[::-1], day.told[::-1], day.shifts[::-1])
    one, other = counters(figures(day)), counters(figures(turned))
    assert one == other


@given(days)
def test_every_table_is_a_table_and_says_what_it_means(day: Rows) -> None:
    for table in exports.tables(figures(day)).values():
        assert table["means"].endswith(".")
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
