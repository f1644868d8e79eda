"""Telling the desk, from a phone in the field, and what became of it."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.contributions import offering as telling
from moothall.contributions import queries
from moothall.contributions.forms import NamingForm, PictureForm, TellForm
from moothall.contributions.models import Contribution
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events.models import Event
from moothall.library import offering


@needs("contribution.offer")
def tell(request: StaffRequest) -> HttpResponse:
    """The form, for the event that is on; the choice, where several are."""
    if request.GET.get("event") == "none":
        return _tell(request, lambda told_at: None)
    if request.method != "POST" and (running := queries.running()):
        if len(running) == 1:  # a form of its own: what is sent after the end belongs to it all the same
            return redirect("tell-event", running[0].slug)
        return render(request, "contributions/tell_which.html", {"events": running})
    return _tell(request, _event_at)


def _event_at(told_at: datetime | None) -> Event | None:
    """The event that was on when it was told, if that was one alone."""
    running = queries.running(told_at)
    return running[0] if len(running) == 1 else None


@needs("contribution.offer")
def tell_event(request: StaffRequest, slug: str) -> HttpResponse:
    """The form for one event, on or not: a phone that was offline may be late."""
    event = get_object_or_404(Event, slug=slug)
    return _tell(request, lambda told_at: event, event)


def _tell(
    request: StaffRequest, event_at: Callable[[datetime | None], Event | None], event: Event | None = None
) -> HttpResponse:
    """``event_at`` says which event it is for, by the moment at which it was told; ``event`` heads the form."""
    wants_json = request.headers.get("Accept") == "application/json"
    if _is_anothers(request):
        return _of_another()
    form = TellForm(request.POST or None, request.FILES or None)
    made = _has_come(request)
    if made is None and request.method == "POST" and form.is_valid():
        try:
            made = telling.tell(request.user, form.told(event_at(form.cleaned_data["told_at"])))
        except ValidationError as error:
            form.add_error(None, error)
    if made and wants_json:
        return JsonResponse({"told": made.pk, "trouble": []})
    if made:
        messages.success(request, "The desk has it. You will hear what becomes of it.")
        return redirect("told")
    if wants_json:
        return JsonResponse({"told": None, "trouble": _sentences(form)}, status=422)
    context = {"form": form, "event": event}
    return render(request, "contributions/tell.html", context, status=422 if form.errors else 200)


def _has_come(request: StaffRequest) -> Contribution | None:
    """What the phone sends once more, as it did not hear that it came: perhaps its pictures are in use already."""
    try:
        earlier = telling.earlier_of(request.user, uuid.UUID(request.POST.get("once", "")))
    except ValueError:
        return None
    return earlier if earlier and earlier.words == request.POST.get("words", "").strip() else None


def _is_anothers(request: StaffRequest) -> bool:
    """Whether the phone kept this for somebody else than who is signed in now."""
    return request.POST.get("person", str(request.user.pk)) != str(request.user.pk)


def _of_another() -> JsonResponse:
    trouble = "Somebody else is signed in here now. Sign in as yourself; it stays on this phone until then."
    return JsonResponse({"told": None, "trouble": [trouble]}, status=409)


def _sentences(form: TellForm | PictureForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


@needs("contribution.offer")
@require_POST
def tell_picture(request: StaffRequest) -> HttpResponse:
    """One picture on its way: the script sends each by itself, and each arrives once."""
    if _is_anothers(request):
        return _of_another()
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"picture": None, "trouble": _sentences(form)}, status=422)
    cleaned = form.cleaned_data
    try:
        offering.offer(cleaned["file"], once=cleaned["once"], alt=cleaned["alt"])
    except ValidationError as error:
        return JsonResponse({"picture": None, "trouble": error.messages}, status=422)
    return JsonResponse({"picture": str(cleaned["once"]), "trouble": []})


@needs("contribution.offer")
def told(request: StaffRequest) -> HttpResponse:
    """What became of what one told."""
    return render(request, "contributions/told.html", {"mine": queries.mine(request.user)})


@needs("contribution.offer")
@require_POST
def name_told(request: StaffRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(Contribution, pk=pk, contributor=request.user)
    form = NamingForm(request.POST)
    form.is_valid()
    may_be_named = form.cleaned_data["may_be_named"]
    attempt(
        request,
        lambda: telling.set_naming(request.user, own, may_be_named),
        "Saved. Wherever it shows, it follows.",
    )
    return redirect("told")


@needs("contribution.offer")
@require_POST
def take_back_told(request: StaffRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(Contribution, pk=pk, contributor=request.user)
    attempt(request, lambda: telling.take_back(request.user, own), "Taken back. The desk does not see it any more.")
    return redirect("told")
