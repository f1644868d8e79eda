"""Rehearsing an event: beginning, the two clocks and what was found, and ending."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events import event_queries, rehearsal_queries, rehearsing, running, tabs
from moothall.events.models import Event

MOST_AN_HOUR = 80


class RehearseForm(forms.Form):
    """How much the crowd says."""

    an_hour = forms.IntegerField(
        label="How many posts should the crowd say in each hour of the event?",
        help_text=f"An hour lasts a minute. From 0 to {MOST_AN_HOUR}.",
        min_value=0,
        max_value=MOST_AN_HOUR,
        initial=5,
        widget=forms.NumberInput({"class": "govuk-input--width-3"}),
    )


@needs("event.manage")
def rehearse(request: StaffRequest, slug: str) -> HttpResponse:
    """Begin to rehearse the whole event."""
    event = get_object_or_404(event_queries.with_rehearsals(), slug=slug)
    form = RehearseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = rehearsing.begin(request.user, event, an_hour=form.cleaned_data["an_hour"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "The rehearsal is on.")
            return redirect("event-rehearsal", made.slug)
    lasts = running.length_words(event_queries.span(event).length / rehearsing.SPEED)
    approved = rehearsal_queries.approved(event)
    unapproved = rehearsal_queries.posts(event).count() - len(approved)
    context = {
        **tabs.context(request.user, event, "event"),
        "form": form,
        "lasts": lasts,
        "approved": len(approved),
        "unapproved": unapproved,
    }
    return render(request, "events/rehearse.html", context)


@needs("event.see")
@require_safe
def event_rehearsal(request: StaffRequest, slug: str) -> HttpResponse:
    """One rehearsal: its clocks, and what it found until now."""
    rehearsal, now = _rehearsal(slug), clock.now()
    event = rehearsal.rehearses
    if event is None:
        raise Http404("This event is no rehearsal.")
    context = {
        **tabs.context(request.user, rehearsal, "event"),
        "rehearsed": event,
        "found": rehearsal_queries.findings(request.user, rehearsal, event, now),
        "is_on": rehearsal.is_on(now),
    }
    return render(request, "events/rehearsal.html", context)


@needs("event.manage")
@require_POST
def end_rehearsal(request: StaffRequest, slug: str) -> HttpResponse:
    rehearsal = _rehearsal(slug)
    said = "The rehearsal is over. What it found stands below."
    attempt(request, lambda: rehearsing.end(request.user, rehearsal), said)
    return redirect("event-rehearsal", slug)


def _rehearsal(slug: str) -> Event:
    return get_object_or_404(event_queries.with_rehearsals_too().exclude(rehearses=None), slug=slug)
