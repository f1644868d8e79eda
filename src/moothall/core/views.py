"""The council's settings, its colour and logo as pages use them, and the developers' house-style page."""

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from moothall.core import clock, contrast, council, states
from moothall.core.access import needs, public
from moothall.core.forms import CouncilForm
from moothall.core.samples import SampleFilter, SampleForm

A_YEAR = timedelta(days=365)
A_MINUTE = timedelta(minutes=1)


@needs("council.settings")
def council_settings(request: HttpRequest) -> HttpResponse:
    """Name, strapline, colour and logo."""
    now = council.current()
    form = CouncilForm(request.POST or None, request.FILES or None, instance=council.current())
    if request.method == "POST" and form.is_valid():
        council.save(form.instance, by=cast(council.Person, request.user))
        messages.success(request, "Saved. Every page shows it from now on.")
        return redirect("council-settings")
    context = {"form": form, "contrast": _contrast_words(now.colour)}
    return render(request, "moothall/council_settings.html", context)


def _contrast_words(colour: str) -> str:
    return (
        f"The colour in use has a contrast of {contrast.weakest(colour):.1f} to 1 with our backgrounds; text needs 4.5."
    )


@public
@require_safe
def brand_css(request: HttpRequest) -> HttpResponseBase:
    """The council's colour as custom properties, served after the built style sheet."""
    now = council.current()
    properties = {
        "--moot-green": now.colour,
        "--moot-green-hover": contrast.hover(now.colour),
        "--moot-green-tint": contrast.tint(now.colour),
    }
    rules = "".join(f"{name}:{value};" for name, value in properties.items())
    response = HttpResponse(f":root{{{rules}}}", content_type="text/css; charset=utf-8")
    return _kept_by_version(request, response, now.version)


@public
@require_safe
def brand_logo(request: HttpRequest) -> HttpResponseBase:
    """The council's logo."""
    now = council.current()
    if not now.logo:
        raise Http404
    response = FileResponse(now.logo.open("rb"), content_type="image/png")
    return _kept_by_version(request, response, now.version)


def _kept_by_version(request: HttpRequest, response: HttpResponseBase, version: int) -> HttpResponseBase:
    """Let browsers keep what is asked for under its current version: a change comes with a new address."""
    is_current = request.GET.get("v") == str(version)
    patch_cache_control(response, public=True, max_age=int((A_YEAR if is_current else A_MINUTE).total_seconds()))
    return response


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the web server and its database answer, for a supervisor or a load balancer."""
    council.current()
    return HttpResponse("ok", content_type="text/plain")


@public
@require_safe
def house_style(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states. Only in debug."""
    now = clock.now()
    context = {
        "states": states.STATES,
        "capacities": states.CAPACITIES,
        "moments": [now, now + timedelta(hours=3), now - timedelta(days=2), now + timedelta(days=40)],
        "form": SampleForm(),
        "wrong_form": SampleForm(
            {"title": "", "capacity": "nobody", "at_day": "2027-03-28", "at_time": "01:30", "service": "fire"}
        ),
        "filter_form": SampleFilter(request.GET),
        "page": Paginator(range(200), 10).get_page(request.GET.get("page", 5)),
    }
    return render(request, "moothall/house_style.html", context)
