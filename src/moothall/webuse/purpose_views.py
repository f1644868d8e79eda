"""The monitoring register's pages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.models import User
from moothall.accounts.requests import StaffRequest
from moothall.core import clock, council, localtime, pdf
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.records import queries as records
from moothall.webuse import dpia, purpose_actions, purpose_queries
from moothall.webuse.models import LawfulBasis, Purpose, PurposeState
from moothall.webuse.purpose_forms import ApproveForm, PurposeForm, WhyForm

CHECK = "check"
"""In the address of a draft's form: say what keeps it from being sent."""


def _entry(reader: User, key: str, number: int) -> Purpose:
    """The entry, if ``reader`` may see it. Raises ``Http404``."""
    return get_object_or_404(purpose_queries.register(reader), key=key, number=number)


@needs("purpose.see")
@require_safe
def purposes(request: StaffRequest) -> HttpResponse:
    """The register: what is in force, what is in the making, and what was."""
    entries = list(purpose_queries.register(request.user))
    today = localtime.local(clock.now()).date()
    held = [each for each in entries if each.state == PurposeState.IN_FORCE]
    coming = [each for each in entries if each.state in (PurposeState.AWAITING, PurposeState.DRAFT)]
    context = {
        "held": held,
        "coming": coming,
        "past": [each for each in entries if each not in held and each not in coming],
        "warnings": [words for each in held if (words := purpose_queries.review_warning(each, today))],
        "may_write": request.user.may("purpose.write"),
    }
    return render(request, "webuse/purposes.html", context)


@needs("purpose.see")
@require_safe
def purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """One entry, as it stands, with who approved it and what happened to it."""
    found = _entry(request.user, key, number)
    roles = purpose_queries.roles_of(request.user, found)
    state, may_write = found.state, request.user.may("purpose.write")
    context = {
        "purpose": found,
        "basis": LawfulBasis(found.lawful_basis).label if found.lawful_basis else "",
        "retention": dpia.retention(found),
        "authors": found.written_by.all(),
        "missing": purpose_queries.missing(found) if state == PurposeState.AWAITING else "",
        "amiss": purpose_actions.amiss(found) if state == PurposeState.DRAFT else {},
        "warning": purpose_queries.review_warning(found, localtime.local(clock.now()).date())
        if state == "in_force"
        else "",
        "roles": roles,
        "approve_form": ApproveForm(roles=roles) if len(roles) > 1 else None,
        "may_change": may_write
        and state not in (PurposeState.AWAITING, PurposeState.SUPERSEDED, PurposeState.WITHDRAWN),
        "may_send": may_write and state == PurposeState.DRAFT,
        "may_return": may_write and state == PurposeState.AWAITING,
        "may_end": may_write and state in (PurposeState.DRAFT, PurposeState.AWAITING, PurposeState.IN_FORCE),
        "versions": [each for each in purpose_queries.versions(key, request.user) if each != found],
        "history": records.of(purpose_actions.ref(found)).reverse(),
    }
    return render(request, "webuse/purpose.html", context)


# --- Writing ----------------------------------------------------------------------------------------------------------


@needs("purpose.write")
def new_purpose(request: StaffRequest) -> HttpResponse:
    return _form(request, Purpose(), None)


@needs("purpose.write")
def change_purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """Go on with a draft; of an entry that was approved, write the next version."""
    found = _entry(request.user, key, number)
    if found.state == PurposeState.DRAFT:
        return _form(request, found, None)
    making = purpose_queries.in_the_making(key).first()
    if making is not None or found.approved_at is None:
        messages.info(request, "Nobody can change this version any more. Here is the one to go on with.")
        return redirect(making or found)
    return _form(request, purpose_queries.next_version(found), found)


def _form(request: StaffRequest, draft: Purpose, changes: Purpose | None) -> HttpResponse:
    """The form. What was typed is kept as a draft before anything about it is complained of."""
    asked_to_check = request.method == "GET" and CHECK in request.GET and draft.pk
    if asked_to_check:
        form = PurposeForm(model_to_dict(draft), instance=draft)
        form.say(ValidationError(purpose_actions.amiss(draft)))
    else:
        form = PurposeForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            saved = purpose_actions.save_draft(request.user, form.instance, changes=changes)
        except ValidationError as error:
            form.say(error)
        else:
            return _saved(request, saved)
    context = {"form": form, "draft": draft, "changes": changes, "is_kept": asked_to_check}
    return render(request, "webuse/purpose_form.html", context)


def _saved(request: StaffRequest, draft: Purpose) -> HttpResponse:
    """On to the entry's page or, where it was to be sent and cannot be, to the form with what is amiss."""
    if request.POST.get("then") != "send":
        messages.success(request, "Kept as a draft.")
        return redirect(draft)
    return _send(request, draft)


@needs("purpose.write")
@require_POST
def submit_purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    return _send(request, _entry(request.user, key, number))


def _send(request: StaffRequest, draft: Purpose) -> HttpResponse:
    if draft.state == PurposeState.DRAFT and purpose_actions.amiss(draft):
        address = redirect("change-purpose", draft.key, draft.number)
        address["Location"] += f"?{CHECK}"
        return address
    attempt(request, lambda: purpose_actions.submit(request.user, draft), "Sent for approval.")
    return redirect(draft)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@needs("purpose.approve")
@require_POST
def approve_purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    found = _entry(request.user, key, number)

    def said(done: Purpose) -> str:
        return "Approved. It is in force." if done.approved_at else "Approved. It needs one more approval."

    attempt(request, lambda: purpose_actions.approve(request.user, found, request.POST.get("role", "")), said)
    return redirect(found)


@dataclass(frozen=True)
class _Asked:
    """A page that asks why before it does something."""

    act: Callable[[User, Purpose, str], Purpose]
    heading: str
    lead: str
    hint: str
    button: str
    done: str


SEND_BACK = _Asked(
    purpose_actions.send_back,
    "Send it back",
    "It becomes a draft again. Approvals that were given are taken back: they were of these words.",
    "Say what should change. Its authors are told.",
    "Send back",
    "Sent back to its authors.",
)
END = _Asked(
    purpose_actions.end,
    "End this purpose?",
    "No log is read for it any more. What was read goes when its days are over. The entry stays in the register.",
    "Kept with the record, and told to those who look after the register.",
    "End it",
    "Ended. No log is read for it any more.",
)
WITHDRAW = _Asked(
    purpose_actions.end,
    "Withdraw this entry?",
    "It was never in force, and will not be.",
    "Kept with the record.",
    "Withdraw it",
    "Withdrawn.",
)


@needs("purpose.write")
def return_purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    return _ask(request, _entry(request.user, key, number), SEND_BACK)


@needs("purpose.write")
def end_purpose(request: StaffRequest, key: str, number: int) -> HttpResponse:
    found = _entry(request.user, key, number)
    return _ask(request, found, END if found.approved_at else WITHDRAW)


def _ask(request: StaffRequest, found: Purpose, asked: _Asked) -> HttpResponse:
    form = WhyForm(request.POST if request.method == "POST" else None, hint=asked.hint)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: asked.act(request.user, found, form.cleaned_data["why"]), asked.done)
        return redirect(found)
    return render(request, "webuse/purpose_why.html", {"form": form, "purpose": found, "asked": asked})


# --- The impact assessment --------------------------------------------------------------------------------------------


@needs("purpose.see")
@require_safe
def purpose_dpia(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """The impact assessment as a page."""
    found = _entry(request.user, key, number)
    context = {"purpose": found, "steps": dpia.document(found, found.approvals.all())}
    return render(request, "webuse/dpia.html", context)


@needs("purpose.see")
@require_safe
def purpose_dpia_pdf(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """The impact assessment on paper. Where it cannot be made, a page says why."""
    found = _entry(request.user, key, number)
    context = {
        "purpose": found,
        "steps": dpia.document(found, found.approvals.all()),
        "council": council.current(),
        "site_url": settings.SITE_URL,
        "now": clock.now(),
    }
    style = finders.find("moothall/dist/paper.css")
    html = render_to_string("webuse/dpia_paper.html", context)
    try:
        with pdf.turn():
            made = pdf.make(html, {"paper.css": Path(style)} if style else {})
    except pdf.CannotMake as error:
        return render(request, "webuse/no_pdf.html", {"purpose": found, "why": str(error)}, status=503)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="dpia-{found.key}-{found.number}.pdf"'
    return response
