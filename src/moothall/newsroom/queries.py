"""Reading the Newsroom."""

from django.db.models import Q, QuerySet

from moothall.newsroom.models import Entry

ENTRIES_A_PAGE = 20
ID_DIGITS = 19
"""What no database takes for an id has this many digits, or more."""


def entries(handle: str = "", before: str = "") -> list[Entry]:
    """The newest entries, of one page or of all, older than the entry with the id ``before``; one more than a page
    shows, so that the caller can tell whether there are older ones."""
    found = Entry.objects.filter(is_removed=False).select_related("page").prefetch_related("pictures")
    if handle:
        found = found.filter(page__handle=handle)
    return list(_older(found, before).order_by("-said_at", "-pk")[: ENTRIES_A_PAGE + 1])


def _older(found: QuerySet[Entry], before: str) -> QuerySet[Entry]:
    mark = Entry.objects.filter(pk=before).first() if before.isdecimal() and len(before) < ID_DIGITS else None
    if mark is None:
        return found
    return found.filter(Q(said_at__lt=mark.said_at) | Q(said_at=mark.said_at, pk__lt=mark.pk))
