"""What the formats have in common: how an address gives its host, and how a file is told by its first lines.

Every piece is written in what Rust's ``regex`` and Python's ``re`` both understand alike.
"""

import re
from collections.abc import Iterable, Sequence

from moothall.webuse.formats.base import Pattern

HOST = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_][0-9A-Za-z._-]*)"
PORT = r"(?::[0-9]+)?"
BEFORE_HOST = r"(?:[A-Za-z]+://(?:[!$-.0->@-\[\]-~]*@)?)?"
"""Scheme and credentials."""
ADDRESS = BEFORE_HOST + HOST + PORT
"""A URL's beginning, or ``host:port``. What may follow is the end of the field or ``/``, ``?``, ``#`` and more."""

QUOTED = r"\"(?:[^\"\\]|\\.)*\""
"""In quotes, with ``\\"`` for a quote inside."""
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_OF_DAY = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
NCSA_TIME = r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"
NCSA_TIME_FORMAT = "%d/%b/%Y:%H:%M:%S %z"
END = r"\r?$"

REFUSED = frozenset({"403"})
"""By what a refusal is told where a line has nothing but its status."""

LONGEST_LINE_LOOKED_AT = 16_384
"""Characters. A longer line is read like any other, but does not help to tell the format."""


def number(name: str) -> str:
    """A group of digits, or ``-`` for none."""
    return f"(?P<{name}>[0-9]+|-)"


def records(lines: Iterable[str]) -> list[str]:
    """The lines that can be records: neither empty, nor directives, nor overlong."""
    return [line for line in lines if line.strip() and line[0] != "#" and len(line) <= LONGEST_LINE_LOOKED_AT]


def best(patterns: Iterable[Pattern], lines: Sequence[str]) -> Pattern | None:
    """The pattern that reads most of the records in ``lines``, if it reads more than half of them."""
    candidates = records(lines)
    most, found = len(candidates) / 2, None
    for pattern in patterns:
        expression = re.compile(pattern.regex)
        read = sum(expression.search(line) is not None for line in candidates)
        if read > most:
            most, found = read, pattern
    return found
