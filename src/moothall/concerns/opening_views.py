"""Opening an identity: asking, approving, refusing, and showing the name once. No page here can open anything."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.concerns import circle, openings, queries
from moothall.concerns.case_forms import WhyForm
from moothall.concerns.circle import FULL, Place
from moothall.concerns.models import Opening
from moothall.concerns.opening_forms import AskForm
from moothall.concerns.openings import APPROVERS
from moothall.concerns.page import done, go_on, on_case, pressed, show, show_form, tried
from moothall.concerns.process import Part
from moothall.webuse import purpose_queries

FORM = require_http_methods(["GET", "HEAD", "POST"])


@on_case(*FULL)
@require_safe
def openings_page(request: StaffRequest, place: Place) -> HttpResponse:
    """What was asked to be opened in this case, and where it is."""
    rows = place.concern.openings.select_related("asked_by")
    parts = set(circle.seats(place.concern).values_list("part", flat=True))
    context = {
        "openings": [(row, queries.opening_words(row)) for row in rows],
        "may_ask": place.part == Part.INVESTIGATOR and place.state in openings.STATES,
        "approvers_are_named": parts.issuperset(APPROVERS),
        "is_keeper": place.part == Part.KEEPER,
    }
    return show(request, place, "openings.html", **context)


@on_case(Part.INVESTIGATOR)
@FORM
def ask(request: StaffRequest, place: Place) -> HttpResponse:
    """Ask for one name, with the six answers."""
    form = AskForm(request.POST if request.method == "POST" else None, user=request.user)

    def act() -> None:
        openings.ask(request.user, place.concern.reference, form.asked())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return done(request, place, "case-openings", said="Asked. Two people in two roles decide on it.")
    return show(request, place, "opening_ask.html", form=form)


@on_case(*FULL, *APPROVERS)
@require_safe
def opening(request: StaffRequest, place: Place, opening: str) -> HttpResponse:
    """One opening: what is asked, the six answers, who approved it, and what comes next."""
    return show(request, place, "opening.html", **_context(request, place, _row(place, opening)))


def _context(request: StaffRequest, place: Place, row: Opening) -> dict[str, Any]:
    versions = purpose_queries.versions(row.purpose_key, request.user).filter(approved_at__isnull=False)
    return {
        "opening": row,
        "words": queries.opening_words(row),
        "answers": openings.answers_of(row),
        "purpose": versions.first(),
        "may_decide": queries.can_decide(place, row),
        "waits_for_key": queries.waits_for_key(row) and place.is_full,
        "may_show": queries.can_be_shown(place, row),
    }


@on_case(*APPROVERS)
@require_POST
def approve(request: StaffRequest, place: Place, opening: str) -> HttpResponse:
    """Approve, for the role in which one is on the case."""
    pressed(request, lambda: openings.approve(request.user, place.concern.reference, opening), "Approved.")
    return go_on(request, place)


@on_case(*APPROVERS)
@FORM
def refuse(request: StaffRequest, place: Place, opening: str) -> HttpResponse:
    """Refuse, saying why."""
    row = _row(place, opening)
    hint = "The investigator reads this. Say which of the answers does not carry it."
    form = WhyForm(request.POST if request.method == "POST" else None, hint=hint)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if tried(form, lambda: openings.refuse(request.user, place.concern.reference, row.reference, why)):
            return done(request, place, said="Refused. The investigator has your reasons.")
    return show_form(request, place, form, "Refuse this opening", button="Refuse it")


@on_case(Part.INVESTIGATOR)
@require_POST
def show_name(request: StaffRequest, place: Place, opening: str) -> HttpResponse:
    """The name, once, in the answer to this very request; nobody keeps it, no cache and not Moothall."""
    try:
        name = openings.show(request.user, place.concern.reference, opening)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go_on(request, place, "case-openings")
    return show(request, place, "name_shown.html", name=name)


def _row(place: Place, reference: str) -> Opening:
    """The opening, if it is of this case. Raises ``Http404``."""
    rows = place.concern.openings.select_related("hr", "mo", "asked_by", "refused_by")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Http404
    return found
