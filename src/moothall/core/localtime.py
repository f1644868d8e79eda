"""Moments in the words and on the clocks of the people who use Moothall.

Stored times are UTC; people read and choose wall-clock time in ``settings.TIME_ZONE``, named beside it.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60
_UNITS = (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE))
_WORDS_FOR_DAYS = 14
"""Further away than this, "in 5 weeks" says less than the date does."""


class NoSuchTime(ValueError):
    """The clocks jump over this wall-clock time; ``instead`` is as far behind the jump as it is before."""

    def __init__(self, wall: datetime, instead: datetime) -> None:
        super().__init__(f"The clocks go forward that night: {wall:%H:%M} does not exist on {day_words(wall)}.")
        self.instead = instead


def zone_words() -> str:
    """The zone as people call it: "UK time"."""
    name = timezone.get_default_timezone_name()
    return "UK time" if name == "Europe/London" else name.replace("_", " ")


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())


def day_words(day: date) -> str:
    """ "Tuesday 6 October 2026" """
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def words(moment: datetime) -> str:
    """ "Tuesday 6 October 2026, 14:30 (UK time)". In the hour that comes twice it also says which of the two."""
    here = local(moment)
    return f"{day_words(here)}, {here:%H:%M} ({zone_words()}{_which_of_two(here)})"


def _which_of_two(here: datetime) -> str:
    """Which coming of its hour a local time belongs to, on the night on which the clocks go back; else nothing."""
    if not comes_twice(here.date(), here.time()):
        return ""
    return f", {which_words(here)}"


def which_words(here: datetime) -> str:
    """Of a local time that comes twice: whether it is the first or the second coming."""
    return "after the clocks go back" if here.fold else "before the clocks go back"


def short(moment: datetime) -> str:
    """ "6 Oct 2026, 14:30" """
    here = local(moment)
    return f"{here.day} {here:%b} {here.year}, {here:%H:%M}"


def relative(moment: datetime, now: datetime) -> str:
    """ "in 3 hours", "5 minutes ago"; the short date where that is more than two weeks away."""
    seconds = (moment - now).total_seconds()
    distance = abs(seconds)
    if distance < _MINUTE:
        return "just now" if seconds <= 0 else "in less than a minute"
    if distance >= _WORDS_FOR_DAYS * _DAY:
        return short(moment)
    unit, size = next((name, size) for name, size in _UNITS if distance >= size)
    number = int(distance // size)
    amount = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{amount} ago" if seconds < 0 else f"in {amount}"


def from_wall(day: date, clock_time: time, *, second: bool = False) -> datetime:
    """The moment, in UTC, at which our clocks show ``clock_time`` on ``day``.

    When the clocks go back the hour comes twice, and this is the first, or the ``second`` if that is asked for. Raises
    :class:`NoSuchTime` for a time that the clocks jump over in spring.
    """
    wall = datetime.combine(day, clock_time)
    here = wall.replace(tzinfo=timezone.get_default_timezone(), fold=int(second and comes_twice(day, clock_time)))
    moment = here.astimezone(UTC)
    shown = local(moment).replace(tzinfo=None, fold=0)
    if shown != wall:
        raise NoSuchTime(wall, shown)
    return moment


def same_on_clocks(one: datetime, other: datetime) -> bool:
    """Whether our clocks show the same day and time at both moments."""
    return local(one).replace(tzinfo=None, fold=0) == local(other).replace(tzinfo=None, fold=0)


def comes_twice(day: date, clock_time: time) -> bool:
    """Whether our clocks show ``clock_time`` twice on ``day``: in the night on which they go back."""
    here = datetime.combine(day, clock_time).replace(tzinfo=timezone.get_default_timezone())
    first, second = here.replace(fold=0).utcoffset(), here.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def start_of(day: date) -> datetime:
    """The moment, in UTC, at which ``day`` begins on our clocks."""
    try:
        return from_wall(day, time())
    except NoSuchTime as error:
        return from_wall(error.instead.date(), error.instead.time())


def hours_of(day: date) -> list[datetime]:
    """The moments at which the hours of ``day`` begin: 24 of them, but 23 or 25 where the clocks change."""
    start, end = start_of(day), start_of(day + timedelta(days=1))
    return [start + timedelta(hours=number) for number in range(round((end - start) / timedelta(hours=1)))]
