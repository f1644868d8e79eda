"""Choosing a moment on clocks that go forward and back. Europe/London: 28 March and 31 October 2027, at 01:00 UTC."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django import forms
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import clock, localtime
from moothall.core.forms import MomentField

FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)


class When(forms.Form):
    at = MomentField(required=False)


class MustSayWhen(forms.Form):
    at = MomentField()


def chosen(day: str, at: str) -> datetime | None:
    form = When({"at_day": day, "at_time": at})
    assert form.is_valid(), form.errors
    moment: datetime | None = form.cleaned_data["at"]
    return moment


def refused(form: type[forms.Form], day: str, at: str) -> str:
    filled = form({"at_day": day, "at_time": at})
    assert not filled.is_valid()
    return " ".join(filled.errors["at"])


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_winter_and_summer() -> None:
    assert chosen("2027-01-10", "09:00") == datetime(2027, 1, 10, 9, tzinfo=UTC)
    assert chosen("2027-07-10", "09:00") == datetime(2027, 7, 10, 8, tzinfo=UTC)


@pytest.mark.parametrize(("at", "instead"), [("01:00", "02:00"), ("01:30", "02:30"), ("01:59", "02:59")])
def test_an_hour_that_the_clocks_jump_over_is_refused_with_one_to_use(at: str, instead: str) -> None:
    said = refused(When, "2027-03-28", at)
    assert f"{at} does not exist on Sunday 28 March 2027" in said
    assert f"Choose {instead}" in said
    assert chosen("2027-03-28", instead)


def test_the_minutes_before_and_after_the_jump_exist() -> None:
    assert chosen("2027-03-28", "00:59") == datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
    assert chosen("2027-03-28", "02:00") == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_an_hour_that_comes_twice_means_the_first() -> None:
    assert chosen("2027-10-31", "01:30") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert chosen("2027-10-31", "00:59") == datetime(2027, 10, 30, 23, 59, tzinfo=UTC)
    assert chosen("2027-10-31", "02:00") == datetime(2027, 10, 31, 2, 0, tzinfo=UTC)


def test_a_moment_in_the_hour_that_comes_twice_is_shown_and_chosen_again_as_the_same() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    shown = When(initial={"at": first})
    assert 'value="2027-10-31"' in str(shown["at"])
    assert 'value="01:30"' in str(shown["at"])
    assert chosen("2027-10-31", "01:30") == first


def test_half_a_moment_is_asked_for_whole() -> None:
    assert "Give both the date and the time." in refused(When, "2027-01-10", "")
    assert "Give both the date and the time." in refused(When, "", "09:00")
    assert chosen("", "") is None
    assert refused(MustSayWhen, "", "")
    assert refused(MustSayWhen, "2027-01-10", "")


@pytest.mark.parametrize(("day", "at"), [("2027-02-30", "09:00"), ("soon", "09:00"), ("2027-02-20", "25:00")])
def test_what_is_no_moment_is_refused_in_words(day: str, at: str) -> None:
    assert "Give the" in refused(When, day, at)


days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
minutes = st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0))


@given(days | st.sampled_from([FORWARD, BACK]), minutes)
def test_a_moment_is_shown_as_it_was_chosen_or_does_not_exist(day: date, at: time) -> None:
    try:
        moment = localtime.from_wall(day, at)
    except localtime.NoSuchTime as error:
        day, at = error.instead.date(), error.instead.time()
        moment = localtime.from_wall(day, at)
    assert localtime.local(moment).replace(tzinfo=None) == datetime.combine(day, at)
    an_hour_before = localtime.local(moment.astimezone(UTC) - timedelta(hours=1))
    assert an_hour_before.replace(tzinfo=None) != datetime.combine(day, at), "It is the first of two."


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_words_always_name_the_zone_and_the_short_form_the_same_moment(moment: datetime) -> None:
    assert "(UK time" in localtime.words(moment)
    assert localtime.short(moment).split(", ")[1] == localtime.words(moment).split(", ")[1][:5]


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_how_long_ago_or_ahead_never_contradicts_the_order(away: timedelta) -> None:
    now = timezone.now()
    said = localtime.relative(now + away, now)
    assert ("ago" in said) <= (away < timedelta(0))
    assert said.startswith("in ") <= (away > timedelta(0))
