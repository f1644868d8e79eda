"""Reminders: when they come, that each is one notice, and what ends them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from moothall.accounts.models import Notice, User
from moothall.accounts.roles import Role
from moothall.core import clock, localtime
from moothall.policies import actions, reminding, tasks
from moothall.policies.models import Policy, Reminder, ReminderRound, ReviewNotice, Version
from moothall.records.models import Record
from tests import factories
from tests.policies import making
from tests.policies.making import DAY, Calendar

pytestmark = pytest.mark.django_db

MONDAY = date(2090, 1, 9)
"""After the days on which the people of these tests joined: the real ones."""


@pytest.fixture
def calendar(monkeypatch: Any) -> Calendar:
    """It is noon of a Monday."""
    kept = Calendar()
    monkeypatch.setattr(clock, "now", kept.now)
    kept.go_to(MONDAY)
    return kept


def run_round(calendar: Calendar) -> None:
    """What the worker does on a day: the round is made to be due, and gone through to its end."""
    ReminderRound.objects.update_or_create(pk=1, defaults={"next_at": calendar.now()})
    tasks.remind.call()


def days_of_notices(calendar: Calendar, person: User, days: int) -> list[int]:
    """On which days, counted from now, ``person`` is told something, if a round is due at noon of each."""
    found = []
    for day in range(days + 1):
        before = Notice.objects.filter(user=person).count()
        run_round(calendar)
        if Notice.objects.filter(user=person).count() > before:
            found.append(day)
        calendar.go_on(1)
    return found


def test_told_and_three_reminders_and_no_more(calendar: Calendar) -> None:
    alice = factories.person()
    version = making.in_force()
    assert days_of_notices(calendar, alice, 120) == [0, 7, 21, 42]
    notice = Notice.objects.filter(user=alice).first()
    assert notice is not None
    assert notice.text == "Please read and acknowledge “Social media”. It takes some minutes."
    assert notice.path == "/policies/"
    assert notice.email_due_at is not None
    assert Reminder.objects.get(user=alice, version=version).times == 3


def test_whoever_joins_later_is_reminded_from_their_first_day(calendar: Calendar) -> None:
    making.in_force()
    calendar.go_on(30)
    bob = factories.person(joined_at=calendar.now())
    assert days_of_notices(calendar, bob, 60) == [0, 7, 21, 42]


def test_a_version_that_comes_later_is_reminded_of_from_its_day(calendar: Calendar) -> None:
    alice = factories.person()
    making.publish(making.policy(), effective_on=MONDAY + 20 * DAY)
    assert days_of_notices(calendar, alice, 80) == [21, 28, 42, 63]  # it is in force from a Sunday


def test_what_ends_them(calendar: Calendar) -> None:
    """Alice acknowledges, Bob leaves, Charlie turns into somebody whom it is not for; Dora is reminded."""
    version = making.in_force()
    alice, bob, charlie, dora = (factories.person() for _ in range(4))
    calendar.go_on(8)
    run_round(calendar)
    assert Notice.objects.filter(user__in=[alice, bob, charlie, dora]).count() == 4
    actions.acknowledge(alice, version)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    User.objects.filter(pk=charlie.pk).update(kind="guest")
    calendar.go_on(15)
    run_round(calendar)
    again = Notice.objects.filter(made_at=calendar.now(), text__startswith="Please").exclude(
        user=version.policy.owner_id
    )
    assert [each.user for each in again] == [dora]


def test_a_withdrawal_or_a_newer_version_ends_them(calendar: Calendar) -> None:
    alice = factories.person()
    withdrawn, replaced = making.in_force("withdrawn"), making.in_force("replaced")
    calendar.go_on(8)
    run_round(calendar)
    assert Reminder.objects.filter(user=alice).count() == 2
    actions.withdraw(withdrawn.policy.owner, withdrawn.policy, "Not needed.")
    newer = making.publish(replaced.policy)
    calendar.go_on(3)
    assert days_of_notices(calendar, alice, 60) == [0, 7, 21, 42]
    assert Reminder.objects.get(user=alice, version=newer).times == 3
    assert set(Reminder.objects.filter(user=alice).exclude(version=newer).values_list("times", flat=True)) == {0}


def test_all_that_is_due_comes_in_one_notice_and_not_twice_in_a_week(calendar: Calendar) -> None:
    alice = factories.person()
    making.in_force("acceptable-use")
    calendar.go_on(2)
    making.in_force("social-media")
    calendar.go_on(5)
    found = days_of_notices(calendar, alice, 100)
    texts = list(Notice.objects.filter(user=alice).order_by("made_at").values_list("text", flat=True))
    assert texts[0] == "Please read and acknowledge “Acceptable use” and “Social media”. It takes some minutes."
    assert all(later - earlier >= 7 for earlier, later in pairwise(found))
    assert set(Reminder.objects.filter(user=alice).values_list("times", flat=True)) == {3}
    assert len(found) <= 6


def test_readers_are_told_of_a_new_version_on_its_first_round(calendar: Calendar) -> None:
    """Alice acknowledged the one before, Bob not, and the change is small; the next is none."""
    alice, bob = factories.person(), factories.person()
    policy = making.policy()
    actions.acknowledge(alice, making.publish(policy))
    making.publish(policy, earlier_stand=True)
    run_round(calendar)
    assert [Notice.objects.filter(user=each).count() for each in (alice, bob)] == [0, 1]
    making.publish(policy, effective_on=MONDAY + DAY)
    run_round(calendar)
    assert [Notice.objects.filter(user=each).count() for each in (alice, bob)] == [0, 1]
    calendar.go_on(1)
    run_round(calendar)
    assert [Notice.objects.filter(user=each).count() for each in (alice, bob)] == [1, 2]


@pytest.mark.parametrize(
    "change", [{"needs_acknowledgement": True}, {"audience": ["councillors", "guests"]}, {"kind": "councillor"}]
)
def test_whoever_is_asked_later_is_told_first_and_has_as_long(calendar: Calendar, change: dict[str, Any]) -> None:
    """It is switched on, it is for others too, or somebody becomes one of those whom it is for."""
    asks = "needs_acknowledgement" not in change
    audience = "guests" if "needs_acknowledgement" in change else "councillors"
    policy = making.policy("social-media", audience, needs_acknowledgement=asks)
    making.publish(policy)
    guest = factories.person(kind="guest")
    calendar.go_on(28)
    run_round(calendar)
    assert not Notice.objects.filter(user=guest).exists()
    calendar.go_on(7)
    if "kind" in change:
        User.objects.filter(pk=guest.pk).update(**change)
    else:
        for name, value in change.items():
            setattr(policy, name, value)
        actions.save_policy(policy.owner, policy, [])
    assert days_of_notices(calendar, guest, 60) == [0, 7, 21, 42]


def test_another_title_asks_nobody_anew(calendar: Calendar) -> None:
    policy = making.policy()
    policy.title = "Renamed"
    assert actions.save_policy(policy.owner, policy, []).asked_since is None
    policy.audience = ["guests"]
    assert actions.save_policy(policy.owner, policy, []).asked_since == MONDAY


def test_many_titles_fit_into_a_notice() -> None:
    policy = Policy(title="A" * 120)
    versions = [Version(policy=policy) for _ in range(12)]
    assert len(reminding.notice_words(versions)) <= 500
    assert reminding.notice_words(versions).endswith("and 9 more. It takes some minutes.")


def test_a_round_goes_through_everybody_in_batches(calendar: Calendar, monkeypatch: Any) -> None:
    monkeypatch.setattr(reminding, "BATCH", 4)
    first, second = making.in_force("first"), making.in_force("second", "guests", "all_staff")
    staff = [factories.person() for _ in range(9)]
    guests = [factories.person(kind="guest") for _ in range(2)]
    for person in staff[::2]:
        actions.acknowledge(person, first)
    calendar.go_on(7)
    run_round(calendar)
    reminded = Notice.objects.filter(text__startswith="Please")
    assert reminded.filter(user__in=[*staff, *guests]).count() == 11
    assert not reminded.filter(user__in=staff[::2], text__contains="“First”").exists()
    both = reminded.filter(user__in=staff[1::2], text__contains="“First” and “Second”")
    assert both.count() == 4
    assert Reminder.objects.filter(user__in=staff, version=second).count() == 9
    assert Record.objects.filter(kind="policy.reminded").count() >= 3
    everybody = reminded.count()
    run_round(calendar)
    assert reminded.count() == everybody


# --- The round --------------------------------------------------------------------------------------------------------


def test_rounds_are_on_working_mornings() -> None:
    """Also where the clocks change in the night between."""
    thursday = datetime.fromisoformat("2027-03-25T09:00:00+00:00")
    tuesday = reminding.next_round(thursday)
    assert localtime.short(tuesday) == "30 Mar 2027, 09:00"  # after Easter
    assert reminding.next_round(tuesday - timedelta(seconds=1)) == tuesday


@pytest.mark.parametrize(
    ("late", "then"),
    [
        ("2090-01-10T17:00", "11 Jan 2090, 09:00"),
        ("2090-01-11T03:30", "11 Jan 2090, 09:00"),
        ("2090-01-14T11:00", "16 Jan 2090, 09:00"),
        ("2090-04-17T11:00", "18 Apr 2090, 09:00"),
    ],
)
def test_a_round_that_workers_come_back_to_late_waits_for_a_working_morning(
    calendar: Calendar, late: str, then: str
) -> None:
    """In the evening, at night, at a weekend and on Easter Monday nobody is told anything."""
    making.in_force()
    alice = factories.person()
    calendar.moment = datetime.fromisoformat(late).replace(tzinfo=UTC)
    if calendar.moment.month == 4:  # summer time
        calendar.moment -= timedelta(hours=1)
    held = calendar.now() - timedelta(hours=1)
    for is_due in (reminding.is_due, reminding.claim):
        ReminderRound.objects.update_or_create(pk=1, defaults={"next_at": held})
        assert not is_due(calendar.now())
        assert localtime.short(ReminderRound.objects.get().next_at) == then
    assert not Notice.objects.filter(user=alice).exists()
    calendar.moment = ReminderRound.objects.get().next_at
    assert reminding.is_due(calendar.now())
    tasks.remind.call()
    assert Notice.objects.filter(user=alice).count() == 1


def test_a_round_that_lasts_until_the_evening_goes_on_in_the_morning(calendar: Calendar, monkeypatch: Any) -> None:
    monkeypatch.setattr(reminding, "BATCH", 1)
    making.in_force()
    people = [factories.person() for _ in range(3)]
    calendar.go_to(MONDAY, 16)
    ReminderRound.objects.create(pk=1, next_at=calendar.now())
    lease = reminding.claim(calendar.now())
    assert lease is not None
    lease = reminding.go_on(lease, calendar.now())
    assert lease is not None
    calendar.go_to(MONDAY, 17)
    assert reminding.go_on(lease, calendar.now()) is None
    assert Notice.objects.filter(text__startswith="Please").count() == 1
    assert localtime.short(ReminderRound.objects.get().next_at) == "10 Jan 2090, 09:00"
    calendar.go_to(MONDAY + DAY, 9)
    tasks.remind.call()
    assert Notice.objects.filter(user__in=people, text__startswith="Please").count() == 3


def test_a_sweep_finds_only_a_round_that_is_due(calendar: Calendar, django_assert_num_queries: Any) -> None:
    assert not reminding.is_due(calendar.now())  # the first time: it is put into the calendar
    with django_assert_num_queries(1):
        assert not reminding.is_due(calendar.now())
    calendar.go_on(1)
    assert reminding.is_due(calendar.now())
    run_round(calendar)
    assert not reminding.is_due(calendar.now())


def test_a_worker_that_was_taken_over_from_tells_nobody(calendar: Calendar) -> None:
    making.in_force()
    alice = factories.person()
    calendar.go_on(8)
    ReminderRound.objects.create(pk=1, next_at=calendar.now())
    slow = reminding.claim(calendar.now())
    assert slow is not None
    assert reminding.claim(calendar.now()) is None  # it is leased
    calendar.moment += reminding.LEASE
    other = reminding.claim(calendar.now())
    assert other is not None
    assert reminding.go_on(slow, calendar.now()) is None
    assert not Notice.objects.filter(user=alice).exists()
    while other is not None:
        other = reminding.go_on(other, calendar.now())
    assert Notice.objects.filter(user=alice).count() == 1


# --- Reviews ----------------------------------------------------------------------------------------------------------


def test_of_a_review_the_owner_is_told_and_when_it_is_overdue_the_writers_too(
    calendar: Calendar,
) -> None:
    version = making.publish(making.policy(needs_acknowledgement=False), review_on=MONDAY + 40 * DAY)
    desk, colleague = factories.person((Role.DESK, None)), factories.person()
    assert days_of_notices(calendar, version.policy.owner, 90) == [10, 42]
    by_day = "to be reviewed by Saturday 18 February 2090."
    texts = [f"“Social media” is {by_day}", f"“Social media” was {by_day}"]
    assert list(Notice.objects.filter(user=version.policy.owner).order_by("pk").values_list("text", flat=True)) == texts
    assert list(Notice.objects.filter(user=desk).values_list("text", flat=True)) == texts[1:]
    assert not Notice.objects.filter(user=colleague).exists()
    assert Record.objects.filter(kind="policy.review_announced").count() == 2
    assert ReviewNotice.objects.get().version == version


def test_where_the_owner_has_left_those_who_write_policies_are_told(calendar: Calendar) -> None:
    version = making.publish(making.policy(needs_acknowledgement=False), review_on=MONDAY + 20 * DAY)
    User.objects.filter(pk=version.policy.owner_id).update(is_active=False)
    desk, colleague = factories.person((Role.DESK, None)), factories.person()
    run_round(calendar)
    assert Notice.objects.filter(user=desk).count() == 1
    assert not Notice.objects.filter(user__in=[colleague, version.policy.owner]).exists()
