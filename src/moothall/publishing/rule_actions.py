"""Saying whose approval posts need, and who approves in whose stead."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.publishing import notices, rules
from moothall.publishing.models import Absence, ApprovalRule
from moothall.records.actions import capture

Whose = ApprovalRule.Whose

# --- Rules ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rule(
    actor: User, of: Service | Channel, needed: int, whose: str = Whose.APPROVERS, named: Iterable[User] = ()
) -> ApprovalRule:
    """Say how many approvals the posts of a service, or those on one channel, need, and whose.

    It holds for what is sent for approval from now on, and for what waits: that may need more or other approvals now,
    but nothing goes out by it. Raises ``ValidationError`` if the rule could never be met.
    """
    require(actor, "approval.rules")
    chosen = list(named) if needed and whose == Whose.NAMED else []
    if needed and whose == Whose.NAMED:
        _check_named(of, needed, chosen)
    existing = _rule_of(of)
    before = _facts(existing)
    rule = existing or ApprovalRule(**_owner(of))
    rule.needed, rule.whose = needed, whose
    rule.save()
    rule.named.set(chosen)
    capture("approval.rule_saved", _ref(of), actor=actor, before=before, after=_facts(rule))
    return rule


@transaction.atomic
def drop_rule(actor: User, of: Service | Channel) -> None:
    """Go back to the usual: a channel to its service's rule, a service to one approval by any of its approvers."""
    require(actor, "approval.rules")
    rule = _rule_of(of)
    if rule:
        before = _facts(rule)
        rule.delete()
        capture("approval.rule_dropped", _ref(of), actor=actor, before=before)


def may_be_named(of: Service | Channel) -> list[User]:
    """The people who see the service's posts, and so can be named to approve them."""
    return list(account_queries.holders("post.see", of.service if isinstance(of, Channel) else of).order_by("name"))


def _check_named(of: Service | Channel, needed: int, chosen: Collection[User]) -> None:
    allowed = {each.pk for each in may_be_named(of)}
    strangers = [each.name for each in chosen if each.pk not in allowed]
    if strangers:
        raise ValidationError({"named": f"{' and '.join(strangers)} cannot see these posts. Give them a role first."})
    if len(chosen) < needed:
        what = "at least two people: one alone cannot approve twice" if needed > 1 else "at least one person"
        raise ValidationError({"named": f"Name {what}."})


def _owner(of: Service | Channel) -> dict[str, Any]:
    return {"channel": of} if isinstance(of, Channel) else {"service": of}


def _ref(of: Service | Channel) -> str:
    return f"channel:{of.pk}" if isinstance(of, Channel) else f"service:{of.pk}"


def _rule_of(of: Service | Channel) -> ApprovalRule | None:
    return ApprovalRule.objects.select_for_update().filter(**_owner(of)).first()


def _facts(rule: ApprovalRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    named = sorted(rule.named.values_list("name", flat=True))
    return {"needed": rule.needed, "whose": str(rule.whose), "named": named}


# --- Absences ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_absence(actor: User, user: User, deputy: User, first_day: date, last_day: date) -> Absence:
    """Note that ``user`` is away, both days included, and that ``deputy`` approves in their stead meanwhile.

    One's own, or, for the comms desk, anybody's. Raises ``ValidationError`` by field.
    """
    if actor.pk != user.pk:
        require(actor, "approval.rules")
    User.objects.select_for_update().get(pk=user.pk)  # two absences of one person are noted one after the other
    if not rules.is_asked(user):
        raise ValidationError({"user": f"{user} approves no posts, so nobody has to stand in."})
    _check_deputy(user, deputy)
    _check_days(user, deputy, first_day, last_day)
    absence = Absence.objects.create(user=user, deputy=deputy, first_day=first_day, last_day=last_day)
    if deputy.pk != actor.pk:
        notices.deputises(absence)
    capture("absence.noted", f"user:{user.pk}", actor=actor, after=_days_and_deputy(absence))
    return absence


def _check_deputy(user: User, deputy: User) -> None:
    if deputy.pk == user.pk:
        raise ValidationError({"deputy": "Choose somebody else than the person who is away."})
    if not deputy.is_active or not deputy.may("post.see"):
        raise ValidationError({"deputy": f"{deputy} sees no posts. Choose somebody who has a role in publishing."})


def _check_days(user: User, deputy: User, first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise ValidationError({"last_day": "The last day comes before the first."})
    if last_day < _today():
        raise ValidationError({"last_day": "That is over already. Choose today or a later day."})
    meanwhile = Absence.objects.filter(first_day__lte=last_day, last_day__gte=first_day)
    if meanwhile.filter(user=user).exists():
        raise ValidationError({"first_day": f"{user} is noted as away on some of these days already. End that first."})
    if meanwhile.filter(user=deputy).exists():
        raise ValidationError({"deputy": f"{deputy} is away on some of these days too. Choose somebody else."})


@transaction.atomic
def end_absence(actor: User, absence: Absence) -> None:
    """The person is back, or was never away: from today on their deputy approves nothing in their stead."""
    if actor.pk != absence.user_id:
        require(actor, "approval.rules")
    absence = Absence.objects.select_for_update().select_related("user", "deputy").get(pk=absence.pk)
    before, yesterday = _days_and_deputy(absence), _today() - timedelta(days=1)
    if absence.first_day > yesterday:
        absence.delete()
    else:
        Absence.objects.filter(pk=absence.pk).update(last_day=min(absence.last_day, yesterday))
    if absence.deputy_id != actor.pk:
        notices.no_longer_deputises(absence)
    capture("absence.ended", f"user:{absence.user_id}", actor=actor, before=before)


def _days_and_deputy(absence: Absence) -> dict[str, Any]:
    return {"deputy": absence.deputy.name, "first_day": str(absence.first_day), "last_day": str(absence.last_day)}


def _today() -> date:
    return localtime.local(clock.now()).date()
