"""Closing a case with its lesson, and erasing it when its time is over."""

import logging
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from moothall.accounts.models import User
from moothall.concerns import circle, moving, raising
from moothall.concerns.facts import Given
from moothall.concerns.models import Concern, Seat
from moothall.concerns.process import Part, State, Step
from moothall.core import clock, localtime
from moothall.lessons import actions as lesson_actions
from moothall.records.actions import capture

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)


@transaction.atomic
def close_with_lesson(user: User, reference: str, *, title: str, what_happened: str, what_changes: str) -> None:
    """Close a case with what was learned, which goes to be reviewed without saying what it came of."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    lesson = lesson_actions.draft(
        user, title=title, what_happened=what_happened, what_changes=what_changes, is_confidential=True
    )
    lesson_actions.send_for_review(user, lesson, for_case=True)
    place.concern.lesson = lesson
    place.concern.save(update_fields=["lesson"])
    moving.move_on(place, Step.CLOSE, Given(lesson=True))


@transaction.atomic
def close_without_lesson(user: User, reference: str, why: str) -> None:
    """Close a case of which nothing is to be learned, saying why."""
    place = circle.at(user, reference, Part.KEEPER, lock=True)
    if not why.strip():
        raise ValidationError("Write the lesson, or say why there is none.")
    place.concern.no_lesson = why
    place.concern.save(update_fields=["no_lesson"])
    moving.move_on(place, Step.CLOSE, Given(reasons=why))


def erase_due() -> int:
    """Erase the cases whose time is over, whether or not anybody closed them. Returns how many.

    What stays is that a case with this reference was there and is erased: records cannot go, and say nothing else.
    """
    erased = 0
    for pk in list(Concern.objects.filter(erase_on__lte=_today()).values_list("pk", flat=True)):
        with transaction.atomic():
            concern = Concern.objects.select_for_update().filter(pk=pk).first()
            if concern is None:
                continue
            ref = circle.ref(concern)
            concern.delete()
            capture("case.erased", ref, actor=None)
        erased += 1
    return erased


def find_keepers() -> None:
    """Cases whose keeper has left the council come before those who may take them on. Where nobody may, the log says so
    once a day.
    """
    today = _today()
    here = Seat.objects.filter(part__in=(Part.KEEPER, Part.RECEIVER), ended_at=None, user__is_active=True)
    left = Concern.objects.exclude(state=State.CLOSED).exclude(pk__in=here.values("concern"))
    untried = left.filter(Q(reminded_on=None) | Q(reminded_on__lt=today))
    for pk in list(untried.values_list("pk", flat=True)):
        if not raising.receive_again(pk):
            Concern.objects.filter(pk=pk).update(reminded_on=today)
            log.error("A concern has nobody who could keep it: give somebody in HR or a monitoring officer the role")


def remind_of_what_is_due() -> None:
    """Tell who keeps a case when something is due on it tomorrow, and again when it is late: once a day at most."""
    today = _today()
    due = Concern.objects.filter(due_on__lte=today + _DAY).exclude(state=State.CLOSED)
    for concern in due.exclude(reminded_on=today):
        if Concern.objects.filter(pk=concern.pk, reminded_on=concern.reminded_on).update(reminded_on=today):
            circle.tell(concern, (Part.KEEPER, Part.RECEIVER))


def _today() -> date:
    return localtime.local(clock.now()).date()
