"""What is held about a person, told by each room for itself.

A room tells it by functions in its ``own_data.py``; ``settings.OWN_DATA`` lists them by dotted path. Each takes the
person who asks and nobody else: there is no way to name another. It tells what that person may read of themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

Row = Mapping[str, Any]
"""By names that the person understands; dates, moments and whatever else JSON can say."""


@dataclass(frozen=True)
class Held:
    """One kind of thing that is held about a person: "Notices", what they are, how many, and all of them.

    ``rows`` are read once and only for an export: a generator or a queryset makes none for a page that counts.
    """

    title: str
    what: str
    count: int
    rows: Iterable[Row] = field(repr=False)


def about(person: Any) -> list[Held]:
    """All that the rooms hold about ``person``, the one who is signed in, in the order of the settings."""
    providers: list[Callable[[Any], Held]] = [import_string(path) for path in settings.OWN_DATA]
    return [provider(person) for provider in providers]
