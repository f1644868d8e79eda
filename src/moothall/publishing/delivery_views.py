"""Deciding on deliveries: what did not simply go out, what is held, and what is to be taken down."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.publishing import deciding, holding, lapses, pausing, queries, taking_down
from moothall.publishing.forms import ReleaseForm, SeenForm
from moothall.publishing.models import Delivery


def _delivery(request: StaffRequest, pk: int) -> Delivery:
    visible = queries.posts(request.user)
    found = Delivery.objects.select_related("channel", "revision__post__author")
    return get_object_or_404(found, pk=pk, revision__post__in=visible)


def _back(request: StaffRequest, delivery: Delivery) -> HttpResponseRedirect:
    """To the list of what is held, if the decision was made there; else to the post."""
    return redirect("held") if request.POST.get("back") == "held" else redirect("post", delivery.revision.post_id)


@needs("delivery.decide")
@require_POST
def decide_delivery(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Look again, it is there, send again, release, take down, it is gone, or cancel."""
    delivery = _delivery(request, pk)
    attempt(request, lambda: _decide(request, delivery, what), str)
    return _back(request, delivery)


def _decide(request: StaffRequest, delivery: Delivery, what: str) -> str:
    """Do it, and return what to say."""
    match what:
        case "look-again":
            settled = deciding.look_again(request.user, delivery)
            return "We looked, and know now. See below." if settled else "We looked, and still cannot tell."
        case "it-is-there":
            form = SeenForm(request.POST, delivery=delivery)
            if not form.is_valid():
                raise ValidationError("That is no web address. Copy it from your browser, or leave it empty.")
            deciding.it_is_there(request.user, delivery, form.cleaned_data["address"])
            return "Noted: it is there."
        case "send-again":
            deciding.send_again(request.user, delivery)
            return "It will be sent again in a moment."
        case "release":
            deciding.release(request.user, delivery)
            return "It goes out now."
        case "take-down":
            taking_down.take_down(request.user, delivery)
            return "It is being taken down. This page says when it is gone."
        case "it-is-gone":
            taking_down.it_is_gone(request.user, delivery)
            return "Noted: it is gone."
        case _:
            deciding.cancel(request.user, delivery)
            return "Cancelled. It will not go out on this channel."


@needs("delivery.decide")
@require_POST
def release_later(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a held delivery a new time. A time that will not do is asked for again, on the list of what is held."""
    delivery = _delivery(request, pk)
    form = ReleaseForm(request.POST, delivery=delivery)
    if not form.is_valid():
        return _show_held(request, form, delivery)
    try:
        deciding.release(request.user, delivery, form.cleaned_data["at"])
    except ValidationError as error:
        form.add_error("at", error)
        return _show_held(request, form, delivery)
    messages.success(request, "It has a new time.")
    return _back(request, delivery)


@needs("delivery.decide")
def held(request: StaffRequest) -> HttpResponse:
    """Everything that is held, item by item. Nothing of it goes out by itself."""
    return _show_held(request)


def _show_held(request: StaffRequest, wrong: ReleaseForm | None = None, of: Delivery | None = None) -> HttpResponse:
    rows = [
        (first, parts, wrong if wrong and of and of.pk == first.pk else ReleaseForm(delivery=first))
        for first, parts in holding.held(request.user)
    ]
    context = {
        "rows": rows,
        "wrong": wrong,
        "over": list(pausing.current()),
        "held": len(rows),
        "to_take_down": len(lapses.of(request.user)),
    }
    return render(request, "publishing/held.html", context)


@needs("delivery.decide")
def to_take_down(request: StaffRequest) -> HttpResponse:
    """Published posts that show somebody whose consent has run out."""
    found = lapses.of(request.user)
    context = {"lapses": found, "held": len(holding.held(request.user)), "to_take_down": len(found)}
    return render(request, "publishing/to_take_down.html", context)


@needs("delivery.decide")
@require_POST
def take_down_post(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a whole post down, on every channel where it stands."""
    post = get_object_or_404(queries.posts(request.user), pk=pk)
    attempt(
        request,
        lambda: taking_down.take_down_everywhere(request.user, post),
        lambda number: f"It is being taken down on {number} channel{'' if number == 1 else 's'}.",
    )
    return redirect("to-take-down") if request.POST.get("back") == "to-take-down" else redirect("post", pk)
