"""The report of an event, for everybody once it is released, and its files."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.models import User
from moothall.accounts.requests import StaffRequest
from moothall.core import clock, council, pdf
from moothall.core.access import needs, public
from moothall.core.saying import attempt
from moothall.events import running
from moothall.events.models import Event
from moothall.reports import actions, exports, presenting, queries
from moothall.reports.figures import figures
from moothall.reports.models import Report

REST_SECONDS = 60
"""One that could not be made is not tried again sooner."""


def reader_of(request: HttpRequest) -> User | None:
    """Whoever is signed in and may see events; ``None``: the public."""
    return request.user if request.user.is_authenticated and request.user.may("event.see") else None


def _found(request: HttpRequest, slug: str) -> tuple[Event, Report | None]:
    """The event and the report that the reader gets of it. The public gets nothing but a released report."""
    event = get_object_or_404(Event, slug=slug, rehearses=None)
    reader = reader_of(request)
    report = queries.shown(event, reader, request.GET.get("made", ""))
    if report is None and (reader is None or "made" in request.GET):
        raise Http404
    return event, report


def _counted(event: Event, report: Report | None, now: datetime) -> dict[str, Any]:
    """The report's figures or, as long as there is none, those of this moment."""
    return report.figures if report else figures(queries.rows(event, now))


@public
@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The report. Staff see what there is so far as long as none was made."""
    now = clock.now()
    try:
        event, found = _found(request, slug)
    except Http404:
        event = get_object_or_404(Event, slug=slug, rehearses=None, is_public=True)
        return render(request, "reports/not_yet.html", {"event": event}, status=404)
    if found is None and not event.has_begun(now):
        raise Http404("The event has not begun.")
    counted = _counted(event, found, now)
    context = {
        **_context(event, found, counted),
        "parts": presenting.parts(counted, presenting.quotes(event, counted)),
        "reader": reader_of(request),
        "old": "made" in request.GET,
        "is_over": event.is_over(now),
        "may_manage": request.user.is_authenticated and request.user.may("event.manage"),
        **_compared(request, event, counted),
    }
    if reader_of(request):
        context["older"] = event.reports.defer("figures", "pdf")
    return _for(request, render(request, "reports/report.html", context))


def _context(event: Event, found: Report | None, counted: dict[str, Any]) -> dict[str, Any]:
    until = datetime.fromisoformat(counted["event"]["until"])
    return {
        "event": event,
        "report": found,
        "figures": counted,
        "starts": running.words(event.starts_at, event.tz),
        "ends": running.words(event.ends_at, event.tz),
        "length": running.length_words(running.Span(event.starts_at, event.ends_at).length),
        "until": running.words(until, event.tz),
        "colour": presenting.colour(),
    }


def _compared(request: HttpRequest, event: Event, counted: dict[str, Any]) -> dict[str, Any]:
    """The earlier event that was asked for, or the last before this one, beside it."""
    reader = reader_of(request)
    others = list(queries.earlier(event, reader))
    wanted = request.GET.get("with", "")
    other = next((each for each in others if each.slug == wanted), others[0] if others else None)
    there = queries.shown(other, reader) if other else None
    if other is None or there is None:
        return {}
    return {"other": other, "others": others, "compared": presenting.comparison(counted, there.figures)}


def _for(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What staff see is for them alone; what the public sees may be kept for a minute, and read by other sites."""
    if reader_of(request):
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=60)
        response["Access-Control-Allow-Origin"] = "*"
    return response


# --- Files ------------------------------------------------------------------------------------------------------------


@public
@require_safe
def report_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The report on paper. Where it cannot be made, a page says why."""
    event, found = _found(request, slug)
    if found is None:
        raise Http404("There is no report yet.")
    try:
        made = _pdf(event, found)
    except pdf.CannotMake as error:
        context = {"event": event, "why": str(error) if reader_of(request) else ""}
        return render(request, "reports/no_pdf.html", context, status=503)
    return _for(request, _file(made, "application/pdf", f"{event.slug}.pdf"))


def _pdf(event: Event, found: Report) -> bytes:
    """The PDF of a report. Raises ``CannotMake``, soon if it cannot be made now."""
    if found.pdf is not None:
        return bytes(found.pdf)
    failed = f"report-pdf-failed:{found.pk}"
    if cache.get(failed):
        raise pdf.CannotMake("The PDF could not be made a moment ago. Try again in a minute.")
    with pdf.turn():
        try:
            return _made(event, found)
        except pdf.CannotMake:
            cache.set(failed, True, REST_SECONDS)
            raise


def _made(event: Event, found: Report) -> bytes:
    """The PDF as it is kept, made now if it was not."""
    found.refresh_from_db(fields=["pdf"])
    if found.pdf is None:
        context = _context(event, found, found.figures)
        context |= {"parts": presenting.parts(found.figures, {}), "council": council.current()}
        html = render_to_string("reports/paper.html", context | {"site_url": settings.SITE_URL})
        style = finders.find("moothall/dist/paper.css")
        actions.keep_pdf(found, pdf.make(html, {"paper.css": Path(style)} if style else {}))
        found.refresh_from_db(fields=["pdf"])
    return bytes(found.pdf or b"")


@public
@require_safe
def report_csv(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One table, all figures, the items or the running order."""
    event, found = _found(request, slug)
    if name == "items":
        text = exports.items_csv(event)
    elif name == "slots":
        text = exports.slots_csv(event)
    else:
        counted = _counted(event, found, clock.now())
        kept = exports.tables(counted)
        if name != "figures" and name not in kept:
            raise Http404
        text = exports.figures_csv(counted) if name == "figures" else exports.table_csv(kept[name])
    return _for(request, _file(text.encode(), "text/csv; charset=utf-8", f"{event.slug}-{name}.csv"))


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public
@require_safe
def report_activities(request: HttpRequest, slug: str) -> HttpResponse:
    """What the council said, as ActivityStreams 2.0."""
    event, _ = _found(request, slug)
    response = JsonResponse(exports.activities(event), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/activity+json"
    return _for(request, response)


# --- Making it --------------------------------------------------------------------------------------------------------


@needs("event.manage")
@require_POST
def make_report(request: StaffRequest, slug: str) -> HttpResponse:
    """Make the report of an event that is over."""
    event = get_object_or_404(Event, slug=slug, rehearses=None)
    attempt(request, lambda: actions.make(request.user, event))
    return redirect("event-report", slug)


@needs("event.manage")
@require_POST
def release_report(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Let everybody read it."""
    actions.release(request.user, get_object_or_404(Report, pk=number, event__slug=slug))
    return redirect("event-report", slug)


@needs("event.manage")
@require_POST
def withdraw_report(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Let only staff read it again."""
    actions.withdraw(request.user, get_object_or_404(Report, pk=number, event__slug=slug))
    return redirect("event-report", slug)
