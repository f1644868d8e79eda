"""No purpose, no import: whose approval an entry needs, how it changes, and what an import is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.core import clock
from moothall.records.models import Record
from moothall.webuse import purpose_actions, purpose_checks, purpose_queries
from moothall.webuse.models import Purpose, PurposeApproval, PurposeState
from moothall.webuse.purpose_queries import NoPurpose
from tests import factories
from tests.webuse import purposes
from tests.webuse.purposes import WORDS, today

pytestmark = pytest.mark.django_db


# --- Two people in two roles ------------------------------------------------------------------------------------------


def test_two_people_in_two_roles_bring_an_entry_into_force(alice: User, bob: User, cora: User) -> None:
    entry = purposes.awaiting(alice)
    assert set(Notice.objects.values_list("user", flat=True)) == {bob.pk, cora.pk}
    assert purpose_actions.approve(bob, entry).state == PurposeState.AWAITING
    assert purpose_queries.in_force() == []
    assert purpose_actions.approve(cora, entry).state == PurposeState.IN_FORCE
    assert purpose_queries.in_force() == [entry]
    assert Notice.objects.get(user=alice).text == "“Security of the network” is approved, and in force."
    kinds = Record.objects.filter(ref=f"purpose:{entry.pk}").values_list("kind", flat=True)
    assert [each.partition(".")[2] for each in kinds] == ["begun", "sent_for_approval", "approved_in_part", "approved"]
    assert Record.objects.last().after["what_for"] == WORDS["what_for"]  # type: ignore[union-attr]


def test_nobody_approves_what_they_wrote_on(alice: User, bob: User, cora: User) -> None:
    entry = purposes.draft(alice)
    entry.kept = "Only the hour, the category and the unit of each line."
    purpose_actions.save_draft(bob, entry)
    purpose_actions.submit(cora, entry)
    for author in (alice, bob, cora):
        with pytest.raises(PermissionDenied):
            purpose_actions.approve(author, entry)


def test_nobody_approves_twice_nor_two_in_one_role(alice: User, bob: User) -> None:
    entry = purposes.awaiting(alice)
    both = factories.person((Role.HR, None), (Role.MONITORING_OFFICER, None))
    with pytest.raises(ValidationError, match="Choose the role"):
        purpose_actions.approve(both, entry)
    with pytest.raises(ValidationError, match="cannot approve it in this role"):
        purpose_actions.approve(both, entry, Role.IT_SECURITY)
    purpose_actions.approve(both, entry, Role.HR)
    for again in (both, bob):
        with pytest.raises(ValidationError, match="Another must"):
            purpose_actions.approve(again, entry)
    assert purpose_queries.in_force() == []


def test_the_database_counts_a_person_and_a_role_once(alice: User, bob: User, cora: User) -> None:
    entry = purposes.awaiting(alice)
    PurposeApproval.objects.create(purpose=entry, by=bob, role=Role.HR)
    for by, role in ((bob, Role.IT_SECURITY), (cora, Role.HR)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PurposeApproval.objects.create(purpose=entry, by=by, role=role)


def test_only_those_who_answer_for_monitoring_write_approve_or_end(alice: User, charlie: User) -> None:
    entry = purposes.awaiting(alice)
    acts = (
        lambda: purposes.draft(charlie, "another"),
        lambda: purpose_actions.submit(charlie, entry),
        lambda: purpose_actions.approve(charlie, entry),
        lambda: purpose_actions.send_back(charlie, entry, "No"),
        lambda: purpose_actions.end(charlie, entry, "No"),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def test_an_unfinished_draft_is_kept_and_not_sent(alice: User) -> None:
    entry = purpose_actions.save_draft(alice, Purpose(key="capacity", title="Capacity of our lines"))
    with pytest.raises(ValidationError) as refused:
        purpose_actions.submit(alice, entry)
    assert set(refused.value.message_dict) == {*purpose_checks.MISSING, "lawful_basis", "review_on"}
    assert Purpose.objects.get().state == PurposeState.DRAFT


def test_an_entry_sent_back_loses_the_approvals_of_its_old_words(alice: User, bob: User, cora: User) -> None:
    entry = purposes.awaiting(alice)
    purpose_actions.approve(bob, entry)
    with pytest.raises(ValidationError):
        purpose_actions.send_back(cora, entry, " ")
    purpose_actions.send_back(cora, entry, "Say who sees it.")
    assert not PurposeApproval.objects.exists()
    assert Notice.objects.get(user=alice).text == "Cora Crane sent “Security of the network” back: Say who sees it."
    record = Record.objects.last()
    assert record is not None
    assert record.before == {"approvals": [{"by": "Bob Barrow", "role": "hr"}]}
    assert purpose_actions.submit(alice, entry).state == PurposeState.AWAITING


def test_a_review_that_came_meanwhile_is_not_approved(alice: User, bob: User, cora: User, monkeypatch: Any) -> None:
    entry = purposes.awaiting(alice, review_on=today() + timedelta(days=2))
    purpose_actions.approve(bob, entry)
    late = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(ValidationError, match="The day of its review"):
        purpose_actions.approve(cora, entry)
    assert PurposeApproval.objects.count() == 1


# --- Versions ---------------------------------------------------------------------------------------------------------


def next_version(author: User, of: Purpose, **values: Any) -> Purpose:
    new = purpose_queries.next_version(of)
    for name, value in {"review_on": today() + timedelta(days=300), **values}.items():
        setattr(new, name, value)
    return purpose_actions.save_draft(author, new, changes=of)


def test_the_old_version_holds_until_the_new_one_is_approved(alice: User, bob: User, cora: User) -> None:
    old = purposes.in_force()
    new = purpose_actions.submit(alice, next_version(alice, old, names_days=0))
    purpose_actions.approve(bob, new)
    assert purpose_queries.for_import(on=today()).number == 1
    purpose_actions.approve(cora, new)
    assert purpose_queries.for_import(on=today()).number == 2
    assert [each.state for each in Purpose.objects.order_by("number")] == ["superseded", "in_force"]


def test_a_version_is_written_by_one_draft_at_a_time_and_its_key_stays(alice: User) -> None:
    old = purposes.in_force()
    new = next_version(alice, old, key="something-else")
    assert (new.key, new.number) == (old.key, 2)
    with pytest.raises(ValidationError, match="being written already"):
        next_version(alice, old)
    with pytest.raises(ValidationError, match="This short name is taken"):
        purposes.draft(alice, old.key)


def test_an_approved_entry_is_never_edited_by_whoever_asks(alice: User) -> None:
    entry = purposes.in_force()
    entry.rows_days = 399
    with pytest.raises(ValidationError, match="never changed"):
        purpose_actions.save_draft(alice, entry)
    kept = Purpose.objects.filter(pk=entry.pk)
    attempts = (
        lambda: kept.update(rows_days=399),
        lambda: kept.update(approved_at=None),
        lambda: kept.delete(),
        lambda: entry.approvals.update(role=Role.IT_SECURITY),
        lambda: entry.approvals.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            attempt()
    assert kept.get().rows_days == 90


def test_nothing_is_kept_for_ever_nor_names_longer_than_rows(alice: User) -> None:
    for days in (
        {"rows_days": 401},
        {"figures_days": 1_101},
        {"names_days": 91},
        {"rows_days": 401, "figures_days": 500},
    ):
        with pytest.raises(ValidationError):
            purposes.draft(alice, **days)
        with pytest.raises(IntegrityError), transaction.atomic():
            Purpose.objects.create(key="x", title="X", made_by=alice, **days)


# --- For an import ----------------------------------------------------------------------------------------------------


def why_not(key: str = "", on: date | None = None) -> str:
    with pytest.raises(NoPurpose) as refused:
        purpose_queries.for_import(key, on=on or today())
    return str(refused.value)


def test_without_an_entry_nothing_is_read(alice: User) -> None:
    assert why_not().startswith("No purpose, no import. Write an entry")
    assert why_not("security") == "There is no purpose “security” in the monitoring register. In force: none."
    purposes.draft(alice)
    assert "is a draft. Send it for approval" in why_not()


def test_an_entry_that_waits_says_for_whom(alice: User, bob: User) -> None:
    entry = purposes.awaiting(alice)
    assert "waits for approval by two people, in two of the roles HR, Monitoring officer and IT security" in why_not()
    purpose_actions.approve(bob, entry)
    assert "by Monitoring officer or IT security (Bob Barrow approved it as HR)" in why_not("network-security")


def test_of_several_in_force_the_import_names_one() -> None:
    purposes.in_force()
    purposes.in_force("capacity", title="Capacity of our lines")
    assert "with --purpose: capacity or network-security." in why_not()
    assert purpose_queries.for_import("capacity", on=today()).title == "Capacity of our lines"
    assert "In force: capacity and network-security." in why_not("else")


def test_an_overdue_review_warns_for_thirty_days_and_then_stops() -> None:
    entry = purposes.in_force()
    assert entry.review_on is not None
    due = entry.review_on
    assert purpose_queries.review_warning(entry, due) == ""
    assert "Logs are read for it until" in purpose_queries.review_warning(entry, due + timedelta(days=1))
    assert purpose_queries.for_import(on=due + timedelta(days=30)) == entry
    assert "nothing is read before it has been" in why_not(on=due + timedelta(days=31))
    assert "Nothing is read for it any more" in purpose_queries.review_warning(entry, due + timedelta(days=31))


def test_an_ended_purpose_allows_no_import_and_can_come_back(alice: User, bob: User, cora: User) -> None:
    entry = purpose_actions.end(bob, purposes.in_force(), "The trouble is over.")
    assert "ended on" in why_not("network-security")
    assert Notice.objects.filter(user=cora, text__contains="Bob Barrow ended").exists()
    again = purpose_actions.submit(alice, next_version(alice, entry))
    purpose_actions.approve(bob, again)
    purpose_actions.approve(cora, again)
    assert purpose_queries.for_import(on=today()) == again
