"""Working days: Monday to Friday, without the bank holidays of England and Wales. Pure.

Which days are bank holidays is told by the library ``holidays``, one-off ones and substitute days included. England
and Wales share theirs (Banking and Financial Dealings Act 1971, schedule 1); a test holds the library to it. A holiday
proclaimed after the library was released is unknown until it is updated.
"""

from datetime import date, timedelta
from functools import cache

import holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in a year; some of them may fall on a weekend."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """The ``n``th working day after ``day``, or before it if ``n`` is negative. ``day`` itself never counts.

    With 0 it is ``day``, working or not. Give a date of our clocks (``localtime.local(moment).date()``).
    """
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """How many working days come after ``a`` up to and including ``b``; negative if ``b`` is the earlier of the two.

    So it is ``n`` for ``b = add_working_days(a, n)`` with ``n`` of 0 or more, and swapping the two turns the sign.
    """
    if b < a:
        return -working_days_between(b, a)
    return sum(is_working_day(a + number * _DAY) for number in range(1, (b - a).days + 1))
