"""The monitoring register's pages, and the impact assessment that is made of an entry."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.core import pdf
from moothall.webuse import dpia
from moothall.webuse.models import Purpose, PurposeState
from tests import factories
from tests.webuse import purposes
from tests.webuse.purposes import WORDS, today

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(**changed: Any) -> dict[str, Any]:
    days = {"names_days": 30, "rows_days": 90, "figures_days": 400}
    return {"key": "network-security", "review_on": today() + timedelta(days=365), **days, **WORDS, **changed}


def test_from_the_form_to_force(alice: User, bob: User, cora: User, signed_in: Any) -> None:
    sent = signed_in(alice).post(reverse("new-purpose"), typed(then="send"), follow=True)
    assert "Sent for approval." in text_of(sent)
    address = reverse("purpose", args=["network-security", 1])
    as_bob = signed_in(bob)
    assert "Approve as HR" in text_of(as_bob.get(address))
    approve = reverse("approve-purpose", args=["network-security", 1])
    assert "It needs one more approval." in text_of(as_bob.post(approve, follow=True))
    assert "Approved. It is in force." in text_of(signed_in(cora).post(approve, follow=True))
    colleague = text_of(signed_in(factories.person()).get(address))
    assert "Bob Barrow approved it as HR" in colleague
    assert "End this purpose" not in colleague


def test_what_was_typed_is_kept_before_it_is_complained_of(alice: User, signed_in: Any) -> None:
    browser = signed_in(alice)
    answer = browser.post(
        reverse("new-purpose"), typed(what_for="Just in case.", views="n/a", then="send"), follow=True
    )
    said = text_of(answer)
    assert "Kept as a draft" in said
    assert "“just in case” is no purpose" in said
    assert "“n/a” is no answer" in said
    assert Purpose.objects.get().kept == WORDS["kept"]
    change = reverse("change-purpose", args=["network-security", 1])
    assert "Sent for approval." in text_of(browser.post(change, typed(then="send"), follow=True))


def test_what_cannot_even_be_a_draft_stays_in_the_form(alice: User, signed_in: Any) -> None:
    answer = signed_in(alice).post(reverse("new-purpose"), typed(names_days=91, key="Not So", then="keep"))
    said = text_of(answer)
    assert "Names go no later than the rows" in said
    assert "Use small letters, digits and hyphens." in said
    assert WORDS["kept"] in said
    assert not Purpose.objects.exists()


def test_the_form_of_an_approved_entry_writes_its_next_version(alice: User, signed_in: Any) -> None:
    entry, browser = purposes.in_force(), signed_in(alice)
    change = reverse("change-purpose", args=[entry.key, 1])
    assert "Version 1 holds until this one is approved" in text_of(browser.get(change))
    browser.post(change, typed(title="Security of the network, again", then="keep"))
    assert Purpose.objects.get(number=2).state == PurposeState.DRAFT
    assert browser.get(change)["Location"] == reverse("purpose", args=[entry.key, 2])


def test_drafts_are_for_those_who_write_and_all_else_for_everybody(alice: User, charlie: User, signed_in: Any) -> None:
    purposes.draft(alice, "in-draft", title="Still a draft")
    purposes.awaiting(alice, "on-its-way", title="On its way")
    as_charlie = signed_in(charlie)
    listed = text_of(as_charlie.get(reverse("purposes")))
    assert "On its way" in listed
    assert "Still a draft" not in listed
    assert as_charlie.get(reverse("purpose", args=["in-draft", 1])).status_code == 404
    assert "Still a draft" in text_of(signed_in(alice).get(reverse("purposes")))


def test_whoever_sends_back_or_ends_says_why(alice: User, bob: User, signed_in: Any) -> None:
    entry, browser = purposes.awaiting(alice), signed_in(bob)
    back = reverse("return-purpose", args=[entry.key, 1])
    assert "Fill in “Why?”." in text_of(browser.post(back, {"why": " "}))
    assert "Sent back to its authors." in text_of(browser.post(back, {"why": "Say more."}, follow=True))
    withdrawn = browser.post(reverse("end-purpose", args=[entry.key, 1]), {"why": "Not needed."}, follow=True)
    assert "Withdrawn" in text_of(withdrawn)
    assert Purpose.objects.get().state == PurposeState.WITHDRAWN


def test_what_is_typed_is_harmless_on_every_page(alice: User, signed_in: Any) -> None:
    entry = purposes.awaiting(
        alice, title="<script>alert(1)</script> watch", kept="Hours &\n<b>domains</b> of each line."
    )
    browser = signed_in(alice)
    for name in ("purpose", "purpose-dpia"):
        shown = browser.get(reverse(name, args=[entry.key, 1])).content.decode()
        assert "<script>alert" not in shown
        assert "<b>domains" not in shown


# --- The impact assessment --------------------------------------------------------------------------------------------


def test_the_assessment_follows_from_the_entry(signed_in: Any) -> None:
    entry = purposes.in_force()
    steps = dpia.document(entry, entry.approvals.all())
    assert [each.title.partition(":")[0] for each in steps] == [f"Step {number}" for number in range(1, 8)]
    said = {answer.question: answer.text for step in steps for answer in step.answers}
    assert set(WORDS.values()) - {WORDS["title"], WORDS["lawful_basis"]} <= set(said.values())
    assert ", HR, on " in said["Approval 1"]
    assert "names" in said["For how long?"]
    page = text_of(signed_in(factories.person()).get(reverse("purpose-dpia", args=[entry.key, 1])))
    assert all(risk.measure in page for risk in dpia.risks(entry))


def test_an_assessment_without_approvals_says_so(alice: User) -> None:
    entry = purposes.draft(alice, lawful_basis="")
    said = {answer.question: answer.text for step in dpia.document(entry, ()) for answer in step.answers}
    assert said["Approval 1"] == said["Approval 2"] == "Not given yet"
    assert said["On which lawful basis?"] == ""


def test_the_assessment_is_made_as_a_pdf(signed_in: Any) -> None:
    entry = purposes.in_force()
    answer = signed_in(factories.person()).get(reverse("purpose-dpia-pdf", args=[entry.key, 1]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_pdf_that_cannot_be_made_is_said(signed_in: Any, monkeypatch: Any) -> None:
    def fail(html: str, files: Any) -> bytes:
        raise pdf.CannotMake("The PDF could not be made. The log says why.")

    monkeypatch.setattr(pdf, "make", fail)
    entry, browser = purposes.in_force(), signed_in(factories.person())
    answer: Any = browser.get(reverse("purpose-dpia-pdf", args=[entry.key, 1]))
    assert answer.status_code == 503
    assert "The log says why." in text_of(answer)


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(reverse("purposes")).status_code == 302
