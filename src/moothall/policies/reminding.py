"""Reminders that stop: who is due one today, and telling them.

A version becomes due for somebody on the day from which it is in force or, if that is later, on the day they joined.
They are reminded 7, 21 and 42 days after it, and not again. An acknowledgement, leaving, a withdrawal and a newer
version each end it. Whatever is due to a person comes in one notice, and never two within a week.
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
from moothall.policies import queries
from moothall.policies.models import Reminder, ReminderRound, ReviewNotice, Version
from moothall.policies.queries import Standing
from moothall.records.actions import capture

AFTER = (timedelta(days=7), timedelta(days=21), timedelta(days=42))
WEEK = timedelta(days=7)
AT = time(9)
"""On our clocks, from Monday to Friday."""
BATCH = 500
"""People in one transaction."""
LEASE = timedelta(minutes=10)
"""Longer than a batch can take: after it, another worker takes a round over that was left lying."""
NAMED = 3
"""So many titles fit into a notice."""

_DAY = timedelta(days=1)
_SATURDAY = 5


# --- The day's round --------------------------------------------------------------------------------------------------


def is_due(now: datetime) -> bool:
    """Whether the day's round is to begin, or was left lying. One query by the primary key."""
    next_at = ReminderRound.objects.filter(pk=1).values_list("next_at", flat=True).first()
    if next_at is None:
        ReminderRound.objects.get_or_create(pk=1, defaults={"next_at": next_round(now)})
        return False
    return next_at <= now


def next_round(now: datetime) -> datetime:
    """The next working morning."""
    day = localtime.local(now).date()
    while True:
        at = localtime.from_wall(day, AT)
        if at > now and day.weekday() < _SATURDAY:
            return at
        day += _DAY


def claim(now: datetime) -> datetime | None:
    """Take the round that is due. Returns the lease, to be handed to ``go_on``; ``None`` if another has it."""
    due = ReminderRound.objects.filter(pk=1, next_at__lte=now).first()
    return _lease(due.next_at, now) if due else None


def _lease(held: datetime, now: datetime) -> datetime | None:
    """The round's new lease, if its old one is what it was."""
    until = now + LEASE
    return until if ReminderRound.objects.filter(pk=1, next_at=held).update(next_at=until) else None


@transaction.atomic
def go_on(lease: datetime, now: datetime) -> datetime | None:
    """Remind the next ``BATCH`` people, or end the day's round. Returns the lease while there may be more to do.

    The lease is renewed in the transaction of the notices: a worker that was taken over from tells nobody twice.
    """
    renewed = _lease(lease, now)
    if renewed is None:
        return None
    if _remind_some(now):
        return renewed
    _announce_reviews(now)
    ReminderRound.objects.filter(pk=1).update(next_at=next_round(now))
    return None


# --- Acknowledgements -------------------------------------------------------------------------------------------------


def _remind_some(now: datetime) -> int:
    """Remind up to ``BATCH`` people, those who came first before the others. Returns how many."""
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
    """Whom to remind today of which version, and for which time it will be.

    Of each version and time the first ``BATCH`` people by id are found: whoever is among the first ``BATCH`` of all is
    among them with everything that they are owed.
    """
    found: dict[int, dict[int, int]] = {}
    for standing in standings:
        for before, wait in enumerate(AFTER):
            since = _day(now) - wait
            if standing.version.effective_on is None or standing.version.effective_on > since:
                break
            for pk in _waiting(standing, before, since, now).values_list("pk", flat=True)[:BATCH]:
                found.setdefault(pk, {})[standing.version.pk] = before + 1
    return found


def _waiting(standing: Standing, before: int, since: date, now: datetime) -> QuerySet[User]:
    """Those who owe an acknowledgement, were here on the day ``since``, and have been reminded ``before`` times."""
    of_it = Reminder.objects.filter(user=OuterRef("pk"), version=standing.version)
    of_late = Reminder.objects.filter(user=OuterRef("pk"), last_at__gte=localtime.start_of(_day(now) - WEEK + _DAY))
    found = queries.owing(standing).filter(joined_at__lt=localtime.start_of(since + _DAY)).exclude(Exists(of_late))
    found = found.filter(Exists(of_it.filter(times=before))) if before else found.exclude(Exists(of_it))
    return found.order_by("pk")


def _alike(due: Mapping[int, Sequence[Version]]) -> dict[tuple[Version, ...], list[int]]:
    """The people by what is due to them."""
    found: dict[tuple[Version, ...], list[int]] = {}
    for pk, versions in due.items():
        found.setdefault(tuple(versions), []).append(pk)
    return found


def notice_words(versions: Sequence[Version]) -> str:
    """What a reminder says."""
    titles = [f"“{each.policy.title}”" for each in versions[:NAMED]]
    if more := len(versions) - len(titles):
        titles.append(f"{more} more")
    listed = " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))
    return f"Please read and acknowledge {listed}. It takes some minutes."


# --- Reviews ----------------------------------------------------------------------------------------------------------


def _announce_reviews(now: datetime) -> None:
    """Tell the owner of each version whose review is near; of one who has left, those who write policies. Once."""
    near = queries.reviews_due(_day(now))
    told = set(ReviewNotice.objects.filter(version__in=near).values_list("version", flat=True))
    for version in near:
        if version.pk in told or version.review_on is None:
            continue
        policy = version.policy
        people: Collection[User] = [policy.owner] if policy.owner.is_active else holders("policy.write", None)
        words = f"“{policy}” is to be reviewed by {localtime.day_words(version.review_on)}."
        notify(people, words, policy.get_absolute_url())
        ReviewNotice.objects.create(version=version, at=now)
        capture("policy.review_announced", f"policy:{policy.pk}", actor=None, after={"version": version.number})


def _day(now: datetime) -> date:
    return localtime.local(now).date()
