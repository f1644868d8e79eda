"""Reading the practice network."""

from dataclasses import dataclass

from django.db.models import QuerySet

from moothall.networks.base import Field
from moothall.rehearsal.models import PracticeAccount, Sent
from moothall.rehearsal.network import Rehearsal

SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A post as the page shows it. ``options`` are pairs of what was asked and what was answered, in words."""

    sent: Sent
    options: list[tuple[str, str]]


def sent() -> list[Shown]:
    """What it was sent, newest first."""
    fields = {field.name: field for field in Rehearsal().post_fields}
    return [Shown(each, _words(each, fields)) for each in Sent.objects.filter(is_removed=False)[:SHOWN]]


def _words(sent: Sent, fields: dict[str, Field]) -> list[tuple[str, str]]:
    words = []
    for name, value in sent.options.items():
        field = fields.get(name)
        if value:
            words.append((field.label, dict(field.choices).get(value, value)) if field else (name, value))
    return words


def faulty() -> QuerySet[PracticeAccount]:
    """The accounts with a fault switched on."""
    return PracticeAccount.objects.filter(left__gt=0)
