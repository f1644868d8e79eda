"""Reminders: when they come, that each is one notice, and what ends them."""

from datetime import date, datetime, timedelta
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

MONDAY = date(2090, 3, 6)
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
    """On which days, counted from now, ``person`` is reminded, if there is a round on each."""
    found = []
    for day in range(days + 1):
        before = Notice.objects.filter(user=person).count()
        run_round(calendar)
        if Notice.objects.filter(user=person).count() > before:
            found.append(day)
        calendar.go_on(1)
    return found


def test_three_reminders_and_no_more(calendar: Calendar) -> None:
    alice = factories.person()
    version = making.in_force()
    assert days_of_notices(calendar, alice, 120) == [7, 21, 42]
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
    assert days_of_notices(calendar, bob, 60) == [7, 21, 42]


def test_a_version_that_comes_later_is_reminded_of_from_its_day(calendar: Calendar) -> None:
    alice = factories.person()
    making.publish(making.policy(), effective_on=MONDAY + 20 * DAY)
    assert days_of_notices(calendar, alice, 80) == [27, 41, 62]


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
    assert days_of_notices(calendar, alice, 60) == [4, 18, 39]  # 7, 21 and 42 days after the newer one
    assert Reminder.objects.get(user=alice, version=newer).times == 3
    assert set(Reminder.objects.filter(user=alice).exclude(version=newer).values_list("times", flat=True)) == {1}


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
    friday = datetime.fromisoformat("2027-03-26T09:00:00+00:00")
    monday = reminding.next_round(friday)
    assert localtime.short(monday) == "29 Mar 2027, 09:00"
    assert reminding.next_round(monday - timedelta(seconds=1)) == monday


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


def test_the_owner_is_told_once_of_a_review_that_is_near(calendar: Calendar) -> None:
    version = making.publish(making.policy(needs_acknowledgement=False), review_on=MONDAY + 40 * DAY)
    assert days_of_notices(calendar, version.policy.owner, 60) == [10]
    notice = Notice.objects.get(user=version.policy.owner)
    assert notice.text == "“Social media” is to be reviewed by Saturday 15 April 2090."
    assert Record.objects.filter(kind="policy.review_announced").count() == 1
    assert ReviewNotice.objects.get().version == version


def test_where_the_owner_has_left_those_who_write_policies_are_told(calendar: Calendar) -> None:
    version = making.publish(making.policy(needs_acknowledgement=False), review_on=MONDAY + 20 * DAY)
    User.objects.filter(pk=version.policy.owner_id).update(is_active=False)
    desk, colleague = factories.person((Role.DESK, None)), factories.person()
    run_round(calendar)
    assert Notice.objects.filter(user=desk).count() == 1
    assert not Notice.objects.filter(user__in=[colleague, version.policy.owner]).exists()
