"""What a record holds, in words for a page or a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex
from django.utils.dateparse import parse_datetime

from moothall.core import localtime
from moothall.records import addresses, refs, secret
from moothall.records.models import Record
from moothall.records.words import what_was_done

_MOMENT = regex.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
NOTHING = "nothing"


@dataclass(frozen=True)
class Change:
    """One value of the thing, before the act and after it; ``None`` where it was or is not said."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Shown:
    """A record as pages and files show it."""

    record: Record
    what: str
    about: str
    called: str
    """The name of what it is about, if its room gives one."""
    changes: list[Change]
    address: str


def show(records: list[Record]) -> list[Shown]:
    """These records in words."""
    called = refs.names(record.ref for record in records)
    return [
        Shown(
            record,
            what_was_done(record),
            refs.words(record.ref),
            called.get(record.ref, ""),
            changes(record),
            addresses.address_of(record.number),
        )
        for record in records
    ]


def changes(record: Record) -> list[Change]:
    """All values that a record holds, each with what it was and what it became."""
    before, after = (dict(_flat(secret.without_secrets(each), ())) for each in (record.before, record.after))
    labels = dict.fromkeys([*before, *after])
    return [Change(_label(path), before.get(path), after.get(path)) for path in labels]


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every single value in it, with the names that lead to it; a list without names is one value."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, (*path, name))
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, (*path, str(number)))
    elif path:
        yield path, _said(value)


def _said(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        between = "; " if any(isinstance(each, list) for each in value) else ", "
        return between.join(_said(each) for each in value if each is not None) or NOTHING
    return (_moment(value) if isinstance(value, str) and _MOMENT.match(value) else "") or str(value)


def _moment(text: str) -> str:
    try:
        found = parse_datetime(text)
    except ValueError:
        return ""
    return localtime.short(found) if found and found.tzinfo else ""


def _label(path: tuple[str, ...]) -> str:
    """ "Content, variants 1, text": the names that lead to a value."""
    return ", ".join(path).replace("_", " ").capitalize()
