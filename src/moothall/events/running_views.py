"""The running order's pages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core import clock
from moothall.core.access import needs
from moothall.events import (
    budget_queries,
    event_queries,
    running,
    running_actions,
    running_queries,
    running_sheet,
    tabs,
)
from moothall.events.models import Event, Slot
from moothall.events.running_forms import CopyForm, SheetForm, SlotForm, StageForm
from moothall.planning import sheet
from moothall.publishing import queries as post_queries


@needs("event.see")
def running_order(request: StaffRequest, slug: str) -> HttpResponse:
    """The slots, their posts, and the table of hours and services."""
    event = _event(slug)
    on, following = running_queries.now_and_next(event, clock.now())
    context = {
        **tabs.context(request.user, event, "running-order"),
        "order": running_queries.order(request.user, event),
        "on": on if event.is_on(clock.now()) else [],
        "following": following,
        "moved": budget_queries.moved(event),
        "clocks": running.change_of_clocks(event_queries.span(event), event.tz),
    }
    return render(request, "events/running_order.html", context)


@needs("event.manage")
def new_slot(request: StaffRequest, slug: str) -> HttpResponse:
    event = _event(slug)
    return _slot_form(request, event, Slot(event=event), request.GET.get("at", ""))


@needs("event.manage")
def edit_slot(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    slot = _slot(slug, pk)
    return _slot_form(request, slot.event, slot)


def _slot_form(request: StaffRequest, event: Event, slot: Slot, at: str = "") -> HttpResponse:
    initial = {"starts_at": at} if at else {}
    form = SlotForm(request.POST if request.method == "POST" else None, event=event, instance=slot, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = running_actions.save_slot(request.user, form.instance)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Saved: “{saved.theme}”.")
            return redirect("running-order", event.slug)
    is_new = form.instance.pk is None
    context = {**tabs.context(request.user, event, "running-order"), "form": form, "is_new": is_new}
    context |= {"what": "slot", "back": "running-order", "back_words": "Running order"}
    return render(request, "events/hours_form.html", context)


@needs("event.manage")
def copy_slot(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """The same slot once more, at another time."""
    slot = _slot(slug, pk)
    form = CopyForm(request.POST if request.method == "POST" else None, event=slot.event)
    if request.method == "POST" and form.is_valid():
        try:
            running_actions.copy_slot(request.user, slot, form.cleaned_data["starts_at"])
        except ValidationError as error:
            form.add_error("starts_at", error)
        else:
            messages.success(request, f"Copied: “{slot.theme}”.")
            return redirect("running-order", slug)
    return render(request, "events/slot_copy.html", {"event": slot.event, "slot": slot, "form": form})


@needs("event.manage")
@require_POST
def remove_slot(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    slot = _slot(slug, pk)
    running_actions.remove_slot(request.user, slot)
    messages.success(request, f"“{slot.theme}” is out of the running order. Its posts stay as they are.")
    return redirect("running-order", slug)


@needs("post.write")
def stage_posts(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Choose the posts that stand ready in a slot: the desk any, an author those of the own service."""
    slot = _slot(slug, pk)
    if not running_actions.may_stage(request.user, slot):
        raise PermissionDenied
    q = request.GET.get("q", "")[:100]
    offered = running_queries.stageable(request.user, slot, q)
    posts = post_queries.posts(request.user).filter(pk__in=[post.pk for post, _ in offered])
    form = StageForm(request.POST if request.method == "POST" else None, posts=posts)
    if request.method == "POST" and form.is_valid():
        try:
            running_actions.stage(request.user, slot, list(form.cleaned_data["post"]))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved.")
            return redirect("running-order", slug)
    chosen = set(slot.posts.values_list("pk", flat=True))
    rows = [(post, status, post.pk in chosen) for post, status in offered]
    context = {
        "event": slot.event,
        "slot": slot,
        "form": form,
        "rows": rows,
        "begins": running.words(slot.starts_at, slot.event.tz),
        "ends": running.words(slot.ends_at, slot.event.tz),
    }
    return render(request, "events/stage.html", context)


@needs("event.manage")
def slots_file(request: StaffRequest, slug: str) -> HttpResponse:
    """Fill the running order from a spreadsheet."""
    event = _event(slug)
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            found = running_sheet.slots(event, form.cleaned_data["file"])
            number = running_actions.save_slots(request.user, event, found)
        except ValidationError as error:
            form.add_error("file", error.messages)
        else:
            messages.success(request, f"Added {number} slot{'' if number == 1 else 's'}.")
            return redirect("running-order", slug)
    context = {"event": event, "form": form, "columns": running_sheet.COLUMNS}
    return render(request, "events/slots_file.html", context)


@needs("event.manage")
@require_safe
def slots_template(request: StaffRequest, slug: str) -> HttpResponse:
    """A spreadsheet to fill in."""
    content = sheet.as_csv(running_sheet.example(_event(slug)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="running-order.csv"'
    return response


def _event(slug: str) -> Event:
    return get_object_or_404(event_queries.with_rehearsals_too(), slug=slug)


def _slot(slug: str, pk: int) -> Slot:
    return get_object_or_404(Slot.objects.select_related("event", "service"), event__slug=slug, pk=pk)
