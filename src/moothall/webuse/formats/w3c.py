"""W3C Extended Log File Format: IIS, and Blue Coat (ProxySG, Edge SWG), which calls it ELFF.

The ``#Fields`` line names the columns; its times are in UTC. Both by the W3C's working draft WD-logfile. Blue Coat's
columns are those of its documentation on custom access log formats.
"""

from collections.abc import Sequence

from moothall.webuse.formats import columns, parts
from moothall.webuse.formats.base import CannotRead, Clock, Pattern

SOURCES = {
    "host": ("cs-host", "cs-uri-host", "cs(host)", "r-host", "cs-uri", "cs-url", "c-uri"),
    "user": ("cs-username", "cs-user", "cs-userdn"),
    "client": ("c-ip",),
    "method": ("cs-method", "s-operation"),
    "status": ("sc-status",),
    "bytes": ("sc-bytes", "bytes"),
    "action": ("sc-filter-result", "s-action", "x-exception-id", "action"),
}
BLOCKED = "(?i)denied|blocked"

_BY_SPACES = columns.Layout(
    between=r"[ \t]+",
    skipped=r'(?:[^ \t"][^ \t]*|"(?:[^"]|"")*")',
    text=r'[^ \t"]+',
    after_host=r'(?:[/?#][^ \t"]*)?"?',
)
BY_TABS = columns.Layout(between=r"\t", skipped=r"[^\t]*", text=r'[^\t"]*', after_host=r'(?:[/?#][^\t"]*)?"?')

_IN_BRACKETS = r'"?\[[^\]]*\]"?'
_GMT_TIME = r'"?\[(?P<time>[0-9]{2}/[0-9]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}) GMT\]"?'
_LOCAL_TIME = rf'"?\[(?P<time>{parts.NCSA_TIME})\]"?'
_DATE = f'"?(?P<date>{parts.DATE})"?'
_TIME = f'"?(?P<time>{parts.TIME_OF_DAY})(?:[.][0-9]+)?"?'
_SECONDS = '"?(?P<time>[0-9]+)(?:[.][0-9]+)?"?'

_TIMES = (
    columns.When({"date": _DATE, "time": _TIME}, Clock.UTC, columns.DATE_AND_TIME_FORMAT),
    columns.When({"gmttime": _GMT_TIME}, Clock.UTC, "%d/%m/%Y:%H:%M:%S"),
    columns.When({"x-timestamp-unix-utc": _SECONDS}, Clock.EPOCH),
    columns.When({"x-timestamp": _SECONDS}, Clock.EPOCH),
    columns.When({"timestamp": _SECONDS}, Clock.EPOCH),
    columns.When({"localtime": _LOCAL_TIME}, Clock.WITH_ZONE, parts.NCSA_TIME_FORMAT),
    columns.When({"date-local": _DATE, "time-local": _TIME}, Clock.LOCAL, columns.DATE_AND_TIME_FORMAT),
)


def fields_of(directive: str) -> list[str]:
    """The columns that a ``#Fields`` line names, in lower case; none if it is another line."""
    keyword, _, names = directive.partition(":")
    return names.lower().split() if keyword.strip().lower() == "#fields" else []


def pattern_of(directive: str) -> Pattern:
    """The pattern for the lines after a ``#Fields`` line. Raises ``CannotRead``.

    If tabs part the names, they part the fields, which may then hold spaces.
    """
    names = fields_of(directive)
    when = next((each for each in _TIMES if set(each.columns) <= set(names)), None)
    layout = BY_TABS if "\t" in directive.partition(":")[2].strip() else _BY_SPACES
    with_spaces = dict.fromkeys(("gmttime", "localtime"), _IN_BRACKETS)
    return columns.pattern(names, layout, when, SOURCES, shapes=with_spaces, blocked=BLOCKED)


def first_readable(lines: Sequence[str]) -> Pattern | None:
    """The pattern by the first ``#Fields`` line that names a time and a host."""
    for line in lines:
        if fields_of(line):
            try:
                return pattern_of(line)
            except CannotRead:
                continue
    return None


class W3C:
    slug = "w3c"
    label = "W3C Extended (IIS, Blue Coat)"

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        return first_readable(lines)

    def follow(self, directive: str) -> Pattern | None:
        return pattern_of(directive) if fields_of(directive) else None
