"""Parts of a file over HTTP (RFC 9110, section 14): how a browser plays a video from the middle. Pure."""

import re

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

PIECE = 4_000_000
"""The most bytes in an answer. A player that wants more asks again, and no answer takes a whole video's memory."""


class NotThere(ValueError):
    """The file has no such part."""


def wanted(header: str, size: int) -> range | None:
    """The bytes of a file of ``size`` that a ``Range`` header asks for, from where it begins and at most ``PIECE``.

    ``None`` for the whole file: without a header, and for one that we do not understand or that asks for several
    parts, as the standard allows. Raises ``NotThere``.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:  # the last so many bytes
        begin, end = max(size - int(last), 0), size
    else:
        begin, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < begin:
            return None
    if begin >= end:
        raise NotThere
    return range(begin, min(end, begin + PIECE))
