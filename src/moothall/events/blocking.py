"""Blocking authors, and the rules that decide before anybody looks."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.core import languages
from moothall.events import judging, moderating, wall_log
from moothall.events.event_actions import ref
from moothall.events.models import Blocked, Door, Event, Item, ItemRule, ItemState, Judgement, RuleKind
from moothall.networks import registry
from moothall.records.actions import capture

BLOCKED_REASON = "Its author is blocked"
"""As ``judging.verdict`` says it of what comes in later."""
BLOCK, RULE = "block", "rule"
MOST_RULES = 200


@transaction.atomic
def block(actor: User, item: Item, reason: str) -> int:
    """Block the author of ``item``: no event's wall shows anything of theirs, now or later. Returns how many go.

    Raises ``ValidationError`` without a reason, for an official channel, and for one who is blocked already.
    """
    require(actor, "event.moderate")
    if not reason.strip():
        raise ValidationError("Say why: it is kept on the record, and colleagues see it in the list of the blocked.")
    if item.door == Door.OFFICIAL:
        raise ValidationError("This is an official channel of the council. Take it off the event’s channels instead.")
    blocked, is_new = Blocked.objects.get_or_create(
        network=item.network,
        author_id=item.author_id,
        defaults={"author_handle": item.author_handle, "reason": reason.strip()[:300], "blocked_by": actor},
    )
    if not is_new:
        raise ValidationError(f"{item.author_handle} is blocked already.")
    together, number = uuid.uuid4(), 0
    for each in _all_of(blocked):
        number += moderating.judge(each, BLOCK, actor, together, moderating.DOES[moderating.Verb.HIDE], BLOCKED_REASON)
    after = {"network": blocked.network, "author": blocked.author_handle, "items": number, "together": str(together)}
    capture("event.author_blocked", f"blocked:{blocked.pk}", actor=actor, why=reason, after=after)
    return number


@transaction.atomic
def unblock(actor: User, blocked: Blocked) -> int:
    """Let an author in again. What the block alone had hidden is as it was before, or judged as if it came now."""
    require(actor, "event.moderate")
    going = Blocked.objects.select_for_update().filter(pk=blocked.pk).first()
    if going is None:
        raise ValidationError("This author is not blocked any more.")
    items = _all_of(going)
    going.delete()
    number = sum(_free(item) for item in items)
    before = {"network": going.network, "author": going.author_handle, "reason": going.reason}
    capture("event.author_unblocked", f"blocked:{blocked.pk}", actor=actor, before=before, after={"items": number})
    return number


def _all_of(blocked: Blocked) -> list[Item]:
    """Everything that the author said in any event, each event's row held, in one order for everybody."""
    found = Item.objects.filter(network=blocked.network, author_id=blocked.author_id, gone_at=None)
    for event_id in sorted(set(found.values_list("event_id", flat=True))):
        wall_log.lock(event_id)
    return list(found.select_related("event").order_by("pk"))


def _free(item: Item) -> bool:
    """Undo what the block made of ``item``; ``False`` if somebody decided about it since."""
    if item.state != ItemState.HIDDEN or item.reason != BLOCKED_REASON:
        return False
    last = Judgement.objects.filter(item=item, undone_at=None).order_by("-pk").first()
    if last and last.verb == BLOCK:
        last.item = item
        moderating.take_back(last)
        return True
    found = judging.verdict(item.event, item)
    item.state, item.reason = found.state, found.reason
    item.save(update_fields=["state", "reason"])
    wall_log.settle(item)
    return True


@transaction.atomic
def add_rule(actor: User, event: Event, rule: ItemRule) -> int:
    """Add a rule, and let it decide about what waits. Returns about how many items it did.

    Raises ``ValidationError`` for a value that can meet nothing, and for a rule that is there already.
    """
    require(actor, "event.moderate")
    wall_log.lock(event.pk)
    rule.event, rule.made_by, rule.value = event, actor, clean_value(rule.kind, rule.value)
    if event.rules.count() >= MOST_RULES:
        raise ValidationError(f"An event has at most {MOST_RULES} rules. Remove one first.")
    if event.rules.filter(kind=rule.kind, value__iexact=rule.value).exists():
        raise ValidationError({"value": "There is a rule for this already. Remove it first to change what it does."})
    rule.save()
    number = _apply(event, rule)
    after = {"kind": rule.kind, "value": rule.value, "effect": rule.effect, "items": number}
    capture("event.rule_added", ref(event), actor=actor, after=after)
    return number


@transaction.atomic
def remove_rule(actor: User, rule: ItemRule) -> None:
    """The rule decides about nothing any more. What it decided stays until somebody decides otherwise."""
    require(actor, "event.moderate")
    if not ItemRule.objects.filter(pk=rule.pk).delete()[0]:
        raise ValidationError("This rule was removed already.")
    before = {"kind": rule.kind, "value": rule.value, "effect": rule.effect}
    capture("event.rule_removed", ref(rule.event), actor=actor, before=before)


def clean_value(kind: str, value: str) -> str:
    """What a rule of this kind looks for, as it is kept. Raises ``ValidationError`` by field."""
    value = " ".join(value.split())
    if kind == RuleKind.AUTHOR:
        value = judging.plain_handle(value)
    elif kind == RuleKind.NETWORK and value not in registry.networks():
        raise ValidationError({"value": f"Give a network by its short name: {', '.join(registry.networks())}."})
    elif kind == RuleKind.LANGUAGE:
        value = value.casefold().split("-")[0]
        if not (value.isascii() and value.isalpha() and 2 <= len(value) <= 3):
            names = ", ".join(languages.NAMES)
            raise ValidationError({"value": f"Give the language’s short name, such as {names}."})
    if not value:
        raise ValidationError({"value": "Say what the rule looks for."})
    return value


def _apply(event: Event, rule: ItemRule) -> int:
    """Judge what waits anew where the new rule meets it; other rules, and blocks, still count."""
    waiting = Item.objects.filter(event=event, state=ItemState.PENDING, gone_at=None)
    together = uuid.uuid4()
    return sum(_judge_anew(event, item, together) for item in _met(rule, waiting.order_by("pk")))


def _met(rule: ItemRule, items: Iterable[Item]) -> list[Item]:
    return [item for item in items if judging.meets(rule, item)]


def _judge_anew(event: Event, item: Item, together: uuid.UUID) -> bool:
    found = judging.verdict(event, item)

    def change(of: Item, reason: str) -> None:
        of.state, of.reason = found.state, reason

    return moderating.judge(item, RULE, None, together, change, found.reason)
