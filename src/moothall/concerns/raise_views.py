"""Raising a concern."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from moothall.accounts.requests import StaffRequest
from moothall.accounts.roles import Role
from moothall.concerns import keeping, raising
from moothall.concerns.forms import RaiseForm, SignalForm
from moothall.concerns.page import unkept
from moothall.concerns.process import State
from moothall.core.access import needs

RAISED = "Thank you. It was received, and you find it under Concerns."


@needs("concern.raise")
@require_http_methods(["GET", "HEAD", "POST"])
def raise_concern(request: StaffRequest) -> HttpResponse:
    """The form for everybody."""
    return _form(request, RaiseForm(request.POST if request.method == "POST" else None), "raise.html")


@needs("concern.raise")
@require_http_methods(["GET", "HEAD", "POST"])
def signal(request: StaffRequest) -> HttpResponse:
    """The form for IT security, which has no place for a name."""
    if Role.IT_SECURITY not in request.user.standing.organisation:
        raise PermissionDenied("A technical signal is raised by IT security.")
    return _form(request, SignalForm(request.POST if request.method == "POST" else None), "signal.html")


def _form(request: StaffRequest, form: RaiseForm | SignalForm, template: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            concern = raising.raise_concern(request.user, form.raised())
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, RAISED)
            return redirect("case", concern.reference)
    days, _ = keeping.WORKING_DAYS[State.RAISED]
    context = {
        "form": form,
        "days": days,
        "may_signal": Role.IT_SECURITY in request.user.standing.organisation,
    }
    return unkept(render(request, f"concerns/{template}", context))
