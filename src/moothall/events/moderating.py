"""Deciding what a wall shows: each decision with what was before, so that it can be undone.

Whoever decides holds the event's row first, as ``wall_log`` and ``taking`` do, and so never waits crosswise.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.events import judging, wall_log
from moothall.events.event_actions import ref
from moothall.events.models import Event, Item, ItemState, Judgement
from moothall.records.actions import capture

KEPT = ("state", "reason", "is_pinned", "is_featured")
"""What a decision may change of an item, and keeps as it was."""
MOST_AT_ONCE = 500
MOST_PINNED = 3
"""More than a few at the top, and nothing new is seen."""
EDITED_SINCE = "It was edited since somebody looked at it"


class Verb(StrEnum):
    """What one can decide about an item."""

    ALLOW = "allow"
    HIDE = "hide"
    HOLD = "hold"
    PIN = "pin"
    UNPIN = "unpin"
    FEATURE = "feature"
    UNFEATURE = "unfeature"

    @property
    def done(self) -> str:
        """What became of items by it: "Allowed"."""
        return DONE[self]


DONE = {
    Verb.ALLOW: "Allowed",
    Verb.HIDE: "Hidden",
    Verb.HOLD: "Held back",
    Verb.PIN: "Pinned",
    Verb.UNPIN: "Unpinned",
    Verb.FEATURE: "Featured",
    Verb.UNFEATURE: "No longer featured",
}
SHOWN_ONLY = (Verb.PIN, Verb.FEATURE)
LETS_ON = (Verb.ALLOW, *SHOWN_ONLY)
"""Only what may be shown can stand out."""


def _put(state: ItemState, item: Item, reason: str) -> None:
    item.state, item.reason = state, reason
    if state != ItemState.SHOWN:
        item.is_pinned = item.is_featured = False


DOES: dict[Verb, Callable[[Item, str], object]] = {
    Verb.ALLOW: lambda item, reason: _put(ItemState.SHOWN, item, ""),
    Verb.HIDE: lambda item, reason: _put(ItemState.HIDDEN, item, reason),
    Verb.HOLD: lambda item, reason: _put(ItemState.HELD, item, reason),
    Verb.PIN: lambda item, reason: setattr(item, "is_pinned", True),
    Verb.UNPIN: lambda item, reason: setattr(item, "is_pinned", False),
    Verb.FEATURE: lambda item, reason: setattr(item, "is_featured", True),
    Verb.UNFEATURE: lambda item, reason: setattr(item, "is_featured", False),
}


@dataclass(frozen=True)
class Decided:
    """A decision: by what it is undone, and of how many of the items it made something else."""

    together: uuid.UUID
    number: int
    left_alone: int
    """Those that were so already, were edited meanwhile, are deleted on their network, or cannot be made so."""


@transaction.atomic
def decide(
    actor: User,
    event: Event,
    pks: Collection[int],
    verb: Verb,
    reason: str = "",
    seen: Mapping[int, str] | None = None,
) -> Decided:
    """Decide the same about these items of ``event``. Raises ``ValidationError`` if none was chosen, or too many.

    With ``seen``, the stamps of what was looked at, nothing is let onto the wall that says something else by now.
    """
    require(actor, "event.moderate")
    if not pks:
        raise ValidationError("Choose at least one item first.")
    if len(pks) > MOST_AT_ONCE:
        raise ValidationError(f"Choose at most {MOST_AT_ONCE} items at once.")
    wall_log.lock(event.pk)
    items = list(Item.objects.filter(event=event, pk__in=pks, gone_at=None).order_by("pk"))
    if verb in SHOWN_ONLY:
        items = [each for each in items if each.state == ItemState.SHOWN]
    if seen is not None and verb in LETS_ON:
        items = [each for each in items if seen.get(each.pk) == each.stamp]
    if verb == Verb.PIN:
        _refuse_many_pins(event, items)
    together = uuid.uuid4()
    changed = [item for item in items if judge(item, verb.value, actor, together, DOES[verb], reason)]
    if changed:
        after = {"verb": verb.value, "items": [each.pk for each in changed], "together": str(together)}
        capture("event.items_judged", ref(event), actor=actor, why=reason, after=after)
    return Decided(together, len(changed), len(set(pks)) - len(changed))


def _refuse_many_pins(event: Event, items: Collection[Item]) -> None:
    there = set(Item.objects.filter(event=event, is_pinned=True, gone_at=None).values_list("pk", flat=True))
    if len(there | {each.pk for each in items}) > MOST_PINNED:
        raise ValidationError(f"At most {MOST_PINNED} items are pinned at once. Unpin another first.")


def judge(
    item: Item,
    verb: str,
    by: User | None,
    together: uuid.UUID,
    change: Callable[[Item, str], object],
    reason: str = "",
) -> bool:
    """Change one item, keep what was before, and tell the wall. ``False``: it was so already, and nothing is kept.

    Call it in a transaction that holds the event's row. ``by`` is ``None`` where a rule decides.
    """
    before = facts(item)
    change(item, reason[:300])
    if facts(item) == before:
        return False
    item.save(update_fields=KEPT)
    Judgement.objects.create(
        item=item, by=by, at=clock.now(), verb=verb, reason=reason[:300], before=before, together=together
    )
    wall_log.settle(item, is_new_in_words=_stands_out_otherwise(before, item))
    return True


def facts(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in KEPT}


def _stands_out_otherwise(before: dict[str, Any], item: Item) -> bool:
    return (before["is_pinned"], before["is_featured"]) != (item.is_pinned, item.is_featured)


@transaction.atomic
def undo(actor: User, event: Event, together: uuid.UUID) -> Decided:
    """Take back what was decided in one go. Items about which somebody decided since stay as they are.

    Raises ``ValidationError`` if there is nothing to take back any more.
    """
    require(actor, "event.moderate")
    wall_log.lock(event.pk)
    mine = list(
        Judgement.objects.filter(item__event=event, together=together, undone_at=None).select_related("item__event")
    )
    if not mine:
        raise ValidationError("This was taken back already.")
    latest = {each for each in mine if _is_latest(each)}
    for each in latest:
        take_back(each)
    if not latest:
        raise ValidationError("Somebody has decided about these items since. Look at them again.")
    after = {"together": str(together), "items": sorted(each.item_id for each in latest)}
    capture("event.judgement_undone", ref(event), actor=actor, after=after)
    return Decided(together, len(latest), len(mine) - len(latest))


def _is_latest(judgement: Judgement) -> bool:
    later = Judgement.objects.filter(item=judgement.item_id, undone_at=None, pk__gt=judgement.pk)
    return not later.exists()


def take_back(judgement: Judgement) -> None:
    """Let the item be as it was before. Call it in a transaction that holds the event's row.

    Words that were changed on their network since are others than those that were once allowed: they wait again.
    """
    item = judgement.item
    now = facts(item)
    Judgement.objects.filter(pk=judgement.pk).update(undone_at=clock.now())
    if item.is_gone:
        return
    for name in KEPT:
        setattr(item, name, judgement.before[name])
    was_edited = item.edited_at is not None and item.edited_at > judgement.at
    if item.state == ItemState.SHOWN and was_edited:
        found = judging.verdict(item.event, item)
        if found.state != ItemState.SHOWN:
            item.state, item.reason = found.state, found.reason or EDITED_SINCE
            item.is_pinned = item.is_featured = False
    item.save(update_fields=KEPT)
    wall_log.settle(item, is_new_in_words=_stands_out_otherwise(now, item))
