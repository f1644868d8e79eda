"""Calendar feeds: the page on which people make their addresses, and what stands at these."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs, public
from moothall.core.saying import attempt
from moothall.planning import feed_actions, feeds, queries
from moothall.planning.forms import FeedForm
from moothall.planning.models import CalendarFeed, SecretFeed


@needs("post.see")
def calendar_feeds(request: StaffRequest) -> HttpResponse:
    """The person's own addresses. A new one is shown once, on the page that answers its making."""
    form = FeedForm(request.POST or None, user=request.user)
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = feed_actions.make(request.user, form.cleaned_data["service"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            address = address_of("calendar-feed", made)
    context = {"feeds": list(queries.feeds(request.user)), "form": form, "address": address}
    response = render(request, "planning/feeds.html", context)
    if address:
        patch_cache_control(response, no_store=True)
    return response


@needs("post.see")
@require_POST
def revoke_feed(request: StaffRequest, pk: int) -> HttpResponse:
    take_away(request, get_object_or_404(CalendarFeed, pk=pk, user=request.user))
    return redirect("calendar-feeds")


def take_away(request: StaffRequest, feed: SecretFeed) -> None:
    """Take the person's own address away, and say so."""
    said = "The address no longer works. Remove it from your calendar program too."
    attempt(request, lambda: feed_actions.revoke(request.user, feed), said)


@public
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file, for whoever knows the address; nothing once its person has left, or lost the role."""
    found = CalendarFeed.objects.select_related("user", "service")
    feed = found.filter(token_hash=feed_actions.token_hash(token)).first()
    if feed is None or not feeds.may_read(feed):
        raise Http404("There is no such calendar.")
    return answer_with(request, feeds.file_of(feed))


def address_of(name: str, made: feed_actions.Made) -> str:
    """The whole address of a new feed; ``name`` is that of its view."""
    return f"{settings.SITE_URL}{reverse(name, args=[made.token])}"


def answer_with(request: HttpRequest, content: bytes) -> HttpResponse:
    """An iCalendar file at a secret address, or word that it is still the same."""
    etag = quote_etag(hashlib.sha256(content).hexdigest())

    @condition(etag_func=lambda _: etag)
    def answer(_: HttpRequest) -> HttpResponse:
        return HttpResponse(content, content_type="text/calendar; charset=utf-8")

    response: HttpResponse = answer(request)
    patch_cache_control(response, private=True, max_age=300)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
