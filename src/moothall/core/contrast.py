"""Colour arithmetic: is a council's colour readable where Moothall puts it?

Relative luminance and contrast ratio are WCAG 2.2's own definitions ("relative luminance", "contrast ratio"); 4.5:1 is
success criterion 1.4.3 for text of ordinary size.
"""

import re

PAPER = "#fbf9f4"
WHITE = "#ffffff"
BLACK = "#000000"
ENOUGH = 4.5

_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of ``"#17533b"``. Raises ``ValueError`` for anything but six hex digits."""
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour such as #17533b.")
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 (none) to 21 (black on white), whichever is the darker."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def weakest(colour: str) -> float:
    """The lowest contrast that ``colour`` meets on our pages, where it stands on paper and white stands on it."""
    return min(ratio(colour, PAPER), ratio(colour, WHITE))


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` stirred in."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(ours + (theirs - ours) * share):02x}" for ours, theirs in pairs)


def hover(colour: str) -> str:
    """The darker partner of ``colour``, for hover and for text on its tint."""
    return mix(colour, BLACK, 0.3)


def tint(colour: str) -> str:
    """The pale partner of ``colour``, for backgrounds."""
    return mix(colour, WHITE, 0.9)
