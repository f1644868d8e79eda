"""The wall's pages. Those of a public wall are the same for everybody: no cookies, and any cache may keep them."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import segno
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.access import public
from moothall.events import counting
from moothall.events.models import Event
from moothall.events.wall import reading, tokens
from moothall.events.wall.snapshot import Snapshot, snapshot

FRESH_SECONDS = 2
"""For so long a cache gives a public wall's page or snapshot without asking; the stream brings what is newer."""
RELOAD_SECONDS = 30
"""How often the page loads itself again where there is no JavaScript."""
MOST_PAGES = 500
REST_MS = 5_000
"""When a browser asks again that was given a stream by this page instead of the hub."""

View = Callable[..., HttpResponse]


def of_event(view: View) -> Callable[..., HttpResponseBase]:
    """Give ``view`` the event of the address, if whoever asks may see its wall, and mark how long its answer keeps."""

    @wraps(view)
    def find(request: HttpRequest, slug: str) -> HttpResponseBase:
        event = get_object_or_404(Event.objects.prefetch_related("tags"), slug=slug)
        if not event.is_public:
            if not request.user.is_authenticated:
                if request.headers.get("Accept", "").startswith("text/html"):
                    return redirect_to_login(request.get_full_path())
                raise PermissionDenied
            if not request.user.may("event.see"):
                raise PermissionDenied
        response = view(request, event)
        if "Cache-Control" not in response:
            _say_how_long(response, event)
        if event.is_public:
            request.session.accessed = False  # or each cookie would get a copy of its own in a cache (Vary)
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return find


def _say_how_long(response: HttpResponse, event: Event) -> None:
    if event.is_public:
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS, stale_while_revalidate=10)
    else:
        patch_cache_control(response, private=True, no_cache=True)


@public
@require_safe
def walls(request: HttpRequest) -> HttpResponse:
    """The public events: what is on, what comes, what is over."""
    now = clock.now()
    events = Event.objects.filter(is_public=True, rehearses=None).prefetch_related("tags")
    sections = [
        ("On now", [each for each in events if each.is_on(now)]),
        (
            "Still to come",
            sorted((each for each in events if not each.has_begun(now)), key=lambda each: each.starts_at),
        ),
        ("Over", [each for each in events if each.is_over(now)]),
    ]
    return render(request, "events/walls.html", {"sections": [each for each in sections if each[1]]})


@public
@require_safe
@of_event
def wall(request: HttpRequest, event: Event) -> HttpResponse:
    """The wall."""
    number = request.GET.get("page", "1")
    page = max(1, min(int(number), MOST_PAGES)) if number.isdecimal() and len(number) < 5 else 1
    context = _context(event, page, "page")
    context |= {"page": page, "next_page": page + 1, "is_still": "still" in request.GET or page > 1}
    context |= {"definitions": _definitions(), "reload_seconds": RELOAD_SECONDS}
    return render(request, "events/wall/wall.html", context)


@public
@require_safe
@of_event
def screen(request: HttpRequest, event: Event) -> HttpResponse:
    """The wall for a projector, with the way to the desk for staff in the room."""
    tell = f"{settings.SITE_URL}/tell/{event.slug}/"
    code = segno.make(tell, error="m").svg_inline(border=2, omitsize=True, dark="#1c2421", light="#ffffff")
    context = _context(event, 1, "screen") | {"tell": tell.split("://", 1)[1], "code": code}
    return render(request, "events/wall/screen.html", context)


@public
@require_safe
@xframe_options_exempt
@of_event
def frame(request: HttpRequest, event: Event) -> HttpResponse:
    """The wall for a part of another page. Any site may embed a public one; one for staff only ours."""
    ancestors = ["*"] if event.is_public else ["'self'"]

    @csp_replace({"frame-ancestors": ancestors})
    def answer(request: HttpRequest) -> HttpResponse:
        return render(request, "events/wall/frame.html", _context(event, 1, "frame"))

    return cast(HttpResponse, answer(request))


@public
@require_safe
@of_event
def snapshot_json(request: HttpRequest, event: Event) -> HttpResponse:
    """What the wall shows now, for its own script and for whoever wants it."""
    found = snapshot(event)
    answer: dict[str, Any] = {"last": found.last, "items": found.cards, "around": found.around}
    if not event.is_public:
        answer["token"] = tokens.make(event.pk)
    return JsonResponse(answer)


@public
@require_safe
def stream(request: HttpRequest, slug: str) -> HttpResponse:
    """The stream where the hub did not take the request: what came since, and the browser asks again for more.

    So it is under a web server that is not ours, and for a request that comes in an unusual way.
    """
    event = get_object_or_404(Event, slug=slug)
    token = request.GET.get("token", "")
    if not event.is_public and not tokens.seconds_left(token, event.pk):
        raise PermissionDenied
    after = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    known = int(after) if after.isdecimal() and len(after) < 19 else reading.last_change(event.pk)
    found = reading.open_wall(slug)
    said = found.since(known) if found else b""
    response = HttpResponse(b"retry: %d\n\n" % REST_MS + said, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-transform" if event.is_public else "private, no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    response["Connection"] = "close"  # the next one may come to the hub
    return response


def _context(event: Event, page: int, mode: str) -> dict[str, Any]:
    """What all three forms of the wall need."""
    found: Snapshot = snapshot(event, page)
    now = clock.now()
    settings_of_script = {
        "mode": mode,
        "stream": reverse("wall-stream", args=[event.slug]),
        "snapshot": reverse("wall-snapshot", args=[event.slug]),
        "last": found.last,
        "token": "" if event.is_public else tokens.make(event.pk),
        "zone": event.zone,
    }
    return {
        "event": event,
        "snapshot": found,
        "script": json.dumps(settings_of_script),
        "mode": mode,
        "begins": not event.has_begun(now),
        "is_over": event.is_over(now),
        **reading.around_context(event),
    }


def _definitions() -> list[tuple[str, str]]:
    labels = ("Posts", "Contributors", "Services", "Hours covered", "Official posts", "Networks", "Potential reach")
    return list(zip(labels, counting.DEFINITIONS.values(), strict=True))
