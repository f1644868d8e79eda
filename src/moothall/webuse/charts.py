"""Where the shapes of a chart of figures stand. Pure: numbers go in, places come out, and a template draws them.

Across, places are hundredths of the width, so that words keep their size however wide the page is; down, they are
pixels. Amounts begin at nothing. What is hidden is hatched, and what was never read is a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil


class Gap(Enum):
    """Why there is no number."""

    HIDDEN = "hidden"
    UNREAD = "not read"


Amount = int | Gap

ROW, BAR_TOP, BAR_HIGH = 40, 19, 14
WIDEST = 82
"""The longest bar, in hundredths: its number stands behind it."""
HIGHEST, TOP = 120, 20
"""The highest upright bar, and the room for a number above it."""
MARGIN = 12
"""The room for the names of days beside a heat map, in hundredths."""
HEAT_TOP, HEAT_ROW, HEAT_HIGH = 20, 24, 22
PALEST = 0.12
STEPS = 6
"""So many shades can be told apart."""
MOST_LABELS = 6


@dataclass(frozen=True)
class Shape:
    """A bar or a cell. ``x`` and ``width`` are hundredths with their sign; ``y`` and ``height`` pixels.

    ``beside`` is where the mark of the year before stands, in pixels; ``shade`` is 0 to 1. Both may be empty.
    """

    label: str
    words: str
    x: str
    width: str
    y: float
    height: float
    gap: str = ""
    shade: str = ""
    beside: str = ""
    beside_words: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.gap == Gap.HIDDEN.value


@dataclass(frozen=True)
class Label:
    """Words at a place."""

    words: str
    x: str
    y: float


@dataclass(frozen=True)
class Chart:
    """What is drawn: ``kind`` is ``bars``, ``heat`` or ``upright``; ``bottom`` is where upright bars stand."""

    kind: str
    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...] = ()
    ticks: tuple[Label, ...] = ()
    bottom: float = 0
    most: str = ""
    """The greatest amount, in words: what the darkest cell or the highest bar is."""

    @property
    def has_hidden(self) -> bool:
        return any(shape.is_hidden for shape in self.shapes)


def amount_words(amount: Amount) -> str:
    return amount.value if isinstance(amount, Gap) else f"{amount:,}"


def bars(rows: Sequence[tuple[str, Amount]]) -> Chart | None:
    """Bars one under the other, each under its name; ``None`` if there is nothing to draw."""
    most = _most([amount for _, amount in rows])
    if not most:
        return None
    shapes = []
    for place, (label, amount) in enumerate(rows):
        gap = amount.value if isinstance(amount, Gap) else ""
        width = WIDEST * (0 if isinstance(amount, Gap) else amount) / most
        y = place * ROW + BAR_TOP
        across = _hundredths(WIDEST if gap else width)
        shapes.append(Shape(label, amount_words(amount), "0", across, y, BAR_HIGH, gap))
    return Chart("bars", len(rows) * ROW, tuple(shapes), most=f"{most:,}")


def heat(rows: Sequence[tuple[str, Sequence[Amount]]], columns: Sequence[str]) -> Chart | None:
    """A cell for each row and column, darker for more; ``None`` if there is nothing to draw."""
    amounts = [amount for _, cells in rows for amount in cells]
    most = _most(amounts)
    if not most:
        return None
    step = (100 - MARGIN) / len(columns)
    shapes = []
    for down, (name, cells) in enumerate(rows):
        for across, amount in enumerate(cells):
            x, y = MARGIN + across * step, HEAT_TOP + down * HEAT_ROW
            shapes.append(
                Shape(
                    f"{name}, {columns[across]}",
                    amount_words(amount),
                    _hundredths(x + step * 0.04),
                    _hundredths(step * 0.92),
                    y,
                    HEAT_HIGH,
                    amount.value if isinstance(amount, Gap) else "",
                    _shade(amount, most),
                )
            )
    names = tuple(Label(name, "0", HEAT_TOP + down * HEAT_ROW + 16) for down, (name, _) in enumerate(rows))
    ticks = tuple(Label(columns[place], _hundredths(MARGIN + place * step), 13) for place in range(0, len(columns), 4))
    return Chart("heat", HEAT_TOP + len(rows) * HEAT_ROW, tuple(shapes), names, ticks, most=f"{most:,}")


def upright(
    labels: Sequence[str], amounts: Sequence[Amount], before: Sequence[Amount] = (), every: int = 0, unit: str = ""
) -> Chart | None:
    """Bars beside each other, with a mark where each stood a year ``before``; ``None`` if there is nothing to draw.

    The first word of one label in ``every`` is written; 0 writes as many whole labels as a phone has room for.
    """
    most = _most([*amounts, *before])
    if not most:
        return None
    step, bottom = 100 / len(labels), TOP + HIGHEST
    shapes = []
    for place, (label, amount) in enumerate(zip(labels, amounts, strict=True)):
        earlier = before[place] if before else Gap.UNREAD
        height = HIGHEST if isinstance(amount, Gap) else max(HIGHEST * amount / most, 2.0 if amount else 0.0)
        shapes.append(
            Shape(
                label,
                amount_words(amount) + ("" if isinstance(amount, Gap) else unit),
                _hundredths(place * step + step * 0.1),
                _hundredths(step * 0.8),
                round(bottom - height, 1),
                round(height, 1),
                amount.value if isinstance(amount, Gap) else "",
                beside="" if isinstance(earlier, Gap) else f"{bottom - HIGHEST * earlier / most:.1f}",
                beside_words=f"; a year before: {amount_words(earlier)}" if before else "",
            )
        )
    chosen = range(0, len(labels), every or ceil(len(labels) / MOST_LABELS))
    words = [labels[place].partition(" ")[0] if every else labels[place] for place in chosen]
    ticks = tuple(
        Label(each, _hundredths(place * step), bottom + 16) for place, each in zip(chosen, words, strict=True)
    )
    return Chart("upright", bottom + 22, tuple(shapes), ticks=ticks, bottom=bottom, most=f"{most:,}{unit}")


def _most(amounts: Sequence[Amount]) -> int:
    return max((amount for amount in amounts if not isinstance(amount, Gap)), default=0)


def _shade(amount: Amount, most: int) -> str:
    """One of a few shades: the palest for the least that is shown, and 1 for the most."""
    if isinstance(amount, Gap):
        return ""
    step = ceil(STEPS * amount / most)
    return f"{PALEST + (1 - PALEST) * max(step - 1, 0) / (STEPS - 1):.2f}"


def _hundredths(number: float) -> str:
    return f"{number:.2f}%"
