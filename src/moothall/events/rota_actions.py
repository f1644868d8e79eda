"""Changing the rota, and handing over: permission, change and record in one place."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.events import running
from moothall.events.event_actions import ref
from moothall.events.models import Event, Shift
from moothall.records.actions import capture

MOST_SHIFTS = 300
FACTS = ("person_id", "task", "starts_at", "ends_at")


@transaction.atomic
def save_shift(actor: User, shift: Shift) -> Shift:
    """Put a shift into the rota, or keep its changes. Whoever is put in is told. Overlaps are shown, not refused."""
    require(actor, "event.manage")
    event = Event.objects.select_for_update().get(pk=shift.event_id)
    old = Shift.objects.filter(pk=shift.pk).first()
    if shift.ends_at <= shift.starts_at:
        raise ValidationError({"ends_at": "Give an end that is later than the start."})
    if old is None and event.shifts.count() >= MOST_SHIFTS:
        raise ValidationError(f"A rota has at most {MOST_SHIFTS} shifts.")
    shift.save()
    if shift.person_id not in (actor.pk, old.person_id if old else None):
        begins = running.words(shift.starts_at, event.tz)
        _tell(event, shift.person, f"You are on shift at {event}: {shift.task}, {begins}.")
    before, after = facts(old) if old else {}, facts(shift)
    capture("event.shift_changed" if old else "event.shift_added", ref(event), actor=actor, before=before, after=after)
    return shift


@transaction.atomic
def remove_shift(actor: User, shift: Shift) -> None:
    """Take a shift out of the rota; its person is told, unless it is over."""
    require(actor, "event.manage")
    shift = Shift.objects.select_related("event", "person").get(pk=shift.pk)
    before, event = facts(shift), shift.event
    if shift.handed_over_at:
        raise ValidationError("This shift was handed over. It stays, with its note.")
    shift.delete()
    if shift.person_id != actor.pk and shift.ends_at > clock.now():
        begins = running.words(shift.starts_at, event.tz)
        _tell(event, shift.person, f"You are no longer on shift at {event}: {shift.task}, {begins}.")
    capture("event.shift_removed", ref(event), actor=actor, before=before)


@transaction.atomic
def hand_over(actor: User, shift: Shift, note: str) -> Shift | None:
    """Write the hand-over note of a shift, and tell whoever comes next. Returns their shift, if somebody comes.

    Its own person may, and whoever manages events. A note may be mended; the next person is told again.
    """
    shift = Shift.objects.select_for_update().select_related("event", "person").get(pk=shift.pk)
    if shift.person_id != actor.pk and not actor.may("event.manage"):
        raise PermissionDenied("This is another person’s shift.")
    if not note.strip():
        raise ValidationError({"note": "Write what whoever comes next must know, or “Nothing is open”."})
    before = {"shift": shift.pk, "handover": shift.handover}
    shift.handover, shift.handed_over_at = note.strip(), clock.now()
    shift.save(update_fields=["handover", "handed_over_at"])
    following = next_after(shift)
    if following and following.person_id != actor.pk:
        first = note.strip().splitlines()[0]
        _tell(shift.event, following.person, f"{shift.person} hands over to you at {shift.event}: {first}"[:480])
    after = {"shift": shift.pk, "handover": shift.handover, "next": following.person_id if following else None}
    capture("event.handed_over", ref(shift.event), actor=actor, before=before, after=after)
    return following


def next_after(shift: Shift) -> Shift | None:
    """The shift that goes on where this one ends: of the same task, or else of any."""
    later = Shift.objects.filter(event=shift.event_id, ends_at__gt=shift.ends_at).exclude(person=shift.person_id)
    later = later.select_related("person").order_by("starts_at", "ends_at", "pk")
    return later.filter(task=shift.task).first() or later.first()


def facts(shift: Shift) -> dict[str, Any]:
    return {"shift": shift.pk, **{name: getattr(shift, name) for name in FACTS}}


def _tell(event: Event, person: User, text: str) -> None:
    notify([person], text[:500], reverse("rota", args=[event.slug]))
