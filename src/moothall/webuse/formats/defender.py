"""Tab-separated logs of Microsoft's proxies, as Defender for Cloud Apps takes them: Forefront TMG and ISA Server.

Microsoft's page "Web Proxy log fields" has the names: those of the W3C format after ``#Fields``, where times are in
UTC, and those of the other formats and of the log viewer in a header, where they are local.
"""

import re
from collections.abc import Sequence

from moothall.webuse.formats import columns, parts, w3c
from moothall.webuse.formats.base import CannotRead, Clock, Pattern

SOURCES = {
    "host": ("desthost", "destinationhostname", "destinationhost", "rhost", "uri", "url", "targeturl", "csuri"),
    "user": ("clientusername", "username", "user", "csusername"),
    "client": ("clientip", "sourceip", "cip"),
    "method": ("operation", "httpmethod", "soperation", "csmethod"),
    "status": ("resultcode", "httpstatuscode", "scstatus"),
    "bytes": ("bytesrecvd", "bytesreceived", "downloadedbytes", "scbytes"),
    "action": ("action",),
}
_IN_UTC = ("gmtlogtime", "logtimeutc", "logtimegmt", "datetimeutc", "timestamputc", "timeutc")
_LOCAL = ("logtime", "datetime", "timestamp", "time")
_MOMENT = rf'"?(?P<date>{parts.DATE})[ T](?P<time>{parts.TIME_OF_DAY})(?:[.][0-9]+)?"?'
_DATE = f'"?(?P<date>{parts.DATE})"?'
_TIME = f'"?(?P<time>{parts.TIME_OF_DAY})(?:[.][0-9]+)?"?'
_ZULU = _MOMENT.removesuffix('"?') + 'Z"?'


def _names(header: str) -> list[str]:
    """``Client IP`` and ``ClientIP`` are one."""
    return [re.sub(r"[^a-z0-9]", "", name.lower()) for name in header.split("\t")]


def _times(names: Sequence[str]) -> list[columns.When]:
    """The ways in which these columns may tell the time: which it is, the lines show."""
    utc = columns.first(_IN_UTC, names)
    clock = Clock.UTC if utc else Clock.LOCAL
    name = utc or columns.first(_LOCAL, names)
    ways = []
    if "date" in names and name in {"time", "timeutc"}:
        ways.append(columns.When({"date": _DATE, name: _TIME}, clock, columns.DATE_AND_TIME_FORMAT))
    elif name:
        ways.append(columns.When({name: _MOMENT}, clock, columns.DATE_AND_TIME_FORMAT))
        ways.append(columns.When({name: _ZULU}, Clock.UTC, columns.DATE_AND_TIME_FORMAT))
    return ways


def _by_header(lines: Sequence[str]) -> Pattern | None:
    for line in parts.records(lines)[:1]:
        names = _names(line)
        try:
            ways = [columns.pattern(names, w3c.BY_TABS, when, SOURCES, blocked=w3c.BLOCKED) for when in _times(names)]
        except CannotRead:
            return None
        return parts.best(ways, parts.records(lines)[1:]) or next(iter(ways), None)
    return None


class Defender:
    slug = "defender"
    label = "Forefront TMG or Defender for Cloud Apps (tabs)"

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        directive = next((line for line in lines if w3c.fields_of(line)), None)
        if directive is None:
            return _by_header(lines)
        if "\t" in directive and "r-host" in w3c.fields_of(directive):
            return w3c.first_readable(lines)
        return None

    def follow(self, directive: str) -> Pattern | None:
        return w3c.pattern_of(directive) if w3c.fields_of(directive) else None
