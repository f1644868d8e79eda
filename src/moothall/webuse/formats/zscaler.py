"""Zscaler's web log as its Nanolog Streaming Service (NSS) writes it in CSV.

The order of the columns without a header, and what they hold, is that of Zscaler's page "NSS Feed Output Format: Web
Logs". Times have no zone there: the feed is to be set to GMT.
"""

from collections.abc import Sequence

from moothall.webuse.formats import columns, parts
from moothall.webuse.formats.base import CannotRead, Clock, Pattern

USUAL_COLUMNS = (
    "time login proto eurl action appname appclass reqsize respsize stime ctime urlclass urlsupercat urlcat malwarecat "
    "threatname riskscore dlpeng dlpdict location dept cip sip reqmethod respcode ua ereferer ruletype rulelabel "
    "contenttype unscannabletype deviceowner devicehostname keyprotectiontype"
)
"""Of a feed that nobody changed."""

SOURCES = {
    "host": ("ehost", "host", "hostname", "eurl", "url"),
    "user": ("login", "ologin", "user"),
    "client": ("cip", "clientip"),
    "method": ("reqmethod", "requestmethod"),
    "status": ("respcode", "responsecode"),
    "bytes": ("respsize", "responsesize"),
    "action": ("action",),
}
_LAYOUT = columns.Layout(
    between=",",
    skipped=r'(?:[^,"]*|"(?:[^"]|"")*")',
    text=r'[^,"]*',
    after_host=r'(?:[/?#][^"]*"|[/?#][^,"]*|")?',
)
"""Only in quotes has an address commas."""

_PERSON_OR_PLACE = r'"?(?P<user>[^,"@\\]+[@\\][^,"]+|)[^,"]*"?'
"""Where Zscaler does not know the user, the login is the name of the place, which is nobody. It has no ``@``."""

_MONTH_FIRST = r'"?[A-Z][a-z]{2} (?P<time>[A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4})"?'
_TIMES = (
    columns.When({"epochtime": '"?(?P<time>[0-9]+)"?'}, Clock.EPOCH),
    columns.When({"time": _MONTH_FIRST}, Clock.UTC, "%b %d %H:%M:%S %Y"),
    columns.When({"datetime": _MONTH_FIRST}, Clock.UTC, "%b %d %H:%M:%S %Y"),
)


def _names(line: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.removeprefix("\ufeff").split(",")]


def _pattern(names: Sequence[str]) -> Pattern:
    when = next((each for each in _TIMES if set(each.columns) <= set(names)), None)
    shapes = {"login": _PERSON_OR_PLACE} if columns.first(SOURCES["user"], names) == "login" else {}
    return columns.pattern(names, _LAYOUT, when, SOURCES, shapes=shapes, blocked="(?i)block")


class Zscaler:
    slug = "zscaler"
    label = "Zscaler NSS web log (CSV)"

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        for line in parts.records(lines)[:1]:
            try:
                return _pattern(_names(line))
            except CannotRead:
                break
        return parts.best([_pattern(USUAL_COLUMNS.split())], lines)

    def follow(self, directive: str) -> Pattern | None:
        return None
