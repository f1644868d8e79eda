"""Entries of a directory, as its tools export them: LDIF (RFC 2849). Pure.

This is a reader of our own because the libraries give up at the first line they cannot read, or go on without saying
which line it was; whoever made the export needs the line.
"""

import base64
import binascii
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    """An entry that begins on ``line``: values by attribute, in small letters, and what is wrong on which line."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


def records(text: str, wanted: Collection[str]) -> Iterator[Record]:
    """The entries of ``text``, each with those attributes that are ``wanted`` (in small letters), and no others.

    A value that is only referred to by an address (``:<``) is not fetched. Options (``;lang-en``) are left out.
    """
    record: Record | None = None
    for number, line in _unfolded(text):
        if not line:
            if record:
                yield record
            record = None
        elif not line.startswith("#"):
            record = record or Record(number)
            _take(record, number, line, wanted)
    if record:
        yield record


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them (they begin with a space), and the number of the first of them."""
    start, parts = 1, list[str]()
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = line.removesuffix("\r")
        if line.startswith(" ") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield start, "".join(parts)
        start, parts = number, [line]
    yield start, "".join(parts)


def _take(record: Record, number: int, line: str, wanted: Collection[str]) -> None:
    description, colon, rest = line.partition(":")
    if not colon:
        if line != "-":
            record.problems.append(
                (number, "There is no colon after the name of an attribute. Export the entries again.")
            )
        return
    name = description.partition(";")[0].strip().lower()
    if name not in wanted or rest.startswith("<"):
        return
    if not rest.startswith(":"):
        record.values.setdefault(name, []).append(rest.strip())
        return
    try:
        value = base64.b64decode(rest[1:].strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        record.problems.append((number, f"The value of “{name}” is not text in Base64. Export the entries again."))
    else:
        record.values.setdefault(name, []).append(value.strip())
