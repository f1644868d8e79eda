"""Reading the Newsroom."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.newsroom.models import Entry, Handle, Page

ENTRIES_A_PAGE = 20
ID_DIGITS = 19
"""What no database takes for an id has this many digits, or more."""


@dataclass(frozen=True)
class Thread:
    """A post with the later parts of its thread, in order: what readers may see of it. Most have none."""

    entry: Entry
    """The first part that stands."""
    later: list[Entry]

    @property
    def parts(self) -> list[Entry]:
        return [self.entry, *self.later]


def pages() -> QuerySet[Page]:
    """The pages that the public may see."""
    return Page.objects.filter(is_shown=True)


def holders(handles: Iterable[str]) -> dict[str, str]:
    """The account (``Page.ref``) whose page has or had each of these handles; without those that nobody ever had."""
    return dict(Handle.objects.filter(handle__in=list(handles)).values_list("handle", "page__ref"))


def entries(of: Page | None = None, before: str = "") -> list[Entry]:
    """The newest entries that the public may see, of one page or of all, older than the entry with the id ``before``;
    one more than a page shows, so that the caller can tell whether there are older ones. Of a thread, its first part.
    """
    found = whole().filter(is_removed=False, page__is_shown=True).filter(~Exists(_earlier_parts()))
    if of is not None:
        found = found.filter(page=of)
    return list(_older(found, before).order_by("-said_at", "-pk")[: ENTRIES_A_PAGE + 1])


def whole() -> QuerySet[Entry]:
    """Entries with all that is shown of them."""
    return Entry.objects.select_related("page", "video").prefetch_related("pictures")


def threads(entries: list[Entry]) -> list[Thread]:
    """Each of ``entries`` with what follows it in its thread."""
    later: dict[int, list[Entry]] = defaultdict(list)
    following = whole().filter(first__in=[each.thread for each in entries], is_removed=False)
    for part in following.order_by("pk"):
        later[part.thread].append(part)
    return [Thread(each, [part for part in later[each.thread] if part.pk > each.pk]) for each in entries]


def parts(entry: Entry) -> list[Entry]:
    """The whole thread of ``entry``, in order, with the parts that were taken down."""
    return list(whole().filter(Q(pk=entry.thread) | Q(first=entry.thread)).order_by("pk"))


def _earlier_parts() -> QuerySet[Entry]:
    """Of an entry, the parts of its thread that come before it and stand."""
    same = Q(pk=OuterRef("first")) | Q(first=OuterRef("first"))
    return Entry.objects.filter(same, pk__lt=OuterRef("pk"), is_removed=False)


def _older(found: QuerySet[Entry], before: str) -> QuerySet[Entry]:
    mark = Entry.objects.filter(pk=before).first() if before.isdecimal() and len(before) < ID_DIGITS else None
    if mark is None:
        return found
    return found.filter(Q(said_at__lt=mark.said_at) | Q(said_at=mark.said_at, pk__lt=mark.pk))
