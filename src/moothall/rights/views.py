"""The pages of requests: asking, reading, and answering."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.accounts.models import User
from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.rights import actions, clocks, queries, remedies
from moothall.rights.forms import ASKED, AnswerForm, AskForm, TellForm, WordsForm
from moothall.rights.models import RightsRequest
from moothall.rights.states import RUNNING, Kind, State
from moothall.webuse import purpose_queries

A_PAGE = 25


def _request(reader: User, number: int) -> RightsRequest:
    """The request, if ``reader`` may see it. Raises ``Http404``."""
    return get_object_or_404(queries.visible(reader), pk=number)


@needs("rights.answer")
@require_safe
def data_requests(request: StaffRequest) -> HttpResponse:
    """What is to be answered, the most urgent first, and what was."""
    ended = Paginator(queries.ended(request.user), A_PAGE)
    context = {
        "running": [(each, queries.waits_for(each)) for each in queries.to_answer(request.user)],
        "page": ended.get_page(request.GET.get("page")),
        "today": actions.today(),
    }
    return render(request, "rights/data_requests.html", context)


@needs("rights.ask")
@require_safe
def data_request(request: StaffRequest, number: int) -> HttpResponse:
    """One request, for whoever asked and for those who answer."""
    found = _request(request.user, number)
    is_mine, is_running = found.asker_id == request.user.pk, found.state in RUNNING
    context = {
        "found": found,
        "is_mine": is_mine,
        "is_running": is_running,
        "is_overdue": is_running and found.due_on < actions.today(),
        "rule": clocks.RULES[Kind(found.kind)],
        "waits_for": queries.waits_for(found),
        "may_answer": queries.may_answer(request.user, found),
        "answerers": queries.answerers(found.asker),
        "remedies": remedies.after(Kind(found.kind), State(found.state)),
    }
    return render(request, "rights/data_request.html", context)


# --- For whoever asks -------------------------------------------------------------------------------------------------


@needs("rights.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def new_data_request(request: StaffRequest, kind: str) -> HttpResponse:
    """Object, ask for a correction, complain or ask."""
    if kind not in Kind:
        raise Http404
    chosen = Kind(kind)
    form = AskForm(request.POST or None, kind=chosen, purposes=purpose_queries.with_data())
    if form.is_valid():
        try:
            made = actions.ask(request.user, chosen, form.cleaned_data["words"], form.cleaned_data.get("purpose"))
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, "Sent. Only those who answer it can read it.")
            return redirect(made)
    context = {
        "form": form,
        "kind": chosen,
        "heading": ASKED[chosen][0],
        "rule": clocks.RULES[chosen],
        "answerers": queries.answerers(request.user),
    }
    return render(request, "rights/ask.html", context)


@needs("rights.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def add_to_data_request(request: StaffRequest, number: int) -> HttpResponse:
    """Say more about what one asked."""
    found = get_object_or_404(queries.mine(request.user), pk=number)
    form = WordsForm(request.POST or None)

    def add() -> RightsRequest:
        return actions.add(request.user, found, form.cleaned_data["words"])

    return _said(request, found, form, "Add to it", add)


@needs("rights.ask")
@require_POST
def withdraw_data_request(request: StaffRequest, number: int) -> HttpResponse:
    found = get_object_or_404(queries.mine(request.user), pk=number)
    attempt(request, lambda: actions.withdraw(request.user, found), "Withdrawn. You may ask again at any time.")
    return redirect(found)


# --- For whoever answers ----------------------------------------------------------------------------------------------


@needs("rights.answer")
@require_POST
def acknowledge_data_request(request: StaffRequest, number: int) -> HttpResponse:
    found = _request(request.user, number)
    attempt(request, lambda: actions.acknowledge(request.user, found), "Acknowledged. They have been told.")
    return redirect(found)


@needs("rights.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def tell_of_data_request(request: StaffRequest, number: int) -> HttpResponse:
    """Tell whoever asked how far it is, or that it takes longer."""
    found = _request(request.user, number)
    form = TellForm(request.POST or None, kind=Kind(found.kind))

    def tell() -> RightsRequest:
        said = form.cleaned_data
        return actions.tell(request.user, found, said["words"], takes_longer=said["takes_longer"])

    return _said(request, found, form, "Tell how far it is", tell)


@needs("rights.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_data_request(request: StaffRequest, number: int) -> HttpResponse:
    """Answer it, and end it so."""
    found = _request(request.user, number)
    form = AnswerForm(request.POST or None, kind=Kind(found.kind))

    def answer() -> RightsRequest:
        said = form.cleaned_data
        return actions.answer(request.user, found, State(said["outcome"]), said["words"])

    return _said(request, found, form, "Answer it", answer)


def _said(
    request: StaffRequest, found: RightsRequest, form: WordsForm, heading: str, act: Callable[[], RightsRequest]
) -> HttpResponse:
    """The form's page; once it is sent and right, ``act`` and the request's own page."""
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, "Sent.")
            return redirect(found)
    context = {"form": form, "found": found, "heading": heading, "is_mine": found.asker_id == request.user.pk}
    return render(request, "rights/say.html", context)
