"""What the process owes to the people in it, also when things change under its feet."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from moothall.accounts.models import Membership, Unit, User
from moothall.accounts.roles import Role
from moothall.concerns import circle, closing, meetings, moving, openings, papers, posting, raising, seating
from moothall.concerns.circle import NotYours
from moothall.concerns.facts import Given
from moothall.concerns.letters import LetterKind
from moothall.concerns.meetings import Minutes
from moothall.concerns.models import Concern, Opening, PassingOn
from moothall.concerns.models.cases import About, Triage
from moothall.concerns.models.papers import Side
from moothall.concerns.openings import NotApproved
from moothall.concerns.process import CannotMove, Outcome, Part, State, Step
from moothall.concerns.raising import Raised
from moothall.core import clock, localtime
from tests import factories
from tests.concerns import making
from tests.concerns.making import Case, noon

pytestmark = pytest.mark.django_db

MINUTES = Minutes("Fern Hale, UNISON", without_companion=False, notes="What was said.")


def add_evidence(case: Case) -> None:
    papers.add_evidence(case.investigator, case.reference, side=Side.AGAINST, title="More", text="Found late.")


def test_nothing_the_person_never_had_can_carry_a_decision() -> None:
    case = making.called()
    add_evidence(case)
    with making.at(noon(7)), pytest.raises(CannotMove, match="Share all evidence"):
        meetings.record(case.decider, case.reference, MINUTES)
    with making.at(noon(3)):
        papers.share(case.keeper, case.reference)
    with making.at(noon(7)), pytest.raises(CannotMove, match="five working days"):
        meetings.record(case.decider, case.reference, MINUTES)
    assert not case.concern.meetings.filter(held_at__isnull=False).exists()
    meetings.postpone(case.keeper, case.reference, "There is a new paper.")
    with pytest.raises(ValidationError, match="working days before"):
        meetings.plan(case.keeper, case.reference, noon(1), "Town hall")


def test_what_was_decided_by_is_not_taken_back() -> None:
    case = making.met()
    paper = case.concern.papers.filter(kind="evidence").first()
    assert paper
    paper.shared_at = None
    paper.save()
    with pytest.raises(ValidationError, match="decided by these papers"):
        papers.withdraw_evidence(case.keeper, case.reference, paper.pk)
    with pytest.raises(CannotMove, match="Share all evidence"):
        moving.make(case.decider, case.reference, Step.DECIDE, Given("For this reason.", Outcome.DISMISSAL))


def test_the_report_is_shared_as_well() -> None:
    case = making.told()
    add_evidence(case)
    papers.share(case.keeper, case.reference)
    papers.write_report(case.investigator, case.reference, text="What was found.", speaks_for="Much.")
    moving.make(case.investigator, case.reference, Step.HAND_OVER)
    with pytest.raises(ValidationError, match="and the report"):
        meetings.plan(case.keeper, case.reference, noon(7), "Town hall")


def test_an_appeal_takes_an_invitation_and_whoever_decided_writes_nothing_of_it() -> None:
    case = making.appealed()
    meetings.plan(case.keeper, case.reference, clock.now() + timedelta(minutes=1), "Town hall")
    given = Given("For this reason.", Outcome.NO_ACTION)
    with making.at(noon(1)):
        with pytest.raises(circle.NotHere):
            meetings.record(case.decider, case.reference, MINUTES)
        meetings.record(case.appeal_officer, case.reference, MINUTES)
        with pytest.raises(ValidationError, match="recorded already"):
            meetings.record(case.keeper, case.reference, MINUTES)
        with pytest.raises(CannotMove, match="invites to the appeal meeting"):
            moving.make(case.appeal_officer, case.reference, Step.DECIDE_APPEAL, given)


def test_a_case_is_closed_when_the_person_knows_how_it_ended() -> None:
    case = making.settled()
    with pytest.raises(CannotMove, match="tells them how it ended"):
        closing.close_without_lesson(case.keeper, case.reference, "A slip.")
    making.letter(case, LetterKind.APPEAL_OUTCOME)
    closing.close_without_lesson(case.keeper, case.reference, "A slip.")
    assert Concern.objects.get().state == State.CLOSED


@pytest.mark.parametrize("kind", [LetterKind.DISMISSAL, LetterKind.NO_ACTION, LetterKind.APPEAL_MEETING])
def test_a_letter_says_what_was_decided_and_when_it_was(kind: LetterKind) -> None:
    told, decided = making.told(), making.decided(Outcome.FIRST_WARNING)
    for case in (told, decided):
        with pytest.raises(ValidationError, match=r"how it was decided|no place where the case is"):
            making.letter(case, kind)
    making.letter(decided, LetterKind.FIRST_WARNING)
    assert posting.appeal_until(decided.concern) == localtime.local(noon(10)).date()


def test_whoever_leads_a_unit_above_the_person_s_is_kept_out_too() -> None:
    case = making.taken()
    assert case.person.unit
    above = Unit.objects.create(name="Places")
    Unit.objects.filter(pk=case.person.unit.pk).update(parent=above)
    head = factories.person()
    above.leads.add(head)
    case.person.unit.leads.add(case.person)
    with pytest.raises(ValidationError, match="lead the unit"):
        seating.name(case.keeper, case.reference, Part.INVESTIGATOR, head)


def test_a_change_of_leads_keeps_nobody_from_appealing_and_no_case_from_its_end() -> None:
    case = making.decided()
    making.letter(case, LetterKind.FIRST_WARNING)
    assert case.person.unit
    case.person.unit.leads.add(case.keeper, case.investigator)
    moving.make(case.person, case.reference, Step.APPEAL, Given("It was not weighed."))
    with pytest.raises(CannotMove, match="leads the unit"):
        moving.make(case.keeper, case.reference, Step.LET_STAND)
    assert Concern.objects.get().state == State.APPEALED


def test_a_case_whose_keeper_has_left_comes_before_others() -> None:
    case = making.told()
    User.objects.filter(pk=case.keeper.pk).update(is_active=False)
    closing.find_keepers()
    assert circle.at(case.hr, case.reference).part == Part.RECEIVER
    closing.find_keepers()
    seating.take(case.hr, case.reference)
    assert circle.at(case.hr, case.reference).part == Part.KEEPER
    assert Concern.objects.get().state == State.TOLD
    papers.share(case.hr, case.reference)


def test_where_nobody_is_left_to_keep_it_the_log_says_so_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    case = making.told()
    User.objects.filter(pk__in=[case.keeper.pk, case.hr.pk, case.mo.pk]).update(is_active=False)
    for _ in range(3):
        closing.find_keepers()
    assert caplog.text.count("nobody who could keep it") == 1
    assert case.reference not in caplog.text


def test_who_kept_it_may_turn_out_to_be_the_person_and_may_come_back_to_the_same_part() -> None:
    case = making.taken(person_is_known=False)
    seating.give_up(case.keeper, case.reference, case.hr)
    seating.give_up(case.hr, case.reference, case.keeper)
    seating.give_up(case.keeper, case.reference, case.hr)
    seating.name_person(case.hr, case.reference, case.keeper)
    assert circle.holder(case.concern, Part.PERSON) == case.keeper
    with pytest.raises(circle.NotHere):
        circle.at(case.keeper, case.reference)


def test_a_replaced_investigator_may_be_the_persons_manager() -> None:
    case = making.allocated()
    seating.name(case.keeper, case.reference, Part.INVESTIGATOR, factories.person())
    seating.name_manager(case.keeper, case.reference, case.investigator)
    with pytest.raises(ValidationError):
        seating.name(case.keeper, case.reference, Part.INVESTIGATOR, case.investigator)


def test_what_the_security_contact_raised_is_passed_on_to_them() -> None:
    security = factories.person((Role.IT_SECURITY, None))
    hr = factories.person((Role.HR, None))
    PassingOn.objects.create(outcome=Outcome.SECURITY, user=security)
    concern = raising.raise_concern(security, Raised(About.WEB_USE, "A signal.", is_signal=True))
    seating.take(hr, concern.reference)
    moving.triage(hr, concern.reference, Triage.SECURITY, "A machine was taken over.")
    assert Concern.objects.get().outcome == Outcome.SECURITY
    assert circle.holder(concern, Part.REPORTER) == security


def approved_opening(case: Case) -> Opening:
    making.name_approvers(case)
    now = clock.now()
    row = Opening.objects.create(
        concern=case.concern,
        purpose_key="open-web",
        pseudonym="ab" * 16,
        first=now.date(),
        last=now.date(),
        six="{}",
        asked_by=case.investigator,
        asked_at=now,
    )
    for who in (case.hr, case.mo):
        openings.approve(User.objects.get(pk=who.pk), case.reference, row.reference)
    row.refresh_from_db()
    return row


def why_not(row: Opening) -> str:
    with pytest.raises(NotApproved) as refused:
        openings._row(row.reference)
    return str(refused.value)


@pytest.mark.parametrize("change", ["the role is gone", "they left", "they were replaced", "they lead the unit"])
def test_an_approval_holds_only_while_whoever_gave_it_could_give_it(change: str) -> None:
    case = making.allocated()
    row = approved_opening(case)
    assert openings._row(row.reference) == row
    if change == "the role is gone":
        Membership.objects.filter(user=case.hr).delete()
    elif change == "they left":
        User.objects.filter(pk=case.mo.pk).update(is_active=False)
    elif change == "they were replaced":
        another = factories.person((Role.HR, None))
        seating.name(case.keeper, case.reference, Part.APPROVER_HR, another)
    else:
        assert case.person.unit
        case.person.unit.leads.add(case.hr)
    assert "may not approve any more" in why_not(row)


def test_who_lost_the_role_cannot_approve() -> None:
    case = making.allocated()
    making.name_approvers(case)
    row = Opening.objects.create(
        concern=case.concern,
        purpose_key="open-web",
        pseudonym="ab" * 16,
        first=clock.now().date(),
        last=clock.now().date(),
        six="{}",
        asked_by=case.investigator,
        asked_at=clock.now(),
    )
    Membership.objects.filter(user=case.hr).delete()
    with pytest.raises(ValidationError, match="has the role"):
        openings.approve(User.objects.get(pk=case.hr.pk), case.reference, row.reference)
    with pytest.raises(NotYours):
        openings.approve(case.keeper, case.reference, row.reference)


def test_neither_a_refusal_nor_an_unknown_address_leaves_a_case_in_the_log(
    signed_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    case = making.told()
    with caplog.at_level(logging.INFO):
        assert signed_in(case.reporter).get(reverse("case-record", args=[case.reference])).status_code == 403
        assert signed_in(factories.person()).get(reverse("case", args=[case.reference])).status_code == 404
    assert case.reference not in caplog.text
    assert "others on this case" not in caplog.text
