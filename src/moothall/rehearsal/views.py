"""The practice network's staff page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.rehearsal import actions, queries
from moothall.rehearsal.forms import FaultForm
from moothall.rehearsal.models import PracticeAccount, Sent


@needs("rehearsal.practise")
def rehearsal(request: StaffRequest) -> HttpResponse:
    form = FaultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        actions.switch_fault(request.user, chosen["account"], chosen["fault"], chosen["left"])
        messages.success(request, "The fault is on. The next post to that channel meets it.")
        return redirect("rehearsal")
    context = {"form": form, "faulty": queries.faulty(), "sent": queries.sent()}
    return render(request, "rehearsal/rehearsal.html", context)


@needs("rehearsal.practise")
@require_POST
def switch_off(request: StaffRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(PracticeAccount, pk=pk)
    actions.switch_fault(request.user, account, account.fault, 0)
    return redirect("rehearsal")


@needs("rehearsal.practise")
@require_POST
def speak_up(request: StaffRequest, pk: int) -> HttpResponse:
    actions.speak_up(request.user, get_object_or_404(Sent, pk=pk))
    messages.success(request, "The network will now say that it has the post.")
    return redirect("rehearsal")
