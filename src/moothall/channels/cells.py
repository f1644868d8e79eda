"""One row of text made into a channel: each cell read, or refused with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.text import slugify

from moothall.accounts.models import Service, User
from moothall.channels import facts, known
from moothall.channels.models import Capacity, Channel, State, TwoStep
from moothall.core import languages

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
"""Ours, and the one into which a British spreadsheet turns it."""
KEPT_IF_EMPTY = ("network", "handle", "slug", "display_name", "capacity", "language", "service", "state", "two_step")
"""A channel cannot be without these: an empty cell leaves them as they are."""

_RELATED = ("service", "owner", "deputy", "successor", "picture")
"""Fields that ``fill`` has looked up itself, or that no file has."""


@dataclass(frozen=True)
class Lookups:
    """Who and what a cell may name."""

    services: dict[str, Service]
    people: dict[str, User]

    @classmethod
    def load(cls) -> "Lookups":
        return cls(
            {service.slug: service for service in Service.objects.all()},
            {person.email.lower(): person for person in User.objects.all()},
        )


def wanted(before: dict[str, str], cells: dict[str, str]) -> dict[str, str]:
    """What a channel would be with these cells laid over what it was: all columns, still unread."""
    defaults = {
        "capacity": Capacity.SERVICE.value,
        "language": "en",
        "state": State.PROPOSED.value,
        "two_step": TwoStep.UNKNOWN.value,
    }
    laid = dict.fromkeys(facts.COLUMNS, "") | defaults | before
    laid |= {name: text for name, text in cells.items() if text.strip() or name not in KEPT_IF_EMPTY}
    if not laid["slug"].strip():
        words = f"{laid['handle']}-{laid['network']}".replace(".", "-").replace("@", "-")
        laid["slug"] = slugify(words)[:80].strip("-")
    return laid


def fill(channel: Channel, text: dict[str, str], lookups: Lookups) -> list[str]:
    """Read ``text`` into ``channel``, all but its successor. Returns why not, in words; empty if all is well."""
    reasons = []
    for name, read in _READERS.items():
        try:
            setattr(channel, name, read(text[name], lookups))
        except ValueError as error:
            reasons.append(f"{facts.label(name).capitalize()}: {error}")
    if reasons:
        return reasons
    channel.successor = None
    try:
        channel.clean_fields(exclude=_RELATED)
        channel.clean()
    except ValidationError as error:
        reasons = [
            f"{facts.label(name).capitalize()}: {message}"
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    return reasons


def _as_it_stands(text: str, lookups: Lookups) -> str:
    return text


def _stripped(text: str, lookups: Lookups) -> str:
    return text.strip()


def _network(text: str, lookups: Lookups) -> str:
    given = text.strip().lower()
    return next((slug for slug, label in known.choices() if given in (slug, label.lower())), text.strip())


def _choice(choices: type[TextChoices]) -> Callable[[str, Lookups], str]:
    def read(text: str, lookups: Lookups) -> str:
        given = text.strip().lower()
        for value, label in choices.choices:
            if given in (value, str(label).lower()):
                return str(value)
        raise ValueError(f"“{text}” is none of {', '.join(choices.values)}.")

    return read


def _language(text: str, lookups: Lookups) -> str:
    given = text.strip().lower()
    for tag, name in languages.CHOICES:
        if given in (tag, name.lower()):
            return tag
    raise ValueError(f"“{text}” is none of {', '.join(languages.NAMES)}.")


def _service(text: str, lookups: Lookups) -> Service:
    if not text.strip():
        raise ValueError("say whose channel it is, by the service’s short name.")
    try:
        return lookups.services[text.strip()]
    except KeyError:
        raise ValueError(f"there is no service with the short name “{text}”.") from None


def _person(text: str, lookups: Lookups) -> User | None:
    if not text.strip():
        return None
    try:
        return lookups.people[text.strip().lower()]
    except KeyError:
        raise ValueError(f"nobody here has the e-mail address “{text}”.") from None


def _day(text: str, lookups: Lookups) -> date | None:
    if not text.strip():
        return None
    for day_format in DAY_FORMATS:
        try:
            return datetime.strptime(text.strip(), day_format).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(f"“{text}” is no day. Write it as 2026-10-06.")


_READERS: dict[str, Callable[[str, Lookups], Any]] = {
    "network": _network,
    "handle": _stripped,
    "slug": _stripped,
    "address": _stripped,
    "display_name": _as_it_stands,
    "purpose": _as_it_stands,
    "capacity": _choice(Capacity),
    "language": _language,
    "service": _service,
    "owner": _person,
    "deputy": _person,
    "voice": _as_it_stands,
    "state": _choice(State),
    "two_step": _choice(TwoStep),
    "recovery_contact": _as_it_stands,
    "opened_on": _day,
    "closed_on": _day,
}
"""How each column is read, but for ``successor``: that one may name a channel of the same file."""
