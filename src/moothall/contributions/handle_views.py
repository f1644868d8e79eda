"""Accounts of one's own: linking them, proving them, withdrawing them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.contributions.forms import LinkForm, NamingForm
from moothall.core.access import needs, public
from moothall.core.saying import attempt
from moothall.events import handles
from moothall.events.models import LinkedHandle


@needs("handle.link")
def my_accounts(request: StaffRequest) -> HttpResponse:
    """What is collected, in plain words; one's accounts; and a form for another."""
    form = LinkForm(request.POST or None, networks=handles.offered())
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            linked = handles.ask(
                request.user, cleaned["network"], cleaned["handle"], may_be_named=cleaned["may_be_named"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Now prove that {linked.handle} is yours: see below.")
            return redirect("my-accounts")
    own = LinkedHandle.objects.filter(person=request.user)
    rows = [(each, handles.networks().get(each.network), handles.address_of(each)) for each in own]
    return render(request, "contributions/my_accounts.html", {"form": form, "rows": rows})


@needs("handle.link")
@require_POST
def prove_account(request: StaffRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(LinkedHandle, pk=pk, person=request.user)
    said = f"{own.handle} is linked. You may take the address or the code away again."
    attempt(request, lambda: handles.prove(request.user, own), said)
    return redirect("my-accounts")


@needs("handle.link")
@require_POST
def name_account(request: StaffRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(LinkedHandle, pk=pk, person=request.user)
    form = NamingForm(request.POST)
    form.is_valid()
    handles.set_naming(request.user, own, form.cleaned_data["may_be_named"])
    messages.success(request, "Saved. Wherever it shows, it follows.")
    return redirect("my-accounts")


@needs("handle.link")
@require_POST
def withdraw_account(request: StaffRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(LinkedHandle, pk=pk, person=request.user)
    handles.withdraw(request.user, own)
    messages.success(request, f"{own.handle} is not linked any more. We have forgotten that it was.")
    return redirect("my-accounts")


@public
@require_safe
def linked_back(request: HttpRequest, code: str) -> HttpResponse:
    """Where a profile links to: it says that somebody here speaks there, and not who."""
    linked = get_object_or_404(LinkedHandle, code=code)
    return render(request, "contributions/linked_back.html", {"linked": linked})
