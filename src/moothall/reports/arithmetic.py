"""The arithmetic under the figures. Pure; lengths are real time, whatever the clocks do."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from moothall.events.running import Span, clock_words, comes_twice, hours, utc

MINUTE = timedelta(minutes=1)


def hour_of(moment: datetime, cut: Sequence[Span]) -> int | None:
    """Which of the hours ``cut``, in order and without gaps, ``moment`` lies in, by number; ``None``: in none."""
    place = bisect_right([each.start for each in cut], utc(moment)) - 1
    return place if place >= 0 and utc(moment) < cut[place].end else None


def by_hour(moments: Iterable[datetime], whole: Span) -> list[int]:
    """How many of these moments lie in each hour of ``whole``."""
    cut = hours(whole)
    found = [0] * len(cut)
    for moment in moments:
        place = hour_of(moment, cut)
        if place is not None:
            found[place] += 1
    return found


def hour_words(start: datetime, zone: ZoneInfo) -> str:
    """ "Sun 05:00"; in the hour that comes twice with its offset too: "Sun 01:00 (UTC+1)"."""
    here = start.astimezone(zone)
    if not comes_twice(here.date(), here.time().replace(fold=0), zone):
        return clock_words(start, zone)
    offset = here.utcoffset() or timedelta(0)
    sign = "+" if offset >= timedelta(0) else "−"
    whole, rest = divmod(abs(offset), timedelta(hours=1))
    minutes = f":{rest // MINUTE:02d}" if rest else ""
    return f"{here:%a %H:%M} (UTC{sign}{whole}{minutes})"


def minutes(length: timedelta) -> float:
    """In minutes, to a tenth."""
    return round(length / MINUTE, 1)


def middle(lengths: Sequence[timedelta]) -> float | None:
    """The median, in minutes."""
    return round(median(length / MINUTE for length in lengths), 1) if lengths else None


def percentile(lengths: Sequence[timedelta], part: float) -> float | None:
    """The shortest of these lengths within which at least ``part`` (0 to 1) of them lie (nearest rank), in minutes."""
    if not lengths:
        return None
    return minutes(sorted(lengths)[max(ceil(part * len(lengths)), 1) - 1])


def share(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in hundredths, whole ones; never 100 while one is missing, never 0 while there is one."""
    if not whole:
        return None
    if 0 < part < whole:
        return min(max(round(100 * part / whole), 1), 99)
    return 100 * part // whole


def silences(moments: Iterable[datetime], whole: Span) -> list[Span]:
    """The stretches of ``whole`` between these moments and its ends, in order. Together they are all of it."""
    inside = sorted({utc(each) for each in moments if whole.start <= each < whole.end})
    edges = [utc(whole.start), *inside, utc(whole.end)]
    return [Span(start, end) for start, end in pairwise(edges) if start < end]


def on_hand(spans: Iterable[Span], hour: Span) -> float:
    """How many people were there in an hour on average: somebody who came at half past is half a person."""
    there = sum((part.length for each in spans if (part := each.within(hour))), timedelta(0))
    return round(there / hour.length, 2) if hour.length else 0.0
