"""Telling people of what they are asked to acknowledge, and reminders that stop: who is due one today.

A version becomes due for somebody on the day from which it is in force or, if that is later, on the day they joined or
on which the policy began to ask others than before. The next round tells them of it. They are reminded 7, 21 and 42
days after that day, and not again. Where something came late, and to somebody whom a new role or kind makes one of its
readers, what follows is as long after it as the days of the plan lie apart. An acknowledgement, leaving, a withdrawal
and a newer version each end it.

Whatever is due to a person comes in one notice, and no reminder within a week of the notice before it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.queries import holders
from moothall.core import localtime
from moothall.core.working_days import is_working_day
from moothall.policies import queries
from moothall.policies.models import Reminder, ReminderRound, ReviewNotice, Version
from moothall.policies.queries import Standing
from moothall.records.actions import capture

AFTER = (timedelta(), timedelta(days=7), timedelta(days=21), timedelta(days=42))
"""When somebody is told, and reminded for the first, the second and the third time."""
WEEK = timedelta(days=7)
OPENS, CLOSES = time(9), time(17)
"""On our clocks, on working days. A round begins when they open, and nobody is told anything outside them."""
BATCH = 500
"""People in one transaction."""
LEASE = timedelta(minutes=10)
"""Longer than a batch can take: after it, another worker takes a round over that was left lying."""
NAMED = 3
"""So many titles fit into a notice."""

_DAY = timedelta(days=1)


# --- The day's round --------------------------------------------------------------------------------------------------


def is_due(now: datetime) -> bool:
    """Whether the day's round is to begin, or was left lying. One query by the primary key.

    One that workers come back to late, after hours or on a day off, is put off to the next working morning.
    """
    next_at = ReminderRound.objects.filter(pk=1).values_list("next_at", flat=True).first()
    if next_at is None:
        ReminderRound.objects.get_or_create(pk=1, defaults={"next_at": next_round(now)})
        return False
    return next_at <= now and not _put_off(next_at, now)


def next_round(now: datetime) -> datetime:
    """The next working morning."""
    day = localtime.local(now).date()
    while True:
        at = localtime.from_wall(day, OPENS)
        if at > now and is_working_day(day):
            return at
        day += _DAY


def are_hours(now: datetime) -> bool:
    """Whether people are told things now."""
    here = localtime.local(now)
    return is_working_day(here.date()) and OPENS <= here.time() < CLOSES


def _put_off(held: datetime, now: datetime) -> bool:
    """Put the round that is due, or leased, at ``held`` off outside the hours. Whether it is outside them."""
    if are_hours(now):
        return False
    ReminderRound.objects.filter(pk=1, next_at=held).update(next_at=next_round(now))
    return True


def claim(now: datetime) -> datetime | None:
    """Take the round that is due. Returns the lease, to be handed to ``go_on``; ``None`` if another has it."""
    due = ReminderRound.objects.filter(pk=1, next_at__lte=now).first()
    return _lease(due.next_at, now) if due and not _put_off(due.next_at, now) else None


def _lease(held: datetime, now: datetime) -> datetime | None:
    """The round's new lease, if its old one is what it was."""
    until = now + LEASE
    return until if ReminderRound.objects.filter(pk=1, next_at=held).update(next_at=until) else None


@transaction.atomic
def go_on(lease: datetime, now: datetime) -> datetime | None:
    """Tell the next ``BATCH`` people, or end the day's round. Returns the lease while there may be more to do.

    The lease is renewed in the transaction of the notices: a worker that was taken over from tells nobody twice.
    """
    renewed = None if _put_off(lease, now) else _lease(lease, now)
    if renewed is None:
        return None
    if _tell_some(now):
        return renewed
    _announce_reviews(now)
    ReminderRound.objects.filter(pk=1).update(next_at=next_round(now))
    return None


# --- Acknowledgements -------------------------------------------------------------------------------------------------


def _tell_some(now: datetime) -> int:
    """Tell or remind up to ``BATCH`` people, those who came first before the others. Returns how many."""
    standings = [each for each in queries.in_force(_day(now)) if each.policy.needs_acknowledgement]
    owed = _owed(standings, now)
    people = User.objects.in_bulk(sorted(owed)[:BATCH])
    if not people:
        return 0
    for versions, readers in _alike(queries.due_to_each(people, standings)).items():
        notify([people[pk] for pk in readers], notice_words(versions), reverse("policies"))
    reminders = [
        Reminder(user_id=pk, version_id=version, times=times, last_at=now)
        for pk in people
        for version, times in owed[pk].items()
    ]
    Reminder.objects.bulk_create(
        reminders, update_conflicts=True, unique_fields=["user", "version"], update_fields=["times", "last_at"]
    )
    capture("policy.reminded", "policy-reminders", actor=None, after={"people": len(people)})
    return len(people)


def _owed(standings: Iterable[Standing], now: datetime) -> dict[int, dict[int, int]]:
    """Whom to tell today of which version, and how often they will have been reminded of it then.

    Of each version and time the first ``BATCH`` people by id are found: whoever is among the first ``BATCH`` of all is
    among them with everything that they are owed.
    """
    found: dict[int, dict[int, int]] = {}
    for standing in standings:
        asked = max(filter(None, (standing.version.effective_on, standing.policy.asked_since)))
        for times, wait in enumerate(AFTER):
            if asked > _day(now) - wait:
                break
            for pk in _waiting(standing, times, now).values_list("pk", flat=True)[:BATCH]:
                found.setdefault(pk, {})[standing.version.pk] = times
    return found


def _waiting(standing: Standing, times: int, now: datetime) -> QuerySet[User]:
    """Those who owe an acknowledgement and are to be reminded of it for this time; told of it, if that is nought."""
    today = _day(now)
    of_it = Reminder.objects.filter(user=OuterRef("pk"), version=standing.version)
    found = queries.owing(standing).filter(joined_at__lt=localtime.start_of(today - AFTER[times] + _DAY)).order_by("pk")
    if not times:
        return found.exclude(Exists(of_it))
    apart = AFTER[times] - AFTER[times - 1]
    before = of_it.filter(times=times - 1, last_at__lt=localtime.start_of(today - apart + _DAY))
    of_late = Reminder.objects.filter(user=OuterRef("pk"), last_at__gte=localtime.start_of(today - WEEK + _DAY))
    return found.filter(Exists(before)).exclude(Exists(of_late))


def _alike(due: Mapping[int, Sequence[Version]]) -> dict[tuple[Version, ...], list[int]]:
    """The people by what is due to them."""
    found: dict[tuple[Version, ...], list[int]] = {}
    for pk, versions in due.items():
        found.setdefault(tuple(versions), []).append(pk)
    return found


def notice_words(versions: Sequence[Version]) -> str:
    """What a notice of them says, be it the first or a reminder."""
    titles = [f"“{each.policy.title}”" for each in versions[:NAMED]]
    if more := len(versions) - len(titles):
        titles.append(f"{more} more")
    listed = " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))
    return f"Please read and acknowledge {listed}. It takes some minutes."


# --- Reviews ----------------------------------------------------------------------------------------------------------


def _announce_reviews(now: datetime) -> None:
    """Tell of each version whose review is near, and of each whose review is overdue. Once of either."""
    today, near = _day(now), queries.reviews_due(_day(now))
    told = {each.version_id: each for each in ReviewNotice.objects.filter(version__in=near)}
    for version in near:
        notice = told.get(version.pk) or ReviewNotice(version=version, at=now)
        is_overdue = version.review_on is not None and version.review_on < today
        if notice.pk and (notice.overdue_at or not is_overdue):
            continue
        words = queries.warn_of_review(version, today).removeprefix("It ")
        notify(_reviewers(version, is_overdue), f"“{version.policy}” {words}", version.policy.get_absolute_url())
        notice.overdue_at = now if is_overdue else None
        notice.save()
        after = {"version": version.number, "overdue": is_overdue}
        capture("policy.review_announced", f"policy:{version.policy_id}", actor=None, after=after)


def _reviewers(version: Version, is_overdue: bool) -> Collection[User]:
    """The owner. If they have left, those who write policies; where the review is overdue, both."""
    owner, writers = version.policy.owner, holders("policy.write", None)
    if not owner.is_active:
        return writers
    return {owner, *writers} if is_overdue else [owner]


def _day(now: datetime) -> date:
    return localtime.local(now).date()
