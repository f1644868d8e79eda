"""Whom concerns are passed on to."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from moothall.accounts.models import User
from moothall.accounts.requests import StaffRequest
from moothall.concerns import contacts as contact_actions
from moothall.concerns.forms import ContactsForm
from moothall.concerns.models import PassingOn
from moothall.concerns.process import PASSED_ON
from moothall.core.access import needs


@needs("concern.contacts")
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: StaffRequest) -> HttpResponse:
    """One contact for each kind that is passed on."""
    named = {each.outcome: each.user for each in PassingOn.objects.select_related("user")}
    initial = {outcome: who.email for outcome, who in named.items()}
    form = ContactsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _name_all(request.user, form)
        except ValidationError as error:
            form.say(error)
        else:
            messages.success(request, "Kept.")
            return redirect("concern-contacts")
    gone = [who for who in named.values() if not who.is_active]
    return render(request, "concerns/contacts.html", {"form": form, "named": named.values(), "gone": gone})


@transaction.atomic
def _name_all(actor: User, form: ContactsForm) -> None:
    for outcome in PASSED_ON:
        contact_actions.name(actor, outcome, form.cleaned_data[outcome.value])
