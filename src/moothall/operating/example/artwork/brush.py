"""The brush: flat shapes on a sheet of paper."""

import math
from collections.abc import Iterable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from moothall.core.contrast import PAPER, channels, mix

SMOOTH = 2
"""Everything is drawn so many times larger and made smaller at the end: that smooths the edges."""

Point = tuple[float, float]


class Sheet:
    """Something to draw on, measured in points from the top left. Later strokes cover earlier ones.

    A colour is six hex digits, or with ``see_through`` (0 to 1) a veil of it.
    """

    def __init__(self, width: int, height: int, paper: str | None = PAPER) -> None:
        """An empty sheet; ``paper=None`` leaves it transparent."""
        self.width, self.height = width, height
        self._is_opaque = paper is not None
        size = (width * SMOOTH, height * SMOOTH)
        self._image = Image.new("RGB", size, paper) if paper else Image.new("RGBA", size)
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str,
        *,
        round_by: float = 0,
        see_through: float = 0,
    ) -> None:
        """A rectangle with its top left corner at ``x, y``."""
        corners = (x * SMOOTH, y * SMOOTH, (x + width) * SMOOTH - 1, (y + height) * SMOOTH - 1)
        self._pen.rounded_rectangle(corners, round_by * SMOOTH, fill=_paint(colour, see_through))

    def disc(self, x: float, y: float, radius: float, colour: str, *, see_through: float = 0) -> None:
        """A circle around ``x, y``."""
        self.oval(x, y, radius, radius, colour, see_through=see_through)

    def oval(self, x: float, y: float, across: float, down: float, colour: str, *, see_through: float = 0) -> None:
        """An ellipse around ``x, y``; ``across`` and ``down`` are its half axes."""
        corners = ((x - across) * SMOOTH, (y - down) * SMOOTH, (x + across) * SMOOTH, (y + down) * SMOOTH)
        self._pen.ellipse(corners, fill=_paint(colour, see_through))

    def slice(self, x: float, y: float, radius: float, start: float, end: float, colour: str) -> None:
        """A slice of a circle, from ``start`` to ``end`` in degrees, clockwise from three o'clock."""
        corners = [(x - radius) * SMOOTH, (y - radius) * SMOOTH, (x + radius) * SMOOTH, (y + radius) * SMOOTH]
        self._pen.pieslice(corners, start, end, fill=colour)

    def shape(self, points: Iterable[Point], colour: str, *, see_through: float = 0) -> None:
        """A polygon."""
        self._pen.polygon(_scaled(points), fill=_paint(colour, see_through))

    def blob(self, points: Sequence[Point], colour: str) -> None:
        """A closed shape whose outline flows smoothly through ``points``."""
        self.shape(_flowing([points[-1], *points, points[0], points[1]]), colour)

    def line(self, points: Iterable[Point], colour: str, width: float, *, see_through: float = 0) -> None:
        """Straight strokes from point to point, with round joints and ends (a veil's are plain)."""
        scaled = _scaled(points)
        paint, radius = _paint(colour, see_through), width * SMOOTH / 2
        self._pen.line(scaled, paint, round(width * SMOOTH))
        if not see_through:
            for x, y in scaled:
                self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=paint)

    def curve(self, points: Sequence[Point], colour: str, width: float) -> None:
        """One stroke that flows smoothly through ``points``."""
        self.line(_flowing([points[0], *points, points[-1]]), colour, width)

    def bands(self, top: float, bottom: float, colours: Sequence[str]) -> None:
        """Even bands across the whole sheet from ``top`` to ``bottom``."""
        height = (bottom - top) / len(colours)
        for number, colour in enumerate(colours):
            self.box(0, top + number * height, self.width, height + 1, colour)

    def land(self, level: float, swell: float, waves: float, shift: float, colour: str) -> None:
        """Rolling ground from about ``level`` down to the sheet's foot: ``waves`` swells of height ``swell``."""
        steps = [self.width * number / 60 for number in range(61)]
        ridge = [(x, level - swell * math.sin(math.tau * (waves * x / self.width + shift))) for x in steps]
        self.shape([*ridge, (self.width, self.height), (0, self.height)], colour)

    def ridge(self, points: Sequence[Point], foot: float, colour: str) -> None:
        """Ground whose upper edge flows through ``points``, from left to right; below, it is level at ``foot``."""
        edge = _flowing([points[0], *points, points[-1]])
        self.shape([*edge, (points[-1][0], foot), (points[0][0], foot)], colour)

    def words(self, x: float, y: float, text: str, size: float, colour: str) -> None:
        """A line of text with its middle at ``x, y``."""
        font = ImageFont.load_default(size * SMOOTH)
        self._pen.text((x * SMOOTH, y * SMOOTH), text, fill=colour, font=font, anchor="mm")

    def finished(self) -> Image.Image:
        """The picture at its own size."""
        small = self._image.reduce(SMOOTH)
        return small.convert("RGB") if self._is_opaque else small

    def encoded(self) -> bytes:
        """The picture as a file: JPEG, or PNG if it is transparent."""
        out = BytesIO()
        if self._is_opaque:
            self.finished().save(out, "JPEG", quality=92)
        else:
            self.finished().save(out, "PNG")
        return out.getvalue()


def between(one: str, other: str, steps: int) -> list[str]:
    """``steps`` colours from ``one`` to ``other``, both included."""
    return [mix(one, other, number / max(steps - 1, 1)) for number in range(steps)]


def _paint(colour: str, see_through: float) -> tuple[int, int, int, int]:
    return (*channels(colour), round(255 * (1 - see_through)))


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SMOOTH, y * SMOOTH) for x, y in points]


def _flowing(points: Sequence[Point], steps: int = 12) -> list[Point]:
    """A Catmull-Rom spline through all of ``points`` but the first and the last, which give it its direction."""
    flowing: list[Point] = []
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
        for number in range(steps + 1):
            t = number / steps
            flowing.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return flowing


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
