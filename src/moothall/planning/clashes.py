"""Where the plan is too full, and where it is empty. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

TOO_CLOSE = timedelta(minutes=15)
"""Two posts on one channel no further apart than this are a clash."""


class Said(NamedTuple):
    """That a channel says something at a moment."""

    channel: int
    moment: datetime
    post: int


def clashes(said: Iterable[Said]) -> set[Said]:
    """Those that another post on the same channel comes too close to: both of each two."""
    found: set[Said] = set()
    near: list[Said] = []
    for each in sorted(set(said)):
        near = [other for other in near if other.channel == each.channel and each.moment - other.moment <= TOO_CLOSE]
        others = [other for other in near if other.post != each.post]
        if others:
            found.update(others, [each])
        near.append(each)
    return found


def gaps(
    channels: Iterable[int], days: Sequence[date], planned: Mapping[int, set[date]]
) -> dict[int, list[tuple[date, date]]]:
    """The days on which a channel has nothing planned, as runs from first to last day; channels without any left out.

    ``days`` come in order, and each is followed by its next.
    """
    found: dict[int, list[tuple[date, date]]] = {}
    for channel in channels:
        runs: list[tuple[date, date]] = []
        for day in days:
            if day in planned.get(channel, ()):
                continue
            if runs and day - runs[-1][1] == timedelta(days=1):
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        if runs:
            found[channel] = runs
    return found


def run_words(first: date, last: date) -> str:
    """ "Tue 24 Nov", "Tue 24 to Thu 26 Nov" """
    if first == last:
        return f"{first:%a} {first.day} {first:%b}"
    month = "" if first.month == last.month else f" {first:%b}"
    return f"{first:%a} {first.day}{month} to {last:%a} {last.day} {last:%b}"
