"""The calendar, and moving a post in it to another time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.core import clock, localtime
from moothall.core.access import needs
from moothall.planning import calendar_page, queries
from moothall.planning.forms import CalendarFilter, MoveForm, fields_of, offer
from moothall.planning.periods import View
from moothall.publishing import approving
from moothall.publishing import queries as post_queries
from moothall.publishing.models import Post


@needs("post.see")
def calendar(request: StaffRequest) -> HttpResponse:
    """The plan by day, week or month. All that is chosen stands in the address."""
    sight = queries.sight(request.user)
    filter_form = CalendarFilter(request.GET, sight=sight)
    period = filter_form.period
    shown = calendar_page.page(sight, period, filter_form.chosen)
    today = localtime.local(clock.now()).date()
    context = {
        "page": shown,
        "filter_form": CalendarFilter(_with(request.GET, view=period.view, day=period.day), sight=sight),
        "views": [(each.value.capitalize(), _address(request.GET, view=each, day=period.day), each) for each in View],
        "before": _address(request.GET, day=period.before),
        "after": _address(request.GET, day=period.after),
        "now": "" if today in period.days else _address(request.GET, day=today),
        "days": f"{reverse('calendar')}?{_with(request.GET, view=View.DAY, day='').urlencode()}",
        "kept": _with(request.GET, view=period.view, day=period.day).urlencode(),
        "undo": _undo(request),
        "zone": localtime.zone_words(),
        "may_edit_slots": request.user.may("channel.edit"),
        "may_write": request.user.may("post.write"),
    }
    return render(request, "planning/calendar.html", context)


MOVED = ("moved", "was")
"""What the address says of a move just made, so that it can be taken back."""


def _with(given: QueryDict, **values: object) -> QueryDict:
    """What the address says, with other ``values``; an empty one is left out."""
    kept = given.copy()
    for name in MOVED:
        kept.pop(name, None)
    for name, value in values.items():
        kept.pop(name, None)
        if value != "":
            kept[name] = str(value)
    return kept


def _address(given: QueryDict, **values: object) -> str:
    return f"{reverse('calendar')}?{_with(given, **values).urlencode()}"


def _undo(request: StaffRequest) -> dict[str, Any] | None:
    """The move that was just made, if the address tells of one."""
    try:
        pk, was = int(request.GET.get("moved", "")), datetime.fromisoformat(request.GET.get("was", ""))
    except ValueError:
        return None
    post = post_queries.posts(request.user).filter(pk=pk).first()
    if post is None or was.tzinfo is None or post.scheduled_for is None:
        return None
    return {"post": post, "now": post.scheduled_for, "was": was, "fields": fields_of(was)}


@needs("post.write")
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Move a post to another time: by a plain form, or for the calendar's script, which asks for JSON."""
    post = get_object_or_404(post_queries.posts(request.user), pk=pk)
    require(request.user, "post.write", post)
    moments = queries.moments_of(post)
    form = MoveForm(request.POST or None, initial=_initial(post, moments))
    if request.method == "POST" and form.is_valid() and _move(request, post, form, moments):
        return _moved(request, post, form.cleaned_data["when"], before=_time_of(post, moments))
    if request.method == "POST" and _wants_json(request):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        offers = [{"words": each.words, "fields": each.fields} for each in form.offers]
        return JsonResponse({"refused": words, "offers": offers}, status=409)
    context = {"post": post, "form": form, "back": _address(request.GET), "moments": sorted(moments)}
    return render(request, "planning/move.html", context)


def _initial(post: Post, moments: set[datetime]) -> Mapping[str, object]:
    planned = min(moments, default=post.scheduled_for)
    return fields_of(planned) if planned else {}


def _time_of(post: Post, moments: set[datetime]) -> datetime | None:
    """The one time that a move could bring back, if the post had one."""
    known: set[datetime | None] = {*moments} or {post.scheduled_for}
    return next(iter(known)) if len(known) == 1 else None


def _move(request: StaffRequest, post: Post, form: MoveForm, moments: set[datetime]) -> bool:
    """Do it, or say in ``form`` why not."""
    when: datetime = form.cleaned_data["when"]
    if len(moments) > 1 and not form.cleaned_data["together"]:
        form.offers = [offer(when, together=True)]
        form.add_error(
            None,
            "This post goes out at another time on each channel. Moved, it goes out on all of them at once, and that "
            "cannot be undone.",
        )
        return False
    try:
        approving.reschedule(request.user, post, when)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _moved(request: StaffRequest, post: Post, when: datetime, before: datetime | None) -> HttpResponse:
    """Say what became of it, with the way back if there is one."""
    said = f"“{post}” goes out on {localtime.words(when)}."
    if _wants_json(request):
        return JsonResponse({"said": said, "undo": fields_of(before) if before else None})
    kept = _with(request.GET, day=localtime.local(when).date())
    if before:
        kept["moved"], kept["was"] = str(post.pk), before.isoformat()
    else:
        messages.success(request, said)
    return redirect(f"{reverse('calendar')}?{kept.urlencode()}")


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
