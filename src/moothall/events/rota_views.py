"""The rota's pages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events import event_queries, rota_actions, rota_queries, running, tabs
from moothall.events.models import Event, Shift
from moothall.events.running_forms import HandoverForm, ShiftForm


@needs("event.see")
def rota(request: StaffRequest, slug: str) -> HttpResponse:
    """Who is on shift, who comes, what was handed over, and what is wrong with the plan."""
    event = _event(slug)
    context = {
        **tabs.context(request.user, event, "rota"),
        "rota": rota_queries.rota(request.user, event, clock.now()),
        "clocks": running.change_of_clocks(event_queries.span(event), event.tz),
    }
    return render(request, "events/rota.html", context)


@needs("event.manage")
def new_shift(request: StaffRequest, slug: str) -> HttpResponse:
    event = _event(slug)
    return _shift_form(request, event, Shift(event=event))


@needs("event.manage")
def edit_shift(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    shift = _shift(slug, pk)
    return _shift_form(request, shift.event, shift)


def _shift_form(request: StaffRequest, event: Event, shift: Shift) -> HttpResponse:
    form = ShiftForm(request.POST if request.method == "POST" else None, event=event, instance=shift)
    if request.method == "POST" and form.is_valid():
        try:
            rota_actions.save_shift(request.user, form.instance)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved.")
            return redirect("rota", event.slug)
    context = {**tabs.context(request.user, event, "rota"), "form": form, "is_new": form.instance.pk is None}
    context |= {"what": "shift", "back": "rota", "back_words": "Rota"}
    return render(request, "events/hours_form.html", context)


@needs("event.manage")
@require_POST
def remove_shift(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    shift = _shift(slug, pk)
    attempt(request, lambda: rota_actions.remove_shift(request.user, shift), "The shift is out of the rota.")
    return redirect("rota", slug)


@needs("event.see")
def hand_over(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Write the hand-over note of a shift of one's own, or, for the desk, of anybody's."""
    shift = _shift(slug, pk)
    if shift.person_id != request.user.pk and not request.user.may("event.manage"):
        raise PermissionDenied
    form = HandoverForm(request.POST if request.method == "POST" else None, initial={"note": shift.handover})
    following = rota_actions.next_after(shift)
    if request.method == "POST" and form.is_valid():
        told = rota_actions.hand_over(request.user, shift, form.cleaned_data["note"])
        messages.success(request, f"Handed over. {told.person} was told." if told else "Kept. Nobody comes after you.")
        return redirect("rota", slug)
    context = {"event": shift.event, "shift": shift, "form": form, "following": following}
    return render(request, "events/hand_over.html", context)


def _event(slug: str) -> Event:
    return get_object_or_404(event_queries.with_rehearsals_too(), slug=slug)


def _shift(slug: str, pk: int) -> Shift:
    return get_object_or_404(Shift.objects.select_related("event", "person"), event__slug=slug, pk=pk)
