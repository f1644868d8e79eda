"""What one can say of a post as a whole: derived from its latest revision and its deliveries, and stored nowhere."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from moothall.publishing.models import Delivery, DeliveryState, Post, Revision, Verdict


class Status(StrEnum):
    """What one can say of a post as a whole."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    REFUSED = "refused"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    PARTLY_SENT = "partly_sent"
    UNCONFIRMED = "unconfirmed"
    HELD = "held"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"

    @property
    def words(self) -> str:
        """ "Awaiting approval" """
        return "Taken down" if self == Status.DELETED else self.value.replace("_", " ").capitalize()


NEEDS_A_LOOK = (Status.UNCONFIRMED, Status.FAILED, Status.PARTLY_SENT, Status.HELD, Status.REFUSED)

BEFORE_APPROVAL = {
    None: Status.DRAFT,
    Verdict.WITHDRAWN: Status.DRAFT,
    Verdict.UNDECIDED: Status.AWAITING_APPROVAL,
    Verdict.REFUSED: Status.REFUSED,
}

AFTER_APPROVAL = (
    ({DeliveryState.UNCONFIRMED}, Status.UNCONFIRMED),
    ({DeliveryState.FAILED, DeliveryState.SENT}, Status.PARTLY_SENT),
    ({DeliveryState.FAILED}, Status.FAILED),
    ({DeliveryState.HELD}, Status.HELD),
    ({DeliveryState.SENDING}, Status.SENDING),
    ({DeliveryState.WAITING, DeliveryState.SENT}, Status.SENDING),
    ({DeliveryState.WAITING}, Status.SCHEDULED),
    ({DeliveryState.SENT, DeliveryState.CANCELLED}, Status.PARTLY_SENT),
    ({DeliveryState.SENT, DeliveryState.DELETED}, Status.PARTLY_SENT),
    ({DeliveryState.SENT}, Status.SENT),
    ({DeliveryState.DELETED}, Status.DELETED),
    (set[DeliveryState](), Status.CANCELLED),
)
"""The first line whose states all occur among the deliveries tells; the last stands for all others.

What needs a person comes before what runs by itself; one channel's failure never makes the whole post failed.
"""


def status_of(verdict: str | None, states: Iterable[str]) -> Status:
    """The status of a post with this latest verdict (``None``: never sent for approval) and these deliveries. Pure."""
    if verdict != Verdict.APPROVED:
        return BEFORE_APPROVAL[None if verdict is None else Verdict(verdict)]
    found = set(states)
    return next(status for needed, status in AFTER_APPROVAL if needed <= found)


def of_status(posts: QuerySet[Post], status: Status) -> QuerySet[Post]:
    """Those of ``posts`` that have ``status``: what ``status_of`` says of each, worked out by the database."""
    later = Revision.objects.filter(post=OuterRef("post"), number__gt=OuterRef("number"))
    latest = Revision.objects.filter(~Exists(later)).order_by()
    verdicts = [verdict for verdict, before in BEFORE_APPROVAL.items() if verdict is not None and before == status]
    wanted = Q(pk__in=latest.filter(verdict__in=verdicts).values("post") if verdicts else _approved(latest, status))
    if status == BEFORE_APPROVAL[None]:
        return posts.filter(wanted | ~Exists(Revision.objects.filter(post=OuterRef("pk"))))
    return posts.filter(wanted)


def _approved(latest: QuerySet[Revision], status: Status) -> QuerySet[Revision, Any]:
    """The approved ones' posts of ``status``. All states are counted at once: databases plan ill for one by one."""
    wanted, passed_over, telling = Q(), Q(), set[DeliveryState]()
    for needed, after in AFTER_APPROVAL:
        occurs = Q(*(Q(**{f"in_{state}__gt": 0}) for state in needed))
        if after == status:
            wanted |= occurs & ~passed_over
            telling |= needed
        passed_over |= occurs
    approved = latest.filter(verdict=Verdict.APPROVED)
    if telling:  # few have one of these, mostly, and there is an index
        approved = approved.filter(pk__in=Delivery.objects.filter(state__in=telling).values("revision"))
    counts = {f"in_{state}": Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState}
    return approved.values("post").annotate(**counts).filter(wanted).values("post")


def statuses(found: QuerySet[Post]) -> dict[int, Status]:
    """The status of each of many posts, by its id, in three light queries."""
    latest = {
        post_id: (pk, verdict)
        for post_id, pk, verdict in Revision.objects.filter(post__in=found.values("pk"))
        .order_by("number")
        .values_list("post_id", "pk", "verdict")
    }
    states: dict[int, list[str]] = {}
    of_posts = Delivery.objects.filter(revision__post__in=found.values("pk"))
    for revision_id, state in of_posts.values_list("revision_id", "state"):
        states.setdefault(revision_id, []).append(state)
    return {
        pk: status_of(latest[pk][1], states.get(latest[pk][0], ())) if pk in latest else Status.DRAFT
        for pk in found.values_list("pk", flat=True)
    }
