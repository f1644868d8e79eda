"""The formats that Moothall reads, in the order in which they are tried."""

from collections.abc import Sequence

from moothall.webuse.formats.base import Format, Pattern
from moothall.webuse.formats.combined import Combined
from moothall.webuse.formats.defender import Defender
from moothall.webuse.formats.squid import Squid
from moothall.webuse.formats.w3c import W3C
from moothall.webuse.formats.zscaler import Zscaler

FORMATS: list[Format] = [Squid(), Combined(), Zscaler(), Defender(), W3C()]


def by_slug(slug: str) -> Format:
    """Raises ``KeyError`` if there is none of that name."""
    return {each.slug: each for each in FORMATS}[slug]


def told_by(lines: Sequence[str]) -> tuple[Format, Pattern] | None:
    """The first format that recognises the lines with which a file begins, and its pattern for them."""
    for each in FORMATS:
        pattern = each.recognise(lines)
        if pattern is not None:
            return each, pattern
    return None
