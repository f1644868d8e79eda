"""Where the shapes of a chart stand. Pure: a kept table goes in, places come out, and a template draws them.

Across, places are hundredths of the width, so that words keep their size however wide the page is; down, they are
pixels. Bars begin at nothing. Where there is nothing there is no bar, and where nothing could be counted, hatching.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

ROW, BAR_TOP, BAR_HIGH = 46, 21, 16
WIDEST = 84
"""The longest bar, in hundredths: its number stands behind it."""
HIGHEST, TOP = 96, 18
"""The highest bar of an hour, and the room for its number."""
STRIP, STRIP_TOP, STRIP_HIGH = 62, 24, 30
MOST_LABELS = 6
"""So many hours are written under a strip: there is no room for more on a phone."""


@dataclass(frozen=True)
class Bar:
    """One bar. ``x``, ``width`` and ``middle`` are hundredths with their sign; ``y`` and ``height`` pixels."""

    label: str
    words: str
    """Its number, as it is written."""
    x: str
    width: str
    middle: str
    y: float
    height: float
    baseline: float
    is_unknown: bool = False


@dataclass(frozen=True)
class Tick:
    """An hour that is written under a strip."""

    label: str
    x: str


@dataclass(frozen=True)
class Strip:
    """The hours of one thing, beside each other."""

    label: str
    total: str
    y: float
    baseline: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """What is drawn. Either ``bars`` or ``strips`` holds it."""

    kind: str
    height: float
    bars: tuple[Bar, ...] = ()
    strips: tuple[Strip, ...] = ()
    ticks: tuple[Tick, ...] = ()
    baseline: float = 0


def chart(table: Mapping[str, Any]) -> Chart | None:
    """The chart of a kept table; ``None`` if it has none, or nothing to show."""
    rows = table["rows"]
    if not rows:
        return None
    match table["chart"]:
        case "bars":
            return _bars([row[0] for row in rows], [row[table["of"]] for row in rows], table["unit"])
        case "hours":
            return _hours([row[0] for row in rows], [row[table["of"]] for row in rows])
        case "strips":
            return _strips(table["columns"][1:], rows)
    return None


def _bars(labels: Sequence[str], numbers: Sequence[float | None], unit: str) -> Chart:
    """Bars one under the other, each under its name. What has a unit is drawn against a whole of 100."""
    most = 100.0 if unit == "%" else max((each or 0 for each in numbers), default=0)
    bars = []
    for place, (label, number) in enumerate(zip(labels, numbers, strict=True)):
        width = WIDEST * (number or 0) / most if most else 0
        bars.append(
            Bar(
                label=label,
                words="nothing to count" if number is None else f"{number:g}{unit}",
                x="0",
                width=_hundredths(width),
                middle=_hundredths(width),
                y=place * ROW + BAR_TOP,
                height=BAR_HIGH,
                baseline=place * ROW + BAR_TOP - 6,
                is_unknown=number is None,
            )
        )
    return Chart("bars", len(bars) * ROW, tuple(bars))


def _hours(labels: Sequence[str], numbers: Sequence[float | None]) -> Chart:
    bottom = TOP + HIGHEST
    most = max((each or 0 for each in numbers), default=0)
    bars = _upright(labels, numbers, most, bottom, HIGHEST)
    return Chart("hours", bottom + 22, bars, ticks=_ticks(labels), baseline=bottom)


def _strips(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Chart:
    """One strip for each of ``names``, all to one scale."""
    labels = [row[0] for row in rows]
    most = max((number for row in rows for number in row[1:]), default=0)
    strips = []
    for place, name in enumerate(names):
        numbers = [row[place + 1] for row in rows]
        bottom = place * STRIP + STRIP_TOP + STRIP_HIGH
        bars = _upright(labels, numbers, most, bottom, STRIP_HIGH)
        strips.append(Strip(name, f"{sum(numbers):g}", place * STRIP + 15, bottom, bars))
    return Chart("strips", len(names) * STRIP + 18, strips=tuple(strips), ticks=_ticks(labels))


def _upright(
    labels: Sequence[str], numbers: Sequence[float | None], most: float, bottom: float, highest: float
) -> tuple[Bar, ...]:
    """Bars beside each other. One that is not nothing is seen, however small it is."""
    step = 100 / len(labels)
    bars = []
    for place, (label, number) in enumerate(zip(labels, numbers, strict=True)):
        height = max(highest * (number or 0) / most, 2.0 if number else 0.0) if most else 0.0
        if number is None:
            height = highest
        bars.append(
            Bar(
                label=label,
                words="" if number is None else f"{number:g}",
                x=_hundredths(place * step + step * 0.08),
                width=_hundredths(step * 0.84),
                middle=_hundredths((place + 0.5) * step),
                y=round(bottom - height, 1),
                height=round(height, 1),
                baseline=round(bottom - height - 5, 1),
                is_unknown=number is None,
            )
        )
    return tuple(bars)


def _ticks(labels: Sequence[str]) -> tuple[Tick, ...]:
    """Some of the hours, each at the left edge of its bar: "Tue 06:00" is "06:00" unless the day is new."""
    every = ceil(len(labels) / MOST_LABELS)
    step = 100 / len(labels)
    chosen = range(0, len(labels), every)
    days = [labels[place].split(" ")[0] for place in chosen]
    is_new_day = [True, *(one != other for one, other in pairwise(days))]
    return tuple(
        Tick(" ".join(labels[place].split(" ")[0 if new else 1 : 2]), _hundredths(place * step))
        for place, new in zip(chosen, is_new_day, strict=True)
    )


def _hundredths(number: float) -> str:
    return f"{number:.2f}%"
