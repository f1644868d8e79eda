"""Reading the Newsroom."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from moothall.newsroom.models import Entry, Handle, Page

ENTRIES_A_PAGE = 20
ID_DIGITS = 19
"""What no database takes for an id has this many digits, or more."""


def pages() -> QuerySet[Page]:
    """The pages that the public may see."""
    return Page.objects.filter(is_shown=True)


def holders(handles: Iterable[str]) -> dict[str, str]:
    """The account (``Page.ref``) whose page has or had each of these handles; without those that nobody ever had."""
    return dict(Handle.objects.filter(handle__in=list(handles)).values_list("handle", "page__ref"))


def entries(of: Page | None = None, before: str = "") -> list[Entry]:
    """The newest entries that the public may see, of one page or of all, older than the entry with the id ``before``;
    one more than a page shows, so that the caller can tell whether there are older ones."""
    found = Entry.objects.filter(is_removed=False, page__is_shown=True)
    found = found.select_related("page").prefetch_related("pictures")
    if of is not None:
        found = found.filter(page=of)
    return list(_older(found, before).order_by("-said_at", "-pk")[: ENTRIES_A_PAGE + 1])


def _older(found: QuerySet[Entry], before: str) -> QuerySet[Entry]:
    mark = Entry.objects.filter(pk=before).first() if before.isdecimal() and len(before) < ID_DIGITS else None
    if mark is None:
        return found
    return found.filter(Q(said_at__lt=mark.said_at) | Q(said_at=mark.said_at, pk__lt=mark.pk))
