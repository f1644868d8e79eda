"""The papers of a case: evidence, the report, what the person hands in, attachments, and letters."""

from pathlib import Path

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.concerns import letters, papers, posting, queries
from moothall.concerns.case_forms import EvidenceForm, HandInForm, LetterForm, ReportForm
from moothall.concerns.circle import FULL, Place
from moothall.concerns.letters import LetterKind
from moothall.concerns.models import Paper
from moothall.concerns.models.papers import PaperKind, Side
from moothall.concerns.page import done, go_on, on_case, pressed, show, show_form, tried
from moothall.concerns.process import Part, State
from moothall.core import council, pdf

FORM = require_http_methods(["GET", "HEAD", "POST"])
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@on_case(*FULL)
@require_safe
def papers_page(request: StaffRequest, place: Place) -> HttpResponse:
    """Evidence, the report, and what the person handed in."""
    seen = papers.seen_by(place)
    evidence = [paper for paper in seen if paper.kind == PaperKind.EVIDENCE]
    may_share = place.part in (Part.KEEPER, Part.INVESTIGATOR)
    unshared = [paper for paper in seen if paper.kind in (PaperKind.EVIDENCE, PaperKind.REPORT) and not paper.shared_at]
    context = {
        "evidence": [(paper, may_share and paper.shared_at is None) for paper in evidence],
        "reports": [paper for paper in seen if paper.kind == PaperKind.REPORT],
        "from_person": [paper for paper in seen if paper.kind == PaperKind.FROM_PERSON],
        "may_add": place.part in queries.GATHERERS and place.state in papers.GATHERING,
        "may_report": place.part == Part.INVESTIGATOR and place.state == State.TOLD,
        "may_share": may_share and bool(unshared),
    }
    return show(request, place, "papers.html", **context)


@on_case(*queries.GATHERERS)
@FORM
def add_evidence(request: StaffRequest, place: Place) -> HttpResponse:
    """Add a piece of evidence, whichever way it speaks."""
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            form,
            lambda: papers.add_evidence(
                request.user,
                place.concern.reference,
                side=Side(data["side"]),
                title=data["title"],
                text=data["text"],
                files=data["attached"],
            ),
        ):
            return done(request, place, "case-papers")
    lead = "Add what speaks for the person as carefully as what speaks against. They get all of it before a meeting."
    return show_form(request, place, form, "Add evidence", button="Add it", lead=lead, back="case-papers")


@on_case(Part.INVESTIGATOR, Part.KEEPER)
@require_POST
def withdraw(request: StaffRequest, place: Place, paper: int) -> HttpResponse:
    """Take back what was added by mistake."""
    pressed(request, lambda: papers.withdraw_evidence(request.user, place.concern.reference, paper), "Taken back.")
    return go_on(request, place, "case-papers")


@on_case(Part.KEEPER, Part.INVESTIGATOR)
@require_POST
def share(request: StaffRequest, place: Place) -> HttpResponse:
    """Share everything with the person."""
    pressed(request, lambda: papers.share(request.user, place.concern.reference), "Done. The person has it now.")
    return go_on(request, place, "case-papers")


@on_case(Part.INVESTIGATOR)
@FORM
def report(request: StaffRequest, place: Place) -> HttpResponse:
    """Write the report, or go on with it."""
    written = place.concern.papers.filter(kind=PaperKind.REPORT).last()
    initial = {"text": written.text, "speaks_for": written.speaks_for} if written else None
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: papers.write_report(request.user, place.concern.reference, **data)):
            return done(request, place, said="Kept. You can change it until you hand it over.")
    lead = "You gather the facts, and do not decide. You can change the report until you hand it over."
    return show_form(request, place, form, "Write the report", button="Keep it", lead=lead)


@on_case(Part.PERSON)
@FORM
def hand_in(request: StaffRequest, place: Place) -> HttpResponse:
    """The person says something, or hands something in."""
    form = HandInForm(request.POST, request.FILES) if request.method == "POST" else HandInForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {"title": data["title"], "text": data["text"], "files": data["attached"]}
        if tried(form, lambda: papers.add_from_person(request.user, place.concern.reference, **words)):
            return done(request, place, said="Thank you. Those who look into it have it now.")
    lead = "Whatever speaks for you, or explains how it was. Those who look into it get it; it is not changed again."
    return show_form(request, place, form, "Hand something in", button="Hand it in", lead=lead)


@on_case(*FULL, Part.PERSON, Part.REPORTER)
@require_safe
def attachment(request: StaffRequest, place: Place, attachment: int) -> HttpResponse:
    """A file of a paper, to be saved and never to be run: whatever it is, the browser shows it in no page of ours."""
    files = (each for paper in papers.seen_by(place) for each in paper.attachments.all())
    found = next((each for each in files if each.pk == attachment), None)
    if found is None:
        raise Http404
    response = HttpResponse(papers.content(found), content_type=found.content_type)
    suffix = SUFFIXES.get(found.content_type, "bin")
    response["Content-Disposition"] = f'attachment; filename="paper-{found.pk}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


# --- Letters ----------------------------------------------------------------------------------------------------------


@on_case(*FULL)
@require_safe
def letters_page(request: StaffRequest, place: Place) -> HttpResponse:
    """Letters that were sent, and those that can be written."""
    usual = queries.USUAL_LETTERS.get(place.state, ())
    may_write = place.part == Part.KEEPER
    context = {
        "sent": [paper for paper in papers.seen_by(place) if paper.kind == PaperKind.LETTER],
        "usual": usual if may_write else (),
        "others": [kind for kind in LetterKind if kind not in usual] if may_write else (),
        "may_write": may_write,
    }
    return show(request, place, "letters.html", **context)


@on_case(Part.KEEPER)
@FORM
def write_letter(request: StaffRequest, place: Place, kind: str) -> HttpResponse:
    """Write a letter from its draft, and send it when nothing is missing any more."""
    if kind not in LetterKind.values:
        raise Http404
    wanted, reference = LetterKind(kind), place.concern.reference
    try:
        reader, draft = posting.to_whom(place, wanted), posting.draft(place, wanted)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go_on(request, place, "case-people")
    form = LetterForm(request.POST if request.method == "POST" else None, initial={"text": draft})

    def act() -> None:
        posting.send(request.user, reference, wanted, form.cleaned_data["text"])

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return done(request, place, "case-letters", said="Sent. It stands on their page, and they got a notice.")
    text = request.POST.get("text", "") if request.method == "POST" else draft
    context = {
        "kind": wanted,
        "reader": reader,
        "gaps": letters.gaps(text),
        "tells": wanted not in papers.TO_REPORTER and not _knows(place),
    }
    return show(request, place, "letter_write.html", form=form, **context)


def _knows(place: Place) -> bool:
    """Whether the person knows of the case already."""
    return place.concern.seats.filter(part=Part.PERSON, sees_from__isnull=False).exists()


@on_case(*FULL, Part.PERSON, Part.REPORTER)
@require_safe
def letter(request: StaffRequest, place: Place, paper: int) -> HttpResponse:
    """A letter that was sent."""
    return show(request, place, "letter.html", letter=_letter(place, paper))


@on_case(*FULL, Part.PERSON, Part.REPORTER)
@require_safe
def letter_pdf(request: StaffRequest, place: Place, paper: int) -> HttpResponse:
    """The same on paper. Where no PDF can be made, a page says why."""
    found = _letter(place, paper)
    style = finders.find("moothall/dist/paper.css")
    html = render_to_string("concerns/letter_paper.html", {"letter": found, "council": council.current()})
    try:
        with pdf.turn():
            made = pdf.make(html, {"paper.css": Path(style)} if style else {})
    except pdf.CannotMake as error:
        response = show(request, place, "no_pdf.html", letter=found, why=str(error))
        response.status_code = 503
        return response
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{found.pk}.pdf"'
    return response


def _letter(place: Place, pk: int) -> Paper:
    """The letter, if whoever this is has it. Raises ``Http404``."""
    seen = (paper for paper in papers.seen_by(place) if paper.kind == PaperKind.LETTER)
    found = next((paper for paper in seen if paper.pk == pk), None)
    if found is None:
        raise Http404
    return found
