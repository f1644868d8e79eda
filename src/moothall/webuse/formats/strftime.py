"""Dates and times as ``strftime`` writes them: an expression for each directive, and what they tell together."""

import re

from moothall.webuse.formats.base import CannotRead

_TWO = "[0-9]{2}"
_EXPRESSIONS = {
    "Y": "[0-9]{4}",
    "y": _TWO,
    "m": _TWO,
    "d": _TWO,
    "e": "[ 0-9][0-9]",
    "b": "[A-Z][a-z]{2}",
    "h": "[A-Z][a-z]{2}",
    "B": "[A-Z][a-z]+",
    "a": "[A-Z][a-z]{2}",
    "A": "[A-Z][a-z]+",
    "j": "[0-9]{3}",
    "H": _TWO,
    "I": _TWO,
    "M": _TWO,
    "S": _TWO,
    "p": "[AP]M",
    "z": "[+-][0-9]{4}",
    "s": "[0-9]+",
    "%": "%",
}
_SHORT = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y"}
_DAYS = ("Ymd", "Yme", "Ybd", "Ybe", "Yhd", "Yhe", "YBd", "YBe", "Yj", "ymd", "yme", "ybd", "ybe")
_HOURS = ("HM", "IMp")


def spelled_out(time_format: str) -> str:
    """The same format without directives that stand for several."""
    return re.sub("%([FTRD])", lambda found: _SHORT[found[1]], time_format)


def expression(time_format: str) -> str:
    """A regular expression for what this format writes. Raises ``CannotRead`` for a directive that is not read."""
    pieces = []
    for directive, literal in re.findall(r"%(.?)|([^%]+)", spelled_out(time_format)):
        if literal:
            pieces.append(re.escape(literal).replace(r"\ ", " "))
        elif directive in _EXPRESSIONS:
            pieces.append(_EXPRESSIONS[directive])
        else:
            raise CannotRead(f"“%{directive}” in a time is not read. Use %Y, %m, %d, %H, %M, %S and %z.")
    return "".join(pieces)


def tells_day(time_format: str) -> bool:
    return any(set(day) <= _directives(time_format) for day in _DAYS)


def tells_minute(time_format: str) -> bool:
    return any(set(hour) <= _directives(time_format) for hour in _HOURS)


def has_offset(time_format: str) -> bool:
    return "z" in _directives(time_format)


def _directives(time_format: str) -> set[str]:
    return set(re.findall("%(.)", spelled_out(time_format)))
