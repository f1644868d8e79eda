"""Raising, papers, letters and openings as pages: nothing typed is lost, and nothing hostile runs."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from moothall.accounts.models import Unit
from moothall.accounts.roles import Role
from moothall.concerns import papers, seating
from moothall.concerns.letters import LetterKind
from moothall.concerns.models import Attachment, Concern, Paper, PassingOn
from moothall.concerns.models.cases import About
from moothall.concerns.models.papers import PaperKind, Side
from moothall.concerns.process import Outcome, Part
from moothall.concerns.sources import SOURCES
from moothall.core import clock, pdf
from moothall.records.models import Record
from tests import factories
from tests.concerns import making
from tests.concerns.making import Case
from tests.peers.needs import require
from tests.webuse import purposes

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & <b>loud</b>"
PSEUDONYM = "0123456789abcdef" * 2


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at(case: Case, name: str, *args: Any) -> str:
    return reverse(name, args=[case.reference, *args])


# --- Raising ----------------------------------------------------------------------------------------------------------


def typed(**changed: Any) -> dict[str, Any]:
    return {"about": "online", "words": "They called a neighbour names.", "name": "named", "to": "hr", **changed}


def test_what_is_missing_is_said_and_nothing_typed_is_lost(signed_in: Any) -> None:
    answer = signed_in(factories.person()).post(reverse("concern-raise"), typed(about="", whom="A driver"))
    said = text_of(answer)
    assert "Choose “What is it about?”." in said
    assert "They called a neighbour names." in said
    assert "A driver" in said
    assert not Concern.objects.exists()


def test_nobody_can_receive_it(signed_in: Any) -> None:
    said = text_of(signed_in(factories.person()).post(reverse("concern-raise"), typed()))
    assert "Go to the chief executive." in said
    assert "They called a neighbour names." in said


def test_an_address_that_nobody_has_is_taken_as_words_and_tells_nothing(signed_in: Any) -> None:
    factories.person((Role.HR, None))
    known, browser = factories.person(), signed_in(factories.person())
    addresses = (known.email, "nobody@elsewhere.example")
    pages, now = list[str](), clock.now()
    for address in addresses:
        typed_in = typed(whom="A driver", whom_email=address)
        with making.at(now):
            page = text_of(browser.post(reverse("concern-raise"), typed_in, follow=True)).partition("<main")[2]
        pages.append(page.replace(address, "…").replace(Concern.objects.latest("pk").reference[:6], "…"))
    found, unknown = Concern.objects.order_by("pk")
    assert found.seats.get(part=Part.PERSON).user == known
    assert not unknown.seats.filter(part=Part.PERSON).exists()
    assert pages[0] == pages[1]
    assert known.name not in pages[0]


def test_the_page_says_who_sees_the_name_and_what_happens_next(signed_in: Any) -> None:
    shown = text_of(signed_in(factories.person()).get(reverse("concern-raise")))
    assert "Keep my name in confidence: only whoever keeps the case sees it" in shown
    assert "Call 999 first." in shown
    assert "It is read within 2 working days" in shown


def test_in_confidence_only_receivers_and_the_keeper_read_the_name(signed_in: Any) -> None:
    waiting = making.raised(in_confidence=True)
    assert waiting.reporter.name in text_of(signed_in(waiting.hr).get(at(waiting, "case")))
    case = making.called(in_confidence=True)
    making.letter(case, LetterKind.ACKNOWLEDGEMENT)
    making.name_approvers(case)
    letter = case.concern.papers.get(letter=LetterKind.ACKNOWLEDGEMENT)
    names = ("case", "case-people", "case-papers", "case-letters", "case-record")
    keeper = signed_in(case.keeper)
    assert case.reporter.name in text_of(keeper.get(at(case, "case")))
    assert case.reporter.name in text_of(keeper.get(at(case, "case-letter", letter.pk)))
    for who in (case.investigator, case.decider, case.person, case.hr, case.mo):
        browser = signed_in(who)
        for name in names:
            assert case.reporter.name not in text_of(browser.get(at(case, name))), (name, who)
        assert browser.get(at(case, "case-letter", letter.pk)).status_code in (403, 404)


def test_it_security_raises_a_signal_that_names_nobody(signed_in: Any) -> None:
    factories.person((Role.HR, None))
    purpose = purposes.in_force()
    browser = signed_in(factories.person((Role.IT_SECURITY, None)))
    address = reverse("concern-signal")
    day = making.today().isoformat()
    signal = {"purpose_key": purpose.key, "pseudonym": "short", "first": day, "last": day, "to": "hr"}
    assert 'name="whom' not in text_of(browser.get(address))
    said = text_of(browser.post(address, {**signal, "signal": "Calls to a known bad site."}))
    assert "A pseudonym is 32 signs" in said
    assert "Calls to a known bad site." in said
    browser.post(address, {**signal, "pseudonym": PSEUDONYM, "signal": "Calls to a known bad site."})
    concern = Concern.objects.get()
    assert concern.is_signal
    assert concern.about == About.WEB_USE
    for words in (purpose.key, PSEUDONYM, "Calls to a known bad site."):
        assert words in concern.words
    assert signed_in(factories.person()).get(address).status_code == 403


def test_the_fair_process_is_told_with_its_sources(signed_in: Any) -> None:
    shown = text_of(signed_in(factories.person()).get(reverse("fair-process")))
    for source in SOURCES:
        assert source.where.replace("&", "&amp;") in shown
    assert "6 years" in shown
    assert "2 years" in shown


# --- Contacts ---------------------------------------------------------------------------------------------------------


def test_contacts_are_named_and_cleared_on_record(signed_in: Any) -> None:
    hr, ada = factories.person((Role.HR, None)), factories.person(name="Ada Vale")
    browser, address = signed_in(hr), reverse("concern-contacts")
    said = text_of(browser.post(address, {"security": "nobody@elsewhere.example", "complaint": ada.email}))
    assert "Nobody who works here has this address." in said
    assert ada.email in said
    assert not PassingOn.objects.exists()
    browser.post(address, {"security": ada.email})
    browser.post(address, {"security": ada.email})
    assert PassingOn.objects.get().user == ada
    browser.post(address, {"security": ""})
    assert not PassingOn.objects.exists()
    kept = Record.objects.filter(kind="concern.contact_named").order_by("number")
    assert [(each.ref, each.actor_id, each.before["user"], each.after["user"]) for each in kept] == [
        (f"passing-on:{Outcome.SECURITY.value}", hr.pk, None, ada.pk),
        (f"passing-on:{Outcome.SECURITY.value}", hr.pk, ada.pk, None),
    ]
    assert signed_in(factories.person()).get(address).status_code == 403


# --- People -----------------------------------------------------------------------------------------------------------


def test_a_page_says_why_somebody_cannot_be_named(signed_in: Any) -> None:
    case, lead = making.taken(), factories.person(name="Lena Hart")
    Unit.objects.get(name="Streets and parks").leads.add(lead)
    browser = signed_in(case.keeper)
    address = at(case, "case-name", "investigator")
    for who, why in (
        (lead.email, "They lead the unit in which the person works"),
        (case.reporter.email, "Nobody has two parts in one case."),
        (case.person.email, "Nobody has two parts in one case."),
        ("nobody@elsewhere.example", "Nobody who works here has this address."),
    ):
        said = text_of(browser.post(address, {"who": who}))
        assert why in said
        assert who in said
    assert browser.post(address, {"who": case.investigator.email}).status_code == 302
    assert case.investigator.name in text_of(browser.get(at(case, "case-people")))


def test_only_the_keeper_sees_whom_they_kept_away(signed_in: Any) -> None:
    case, manager = making.told(), factories.person(name="Mara Dell")
    seating.name_manager(case.keeper, case.reference, manager)
    assert "Mara Dell" in text_of(signed_in(case.keeper).get(at(case, "case-people")))
    assert "Mara Dell" not in text_of(signed_in(case.investigator).get(at(case, "case-people")))
    assert "Cases you are on" not in text_of(signed_in(manager).get(reverse("concerns")))


# --- Papers -----------------------------------------------------------------------------------------------------------


def evidence(**changed: Any) -> dict[str, Any]:
    return {"side": "for", "title": "The rota", "text": "Two others were signed in.", **changed}


def test_evidence_keeps_its_words_when_a_file_is_refused(signed_in: Any) -> None:
    case = making.told()
    browser, address = signed_in(case.investigator), at(case, "case-add-evidence")
    wrong = SimpleUploadedFile("a.html", b"<script>alert(1)</script>", content_type="image/png")
    said = text_of(browser.post(address, evidence(attached=[wrong])))
    assert "is not a picture we can read" in said
    assert "Two others were signed in." in said
    assert "Choose the files again" in said
    assert not case.concern.papers.filter(kind=PaperKind.EVIDENCE).exists()
    many = [factories.upload(f"{number}.jpg") for number in range(6)]
    assert "Add at most 5 files at once." in text_of(browser.post(address, evidence(attached=many)))
    assert browser.post(address, evidence(attached=[factories.upload(), factories.upload()])).status_code == 302
    assert Attachment.objects.count() == 2


def test_an_attachment_is_saved_and_never_run(signed_in: Any) -> None:
    case = making.told()
    files = [SimpleUploadedFile('a"b\r\nX: y.pdf', b"%PDF-1.7 <script>", content_type="text/html")]
    papers.add_evidence(
        case.investigator, case.reference, side=Side.NEITHER, title="A file", text="As it came.", files=files
    )
    attached = Attachment.objects.get()
    answer = signed_in(case.keeper).get(at(case, "case-attachment", attached.pk))
    assert answer.content == b"%PDF-1.7 <script>"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="paper-{attached.pk}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert "no-store" in answer["Cache-Control"]


def test_the_person_has_what_is_shared_and_the_reporter_none_of_it(signed_in: Any) -> None:
    case = making.told()
    papers.add_evidence(
        case.investigator,
        case.reference,
        side=Side.FOR,
        title="The rota",
        text="Two others were signed in.",
        files=[factories.upload()],
    )
    person, attached = signed_in(case.person), at(case, "case-attachment", Attachment.objects.get().pk)
    assert person.get(attached).status_code == 404
    assert "The rota" not in text_of(person.get(at(case, "case")))
    assert signed_in(case.keeper).post(at(case, "case-share")).status_code == 302
    assert person.get(attached).status_code == 200
    assert "The rota" in text_of(person.get(at(case, "case")))
    reporter = signed_in(case.reporter)
    assert reporter.get(attached).status_code == 404
    assert "The rota" not in text_of(reporter.get(at(case, "case")))


def test_an_attachment_of_another_case_is_not_there(signed_in: Any) -> None:
    case, other = making.told(), making.told()
    papers.add_evidence(
        other.investigator, other.reference, side=Side.FOR, title="A", text="B", files=[factories.upload()]
    )
    assert signed_in(case.keeper).get(at(case, "case-attachment", Attachment.objects.get().pk)).status_code == 404


def test_what_was_added_by_mistake_is_taken_back_until_the_person_has_it(signed_in: Any) -> None:
    case = making.told()
    browser = signed_in(case.investigator)
    browser.post(at(case, "case-add-evidence"), evidence())
    paper = case.concern.papers.get(kind=PaperKind.EVIDENCE)
    browser.post(at(case, "case-withdraw-evidence", paper.pk))
    assert not case.concern.papers.filter(kind=PaperKind.EVIDENCE).exists()
    browser.post(at(case, "case-add-evidence"), evidence())
    papers.share(case.keeper, case.reference)
    paper = case.concern.papers.get(kind=PaperKind.EVIDENCE)
    said = text_of(browser.post(at(case, "case-withdraw-evidence", paper.pk), follow=True))
    assert "The person has it already" in said


def test_a_report_needs_what_speaks_for_the_person(signed_in: Any) -> None:
    case = making.told()
    browser, address = signed_in(case.investigator), at(case, "case-report")
    said = text_of(browser.post(address, {"text": "What was found."}))
    assert "Fill in “What speaks for the person”." in said
    assert "What was found." in said
    browser.post(address, {"text": "What was found.", "speaks_for": "Nothing was found."})
    assert "Nothing was found." in text_of(browser.get(address))


def test_hostile_words_run_nowhere(signed_in: Any) -> None:
    case = making.called(words=HOSTILE, where=HOSTILE, whom=HOSTILE)
    papers.add_from_person(case.person, case.reference, title=HOSTILE, text=HOSTILE, files=[])
    Paper.objects.filter(kind=PaperKind.LETTER).update(text=HOSTILE)
    letter = Paper.objects.filter(kind=PaperKind.LETTER).first()
    assert letter is not None
    pages = ("case", "case-people", "case-papers", "case-letters", "case-record", "case-triage")
    for who in (case.keeper, case.investigator, case.decider, case.person, case.reporter):
        browser = signed_in(who)
        for address in (*(at(case, name) for name in pages), at(case, "case-letter", letter.pk), reverse("concerns")):
            shown = browser.get(address).content.decode()
            assert "<script>alert" not in shown, address
            assert "<b>loud" not in shown, address


# --- Letters ----------------------------------------------------------------------------------------------------------


def test_a_letter_with_gaps_is_not_sent_and_stays_as_it_was_written(signed_in: Any) -> None:
    case = making.allocated()
    browser, address = signed_in(case.keeper), at(case, "case-write-letter", "told")
    page = browser.get(address)
    draft = page.context["form"].initial["text"]
    assert "They do not know yet" in text_of(page)
    assert "Still to be filled in" in text_of(page)
    said = text_of(browser.post(address, {"text": f"{draft}\nA line of mine."}))
    assert "Fill in [" in said
    assert "A line of mine." in said
    assert signed_in(case.person).get(at(case, "case")).status_code == 404
    assert browser.post(address, {"text": making.GAP.sub("as we said", draft)}).status_code == 302
    assert not Paper.objects.filter(text__isnull=True).exists()


def test_a_letter_that_would_call_a_meeting_too_early_keeps_its_words(signed_in: Any) -> None:
    case = making.gathered()
    browser, address = signed_in(case.keeper), at(case, "case-write-letter", "meeting")
    text = making.GAP.sub("as we said", browser.get(address).context["form"].initial["text"])
    said = text_of(browser.post(address, {"text": text}))
    assert "Share all evidence, and the report, with the person first." in said
    assert "section 10 of the Employment Relations Act 1999" in said


def test_no_letter_goes_to_nobody(signed_in: Any) -> None:
    case = making.taken(person_is_known=False)
    answer = signed_in(case.keeper).get(at(case, "case-write-letter", "told"), follow=True)
    assert "Say first whom it is about" in text_of(answer)
    assert answer.redirect_chain[-1][0] == at(case, "case-people")


def test_a_letter_on_paper_for_whoever_has_it(signed_in: Any) -> None:
    require(not pdf.trouble(), f"No PDF can be made here: {pdf.trouble()}")
    case = making.told()
    letter = case.concern.papers.get(letter=LetterKind.TOLD)
    answer = signed_in(case.person).get(at(case, "case-letter-pdf", letter.pk))
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{letter.pk}.pdf"'
    assert signed_in(case.reporter).get(at(case, "case-letter-pdf", letter.pk)).status_code == 404


def test_where_no_pdf_can_be_made_a_page_says_why(signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> bytes:
        raise pdf.CannotMake("The printer of this test is out of paper.")

    case = making.told()
    letter = case.concern.papers.get(letter=LetterKind.TOLD)
    monkeypatch.setattr(pdf, "make", fail)
    answer = signed_in(case.person).get(at(case, "case-letter-pdf", letter.pk))
    assert answer.status_code == 503
    assert "out of paper" in text_of(answer)


# --- The end ----------------------------------------------------------------------------------------------------------


def test_closing_keeps_what_was_typed_in_either_form(signed_in: Any) -> None:
    case = making.settled()
    making.letter(case, LetterKind.APPEAL_OUTCOME)
    browser, address = signed_in(case.keeper), at(case, "case-close")
    lesson = {"title": "Shared passwords", "what_happened": "", "what_changes": "One each.", "lesson": "yes"}
    said = text_of(browser.post(address, lesson))
    assert "One each." in said
    assert "Shared passwords" in said
    named = {**lesson, "what_happened": f"{case.person.name} wrote it."}
    said = text_of(browser.post(address, named))
    assert "It names somebody" in said
    assert "One each." in said
    said = text_of(browser.post(address, {"why": " "}))
    assert "Fill in “Why is nothing to be learned from it?”." in said
    assert browser.post(address, {"why": "It was a plain slip."}).status_code == 302
    assert "Why there is no lesson" in text_of(browser.get(at(case, "case")))
