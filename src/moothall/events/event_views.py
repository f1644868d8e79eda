"""Events: the list, one event's page, and setting one up."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.events import event_actions, event_queries, misspellings, running, tabs
from moothall.events.event_forms import EventForm
from moothall.events.models import Event, EventTag


@needs("event.see")
def events(request: StaffRequest) -> HttpResponse:
    """What is on, what comes and what is over."""
    context = {"listed": event_queries.listed(clock.now()), "may_manage": request.user.may("event.manage")}
    return render(request, "events/events.html", context)


@needs("event.see")
def event_page(request: StaffRequest, slug: str) -> HttpResponse:
    """One event as it was set up, with what is still amiss."""
    if event_queries.with_rehearsals_too().exclude(rehearses=None).filter(slug=slug).exists():
        return redirect("event-rehearsal", slug)
    event = get_object_or_404(event_queries.with_rehearsals(), slug=slug)
    span = event_queries.span(event)
    context = {
        **tabs.context(request.user, event, "event"),
        "starts": running.words(event.starts_at, event.tz),
        "ends": running.words(event.ends_at, event.tz),
        "length": running.length_words(span.length),
        "clocks": running.change_of_clocks(span, event.tz),
        "alternates": event_queries.tags(event, EventTag.Kind.ALTERNATE),
        "misspellings": event_queries.tags(event, EventTag.Kind.MISSPELLING),
        "rivals": event_queries.rivals(event),
        "is_on": event.is_on(clock.now()),
    }
    return render(request, "events/event.html", context)


@needs("event.manage")
def new_event(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@needs("event.manage")
def edit_event(request: StaffRequest, slug: str) -> HttpResponse:
    return _form(request, get_object_or_404(event_queries.events(), slug=slug))


def _form(request: StaffRequest, event: Event | None) -> HttpResponse:
    then = request.POST.get("then", "save")
    data: QueryDict = request.POST
    if then == "suggest":
        data = _suggesting(request)
    form = EventForm(data if request.method == "POST" else None, instance=event)
    if request.method == "POST" and form.is_valid() and then == "save":
        try:
            saved = event_actions.save_event(request.user, form.instance, form.belongings)
        except ValidationError as error:
            _explain(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("live-event", saved.slug)
    hours = form.hours_words if form.is_bound else ""
    if then != "save":
        form.errors.clear()
    context = {"form": form, "event": event, "hours": hours}
    return render(request, "events/event_form.html", context)


def _suggesting(request: StaffRequest) -> QueryDict:
    """What was typed, with likely misspellings of the hashtag beside those that stand there."""
    typed = QueryDict(mutable=True)
    typed.update(request.POST)
    known = typed.get("misspellings", "").split()
    likely = misspellings.likely(typed.get("tag", "").strip().lstrip("#＃"))
    suggested = [each for each in likely if each not in known]
    typed["misspellings"] = " ".join([*known, *suggested])
    if not suggested:
        messages.info(request, "There is nothing to suggest. Give the hashtag first.")
    return typed


def _explain(form: EventForm, error: ValidationError) -> None:
    """What the action refused, beside the fields that the form has."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
