"""What everybody sees of the register: the directory, its open data, and "is this account really ours?"."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from moothall.channels import checking, formats, queries
from moothall.channels.forms import CheckForm, DirectoryFilter
from moothall.channels.models import State
from moothall.core import clock, council, languages
from moothall.core.access import public

SECTIONS = (
    (State.LIVE, "Channels we use", ""),
    (State.DORMANT, "Quiet channels", "Ours, and seldom used now."),
    (State.CLOSED, "Closed channels", "Ours once. What they say now, if anything, does not come from us."),
)
"""The parts of the directory: state, heading, and what to know of it."""


@public
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Every channel, those in use first; live, dormant and closed ones apart."""
    form = DirectoryFilter(request.GET)
    found = list(queries.matching(queries.directory(), **form.chosen))
    sections = [
        {"heading": heading, "lead": lead, "channels": [each for each in found if each.state == state]}
        for state, heading, lead in SECTIONS
    ]
    context = {
        "form": form,
        "sections": [section for section in sections if section["channels"]],
        "count": len(found),
        "is_narrowed": bool(form.chosen),
    }
    return render(request, "channels/directory.html", context)


@public
@require_safe
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    """One channel. What came after a closed one is shown first."""
    found = get_object_or_404(queries.directory(), slug=slug)
    successor = found.end_of_line if found.state == State.CLOSED else None
    context = {
        "channel": found,
        "language": languages.name(found.language),
        "successor": successor if successor and successor.is_public else None,
        "feed": formats.feed(found),
        "page_address": formats.page(found),
        "picture_address": formats.channel(found)["picture"],
    }
    return render(request, "channels/public_channel.html", context)


@public
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The directory as JSON."""
    channels = [formats.channel(each) for each in queries.directory()]
    return _open(JsonResponse({"council": council.current().name, "made_at": clock.now(), "channels": channels}))


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The directory as CSV."""
    response = HttpResponse(formats.as_csv(queries.directory()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="channels.csv"'
    return _open(response)


@public
@require_safe
def as_opml(request: HttpRequest) -> HttpResponse:
    """The directory as OPML, to take into a feed reader."""
    title = f"Channels of {council.current().name}"
    response = HttpResponse(formats.as_opml(title, queries.directory()), content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="channels.opml"'
    return _open(response)


@public
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Is this account really ours?"""
    form = CheckForm(request.GET)
    question = form.chosen.get("q", "")
    answer = checking.answer(question, checking.ours()) if question else None
    return render(request, "channels/check.html", {"form": form, "question": question, "answer": answer})


@public
@require_safe
def check_json(request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    question = CheckForm(request.GET).chosen.get("q", "")
    if not question:
        return _open(JsonResponse({"error": "Ask with ?q= and a handle or an address, at most 300 signs."}, status=400))
    return _open(JsonResponse(formats.answer(question, checking.answer(question, checking.ours()))))


def _open(response: HttpResponse) -> HttpResponse:
    """Open data may be read by any other site's pages."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
