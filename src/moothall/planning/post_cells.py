"""What the columns of a file of posts mean, and what stands in their cells. Forgiving where there is no doubt. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

import regex
from django.core.exceptions import ValidationError

from moothall.core import languages


class Column(StrEnum):
    """What a column holds; the value is its name in the template."""

    SERVICE = "service"
    CHANNELS = "channels"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    LANGUAGE = "language"
    SECOND_LANGUAGE = "second language"
    SECOND_TEXT = "second text"
    PICTURES = "pictures"
    CAMPAIGN = "campaign"


ALIASES = {
    Column.SERVICE: ("services", "team", "department"),
    Column.CHANNELS: ("channel", "account", "accounts"),
    Column.TEXT: ("words", "post", "message", "copy"),
    Column.DATE: ("day", "publish date", "post date"),
    Column.TIME: ("at", "publish time", "post time"),
    Column.LANGUAGE: ("lang",),
    Column.SECOND_LANGUAGE: ("other language", "language 2"),
    Column.SECOND_TEXT: ("other text", "text 2", "translation", "second words"),
    Column.PICTURES: ("picture", "image", "images", "photo", "photos", "media", "assets"),
    Column.CAMPAIGN: ("campaigns", "campaign name"),
}
OWN_WORDS = f"{Column.TEXT}: "
"""How the name of a column begins that holds one channel's own words; its short name follows."""
MOST_NAMES = 50
"""Channels, or pictures, that one cell may name."""
LONGEST_MOMENT = 60
LONGEST_NAME = 200

_OWN_WORDS = regex.compile(r"(?:text|words)\s*(?::|for\s|-|–|\()\s*(.+?)\s*\)?", regex.IGNORECASE)
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d %B %Y", "%d %b %Y")
_WEEKDAY = regex.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", regex.IGNORECASE)
_ORDINAL = regex.compile(r"^(\d{1,2})(?:st|nd|rd|th)\b", regex.IGNORECASE)
_DAY_AND_TIME = regex.compile(
    r"(.*\S)(?:T|,?\s+)(?:at\s+)?(\d{1,2}[:.]\d{2}.*|\d{1,2}\s*[ap]\.?m\.?)", regex.IGNORECASE
)
_TIME = regex.compile(r"(\d{1,2})(?:[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?)?\s*([ap])?(?:\.?m\.?)?", regex.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


@dataclass(frozen=True)
class Columns:
    """Where in a line each thing stands; ``own`` by what the header calls a channel. ``ignored`` are other columns."""

    places: dict[Column, int]
    own: dict[str, int]
    ignored: list[str]

    def cell(self, cells: Sequence[str], column: Column) -> str:
        """What stands in ``column``; nothing if there is no such column."""
        return cells[self.places[column]] if column in self.places else ""


def read_header(header: Sequence[str]) -> Columns:
    """What a file's first line says. Raises ``ValidationError`` if it names a column twice, or none with words."""
    meant = {_key(name): column for column in Column for name in (column.value, *ALIASES[column])}
    places: dict[Column, int] = {}
    own: dict[str, int] = {}
    ignored: list[str] = []
    for place, name in enumerate(header):
        column, of_channel = meant.get(_key(name)), _OWN_WORDS.fullmatch(name[:LONGEST_NAME].strip())
        if column in places or (not column and of_channel and of_channel[1].lower() in own):
            raise ValidationError(f"The column “{name}” is there twice. Take one away.")
        if column:
            places[column] = place
        elif of_channel:
            own[of_channel[1].lower()] = place
        elif name.strip():
            ignored.append(name)
    if Column.TEXT not in places and not own:
        names = ", ".join(Column)
        raise ValidationError(f"There is no column “text”. The first line must name the columns, such as: {names}.")
    return Columns(places, own, ignored)


def _key(name: str) -> str:
    """A column's name without capitals, signs and spaces."""
    return "".join(each for each in name.lower() if each.isalnum())


def listed(cell: str) -> list[str]:
    """The names in a cell, each once. Raises ``ValidationError`` if they are too many."""
    found = list(dict.fromkeys(name.strip() for name in regex.split(r"[;,\n]", cell) if name.strip()))
    if len(found) > MOST_NAMES:
        raise ValidationError(f"A post takes at most {MOST_NAMES} of these.")
    return found


def language(cell: str) -> str:
    """The tag of a language by its name or tag; empty for an empty cell. Raises ``ValidationError``."""
    said = cell.strip().lower()
    for tag, name in languages.CHOICES:
        if said in (tag, name.lower()):
            return tag
    if said:
        names = ", ".join(languages.NAMES.values())
        raise ValidationError(f"We do not know the language “{cell.strip()[:40]}”. Use one of: {names}.")
    return ""


def moment(day_cell: str, time_cell: str) -> tuple[date, time] | None:
    """The day and the time on our clocks; ``None`` if both cells are empty. The day's cell may hold both.

    Raises ``ValidationError`` with the errors by column.
    """
    said_day, said_time = day_cell.strip(), time_cell.strip()
    both = _DAY_AND_TIME.fullmatch(said_day) if len(said_day) <= LONGEST_MOMENT else None
    if both and not said_time:
        said_day, said_time = both[1], both[2]
    if not said_day and not said_time:
        return None
    errors: dict[str, str] = {}
    chosen_day, chosen_time = _day(said_day), _time(said_time)
    if not said_day:
        errors[Column.DATE] = "Give the date too, or take the time away."
    elif chosen_day is None:
        errors[Column.DATE] = f"We cannot read “{said_day[:40]}” as a date. Write it as 2026-10-06 or 6/10/2026."
    if not said_time:
        errors[Column.TIME] = "Give the time too, or take the date away."
    elif chosen_time is None:
        errors[Column.TIME] = f"We cannot read “{said_time[:40]}” as a time. Write it as 14:30 or 2.30pm."
    if errors or chosen_day is None or chosen_time is None:
        raise ValidationError(errors)
    return chosen_day, chosen_time


def _day(said: str) -> date | None:
    words = _ORDINAL.sub(r"\1", _WEEKDAY.sub("", " ".join(said.split()), count=1)).replace("Sept ", "Sep ")
    for form in _DAYS:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def _time(said: str) -> time | None:
    if said.lower() in _NAMED_TIMES:
        return _NAMED_TIMES[said.lower()]
    found = _TIME.fullmatch(said)
    if not found or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
