"""Public pages. No cookies, no scripts, nothing from anywhere else."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from moothall.core.access import public
from moothall.newsroom import feeds, queries
from moothall.newsroom.models import Entry, Page


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest from everybody."""
    return _list(request, "newsroom/home.html", None)


@public
@require_safe
def page(request: HttpRequest, handle: str) -> HttpResponse:
    """One account's posts."""
    return _list(request, "newsroom/page.html", get_object_or_404(Page, handle=handle))


def _list(request: HttpRequest, template: str, of: Page | None) -> HttpResponse:
    found = queries.entries(of.handle if of else "", request.GET.get("before", ""))
    shown = found[: queries.ENTRIES_A_PAGE]
    context = {
        "page": of,
        "pages": Page.objects.all() if of is None else (),
        "entries": shown,
        "older": shown[-1].pk if len(found) > len(shown) else "",
    }
    return render(request, template, context)


@public
@require_safe
def entry(request: HttpRequest, handle: str, key: str) -> HttpResponse:
    """One post, for good. A post that was taken down says so."""
    found = get_object_or_404(
        Entry.objects.select_related("page").prefetch_related("pictures"), page__handle=handle, key=key
    )
    status = 410 if found.is_removed else 200
    return render(request, "newsroom/entry.html", {"entry": found, "page": found.page}, status=status)


@public
@require_safe
def atom(request: HttpRequest, handle: str) -> HttpResponse:
    of = get_object_or_404(Page, handle=handle)
    document = feeds.atom(of, queries.entries(handle)[: queries.ENTRIES_A_PAGE])
    return HttpResponse(document, content_type="application/atom+xml; charset=utf-8")


@public
@require_safe
def json_feed(request: HttpRequest, handle: str) -> HttpResponse:
    of = get_object_or_404(Page, handle=handle)
    document = feeds.json_feed(of, queries.entries(handle)[: queries.ENTRIES_A_PAGE])
    return JsonResponse(document, content_type="application/feed+json")
