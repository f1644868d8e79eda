"""Squid's own access.log: ``logformat squid``, which it writes unless told otherwise."""

from collections.abc import Sequence

from moothall.webuse.formats import parts
from moothall.webuse.formats.base import Clock, Pattern

LOGFORMAT = "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt"
"""As Squid's documentation of ``logformat`` has it."""

ACTION_AND_STATUS = r"(?P<action>[A-Z_]+/(?P<status>[0-9]{3}))"
BLOCKED = "DENIED[A-Z_]*/(?:[^4]|4[^0]|40[^7])"
"""``TCP_DENIED/407`` is no refusal: the proxy asks who is there, and most browsers answer at once."""

_WORD = r"(?:[^A-Z_ ][^ ]*|[A-Z_]+(?:[^A-Z_/ ][^ ]*)?)"
"""Anything without spaces but ``LETTERS/…``, which result codes and hierarchy codes look like."""

_SPACES_IN_THE_ADDRESS = f"(?: {_WORD}?)*?"
"""More words of the address. A second record on the same line has codes among them, and so is none."""

PATTERN = Pattern(
    regex=(
        r"^(?P<time>[0-9]+)\.[0-9]{3} +-?[0-9]+ (?P<client>[!-~]+) "
        rf"{ACTION_AND_STATUS} (?P<bytes>[0-9]+) (?P<method>[A-Za-z_-]+) "
        rf"{parts.ADDRESS}(?:[/?#][^ ]*)?{_SPACES_IN_THE_ADDRESS}"
        rf" (?P<user>{_WORD}) [A-Z_]+/[!-~]+ [^ ]+$"
    ),
    clock=Clock.EPOCH,
    quick=(
        r"^(?P<time>[0-9]+)\.[0-9]{3} +-?[0-9]+ (?P<client>[!-~]+) (?P<action>[A-Z_]+/[0-9]{3}) (?P<bytes>[0-9]+) "
        r"(?:CONNECT (?P<tunnel>[0-9A-Za-z_][0-9A-Za-z._-]*):[0-9]+"
        r"|(?:GET|HEAD|OPTIONS|DELETE|P(?:OST|UT|ATCH)) [a-z]+://(?P<host>[0-9A-Za-z_][0-9A-Za-z._-]*)(?::[0-9]+)?"
        r"(?:[/?#][!-~]*)?) (?P<user>[!-.0-~]+) [A-Z_]+/[!-~]+ [!-~]+$"
    ),
    blocked=BLOCKED,
)
"""The user is found from the end of the line, since Squid writes spaces in addresses as they came."""


class Squid:
    slug = "squid"
    label = "Squid access.log"

    def recognise(self, lines: Sequence[str]) -> Pattern | None:
        return parts.best([PATTERN], lines)

    def follow(self, directive: str) -> Pattern | None:
        return None
