"""Each address of a case: for those on it in the right part, and for nobody else. Nobody else learns of it."""

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.concerns import circle, papers, urls
from moothall.concerns.models import Concern
from moothall.concerns.models.papers import Side
from moothall.concerns.process import SEES_IN, Part, State
from moothall.records.models import Record
from tests import factories
from tests.concerns import making, pages
from tests.concerns.making import Case

pytestmark = pytest.mark.django_db

PEOPLE = ("reporter", "keeper", "person", "investigator", "decider", "appeal_officer", "hr", "mo")
CASE_PAGES = [each for each in urls.urlpatterns if "reference" in each.pattern.converters]
PDF = "case-letter-pdf"  # it takes a process of its own, and has its test elsewhere

FULL = {Part.KEEPER, Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER}
APPROVERS = {Part.APPROVER_HR, Part.APPROVER_MO}
FOR: dict[str, set[Part]] = {
    "case": set(Part),
    "case-record": FULL,
    "case-take": {Part.RECEIVER},
    "case-triage": {Part.KEEPER},
    "case-alert": {Part.KEEPER},
    "case-put-off": {Part.KEEPER},
    "case-close": {Part.KEEPER},
    "case-waive-appeal": {Part.PERSON},
    "case-meeting": {Part.KEEPER},
    "case-postpone": {Part.KEEPER},
    "case-minutes": {Part.KEEPER, Part.DECIDER, Part.APPEAL_OFFICER},
    "case-move": {Part.KEEPER},
    "case-people": FULL,
    "case-name": {Part.KEEPER},
    "case-papers": FULL,
    "case-add-evidence": {Part.KEEPER, Part.INVESTIGATOR, Part.APPEAL_OFFICER},
    "case-report": {Part.INVESTIGATOR},
    "case-share": {Part.KEEPER, Part.INVESTIGATOR},
    "case-hand-in": {Part.PERSON},
    "case-withdraw-evidence": {Part.KEEPER, Part.INVESTIGATOR},
    "case-attachment": FULL | {Part.PERSON, Part.REPORTER},
    "case-letters": FULL,
    "case-letter": FULL | {Part.PERSON, Part.REPORTER},
    "case-write-letter": {Part.KEEPER},
    "case-openings": FULL,
    "case-ask-opening": {Part.INVESTIGATOR},
    "case-opening": FULL | APPROVERS,
    "case-approve-opening": APPROVERS,
    "case-refuse-opening": APPROVERS,
    "case-show-name": {Part.INVESTIGATOR},
}
NO_SUCH = {"case-attachment", "case-letter", "case-opening", "case-refuse-opening"}
"""What stands in these addresses below is not there: whoever may see such a thing is told so."""
ARGUMENTS = {
    "step": "allocate",
    "part": "investigator",
    "paper": 0,
    "attachment": 0,
    "kind": "told",
    "opening": "none",
}


def address(name: str, reference: str) -> str:
    pattern = next(each for each in CASE_PAGES if each.name == name)
    given = {key: ARGUMENTS[key] for key in pattern.pattern.converters if key != "reference"}
    return reverse(name, kwargs={"reference": reference, **given})


def expected(name: str, part: Part) -> set[int]:
    if part not in FOR[name]:
        return {403}
    return {404} if name in NO_SUCH else {200, 405}


@pytest.mark.parametrize("state", State)
def test_each_page_for_each_part_in_each_state(state: State, signed_in: Any) -> None:
    case = making.MAKERS[state]()
    if state not in (State.SETTLED, State.CLOSED):
        making.name_approvers(case)
    assert set(FOR) == {each.name for each in CASE_PAGES} - {PDF}
    for who in PEOPLE:
        browser, seat = signed_in(getattr(case, who)), case.concern.seats.filter(user=getattr(case, who)).first()
        sees = seat is not None and circle.sees(seat, state)
        for name in FOR if seat and sees else ("case", "case-papers"):
            status = browser.get(address(name, case.reference)).status_code
            allowed = expected(name, Part(seat.part)) if seat and sees else {404}
            assert status in allowed, (who, name)


def test_receivers_and_the_contact_see_the_concern_and_nothing_else(signed_in: Any) -> None:
    case = making.raised()
    for who in (case.keeper, case.hr):
        browser = signed_in(who)
        for name in FOR:
            wanted = {200, 405} if name in ("case", "case-take") else {403}
            assert browser.get(address(name, case.reference)).status_code in wanted, name
    assert signed_in(case.mo).get(address("case", case.reference)).status_code == 404
    assert signed_in(case.person).get(address("case", case.reference)).status_code == 404


def bodies(browser: Client, *addresses: str) -> set[bytes]:
    return {browser.get(each).content for each in addresses}


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.MONITORING_OFFICER, Role.HR, Role.IT_SECURITY])
def test_a_case_of_others_is_no_other_than_a_page_that_does_not_exist(role: Role | None, signed_in: Any) -> None:
    case = making.told()
    browser = signed_in(factories.person(*([(role, None)] if role else [])))
    said = bodies(browser, address("case", case.reference), address("case", "bm8tc2V0LXJlZmVyZW5j"), "/no/such/page/")
    assert len(said) == 1
    for name in FOR:
        for reference in (case.reference, "bm8tc2V0LXJlZmVyZW5j"):
            assert browser.get(address(name, reference)).status_code == 404
            assert browser.post(address(name, reference)).status_code == 404


def test_a_look_that_is_refused_is_on_record_alike_whether_or_not_there_is_a_case(signed_in: Any) -> None:
    case, outsider = making.told(), factories.person(name="Charlie Croft")
    browser = signed_in(outsider)
    for reference in (case.reference, "bm8tc2V0LXJlZmVyZW5j"):
        browser.get(address("case", reference))
    theirs = Record.objects.filter(kind=circle.REFUSED, actor_id=outsider.pk)
    assert [(record.ref, list(record.after)) for record in theirs] == [("concerns", ["asked"])] * 2
    assert case.reference not in str(list(theirs.values()))
    shown = signed_in(case.keeper).get(address("case-record", case.reference)).content.decode()
    assert shown.count("Charlie Croft") == 1


def test_every_look_is_on_record_and_the_person_without_their_name(signed_in: Any) -> None:
    case = making.told()
    signed_in(case.investigator).get(address("case-papers", case.reference))
    signed_in(case.person).get(address("case", case.reference))
    looks = circle.records(case.concern).filter(kind="case.looked")
    assert [(each.actor_id, each.after["page"]) for each in looks] == [
        (case.investigator.pk, "case-papers"),
        (None, "case"),
    ]
    shown = signed_in(case.keeper).get(address("case-record", case.reference)).content.decode()
    assert f"{case.investigator} · Investigator" in shown
    assert "Looked: papers" in shown
    assert f"{case.person} · " not in shown


def test_what_is_shown_after_a_mistake_is_a_look_too(signed_in: Any) -> None:
    case = making.taken()
    signed_in(case.keeper).post(address("case-triage", case.reference), {"kind": "", "words": "I wrote this."})
    assert circle.records(case.concern).filter(kind="case.looked").count() == 1


def test_no_browser_keeps_a_page_of_a_case(signed_in: Any) -> None:
    case = making.told()
    browser = signed_in(case.keeper)
    addresses = [address(name, case.reference) for name in ("case", "case-papers", "case-triage", "case-people")]
    for each in (*addresses, reverse("concerns"), reverse("concern-raise")):
        assert "no-store" in browser.get(each)["Cache-Control"], each


def test_titles_say_nothing_of_a_case(signed_in: Any) -> None:
    case = making.told()
    browser = signed_in(case.keeper)
    for name in ("case", "case-papers", "case-letters", "case-triage", "case-people", "case-record"):
        shown = browser.get(address(name, case.reference)).content.decode()
        assert "<title>Concern – " in shown, name


# --- The table that test_urls.py walks --------------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    return SimpleNamespace(alice=factories.person(), bob=factories.person(), desk=factories.person((Role.DESK, None)))


def test_the_table_of_addresses_has_them_all() -> None:
    assert {each.name for each in pages.PAGES} == {each.name for each in urls.urlpatterns}


def test_the_table_tells_what_alice_and_bob_get(people: SimpleNamespace, signed_in: Any) -> None:
    things = pages.world(people)
    alice, bob = signed_in(people.alice), signed_in(people.bob)
    before = list(Concern.objects.order_by("pk").values())
    for page in pages.PAGES:
        if page.needs != pages.RAISE:
            continue
        where = reverse(page.name, args=[things[each] for each in page.of])
        wrong = bob.post(where) if page.post else bob.get(where)
        assert wrong.status_code == page.wrong, page.name
        assert alice.get(where).status_code == (405 if page.post else page.right), page.name
    assert list(Concern.objects.order_by("pk").values()) == before


def user_of(case: Case, part: Part) -> User | None:
    return circle.holder(case.concern, part)


def test_in_which_states_a_part_sees_a_case_is_what_the_table_says(signed_in: Any) -> None:
    case = making.gathered()
    making.name_approvers(case)
    for part in (Part.KEEPER, Part.PERSON, Part.INVESTIGATOR, Part.DECIDER, Part.APPEAL_OFFICER, Part.APPROVER_HR):
        who = user_of(case, part)
        assert who is not None
        sees = signed_in(who).get(address("case", case.reference)).status_code == 200
        assert sees == (State.GATHERED in SEES_IN[part]), part


# --- How a page is read aloud -----------------------------------------------------------------------------------------


def shown_to(case: Case, who: str, signed_in: Any) -> Iterator[tuple[str, BeautifulSoup]]:
    """Every page of the case that somebody can open, read."""
    browser = signed_in(getattr(case, who))
    for name in FOR:
        answer = browser.get(address(name, case.reference))
        if answer.status_code == 200:
            yield f"{who}: {name}", BeautifulSoup(answer.content, "html.parser")


@pytest.mark.parametrize("who", ["keeper", "person", "investigator", "hr", "reporter"])
def test_a_page_has_one_heading_its_parts_in_order_and_a_label_on_every_control(who: str, signed_in: Any) -> None:
    case, files = making.told(in_confidence=True), [factories.upload()]
    making.name_approvers(case)
    papers.add_evidence(
        case.investigator, case.reference, side=Side.FOR, title="The rota", text="Two were in.", files=files
    )
    papers.share(case.keeper, case.reference)
    for page, read in shown_to(case, who, signed_in):
        main = read.select("#main-content")[0]
        levels = [int(each.name[1]) for each in main.select("h1, h2, h3, h4")]
        assert levels.count(1) == 1, page
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels)), (page, levels)
        ids = [each["id"] for each in read.select("[id]")]
        assert len(ids) == len(set(ids)), page
        for control in main.select("input:not([type=hidden]), textarea, select"):
            assert main.select(f"label[for={control['id']}]"), (page, control["name"])
        assert all(each.get_text(strip=True) for each in main.select("a, button")), page
