"""The register as a file: out, and in with a look at each row's fate before anything changes."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.channels import actions, facts, importing, queries, register_csv
from moothall.channels.forms import ImportForm
from moothall.core import clock, localtime
from moothall.core.access import needs

SALT = "moothall.channels.import"
GOOD_FOR = 60 * 60
"""Seconds for which a plan that was shown can be confirmed."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""


@needs("channel.import")
def upload(request: StaffRequest) -> HttpResponse:
    """Choose a file, and see what would become of each of its rows."""
    form = ImportForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _show(request, form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
    return render(request, "channels/import.html", {"form": form, "columns": facts.COLUMNS})


@needs("channel.import")
@require_POST
def apply(request: StaffRequest) -> HttpResponse:
    """Do what was shown, and nothing else. The file travels through the browser, signed."""
    try:
        shown = signing.loads(request.POST.get("plan", ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        messages.error(request, "This look at the file is more than an hour old. Choose the file again.")
        return redirect("register-import")
    try:
        applied = importing.apply(request.user, shown["text"], shown["digest"])
    except importing.StalePlan:
        messages.warning(request, "The register has changed since you looked. This is what the file would do now.")
        return _show(request, shown["text"])
    return render(request, "channels/import_done.html", {"applied": applied})


def _show(request: StaffRequest, text: str) -> HttpResponse:
    plan = importing.plan(request.user, text)
    signed = signing.dumps({"text": text, "digest": plan.digest}, salt=SALT, compress=True)
    return render(request, "channels/import_plan.html", {"plan": plan, "counts": plan.counts, "signed": signed})


@needs("channel.import")
@require_safe
def export(request: StaffRequest) -> HttpResponse:
    """The whole register, as ``register-import`` takes it."""
    actions.keep_exported(request.user)
    day = localtime.local(clock.now()).date().isoformat()
    response = HttpResponse(
        BYTE_ORDER_MARK + register_csv.export(queries.whole_register()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="register-{day}.csv"'
    return response
