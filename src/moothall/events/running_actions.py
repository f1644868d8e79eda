"""Changing the running order: permission, change and record in one place."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.events import running
from moothall.events.event_actions import ref
from moothall.events.models import Event, Slot
from moothall.publishing import queries as post_queries
from moothall.publishing.models import Post
from moothall.records.actions import capture

MOST_SLOTS = 500
MOST_POSTS = 50
FACTS = ("service_id", "starts_at", "ends_at", "theme", "notes", "owner_id", "sensitivity")


@transaction.atomic
def save_slot(actor: User, slot: Slot) -> Slot:
    """Add ``slot`` to its event, or keep its changes. Raises ``ValidationError`` where it lies outside the event."""
    require(actor, "event.manage")
    event = Event.objects.select_for_update().get(pk=slot.event_id)
    old = Slot.objects.filter(pk=slot.pk).first()
    _check(event, slot)
    if old is None and event.slots.count() >= MOST_SLOTS:
        raise ValidationError(f"A running order has at most {MOST_SLOTS} slots.")
    slot.save()
    if slot.owner and slot.owner_id not in (actor.pk, old.owner_id if old else None):
        _tell_owner(event, slot)
    before, after = facts(old) if old else {}, facts(slot)
    capture("event.slot_changed" if old else "event.slot_added", ref(event), actor=actor, before=before, after=after)
    return slot


@transaction.atomic
def save_slots(actor: User, event: Event, slots: Sequence[Slot]) -> int:
    """Add all of these slots, or none. Returns how many."""
    for slot in slots:
        slot.event = event
        save_slot(actor, slot)
    return len(slots)


@transaction.atomic
def copy_slot(actor: User, slot: Slot, starts_at: datetime) -> Slot:
    """The same slot at another time, as long as it was, without its posts."""
    length = running.Span(slot.starts_at, slot.ends_at).length
    values = {name: getattr(slot, name) for name in FACTS} | {"starts_at": starts_at, "ends_at": starts_at + length}
    return save_slot(actor, Slot(event_id=slot.event_id, **values))


@transaction.atomic
def remove_slot(actor: User, slot: Slot) -> None:
    """Take a slot out. Its posts stay as they are, planned ones included."""
    require(actor, "event.manage")
    slot = Slot.objects.select_related("event").get(pk=slot.pk)
    before, event = facts(slot), slot.event
    slot.delete()
    capture("event.slot_removed", ref(event), actor=actor, before=before)


@transaction.atomic
def stage(actor: User, slot: Slot, posts: Collection[Post]) -> None:
    """Let these posts, and of those that ``actor`` may see no others, stand ready in ``slot``.

    The desk may stage anything; whoever writes for the slot's service, posts of that service.
    """
    if not may_stage(actor, slot):
        raise PermissionDenied("You may not stage posts in this slot.")
    visible = post_queries.posts(actor)
    wanted = set(visible.filter(pk__in=[each.pk for each in posts]))
    if len(wanted) < len(set(posts)):
        raise ValidationError("One of these posts is not open to you.")
    if strangers := [each for each in wanted if each.service_id != slot.service_id]:
        raise ValidationError(f"“{strangers[0]}” is not a post of {slot.service}. Choose posts of the slot’s service.")
    if len(wanted) > MOST_POSTS:
        raise ValidationError(f"A slot holds at most {MOST_POSTS} posts.")
    before = set(slot.posts.all())
    unseen = before - set(visible.filter(pk__in=[each.pk for each in before]))
    slot.posts.set(wanted | unseen)
    pks = [sorted(each.pk for each in group) for group in (before, wanted | unseen)]
    capture(
        "event.posts_staged", ref(slot.event), actor=actor,
        before={"slot": slot.pk, "posts": pks[0]}, after={"slot": slot.pk, "posts": pks[1]},
    )  # fmt: skip


def may_stage(user: User, slot: Slot) -> bool:
    return user.may("event.manage") or user.may("post.write", slot)


def facts(slot: Slot) -> dict[str, Any]:
    """What records keep of a slot."""
    return {"slot": slot.pk, **{name: getattr(slot, name) for name in FACTS}}


def _check(event: Event, slot: Slot) -> None:
    if slot.ends_at <= slot.starts_at:
        raise ValidationError({"ends_at": "Give an end that is later than the start."})
    if slot.starts_at < event.starts_at or slot.ends_at > event.ends_at:
        raise ValidationError(
            f"The event runs from {running.words(event.starts_at, event.tz)} to "
            f"{running.words(event.ends_at, event.tz)}. Choose a time within it."
        )


def _tell_owner(event: Event, slot: Slot) -> None:
    text = f"You own the slot “{slot.theme}” of {event}: {running.words(slot.starts_at, event.tz)}."
    if slot.owner:
        notify([slot.owner], text[:500], reverse("running-order", args=[event.slug]))
