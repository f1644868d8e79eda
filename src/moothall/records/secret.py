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
SECRET_VALUES = frozenset({"case", "approved by"})
"""By these names other records say which case something was done for, and who approved it: two of those on the case.

The act is shown, and these are not. That a name behind a pseudonym was opened, or was tried to be, is shown on purpose:
it is the most privileged act there is, and whoever audits sees that it took place, when and by whom. Who approved it,
the person whose name it is reads in their own data, and those on the case read on the case.
"""


def shown() -> QuerySet[Record]:
    """The records that can be found, counted, exported and read."""
    secret = Q()
    for beginning in SECRET_KINDS:
        secret |= Q(kind__startswith=beginning)
    return Record.objects.exclude(secret)


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a record holds, but for what names a case, or those on one."""
    return {name: value for name, value in values.items() if name not in SECRET_VALUES}
