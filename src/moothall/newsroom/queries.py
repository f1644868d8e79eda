"""Reading the Newsroom."""

from django.db.models import QuerySet

from moothall.newsroom.models import Entry

ENTRIES_A_PAGE = 20


def entries(handle: str = "", before: str = "") -> list[Entry]:
    """The newest entries, of one page or of all, older than the entry with the key ``before``; one more than a page
    shows, so that the caller can tell whether there are older ones."""
    found = Entry.objects.filter(is_removed=False).select_related("page").prefetch_related("pictures")
    if handle:
        found = found.filter(page__handle=handle)
    return list(_older(found, before)[: ENTRIES_A_PAGE + 1])


def _older(found: QuerySet[Entry], before: str) -> QuerySet[Entry]:
    mark = Entry.objects.filter(key=before).first() if before else None
    return found.filter(said_at__lt=mark.said_at) if mark else found
