"""The pages of an incident's switches. Each says what it does before it does it, and works without JavaScript."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from moothall.accounts.requests import StaffRequest
from moothall.channels import checking, known
from moothall.channels import queries as channel_queries
from moothall.core import council
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.incidents import at_networks, queries, switching, words
from moothall.incidents.forms import PauseForm, ReasonForm, StatementForm
from moothall.incidents.kinds import Switch
from moothall.incidents.models import Incident
from moothall.incidents.views import to_run, to_see, to_tell
from moothall.publishing import pausing


def _public(name: str) -> str:
    """The whole address of a public page."""
    return settings.SITE_URL + reverse(name)


@needs("incident.run")
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Pause the service or everything; who may not is told whom to call."""
    found = to_run(request, pk)
    context = {
        "incident": found,
        "on": list(pausing.current().prefetch_related("services")),
        "due_of_others": queries.due_of_others(found),
    }
    if not request.user.may("publishing.pause"):
        context |= {"contacts": queries.contacts(found.kind), "who_may": queries.who_may_pause()}
        return render(request, "incidents/pause_by_others.html", context)
    form = PauseForm(request.POST if request.method == "POST" else None, incident=found)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = switching.pause(
                request.user, found, chosen["reason"], everything=chosen["scope"] == PauseForm.EVERYTHING
            )
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, f"{pausing.words(made)}. Nothing of it goes out until the desk ends the pause.")
            return redirect(found)
    return render(request, "incidents/pause.html", {**context, "form": form})


@needs("incident.open")
def disconnect(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete the account's keys here, and say what has to be done at the network itself; or whom to call."""
    found = to_tell(request, pk)
    if found.channel is not None and not queries.may_disconnect(request.user, found):
        return _disconnect_by_others(request, found)
    first = {"why": f"{found.get_kind_display()}: incident {found.pk}."}
    form = ReasonForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            switching.disconnect(request.user, found, form.cleaned_data["why"])
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(
                request, "The account is disconnected, and its keys are deleted here. Go on with the rest."
            )
            return redirect("incident-disconnect", found.pk)
    context = {
        "form": form,
        "incident": found,
        "is_connected": found.channel is not None and channel_queries.is_connected(found.channel),
        "is_moving": any(each.is_moving for each in queries.taking_down(found)),
        "at_network": at_networks.secure(found.channel.network) if found.channel else (),
        "has_password": found.channel is not None and known.has_own_sign_in(found.channel.network),
    }
    return render(request, "incidents/disconnect.html", context)


def _disconnect_by_others(request: StaffRequest, found: Incident) -> HttpResponse:
    context = {
        "incident": found,
        "is_connected": found.channel is not None and channel_queries.is_connected(found.channel),
        "contacts": queries.contacts(found.kind),
        "who_may": queries.who_may_disconnect(found),
    }
    return render(request, "incidents/disconnect_by_others.html", context)


@needs("incident.run")
@require_safe
def posts(request: StaffRequest, pk: int) -> HttpResponse:
    """What stands on the account, to be taken down, and how far that is with others."""
    found = to_run(request, pk)
    taking_down = queries.taking_down(found)
    context = {
        "incident": found,
        "standing": queries.standing(found.channel) if found.channel else [],
        "is_connected": found.channel is not None and channel_queries.is_connected(found.channel),
        "taking_down": taking_down,
        "is_moving": any(each.is_moving for each in taking_down),
    }
    return render(request, "incidents/posts.html", context)


@needs("incident.run")
def take_down(request: StaffRequest, pk: int, post: int) -> HttpResponse:
    """Ask once more, and have the post taken down everywhere."""
    found = to_run(request, pk)
    if post > queries.BIGGEST_ID:
        raise Http404
    chosen = queries.stands_on(found.channel, post) if found.channel else None
    if chosen is None:
        messages.info(request, "This post does not stand on the account any more.")
        return redirect("incident-posts", found.pk)
    if request.method == "POST":
        attempt(
            request,
            lambda: switching.take_down(request.user, found, post),
            lambda number: f"It is being taken down on {number} channel{'' if number == 1 else 's'}. See below.",
        )
        return redirect(f"{found.get_absolute_url()}#taking-down")
    context = {
        "incident": found,
        "post": chosen,
        "places": queries.places(chosen),
        "may": request.user.may("delivery.decide", chosen),
        "contacts": queries.contacts(found.kind),
    }
    return render(request, "incidents/take_down.html", context)


@needs("incident.run")
def statement(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the holding statement, with the play's words to begin with."""
    found = to_run(request, pk)
    ready = words.statement(found, directory=_public("channels"), check=_public("channels-check"))
    data = request.POST if request.method == "POST" else None
    form = StatementForm(data, user=request.user, incident=found, text=ready)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            post = switching.draft_statement(
                request.user, found, chosen["text"], chosen["channels"], chosen.get("service")
            )
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, "The draft is written. Look it over, and send it for approval.")
            return redirect("edit-post", post.pk)
    context = {
        "form": form,
        "incident": found,
        "pause": queries.pause_over(found.channel.service if found.channel else None),
        "may_pause": request.user.may("publishing.pause"),
    }
    return render(request, "incidents/statement.html", context)


@needs("incident.see")
@require_safe
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """What to tell the network about an impostor, and how."""
    found = to_see(request, pk)
    if not found.impostor_address:
        return redirect(found)
    context = {
        "incident": found,
        "text": words.report(
            found, council=council.current().name, directory=_public("channels"), check=_public("channels-check")
        ),
        "how": at_networks.report(words.network_of(found)),
        "answer": checking.answer(found.impostor_address, checking.ours()),
        "check_address": f"{reverse('channels-check')}?{urlencode({'q': found.impostor_address})}",
        "step": _open_step(found),
        "may_run": found.is_running and request.user.may("incident.run", found),
    }
    return render(request, "incidents/report.html", context)


def _open_step(found: Incident) -> int | None:
    """The position of the step that asks for the report, while it is not done."""
    step = found.steps.filter(switch=Switch.REPORT, done_at=None).first()
    return step.position if step else None
