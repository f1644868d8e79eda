"""Reading requests: whoever asked sees theirs, those who answer see all, and nobody else sees any."""

from datetime import date, timedelta

from django.db.models import QuerySet

from moothall.accounts import queries as accounts
from moothall.accounts.models import User
from moothall.core import localtime
from moothall.rights.models import RightsRequest
from moothall.rights.states import RUNNING, Kind, State


def visible(reader: User) -> QuerySet[RightsRequest]:
    """What ``reader`` may see."""
    found = RightsRequest.objects.select_related("asker", "handler", "purpose").prefetch_related("entries__by")
    return found if reader.may("rights.answer") else found.filter(asker=reader)


def mine(person: User) -> QuerySet[RightsRequest]:
    """What ``person`` asked, the latest first."""
    return RightsRequest.objects.filter(asker=person)


def to_answer(reader: User) -> QuerySet[RightsRequest]:
    """What ``reader`` has to answer, the most urgent first. Nobody answers what they asked themselves."""
    if not reader.may("rights.answer"):
        return RightsRequest.objects.none()
    return visible(reader).filter(state__in=RUNNING).exclude(asker=reader).order_by("due_on", "pk")


def ended(reader: User) -> QuerySet[RightsRequest]:
    """What came to an end, the latest first; of one's own, a page for oneself tells."""
    return visible(reader).exclude(state__in=RUNNING).exclude(asker=reader).order_by("-ended_at", "-pk")


def may_answer(reader: User, request: RightsRequest) -> bool:
    """Whether ``reader`` may say or decide something about it now."""
    return reader.may("rights.answer") and request.asker_id != reader.pk and request.state in RUNNING


def answerers(asker: User | None = None) -> QuerySet[User]:
    """Who answers requests, or those of ``asker``."""
    found = accounts.holders("rights.answer", None)
    return found.exclude(pk=asker.pk) if asker else found


def due(today: date) -> QuerySet[RightsRequest]:
    """The requests of which somebody has to be reminded."""
    return RightsRequest.objects.filter(remind_on__lte=today).select_related("asker")


def to_erase(day: date) -> QuerySet[RightsRequest]:
    """The requests that ended on ``day`` or before."""
    return RightsRequest.objects.filter(ended_at__lt=localtime.start_of(day + timedelta(days=1))).only("pk", "kind")


def waits_for(request: RightsRequest) -> str:
    """What is to be done by the day on which it is due."""
    if request.kind == Kind.COMPLAINT:
        return "Acknowledge it" if request.state == State.OPEN else "Answer it, or tell how far it is"
    return "Answer it"
