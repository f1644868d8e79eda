"""The pages of incidents: the list, one of them, and how it is opened, told and closed. Switches: ``switch_views``."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.permissions import require
from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.incidents import actions, at_networks, queries, timeline, words
from moothall.incidents.actions import AlreadyRunning
from moothall.incidents.forms import NoLessonForm, OpenForm, StepForm, TextForm
from moothall.incidents.kinds import Kind, Switch
from moothall.incidents.models import Incident, Step
from moothall.incidents.plays import play
from moothall.incidents.states import CONTAINED, OPEN
from moothall.lessons import queries as lessons
from moothall.lessons.forms import LessonForm
from moothall.publishing import queries as publishing
from moothall.publishing.models import Post

NOTED = "Noted in the timeline."
PAGES = {
    Switch.PAUSE: "incident-pause",
    Switch.DISCONNECT: "incident-disconnect",
    Switch.TAKE_DOWN: "incident-posts",
    Switch.STATEMENT: "incident-statement",
    Switch.REPORT: "incident-report",
}
"""Where each switch is."""


@dataclass(frozen=True)
class Link:
    """A switch as a page shows it."""

    label: str
    url: str


def link(incident: Incident, switch: str) -> Link:
    of = Switch(switch)
    return Link(str(of.label), reverse(PAGES[of], args=[incident.pk]))


def to_see(request: StaffRequest, pk: int) -> Incident:
    """The incident, if this person may see it. Raises ``Http404``."""
    return get_object_or_404(queries.visible(request.user), pk=pk)


def to_run(request: StaffRequest, pk: int) -> Incident:
    """The incident, if this person may run it. Raises ``Http404`` for one that they may not even see."""
    found = to_see(request, pk)
    require(request.user, "incident.run", found)
    return found


def to_tell(request: StaffRequest, pk: int) -> Incident:
    """The incident, if this person may say what they know of it, as whoever may open one. Raises as ``to_run``."""
    found = to_see(request, pk)
    require(request.user, "incident.open", found)
    return found


@needs("incident.see")
@require_safe
def incidents(request: StaffRequest) -> HttpResponse:
    """What goes on, what is over, and whom to call."""
    going_on, over = queries.listed(request.user)
    context = {
        "going_on": going_on,
        "over": over,
        "contacts": queries.contacts(),
        "may_open": request.user.may("incident.open"),
        "may_change_calls": request.user.may("incident.calls"),
    }
    return render(request, "incidents/incidents.html", context)


@needs("incident.open")
def new_incident(request: StaffRequest) -> HttpResponse:
    """Say what has gone wrong, and with which account; ``?channel=`` names it by its short name."""
    slug = request.GET.get("channel", "")
    named = queries.channels(request.user).filter(slug=slug).first() if slug else None
    first = {"channel": named.pk if named else None, "kind": request.GET.get("kind", "")}
    form = OpenForm(request.POST if request.method == "POST" else None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = actions.open_incident(
                request.user,
                chosen["kind"],
                chosen["channel"],
                known=chosen["known"],
                impostor_address=chosen["impostor_address"],
            )
        except AlreadyRunning as error:
            messages.info(request, error.messages[0])
            return redirect(error.incident)
        except ValidationError as error:
            form.say(error)
        else:
            return redirect(made)
    return render(request, "incidents/new.html", {"form": form, "named": named})


@needs("incident.see")
@require_safe
def incident(request: StaffRequest, pk: int) -> HttpResponse:
    """One incident: what to do, what was done, whom to call, and what happened."""
    found = to_see(request, pk)
    may_run = found.is_running and request.user.may("incident.run", found)
    steps = found.steps.select_related("done_by", "added_by")
    rows = [(each, link(found, each.switch) if each.switch and not each.done_at else None) for each in steps]
    at_once, others = queries.switches(found)
    taking_down = queries.taking_down(found)
    context = {
        "incident": found,
        "play": play(found.kind),
        "rows": rows,
        "done": sum(each.done_at is not None for each, _ in rows),
        "at_once": [link(found, each) for each in at_once],
        "others": [link(found, each) for each in others],
        "may_run": may_run,
        "may_tell": found.is_running and request.user.may("incident.open", found),
        "disconnect": _way_to_disconnect(found, [*at_once, *others]),
        "note_form": TextForm(auto_id="note_%s"),
        "step_form": StepForm(auto_id="step_%s"),
        "contacts": queries.contacts(found.kind),
        "may_change_calls": request.user.may("incident.calls"),
        "statements": [publishing.see(each) for each in _statements(request, found)],
        "taking_down": taking_down,
        "is_moving": any(each.is_moving for each in taking_down),
        "pause": queries.pause_over(found.channel.service if found.channel else None),
        "at_network": at_networks.secure(network) if (network := _to_secure(found)) else (),
        "may_read_lesson": found.lesson is not None and found.lesson in lessons.readable(request.user),
        "timeline": reversed(timeline.of(found)),
    }
    return render(request, "incidents/incident.html", context)


def _statements(request: StaffRequest, found: Incident) -> list[Post]:
    return list(publishing.posts(request.user).filter(pk__in=found.statements.values("pk")).order_by("pk"))


def _way_to_disconnect(found: Incident, usable: list[Switch]) -> Link | None:
    """Where whoever does not run it disconnects a hacked account, or reads whom to call."""
    is_there = found.kind == Kind.HACKED and Switch.DISCONNECT in usable
    return link(found, Switch.DISCONNECT) if is_there else None


def _to_secure(found: Incident) -> str:
    """The network at which a password has to be changed, if it is that sort of incident."""
    return words.network_of(found) if found.kind == Kind.HACKED else ""


# --- While it goes on -------------------------------------------------------------------------------------------------


@needs("incident.open")
@require_POST
def note(request: StaffRequest, pk: int) -> HttpResponse:
    found = to_tell(request, pk)
    form = TextForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    attempt(request, lambda: actions.note(request.user, found, text), NOTED)
    return redirect(f"{found.get_absolute_url()}#timeline")


@needs("incident.open")
def known(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what is known now."""
    found = to_tell(request, pk)
    form = TextForm(request.POST if request.method == "POST" else None, initial={"text": found.known})
    form.fields["text"].label = "What is known?"
    form.fields["text"].widget.attrs["rows"] = 8
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        attempt(request, lambda: actions.say_known(request.user, found, text), NOTED)
        return redirect(found)
    return render(request, "incidents/known.html", {"form": form, "incident": found})


@needs("incident.run")
@require_POST
def add_step(request: StaffRequest, pk: int) -> HttpResponse:
    found = to_run(request, pk)
    form = StepForm(request.POST)
    form.is_valid()
    what, who = form.cleaned_data.get("what", ""), form.cleaned_data.get("who", "")
    attempt(request, lambda: actions.add_step(request.user, found, what, who), "Added to the checklist.")
    return redirect(f"{found.get_absolute_url()}#checklist")


@needs("incident.run")
@require_POST
def step(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """Tick a step, or take the tick back."""
    found = to_run(request, pk)
    chosen = get_object_or_404(Step.objects.select_related("incident"), incident=found, position=position)
    if request.POST.get("undo"):
        attempt(request, lambda: actions.undo_step(request.user, chosen), "The tick is taken back.")
    else:
        attempt(request, lambda: actions.do_step(request.user, chosen, request.POST.get("note", "")), "Ticked.")
    return redirect(f"{found.get_absolute_url()}#step-{position}")


# --- From state to state ----------------------------------------------------------------------------------------------


@needs("incident.run")
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Contained, or not after all: what is not the one is the other."""
    found = to_run(request, pk)
    if found.state == OPEN and request.POST.get("to") == CONTAINED:
        attempt(request, lambda: actions.contain(request.user, found), "Contained. Go on with what is left to do.")
    elif request.POST.get("to") == OPEN:
        attempt(request, lambda: actions.open_again(request.user, found), "It is open again.")
    return redirect(found)


@needs("incident.run")
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """Close it with a lesson, or say why there is none."""
    found = to_run(request, pk)
    if not found.is_running:
        return redirect(found)
    then = request.POST.get("then") if request.method == "POST" else None
    lesson = LessonForm(request.POST if then == "lesson" else None)
    without = NoLessonForm(request.POST if then == "none" else None)
    if then == "lesson" and lesson.is_valid():
        written = {name: lesson.cleaned_data[name] for name in ("title", "what_happened", "what_changes")}
        try:
            actions.close_with_lesson(request.user, found, **written)
        except ValidationError as error:
            lesson.say(error)
        else:
            messages.success(request, "Closed. The lesson is on its way: somebody else reviews it.")
            return redirect(found)
    elif then == "none" and without.is_valid():
        why = without.cleaned_data["why"]
        attempt(request, lambda: actions.close_without_lesson(request.user, found, why), "Closed.")
        return redirect(found)
    context = {
        "incident": found,
        "lesson_form": lesson,
        "without_form": without,
        "undone": found.steps.filter(done_at=None).count(),
        "pause": queries.pause_over(found.channel.service if found.channel else None),
        "is_moving": any(each.is_moving for each in queries.taking_down(found)),
    }
    return render(request, "incidents/close.html", context)
