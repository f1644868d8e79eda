"""What nobody finds in the records, whoever they are: that a concern has become a case is for those on it alone.

The rule stands here, once. Every page, count and file of records starts from ``shown()``; a record's number and hash
are on none of them, for a gap between two would tell that something is kept out.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from moothall.records.models import Record

SECRET_KINDS = ("case.",)
"""How the kinds begin of which nothing is shown."""
SECRET_VALUES = frozenset({"case"})
"""By this name other records say which case something was done for. The act is shown, and this is not."""


def shown() -> QuerySet[Record]:
    """The records that can be found, counted, exported and read."""
    secret = Q()
    for beginning in SECRET_KINDS:
        secret |= Q(kind__startswith=beginning)
    return Record.objects.exclude(secret)


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a record holds, but for what names a case."""
    return {name: value for name, value in values.items() if name not in SECRET_VALUES}
