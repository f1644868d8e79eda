"""NCSA Common and Combined, as a proxy writes them: with the whole address in the request.

Squid's built-in ``common`` and ``combined`` have its result code and hierarchy code at the end.
"""

from collections.abc import Sequence

from moothall.webuse.formats import parts
from moothall.webuse.formats.base import Clock, Pattern

_HEAD = (
    rf"^(?P<client>[^ ]+) [^ ]+ (?P<user>[^ ]+) \[(?P<time>{parts.NCSA_TIME})\] "
    rf"\"(?P<method>[A-Za-z_-]+) {parts.ADDRESS}(?:[/?#](?:[^\"\\]|\\.)*)? HTTP/[0-9.]+\" "
    rf"(?P<status>[0-9]{{3}}) {parts.number('bytes')}"
)


def pattern(*, agent: bool, squid: bool) -> Pattern:
    """``agent``: with referrer and user agent (Combined). ``squid``: with Squid's codes at the end.

    They are patterns apart, since a Combined line that is cut short could pass for a Common one.
    """
    quoted = f" {parts.QUOTED} {parts.QUOTED}" if agent else ""
    codes = " (?P<action>[A-Z_]+):[A-Z_]+" if squid else ""
    return Pattern(
        regex=_HEAD + quoted + codes + parts.END,
        clock=Clock.WITH_ZONE,
        time_format=parts.NCSA_TIME_FORMAT,
        blocked="DENIED" if squid else "",
        blocked_statuses=frozenset() if squid else parts.REFUSED,
    )


_PATTERNS = [pattern(agent=agent, squid=squid) for agent in (True, False) for squid in (True, False)]


class Combined:
    slug = "combined"
    label = "Combined or Common"

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        return parts.best(_PATTERNS, lines)

    def follow(self, directive: str) -> Pattern | None:
        return None
