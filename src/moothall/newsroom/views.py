"""Public pages. No cookies, no scripts, nothing from anywhere else."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from moothall.core.access import public
from moothall.newsroom import feeds, queries
from moothall.newsroom.models import Entry, Page


def of_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give ``view`` the page of the handle in its address. A handle that the page had before leads on to today's."""

    @wraps(view)
    def find(request: HttpRequest, handle: str, **rest: str) -> HttpResponse:
        of = get_object_or_404(queries.pages(), handles__handle=handle)
        if of.handle == handle:
            return view(request, of, **rest)
        match, query = request.resolver_match, request.META.get("QUERY_STRING", "")
        today = reverse(match.view_name if match else "newsroom-page", kwargs={"handle": of.handle, **rest})
        return HttpResponsePermanentRedirect(f"{today}?{query}" if query else today)

    return find


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest from everybody."""
    return _list(request, "newsroom/home.html", None)


@public
@require_safe
@of_page
def page(request: HttpRequest, of: Page) -> HttpResponse:
    """One account's posts."""
    return _list(request, "newsroom/page.html", of)


def _list(request: HttpRequest, template: str, of: Page | None) -> HttpResponse:
    found = queries.entries(of, request.GET.get("before", ""))
    shown = found[: queries.ENTRIES_A_PAGE]
    pages = list(queries.pages()) if of is None else []
    context = {
        "page": of,
        "speaking": [each for each in pages if not each.is_closed],
        "closed": [each for each in pages if each.is_closed],
        "threads": queries.threads(shown),
        "older": shown[-1].pk if len(found) > len(shown) else "",
    }
    return render(request, template, context)


@public
@require_safe
@of_page
def entry(request: HttpRequest, of: Page, key: str) -> HttpResponse:
    """One post, for good, among the other parts of its thread. A post that was taken down says so."""
    found = get_object_or_404(Entry, page=of, key=key)
    parts = queries.parts(found)
    standing = [each for each in parts if not each.is_removed]
    context = {"entry": next(each for each in parts if each == found), "page": of, "parts": parts, "standing": standing}
    return render(request, "newsroom/entry.html", context, status=410 if found.is_removed else 200)


@public
@require_safe
@of_page
def atom(request: HttpRequest, of: Page) -> HttpResponse:
    document = feeds.atom(of, _fed(of))
    return HttpResponse(document, content_type="application/atom+xml; charset=utf-8")


@public
@require_safe
@of_page
def json_feed(request: HttpRequest, of: Page) -> HttpResponse:
    return JsonResponse(feeds.json_feed(of, _fed(of)), content_type="application/feed+json")


def _fed(of: Page) -> list[queries.Thread]:
    """What a page's feeds carry."""
    return queries.threads(queries.entries(of)[: queries.ENTRIES_A_PAGE])
