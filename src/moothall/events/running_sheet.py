"""A running order out of a spreadsheet: a row a slot. Nothing is made unless every row can be."""

import re
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError

from moothall.accounts.models import Service, User
from moothall.core import localtime
from moothall.events import running
from moothall.events.models import Event, Sensitivity, Slot
from moothall.planning import sheet

COLUMNS = {
    "service": "The service’s name or short name",
    "starts": "When: 06:00, or 2026-10-24 06:00",
    "ends": "Until when, likewise",
    "theme": "What it is about",
    "owner": "The e-mail address of whoever sees to it; may be empty",
    "place": "May the place be told? yes, afterwards or never; empty: yes",
    "notes": "Anything else; may be empty",
}
REQUIRED = ("service", "starts", "ends", "theme")
PLACES = {
    "": Sensitivity.NONE,
    "yes": Sensitivity.NONE,
    "afterwards": Sensitivity.AFTERWARDS,
    "never": Sensitivity.NEVER,
}
_TIME = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2})[ T])?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?::00)?"
    r"\s*(?P<offset>[+-]\d{2}:\d{2})?"
)


def example(event: Event) -> list[list[str]]:
    """A sheet to fill in, with one row that shows how."""
    starts = event.starts_at.astimezone(event.tz)
    ends = (event.starts_at + running.HOUR).astimezone(event.tz)
    row = ["Libraries", f"{starts:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}", "Opening the doors", "", "yes", ""]
    return [list(COLUMNS), row]


def slots(event: Event, data: bytes) -> list[Slot]:
    """The slots of a file, unsaved. Raises ``ValidationError`` with what is wrong in each line."""
    found = sheet.read(data)
    header = [each.strip().casefold() for each in found.header]
    if missing := [each for each in REQUIRED if each not in header]:
        raise ValidationError(f"The first line names no column “{missing[0]}”. It needs: {', '.join(REQUIRED)}.")
    services = {name.casefold(): each for each in Service.objects.all() for name in (each.name, each.slug)}
    people = {each.email.casefold(): each for each in User.objects.active()}
    made, problems = [], []
    for line in found.lines:
        values = {name: cell.strip() for name, cell in zip(header, line.cells, strict=False)}
        try:
            if line.problem:
                raise ValidationError(line.problem)
            made.append(_slot(event, values, services, people))
        except ValidationError as error:
            problems.append(f"Line {line.number}: {' '.join(error.messages)}")
    if problems:
        raise ValidationError(problems)
    if not made:
        raise ValidationError("This file has no rows.")
    return made


def _slot(event: Event, values: dict[str, str], services: dict[str, Service], people: dict[str, User]) -> Slot:
    service = services.get(values["service"].casefold())
    if service is None:
        raise ValidationError(f"There is no service “{values['service'][:60]}”.")
    if not values["theme"]:
        raise ValidationError("Say what the slot is about.")
    email = values.get("owner", "").casefold()
    if email and email not in people:
        raise ValidationError(f"Nobody here has the address “{email[:60]}”.")
    place = values.get("place", "").casefold()
    if place not in PLACES:
        raise ValidationError("Say yes, afterwards or never about the place.")
    starts = moment(event, values["starts"], event.starts_at)
    ends = moment(event, values["ends"], starts + timedelta(minutes=1))
    if not event.starts_at <= starts < ends <= event.ends_at:
        raise ValidationError("It lies outside the event, or ends before it starts.")
    return Slot(
        service=service,
        starts_at=starts,
        ends_at=ends,
        theme=values["theme"][:200],
        owner=people.get(email),
        sensitivity=PLACES[place],
        notes=values.get("notes", "")[:2_000],
    )


def moment(event: Event, words: str, not_before: datetime) -> datetime:
    """What ``words`` mean on the event's clocks; without a day, the first such time at or after ``not_before``."""
    match = _TIME.fullmatch(words.strip())
    if match is None:
        raise ValidationError(f"“{words[:30]}” is no time. Write 06:00, or 2026-10-24 06:00.")
    at = time(int(match["hour"]), int(match["minute"]))
    if match["day"] is None:
        return _first(event, at, not_before)
    try:
        day = date.fromisoformat(match["day"])
    except ValueError as error:
        raise ValidationError(f"“{match['day']}” is no day.") from error
    if match["offset"]:
        return datetime.fromisoformat(f"{day}T{at:%H:%M}{match['offset']}")
    return _moment(event, day, at)


def _moment(event: Event, day: date, at: time) -> datetime:
    if running.comes_twice(day, at, event.tz):
        first, second = (running.moment(day, at, event.tz, second=each).astimezone(event.tz) for each in (False, True))
        raise ValidationError(
            f"{at:%H:%M} comes twice that night. Write {first.isoformat(' ', 'minutes')} or "
            f"{second.isoformat(' ', 'minutes')}."
        )
    try:
        return running.moment(day, at, event.tz)
    except localtime.NoSuchTime as error:
        raise ValidationError(str(error)) from error


def _first(event: Event, at: time, not_before: datetime) -> datetime:
    day = not_before.astimezone(event.tz).date()
    for number in range((event.ends_at - event.starts_at).days + 3):
        found = _moment(event, day + timedelta(days=number), at)
        if found >= not_before:
            return found
    raise ValidationError(f"{at:%H:%M} is not within the event.")
