"""Pause everything: one switch, with a reason. While it is on, nothing goes out; what became due waits for a person.

A pause reaches further than the claim: each request of a sending that is under way asks ``refuse`` before it is written
(``core.http.before_each_request``), so that a post whose pictures are still being uploaded stops there.
"""

from django.db.models import Q, QuerySet

from moothall.core import http
from moothall.publishing.models import Delivery, Pause


def current() -> QuerySet[Pause]:
    """The pauses that are on."""
    return Pause.objects.filter(ended_at=None)


def over(service_id: int) -> Pause | None:
    """The pause that stops this service's posts, if one does."""
    return current().filter(Q(is_everything=True) | Q(services=service_id)).first()


def unpaused(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """``deliveries`` without those that a pause stops."""
    pauses = current()
    if pauses.filter(is_everything=True).exists():
        return deliveries.none()
    stopped = list(pauses.exclude(services=None).values_list("services", flat=True))
    return deliveries.exclude(revision__post__service__in=stopped) if stopped else deliveries


def words(pause: Pause) -> str:
    """ "Posts of Libraries and Archives are paused" """
    if pause.is_everything:
        return "All posts are paused"
    names = [str(each) for each in pause.services.all()]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Posts of {listed} are paused"


def refuse(service_id: int) -> None:
    """Raise ``http.Halted`` if this service's posts are paused."""
    pause = over(service_id)
    if pause:
        raise http.Halted(f"Posts are paused: {pause.reason}")
