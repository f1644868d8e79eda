"""Openings as pages: six answers, two approvals, a name that is shown once; and no page that can open one."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from moothall.concerns import openings, queries
from moothall.concerns.models import Opening
from moothall.concerns.models.cases import About
from moothall.concerns.sources import BARBULESCU
from moothall.core import clock
from tests.concerns import making
from tests.concerns.making import Case
from tests.webuse import purposes

pytestmark = pytest.mark.django_db

PSEUDONYM = "0123456789abcdef" * 2


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at(case: Case, name: str, *args: Any) -> str:
    return reverse(name, args=[case.reference, *args])


def asked(**changed: Any) -> dict[str, Any]:
    day = (making.today() - timedelta(days=3)).isoformat()
    answers = {question.key: f"{question.key}: " + "all that is to be said. " * 8 for question in BARBULESCU}
    key = "network-security"
    return {"purpose_key": key, "pseudonym": PSEUDONYM, "first": day, "last": day, **answers, **changed}


@pytest.fixture
def case(db: None) -> Case:
    purposes.in_force()
    made = making.told(about=About.WEB_USE)
    making.name_approvers(made)
    return made


def test_six_answers_or_nothing_and_nothing_typed_is_lost(case: Case, signed_in: Any) -> None:
    browser, address = signed_in(case.investigator), at(case, "case-ask-opening")
    shown = text_of(browser.get(address))
    for question in BARBULESCU:
        assert question.question in shown
    said = text_of(browser.post(address, asked(extent="Short.", first="")))
    assert "Answer in at least 60 characters" in said
    assert "reasons: all that is to be said." in said
    long_ago = (making.today() - timedelta(days=40)).isoformat()
    assert "at most four weeks" in text_of(browser.post(address, asked(first=long_ago)))
    assert not Opening.objects.exists()


def test_asking_again_asks_why(case: Case, signed_in: Any) -> None:
    browser, address = signed_in(case.investigator), at(case, "case-ask-opening")
    assert 'name="again"' not in text_of(browser.get(address))
    assert browser.post(address, asked()).status_code == 302
    openings.refuse(case.hr, case.reference, Opening.objects.get().reference, "Too wide.")
    again = text_of(browser.post(address, asked()))
    assert "Say why once more" in again
    assert 'name="again"' in again
    assert browser.post(address, asked(again="The days were wrong.")).status_code == 302
    assert Opening.objects.count() == 2


def test_two_approve_two_bring_the_key_and_the_name_is_shown_once(case: Case, signed_in: Any) -> None:
    investigator, hr, mo = signed_in(case.investigator), signed_in(case.hr), signed_in(case.mo)
    investigator.post(at(case, "case-ask-opening"), asked())
    reference = Opening.objects.get().reference
    detail = at(case, "case-opening", reference)
    shown = text_of(hr.get(detail))
    assert "notice: all that is to be said." in shown
    assert reverse("purpose", args=["network-security", 1]) in shown
    assert queries.waiting(case.hr) == 1
    assert "Waits for you" in text_of(hr.get(at(case, "case")))
    assert "Approved." in text_of(hr.post(at(case, "case-approve-opening", reference), follow=True))
    assert queries.waiting(case.hr) == 0
    assert "moothall webuse keys room" not in text_of(investigator.get(detail))
    mo.post(at(case, "case-approve-opening", reference))
    told = text_of(investigator.get(detail))
    assert "moothall webuse keys room" in told
    assert reference in told
    assert "Show the name once" not in told
    openings.deliver(openings.find(reference), "fern.hale")
    assert "Show the name once" in text_of(investigator.get(detail))
    assert "Show the name once" not in text_of(signed_in(case.keeper).get(detail))
    name = at(case, "case-show-name", reference)
    first = investigator.post(name)
    assert "fern.hale" in text_of(first)
    assert "no-store" in first["Cache-Control"]
    assert "There is no name to show" in text_of(investigator.post(name, follow=True))
    for browser in (investigator, hr, mo):
        assert "fern.hale" not in text_of(browser.get(detail))
    assert "The name was shown once" in text_of(investigator.get(detail))


def test_a_refusal_says_why_to_the_investigator_alone_of_all_outside(case: Case, signed_in: Any) -> None:
    investigator, mo = signed_in(case.investigator), signed_in(case.mo)
    investigator.post(at(case, "case-ask-opening"), asked())
    reference = Opening.objects.get().reference
    refuse = at(case, "case-refuse-opening", reference)
    assert "Fill in “Why?”." in text_of(mo.post(refuse, {"why": ""}))
    assert mo.post(refuse, {"why": "A reminder to all was not tried."}).status_code == 302
    assert "A reminder to all was not tried." in text_of(investigator.get(at(case, "case-opening", reference)))
    assert signed_in(case.decider).get(at(case, "case-opening", reference)).status_code == 404


def test_approvers_read_the_answers_and_no_papers(case: Case, signed_in: Any) -> None:
    hr = signed_in(case.hr)
    shown = text_of(hr.get(at(case, "case")))
    assert making.WORDS not in shown
    for name in ("case-papers", "case-letters", "case-people", "case-record", "case-openings"):
        assert hr.get(at(case, name)).status_code == 403


def test_a_name_that_nobody_looked_at_is_gone(case: Case, signed_in: Any) -> None:
    investigator = signed_in(case.investigator)
    investigator.post(at(case, "case-ask-opening"), asked())
    reference = Opening.objects.get().reference
    for approver in (case.hr, case.mo):
        openings.approve(approver, case.reference, reference)
    openings.deliver(openings.find(reference), "fern.hale")
    with making.at(clock.now() + timedelta(days=8)):
        assert openings.expire() == 1
        assert openings.expire() == 0
        shown = text_of(investigator.get(at(case, "case-opening", reference)))
        assert "Nobody looked at the name in time: it is gone" in shown
        assert "Show the name once" not in shown
    assert Opening.objects.get().name == ""
