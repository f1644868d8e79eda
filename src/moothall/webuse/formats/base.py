"""What a log format is: one anchored regular expression, and how its times are written. Knows no Django and no engine.

A format is one module of this package with one class that speaks ``Format``, and one line in ``registry.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CannotRead(Exception):
    """A format string or a ``#Fields`` line that makes no pattern. Its text says what is missing, and what to do."""


class Clock(StrEnum):
    """How a line tells its time."""

    EPOCH = "epoch"
    """``time``: seconds since 1970, with or without a fraction."""
    WITH_ZONE = "with zone"
    """``time`` by ``Pattern.time_format``, which reads an offset too (``%z``)."""
    UTC = "utc"
    """``time``, or ``date`` and ``time`` with a space between, by ``Pattern.time_format``, in UTC."""
    LOCAL = "local"
    """The same in the council's own time zone. An hour that comes twice is taken for its first coming."""


@dataclass(frozen=True)
class Pattern:
    """How one kind of line is taken apart.

    ``regex`` is in the syntax of Rust's ``regex`` crate (no look-around, no back references), begins with ``^`` and
    ends with ``$``. Its named groups: ``time`` and ``host`` always; ``date``, ``client``, ``user``, ``method``,
    ``status``, ``action``, ``bytes`` where the format has them. Each name stands once. ``host`` is the host alone,
    without scheme, credentials, port or path; an IPv6 address may keep its brackets. ``user`` is as it stands in the
    line: the engine undoes percent encoding, takes ``DOMAIN\\user`` and ``user@realm`` apart, and knows that ``-`` is
    nobody.
    """

    regex: str
    clock: Clock
    quick: str = ""
    """The same for lines of the common kind, where that is thrice as fast: an expression in which each sign can go one
    way only, so that groups cost next to nothing. The host of a CONNECT is its group ``tunnel``, any other ``host``; it
    has no ``method``. Lines that it does not match are tried with ``regex``."""
    time_format: str = ""
    """In chrono's ``strftime`` syntax, which Polars uses; empty for ``Clock.EPOCH``."""
    blocked: str = ""
    """A regular expression over ``action``: what it finds was refused by the proxy. Empty: only ``status`` can tell."""
    blocked_statuses: frozenset[str] = frozenset()
    """Statuses that mean "refused by the proxy" in this format, if ``action`` cannot tell."""


class Format(Protocol):
    """A kind of log file."""

    slug: str
    """What ``--format`` calls it."""
    label: str
    """What people call it."""

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        """The pattern for a file that begins with ``lines`` (up to 200 of them, without their ends).

        ``None`` if they are not, in the main, of this format. Lines that are spoilt must not hinder it.
        """

    def follow(self, directive: str) -> Pattern | None:
        """The pattern for the lines after ``directive``, a line that begins with ``#``; ``None``: it changes nothing.

        Raises ``CannotRead`` if it names fields without a time or a host: the lines after it cannot be read.
        """
