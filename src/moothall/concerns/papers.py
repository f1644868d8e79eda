"""Writing the papers of a case: evidence, what speaks for the person, the report; and sharing them with the person."""

import base64
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from moothall.accounts.models import User
from moothall.concerns import circle
from moothall.concerns.circle import Place
from moothall.concerns.letters import LetterKind
from moothall.concerns.models import Attachment, Paper
from moothall.concerns.models.papers import PaperKind, Side
from moothall.concerns.process import Part, State
from moothall.core import clock, pictures

PDF = b"%PDF-"
PDF_TYPE = "application/pdf"
PDF_BYTES = 5 * 2**20
GATHERING = (State.ALLOCATED, State.TOLD, State.GATHERED, State.CALLED, State.APPEALED)
TELLING = (State.TOLD, State.GATHERED, State.CALLED, State.MET, State.APPEALED)
"""While what the person writes and hands in reaches those who look into it."""


@transaction.atomic
def add_evidence(
    user: User, reference: str, *, side: Side, title: str, text: str, files: Iterable["UploadedFile[Any]"] = ()
) -> Paper:
    """Add a piece of evidence, whichever way it speaks. Raises ``ValidationError``; then nothing is kept."""
    place = circle.at(user, reference, Part.INVESTIGATOR, Part.KEEPER, Part.APPEAL_OFFICER, lock=True)
    if place.state not in GATHERING:
        raise ValidationError("Evidence is gathered between the naming of an investigator and the meeting.")
    paper = _write(place, PaperKind.EVIDENCE, title, text, side=side.value)
    _attach(paper, files)
    circle.keep(place, "evidence_added", after={"side": side.value})
    return paper


@transaction.atomic
def add_from_person(user: User, reference: str, *, title: str, text: str, files: Iterable["UploadedFile[Any]"]) -> None:
    """What the person says or hands in, at any time between being told and the decision."""
    place = circle.at(user, reference, Part.PERSON, lock=True)
    if place.state not in TELLING:
        raise ValidationError("Nothing can be handed in now. Write to HR.")
    paper = _write(place, PaperKind.FROM_PERSON, title, text, shared_at=clock.now())
    _attach(paper, files)
    circle.tell(place.concern, (Part.INVESTIGATOR, Part.KEEPER, Part.DECIDER, Part.APPEAL_OFFICER))
    circle.keep(place, "person_wrote")


@transaction.atomic
def write_report(user: User, reference: str, *, text: str, speaks_for: str) -> None:
    """Write the report, or write it anew while it is not handed over."""
    place = circle.at(user, reference, Part.INVESTIGATOR, lock=True)
    if place.state != State.TOLD:
        raise ValidationError("The report is written after the person was told, and before it is handed over.")
    place.concern.papers.filter(kind=PaperKind.REPORT).delete()
    _write(place, PaperKind.REPORT, "Report", text, speaks_for=speaks_for)
    circle.keep(place, "report_written")


@transaction.atomic
def share(user: User, reference: str) -> int:
    """Share all evidence, and the report, with the person. Returns how many papers they have now and had not before."""
    place = circle.at(user, reference, Part.KEEPER, Part.INVESTIGATOR, lock=True)
    person = place.concern.seats.filter(part=Part.PERSON, sees_from__isnull=False).first()
    if person is None:
        raise ValidationError("Tell the person first: send them the letter.")
    kinds = [PaperKind.EVIDENCE, *([PaperKind.REPORT] if place.state != State.TOLD else [])]
    shared = place.concern.papers.filter(kind__in=kinds, shared_at=None).update(shared_at=clock.now())
    if shared:
        circle.tell_people([person.user])
        circle.keep(place, "evidence_shared", after={"papers": shared})
    return shared


@transaction.atomic
def withdraw_evidence(user: User, reference: str, paper_id: int) -> None:
    """Take back a piece of evidence that the person does not have yet: it was added by mistake."""
    place = circle.at(user, reference, Part.INVESTIGATOR, Part.KEEPER, lock=True)
    if place.state not in GATHERING:
        raise ValidationError("It has been decided by these papers: none is taken back now.")
    found = place.concern.papers.filter(pk=paper_id, kind=PaperKind.EVIDENCE, shared_at=None)
    if not found.exists():
        raise ValidationError("The person has it already, or it is gone.")
    found.delete()
    circle.keep(place, "evidence_withdrawn")


def _write(place: Place, kind: PaperKind, title: str, text: str, **values: Any) -> Paper:
    if not title.strip() or not text.strip():
        raise ValidationError("Say what it is, and what it says.")
    return Paper.objects.create(
        concern=place.concern, kind=kind, title=title, text=text, by=place.user, at=clock.now(), **values
    )


def _attach(paper: Paper, files: Iterable["UploadedFile[Any]"]) -> None:
    for file in files:
        content, content_type = _clean(file)
        Attachment.objects.create(
            paper=paper, name=file.name or "file", content_type=content_type, content=base64.b64encode(content).decode()
        )


def _clean(file: "UploadedFile[Any]") -> tuple[bytes, str]:
    """A picture, encoded anew, or a PDF as it is. Raises ``ValidationError`` for anything else."""
    begins = file.read(len(PDF))
    file.seek(0)
    if begins != PDF:
        picture = pictures.clean_upload(file)
        return picture.content, picture.content_type
    if (file.size or 0) > PDF_BYTES:
        raise ValidationError(
            f"“{file.name}” is larger than {PDF_BYTES // 2**20} MB. Save a smaller copy and add that."
        )
    return file.read(), PDF_TYPE


def content(attachment: Attachment) -> bytes:
    """The bytes of an attachment."""
    return base64.b64decode(attachment.content)


def seen_by(place: Place) -> list[Paper]:
    """The papers that somebody on the case sees, oldest first."""
    papers = place.concern.papers.select_related("by").prefetch_related("attachments")
    if place.is_full:
        hides_reporter = place.concern.in_confidence and place.part != Part.KEEPER
        return list(papers.exclude(letter__in=TO_REPORTER) if hides_reporter else papers)
    if place.part == Part.PERSON:
        return list(papers.exclude(shared_at=None).exclude(letter__in=TO_REPORTER))
    if place.part == Part.REPORTER:
        return list(papers.filter(letter__in=TO_REPORTER).exclude(shared_at=None))
    return []


TO_REPORTER = (LetterKind.ACKNOWLEDGEMENT,)
"""Letters to whoever raised it, and not to the person."""
