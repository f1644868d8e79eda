"""Squid's ``logformat`` strings: from what stands in squid.conf to a pattern for the lines that it makes.

By Squid's documentation of the directive: ``% [encoding] [-] [[0]width] [{arg}] formatcode [{arg}]``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moothall.webuse.formats import combined, parts, squid, strftime
from moothall.webuse.formats.base import CannotRead, Clock, Pattern

BUILT_IN = {
    "squid": squid.PATTERN,
    squid.LOGFORMAT: squid.PATTERN,
    "common": combined.pattern(agent=False, squid=True),
    "combined": combined.pattern(agent=True, squid=True),
}
"""What Squid knows by itself, where we have a pattern already."""
ALSO_BUILT_IN = {
    "referrer": "%ts.%03tu %>a %{Referer}>h %ru",
    "useragent": '%>a [%tl] "%{User-Agent}>h"',
}

CODES = (
    ">eui >qos <qos >nfmark <nfmark >handshake err_code err_detail note credentials >la <la >lp <lp la lp >a <a >A <A "
    ">p <p ts tu tl tg tS tr dt un ul ui us ue >Hs <Hs Hs >rm <rm rm >ru <ru ru >rs <rs rs >rd <rd rd >rP <rP rP >rp "
    "<rp rp >rv <rv rv >st <st st >sh <sh <sH <sS >ha >h <h Ss Sh mt et ea sn <pt <tt <bs"
)
"""Those that Squid knows; it takes the longest that fits. Others are taken as far as their letters go."""

SOURCES = {
    "host": ("ru", ">ru", "<ru", ">rd", "rd", "<rd", "{host}>h", "ssl::>sni", "tls::>sni"),
    "user": ("un", "ul", "ue", "us", "ui", "credentials"),
    "client": (">a", ">A"),
    "method": ("rm", ">rm", "<rm"),
    "status": (">Hs", "Hs", "<Hs"),
    "bytes": ("<st", "st"),
    "action": ("Ss",),
}
"""The codes from which a group can come, best first."""

TIMES_WRITTEN = ("tl", "tg")
_ACTION_STATUS = "(?P<action>[A-Z_]+)/(?P<status>[0-9]{1,3})"
"""As in Squid's own format, by which a refusal can be told from a question who is there."""

_KNOWN = "|".join(sorted(CODES.split(), key=len, reverse=True))
_CODE = re.compile(
    r"%(?P<encoding>[\"'\[#/])?(?P<left>-)?(?P<zero>0)?(?P<width>[0-9]+)?(?:\.[0-9]+)?(?:\{(?P<before>[^}]*)\})?"
    rf"(?:http::)?(?P<code>[a-z]+::[<>]?[A-Za-z_]+|{_KNOWN}|[<>]?[A-Za-z_]+)(?:\{{(?P<after>[^}}]*)\}})?"
)
_LITERAL = re.compile(r"(?:[^%]|%%)+")


@dataclass(frozen=True)
class Code:
    """One format code, or with an empty ``name`` what stands as it is between codes."""

    name: str
    text: str = ""
    argument: str = ""
    padding: str = ""
    """``left`` or ``right``: on which side spaces may fill it up."""
    encoding: str = ""

    @property
    def key(self) -> str:
        """How ``SOURCES`` calls it: a header with its name."""
        return f"{{{self.argument.lower()}}}{self.name}" if self.name == ">h" else self.name

    @property
    def time_format(self) -> str:
        return self.argument or "%d/%b/%Y:%H:%M:%S %z"


@dataclass(frozen=True)
class _Time:
    """By which codes the time is read: their places, each with its expression."""

    shapes: dict[int, str]
    clock: Clock
    time_format: str = ""


def pattern_of(logformat: str) -> Pattern:
    """The pattern for what Squid writes by ``logformat``: a format string, or a name that is built in.

    The word ``logformat`` and a name may stand before it, as in squid.conf. Raises ``CannotRead`` if the lines do not
    tell a time or a host, or if a code is none.
    """
    text = re.sub(r"^\s*logformat\s+\S+\s+(?=\S)", "", logformat).strip()
    if text in BUILT_IN:
        return BUILT_IN[text]
    codes = list(_codes(ALSO_BUILT_IN.get(text, text)))
    time = _time(codes)
    groups = _groups(codes)
    if "host" not in groups.values():
        raise CannotRead("This logformat tells no host: it needs %ru or %>rd.")
    fields = [time.shapes.get(place) or _field(codes, place, groups.get(place, "")) for place in range(len(codes))]
    regex = "^" + "".join(fields) + parts.END
    has_action, has_both = "action" in groups.values(), _ACTION_STATUS in regex
    return Pattern(
        regex=regex.replace(_ACTION_STATUS, squid.ACTION_AND_STATUS),
        clock=time.clock,
        time_format=time.time_format,
        blocked=(squid.BLOCKED if has_both else "DENIED") if has_action else "",
        blocked_statuses=frozenset() if has_action else parts.REFUSED,
    )


def _codes(text: str) -> Iterator[Code]:
    place = 0
    while place < len(text):
        literal = _LITERAL.match(text, place)
        if literal:
            yield Code("", literal[0].replace("%%", "%"))
            place = literal.end()
            continue
        found = _CODE.match(text, place)
        if not found:
            raise CannotRead(f"“{text[place : place + 12]}” is no code of Squid's logformat.")
        width, zero = found["width"], found["zero"]
        yield Code(
            found["code"],
            argument=found["before"] or found["after"] or "",
            padding=("right" if found["left"] else "left") if width and not zero else "",
            encoding=found["encoding"] or "",
        )
        place = found.end()


def _time(codes: Sequence[Code]) -> _Time:
    """Raises ``CannotRead`` if the lines do not tell a day and a minute."""
    for place, code in enumerate(codes):
        if code.name in {"ts", "tS"}:
            fraction = r"[.][0-9]+" if code.name == "tS" else ""
            return _Time({place: f"(?P<time>[0-9]+){fraction}"}, Clock.EPOCH)
        if code.name in TIMES_WRITTEN and code.time_format == "%s":
            return _Time({place: "(?P<time>[0-9]+)"}, Clock.EPOCH)
    written = {place: code for place, code in enumerate(codes) if code.name in TIMES_WRITTEN}
    days = [place for place, code in written.items() if strftime.tells_day(code.time_format)]
    minutes = [place for place, code in written.items() if strftime.tells_minute(code.time_format)]
    if not days or not minutes:
        raise CannotRead("This logformat tells no time: it needs %ts, or %tl with a day and a time of day.")
    both = [place for place in days if place in minutes][:1]
    day, minute = both * 2 or (days[0], minutes[0])
    shapes = {day: f"(?P<date>{strftime.expression(codes[day].time_format)})"}
    shapes[minute] = f"(?P<time>{strftime.expression(codes[minute].time_format)})"
    whole = " ".join(codes[place].time_format for place in shapes)
    return _Time(shapes, _clock(codes[minute]), strftime.spelled_out(whole))


def _clock(code: Code) -> Clock:
    if strftime.has_offset(code.time_format):
        return Clock.WITH_ZONE
    return Clock.UTC if code.name == "tg" else Clock.LOCAL


def _groups(codes: Sequence[Code]) -> dict[int, str]:
    """Which code becomes which group."""
    keys = [code.key for code in codes]
    found = {}
    for group, wanted in SOURCES.items():
        name = next((each for each in wanted if each in keys), None)
        if name is not None:
            found[keys.index(name)] = group
    return found


def _field(codes: Sequence[Code], place: int, group: str) -> str:
    code = codes[place]
    if not code.name:
        return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", code.text)
    if code.name in TIMES_WRITTEN:
        return strftime.expression(code.time_format)
    following = codes[place + 1] if place + 1 < len(codes) else None
    if following is not None and following.name:
        raise CannotRead(f"Nothing stands between %{code.name} and %{following.name}: they cannot be told apart.")
    after = following.text[0] if following else ""
    shape = _captured(code, group, after) if group else _skipped(code, after)
    return {"left": f" *{shape}", "right": f"{shape} *", "": shape}[code.padding]


def _captured(code: Code, group: str, after: str) -> str:
    inside = _inside(after)
    if group == "host":
        return f"{parts.ADDRESS}(?:[/?#]{inside}*)?"
    if group == "action":
        return "(?P<action>[A-Z_]+)"
    if group == "status" and code.name != "<Hs":
        return "(?P<status>[0-9]{1,3})"
    if group in {"status", "bytes"}:
        return parts.number(group)
    return f"(?P<{group}>{inside}+)"


def _skipped(code: Code, after: str) -> str:
    if code.encoding == "/":
        return rf"(?:{parts.QUOTED}|[^ \"]+)"
    return r"(?:[^\"\\]|\\.)*" if after == '"' else f"{_inside(after)}+"


def _inside(after: str) -> str:
    """A character of a field that ``after`` ends. Only a field in quotes has spaces, or its end could be anywhere."""
    if after == '"':
        return '[^"]'
    sign = re.sub(r"([\\\[\]^&~-])", r"\\\1", after.strip(" "))
    return f"[^ {sign}]"
