"""The people to call in an incident."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.incidents import call_actions, queries
from moothall.incidents.forms import ContactForm
from moothall.incidents.models import Contact


@needs("incident.calls")
@require_safe
def calls(request: StaffRequest) -> HttpResponse:
    return render(request, "incidents/calls.html", {"contacts": queries.contacts()})


@needs("incident.calls")
def call(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Add somebody to call, or change who it is."""
    contact = get_object_or_404(Contact, pk=pk) if pk else Contact()
    form = ContactForm(request.POST if request.method == "POST" else None, instance=contact)
    if request.method == "POST" and form.is_valid():
        try:
            call_actions.save_contact(request.user, contact)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{contact} is on the list.")
            return redirect("incident-calls")
    return render(request, "incidents/call.html", {"form": form, "contact": contact})


@needs("incident.calls")
@require_POST
def remove_call(request: StaffRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    said = f"{contact} is off the list."
    attempt(request, lambda: call_actions.remove_contact(request.user, contact), said)
    return redirect("incident-calls")
