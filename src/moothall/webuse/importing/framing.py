"""Lines out of what a proxy sends over TCP: with or without a syslog header, counted or ended by a line feed. Pure.

Framing is that of RFC 6587 (section 3.4.1, octet counting; 3.4.2, a line feed ends the message), told anew for each
message. Headers are those of RFC 5424 and RFC 3164, the latter as they are met in the wild: with the time stamps of
RFC 3339, without the host. A line without a header is taken as it is: that is how Squid's ``tcp:`` sends.
"""

import re
from collections.abc import Iterator

LONGEST_FRAME = 128 * 1024
"""Bytes that are kept of a message: more than the reader takes of a line, so that it refuses what was cut."""

_COUNTED = re.compile(rb"([1-9]\d{0,8}) <\d{1,3}>")
_MAY_BE_COUNTED = re.compile(rb"[1-9]\d{0,8}(?: (?:<\d{0,3})?)?")
_RFC_5424 = re.compile(
    rb'<\d{1,3}>[1-9]\d? (?:\S+ ){5}(?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)(?: (?:\xef\xbb\xbf)?|$)', re.DOTALL
)
_RFC_3164 = re.compile(
    rb"<\d{1,3}>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) "
    rb"(?:(?:[^\s\[\]]+ )?[^\s:\[\]]{1,64}(?:\[[^\s\]]*\])?:(?: |$)|[^\s\[\]]+ |)"
)
_PRIORITY = re.compile(rb"<\d{1,3}>")


class Framer:
    """What one connection sends, piece by piece."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._to_skip = 0
        """So many bytes of a counted message are still to be passed over."""
        self._skips_line = False
        """Whether all is passed over up to the next line feed."""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole with ``data``, without headers and ends. What is too long comes cut."""
        self._rest += data
        return [line for frame in self._frames() if (line := message(frame))]

    def end(self) -> list[bytes]:
        """The connection is closed: what came without its end is taken as it is."""
        frame = b"" if self._skips_line or self._to_skip else bytes(self._rest)
        self._rest.clear()
        counted = _COUNTED.match(frame)
        line = message(frame[counted.end(1) + 1 :] if counted else frame)
        return [line] if line else []

    def _frames(self) -> Iterator[bytes]:
        rest, at = self._rest, 0
        while (at := self._skipped(at)) < len(rest):
            if counted := _COUNTED.match(rest, at):
                begin = counted.end(1) + 1
                end = begin + int(counted[1])
                if end > len(rest) and len(rest) - begin < LONGEST_FRAME:
                    break
                yield bytes(rest[begin : min(end, begin + LONGEST_FRAME)])
                at, self._to_skip = min(end, len(rest)), max(end - len(rest), 0)
            elif _MAY_BE_COUNTED.fullmatch(rest, at):
                break
            else:
                end = rest.find(b"\n", at)
                if end < 0 and len(rest) - at < LONGEST_FRAME:
                    break
                yield bytes(rest[at : min(end if end >= 0 else len(rest), at + LONGEST_FRAME)])
                at, self._skips_line = (end + 1, False) if end >= 0 else (len(rest), True)
        del rest[:at]

    def _skipped(self, at: int) -> int:
        """Where to go on after what is passed over."""
        if self._to_skip:
            step = min(self._to_skip, len(self._rest) - at)
            self._to_skip -= step
            return at + step
        if self._skips_line:
            end = self._rest.find(b"\n", at)
            self._skips_line = end < 0
            return end + 1 or len(self._rest)
        return at


def message(frame: bytes) -> bytes:
    """The log's line in a frame, as one line: without a syslog header, and without line feeds."""
    line = frame.strip(b"\r\n\0")
    if line.startswith(b"<"):
        found = _RFC_5424.match(line) or _RFC_3164.match(line) or _PRIORITY.match(line)
        line = line[found.end() :] if found else line
    return line.replace(b"\n", b" ") if b"\n" in line else line
