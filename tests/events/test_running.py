"""The arithmetic of an event's hours, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.localtime import NoSuchTime
from moothall.events import running
from moothall.events.running import Span, Tempo

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from([LONDON, ZoneInfo("Europe/Dublin"), ZoneInfo("Europe/Athens"), ZoneInfo("Atlantic/Reykjavik")])
AROUND_A_CHANGE = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2026, 7, 1)])
MINUTES = st.integers(-2 * 24 * 60, 2 * 24 * 60)
STARTS = st.builds(lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes), AROUND_A_CHANGE, MINUTES)  # fmt: skip  # noqa: E501
WHOLES = st.builds(lambda start, minutes: Span(start, start + timedelta(minutes=minutes)), STARTS, st.integers(1, 3 * 24 * 60))  # fmt: skip  # noqa: E501


def spans_in(whole: Span) -> st.SearchStrategy[list[Span]]:
    length = int(whole.length / timedelta(minutes=1))
    one = st.tuples(st.integers(0, length), st.integers(1, 600)).map(
        lambda pair: Span(whole.start + timedelta(minutes=pair[0]), whole.start + timedelta(minutes=sum(pair)))
    )
    return st.lists(one, max_size=8)


def minutes_of(spans: list[Span], whole: Span) -> set[datetime]:
    """Every minute of ``whole`` that is in one of them: slow, and plainly right."""
    length = int(whole.length / timedelta(minutes=1))
    every = (whole.start + timedelta(minutes=number) for number in range(length))
    return {each for each in every if any(span.start <= each < span.end for span in spans)}


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


@given(start=STARTS, hours=st.integers(1, 72), zone=ZONES)
def test_so_many_hours_are_so_many_real_hours(start: datetime, hours: int, zone: ZoneInfo) -> None:
    begins = start.astimezone(zone)
    ends = running.after(begins, hours).astimezone(zone)
    assert Span(begins, ends).length == timedelta(hours=hours)
    assert len(running.hours(Span(begins, ends))) == hours


@given(start=STARTS, zone=ZONES)
def test_what_a_clock_shows_leads_back_to_the_moment(start: datetime, zone: ZoneInfo) -> None:
    here = start.astimezone(zone)
    found = running.moment(here.date(), here.time(), zone, second=bool(here.fold))
    assert found == start


def test_a_time_that_is_jumped_over_is_refused() -> None:
    with pytest.raises(NoSuchTime, match="01:30 does not exist"):
        running.moment(date(2026, 3, 29), time(1, 30), LONDON)
    assert running.comes_twice(date(2026, 10, 25), time(1, 30), LONDON)
    assert running.moment(date(2026, 10, 25), time(1, 30), LONDON) == utc(2026, 10, 25, 0, 30)
    assert running.moment(date(2026, 10, 25), time(1, 30), LONDON, second=True) == utc(2026, 10, 25, 1, 30)


def test_the_hour_that_comes_twice_is_there_twice_and_says_which() -> None:
    whole = Span(utc(2026, 10, 24, 5), utc(2026, 10, 25, 5))
    words = [running.clock_words(each.start, LONDON) for each in running.hours(whole)]
    assert words[19:22] == ["Sun 01:00 BST", "Sun 01:00 GMT", "Sun 02:00"]
    assert running.change_of_clocks(whole, LONDON).startswith("The clocks go back while it runs.")
    assert running.words(whole.end, LONDON) == "Sunday 25 October 2026, 05:00 GMT (UTC+00:00)"
    assert running.length_words(timedelta(minutes=90)) == "1 hour 30 minutes"


@given(st.data())
def test_gaps_are_what_nothing_covers(data: st.DataObject) -> None:
    whole = data.draw(WHOLES)
    spans = data.draw(spans_in(whole))
    found = running.gaps(whole, spans)
    every = minutes_of([whole], whole)
    assert minutes_of(found, whole) == every - minutes_of(spans, whole)
    assert all(gap.start < gap.end for gap in found)
    assert minutes_of(running.merged(spans), whole) == minutes_of(spans, whole)


@given(st.data(), ZONES)
def test_gaps_in_the_night_lie_in_nights_and_in_gaps(data: st.DataObject, zone: ZoneInfo) -> None:
    whole = data.draw(WHOLES)
    spans = data.draw(spans_in(whole))
    for gap in running.night_gaps(whole, spans, zone):
        assert gap.length >= running.WORTH_A_WARNING
        assert not minutes_of(spans, gap)
        first = gap.start.astimezone(zone).time()
        assert first >= running.NIGHT_BEGINS or first < running.NIGHT_ENDS


def test_the_night_on_which_the_clocks_change_is_an_hour_longer_or_shorter() -> None:
    (autumn,) = running.nights(Span(utc(2026, 10, 24, 12), utc(2026, 10, 25, 12)), LONDON)
    (spring,) = running.nights(Span(utc(2026, 3, 28, 12), utc(2026, 3, 29, 12)), LONDON)
    assert (autumn.length, spring.length) == (timedelta(hours=8), timedelta(hours=6))


@given(st.data())
def test_the_table_has_each_slot_in_each_hour_that_it_touches(data: st.DataObject) -> None:
    whole = data.draw(WHOLES)
    slots = [(data.draw(st.sampled_from("ab")), span) for span in data.draw(spans_in(whole))]
    table = running.matrix(whole, slots, "abc")
    assert not any(cell.slots for cell in table["c"])
    for number, (key, span) in enumerate(slots):
        hours = {cell.hour for cell in table[key] if number in cell.slots}
        assert hours == {hour for hour in running.hours(whole) if span.within(hour)}


@given(whole=WHOLES)
def test_the_moments_to_choose_from_begin_and_end_with_the_event(whole: Span) -> None:
    found = running.steps(whole)
    assert (found[0], found[-1]) == (whole.start, whole.end)
    assert found == sorted(set(found))


@given(st.data())
def test_overlaps_are_pairs_that_share_a_minute(data: st.DataObject) -> None:
    whole = data.draw(WHOLES)
    spans = data.draw(spans_in(whole))
    found = {frozenset(pair) for pair in running.overlaps(spans)}
    shared = {
        frozenset((one, other))
        for one in range(len(spans))
        for other in range(one)
        if max(spans[one].start, spans[other].start) < min(spans[one].end, spans[other].end)
    }
    assert found == shared


def test_a_short_pause_is_no_break() -> None:
    at = utc(2026, 10, 24, 5)
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    early, late = Span(at, at + 4 * hour), Span(at + 4 * hour + 14 * minute, at + 8 * hour)
    assert running.longest_without_break([early, late]) == timedelta(hours=8)
    rested = Span(at + 4 * hour + 15 * minute, at + 8 * hour)
    assert running.longest_without_break([early, rested]) == timedelta(hours=4)
    assert running.too_long({"hazel": [early, late], "rowan": [early, rested]}) == {"hazel": timedelta(hours=8)}
    assert running.longest_without_break([]) == timedelta(0)


@given(start=STARTS, begins=STARTS, minutes=st.integers(0, 3000), speed=st.integers(1, 120))
def test_a_rehearsal_s_time_leads_back_to_the_event_s(
    start: datetime, begins: datetime, minutes: int, speed: int
) -> None:
    tempo, moment = Tempo(start, begins, speed), start + timedelta(minutes=minutes)
    assert abs(tempo.back(tempo.at(moment)) - moment) < timedelta(milliseconds=1)
    assert tempo.at(start) == begins
    assert abs(Tempo(start, begins, 60).at(start + timedelta(hours=24)) - begins - timedelta(minutes=24)) < timedelta(
        milliseconds=1
    )
