"""The days and hours that the calendar shows. Pure: what is in them is not known here."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from moothall.core import localtime

FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2100, 12, 26)
"""The calendar goes no further: beyond, there are no posts, and in the end no dates."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


class View(StrEnum):
    """How much of the calendar is seen at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """What one page of the calendar shows: the days from ``first`` to ``last``, for the sake of ``day``."""

    view: View
    day: date
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def starts_at(self) -> datetime:
        return localtime.start_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """The moment at which the day after it begins."""
        return localtime.start_of(self.last + A_DAY)

    @property
    def before(self) -> date:
        """A day of the period before this one."""
        return self.day.replace(day=1) - A_DAY if self.view == View.MONTH else self.first - A_DAY

    @property
    def after(self) -> date:
        """A day of the period after this one."""
        if self.view == View.MONTH:
            return self.day.replace(day=calendar.monthrange(self.day.year, self.day.month)[1]) + A_DAY
        return self.last + A_DAY

    @property
    def words(self) -> str:
        """ "Tuesday 24 November 2026", "23 to 29 November 2026", "November 2026" """
        if self.view == View.DAY:
            return localtime.day_words(self.day)
        if self.view == View.MONTH:
            return f"{self.day:%B} {self.day.year}"
        beginning = f"{self.first.day}"
        if self.first.month != self.last.month:
            beginning += f" {self.first:%B}"
        if self.first.year != self.last.year:
            beginning += f" {self.first.year}"
        return f"{beginning} to {self.last.day} {self.last:%B} {self.last.year}"


def period(view: View, day: date) -> Period:
    """The day, the week from Monday, or the month, in whole weeks, that holds ``day``."""
    day = min(max(day, FIRST_DAY), LAST_DAY)
    first = last = day
    if view == View.MONTH:
        first, last = day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if view != View.DAY:
        first, last = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    return Period(view, day, first, last)


@dataclass(frozen=True, order=True)
class Hour:
    """An hour as the clocks show it. When they go back one comes twice, and the other time ``is_second``."""

    at: time
    is_second: bool = False

    @property
    def words(self) -> str:
        """ "01:00", "01:00 again" """
        return f"{self.at:%H:%M}{' again' if self.is_second else ''}"


def hour_of(moment: datetime) -> Hour:
    """The hour that begins at ``moment``."""
    here = localtime.local(moment)
    return Hour(here.time(), bool(here.fold) and localtime.comes_twice(here.date(), here.time()))


def hours(days: Iterable[date]) -> list[Hour]:
    """The hours that any of ``days`` has, in order."""
    return sorted({hour_of(start) for day in days for start in localtime.hours_of(day)})


def clock_changes(days: Iterable[date]) -> list[str]:
    """What the clocks do on these days, in sentences."""
    return [sentence for day in days if (sentence := _clock_change(day))]


def _clock_change(day: date) -> str:
    number = len(localtime.hours_of(day))
    if number == 24:
        return ""
    if number < 24:
        return f"The clocks go forward on {localtime.day_words(day)}: one hour of that night does not exist."
    return f"The clocks go back on {localtime.day_words(day)}: one hour of that night comes twice."
