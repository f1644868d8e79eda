"""Reading the approval rules and the absences."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import PERMISSIONS
from moothall.channels.models import Channel
from moothall.publishing import rules
from moothall.publishing.models import Absence, ApprovalRule
from moothall.publishing.rules import Requirement


@dataclass(frozen=True)
class ServiceRules:
    """A service's rule, and those of its channels that have one of their own."""

    service: Service
    requirement: Requirement
    is_usual: bool
    own: list[tuple[Channel, Requirement]]
    others: list[Channel]
    """The channels that follow the service's rule."""


def every_service() -> list[ServiceRules]:
    """The rules of all services and of the channels that staff drive."""
    kept = list(ApprovalRule.objects.prefetch_related("named"))
    of_service = {each.service_id: each for each in kept}
    of_channel = {each.channel_id: each for each in kept if each.channel_id}
    channels: dict[int, list[Channel]] = {}
    for channel in Channel.objects.select_related("service"):
        if channel.is_driven or channel.pk in of_channel:
            channels.setdefault(channel.service_id, []).append(channel)
    return [
        ServiceRules(
            service,
            rules.requirement(service, of_service.get(service.pk)),
            service.pk not in of_service,
            [
                (each, rules.requirement(service, of_channel[each.pk]))
                for each in channels.get(service.pk, [])
                if each.pk in of_channel
            ],
            [each for each in channels.get(service.pk, []) if each.pk not in of_channel],
        )
        for service in Service.objects.order_by("name")
    ]


def rule_of(of: Service | Channel) -> ApprovalRule | None:
    which = {"channel": of} if isinstance(of, Channel) else {"service": of}
    return ApprovalRule.objects.filter(**which).first()


def absences(day: date) -> QuerySet[Absence]:
    """The absences that last on ``day`` or are to come."""
    return Absence.objects.filter(last_day__gte=day).select_related("user", "deputy")


def holders_anywhere(permission: str) -> QuerySet[User]:
    """Active people who have ``permission`` for something, by a role."""
    rule = PERMISSIONS[permission]
    has = Q(memberships__service=None, memberships__role__in=rule.organisation)
    has |= Q(memberships__service__isnull=False, memberships__role__in=rule.service)
    return User.objects.active().filter(has).distinct()


def asked() -> set[int]:
    """The ids of everybody whose approval a post can need."""
    named = ApprovalRule.objects.filter(whose=ApprovalRule.Whose.NAMED).exclude(named=None)
    return {*holders_anywhere("post.approve").values_list("pk", flat=True), *named.values_list("named", flat=True)}
