"""Taking a post down from its network: what was asked for, and carrying it out.

An attempt of the kind *delete* is written when a person asks (``taking_down.py``), and completed when the network has
answered. So what was asked for is in the database: a worker that dies in between loses nothing, and the next one may
ask the network once more, for deleting what is gone already is no error.
"""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.channels import queries as channel_queries
from moothall.core import clock
from moothall.core.database import writing
from moothall.networks import registry
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected, Temporary
from moothall.publishing import notices
from moothall.publishing.delivery import CANCELLED, DELETED, SENT, move
from moothall.publishing.models import Attempt, Delivery
from moothall.publishing.sending import note_refused
from moothall.records.actions import capture

log = logging.getLogger(__name__)

STRAGGLING = timedelta(days=7)
"""How far back to look for parts that came to stand after their thread was taken down."""


def asked() -> QuerySet[Delivery]:
    """The deliveries that stand on their network and are to be taken down."""
    open_ones = Attempt.objects.filter(delivery=OuterRef("pk"), kind=Attempt.Kind.DELETE, finished_at=None)
    return Delivery.objects.filter(Exists(open_ones), state=SENT)


def ask_for_stragglers() -> None:
    """A part that was on its way when its thread was asked to be taken down, and stands now, goes after it."""
    since = clock.now() - STRAGGLING
    asked_for = Attempt.objects.filter(kind=Attempt.Kind.DELETE)
    before_it = asked_for.filter(
        delivery__revision=OuterRef("revision"),
        delivery__channel=OuterRef("channel"),
        delivery__part__lt=OuterRef("part"),
        started_at__lt=OuterRef("sent_at"),
    )
    own = asked_for.filter(delivery=OuterRef("pk"))
    lately = Delivery.objects.filter(state=SENT, due_at__gt=since, part__gt=1)
    for each in list(lately.filter(Exists(before_it), ~Exists(own))):
        with writing():
            _ask_for_straggler(each.pk)


def _ask_for_straggler(pk: int) -> None:
    """Once, of all the workers that see it; with its record, or not at all."""
    standing = Delivery.objects.select_for_update().filter(pk=pk, state=SENT).first()
    if standing is None or standing.attempts.filter(kind=Attempt.Kind.DELETE).exists():
        return
    why = "its thread was taken down while it was being sent"
    Attempt.objects.create(delivery=standing, kind=Attempt.Kind.DELETE, started_at=clock.now(), message=why)
    capture("delivery.take_down_asked", f"delivery:{pk}", actor=None, why=why)


def due(**which: Any) -> list[Delivery]:
    """Those that nobody is at work on, but no part of a thread before the parts that follow it are done with."""
    later = asked().filter(revision=OuterRef("revision"), channel=OuterRef("channel"), part__gt=OuterRef("part"))
    now = clock.now()
    over = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * settings.DELIVERY_LEASE)
    found = asked().filter(~Exists(later), over, **which)
    return list(found.select_related("channel", "revision__post__author"))


def cuts_off(part: Delivery) -> bool:
    """Whether what follows ``part`` in its thread has nothing to reply to any more, or soon will not."""
    is_gone = part.state in (CANCELLED, DELETED)
    return is_gone or any(each.kind == Attempt.Kind.DELETE for each in part.attempts.all())


def is_cut_off(delivery: Delivery) -> bool:
    """Whether an earlier part of its thread was cancelled or taken down, or a person asked for that."""
    earlier = Delivery.objects.filter(
        revision=delivery.revision_id, channel=delivery.channel_id, part__lt=delivery.part
    )
    return any(cuts_off(each) for each in earlier.prefetch_related("attempts"))


def take(delivery: Delivery) -> bool:
    """Lease the removal to this worker. ``False``: another one has it."""
    same = Delivery.objects.filter(pk=delivery.pk, state=SENT, lease_until=delivery.lease_until)
    return bool(same.update(lease_until=clock.now() + settings.DELIVERY_LEASE))


def remove(delivery: Delivery) -> None:
    """Ask the network to delete the post, and settle what came of it. No transaction is open meanwhile."""
    try:
        _ask_network(delivery)
    except NetworkError as error:
        _still_there(delivery, error)
    else:
        with writing():
            finished = _finisher(delivery, DELETED, "It is gone.")
            why = _who_asked(delivery)
            move(delivery, SENT, DELETED, why=why, then=finished, trouble="")


def _ask_network(delivery: Delivery) -> None:
    slug = delivery.channel.network
    if slug not in registry.networks():
        raise Rejected(f"The network “{slug}” is no longer in Moothall’s settings.")
    if not delivery.remote_id:
        raise Rejected(f"{delivery.channel} never told us where it stands, so we cannot delete it there.")
    try:
        registry.network(slug).delete(channel_queries.account(delivery.channel), delivery.remote_id)
    except NetworkError:
        raise
    except Exception as error:  # a fault of our own: it may still stand there
        log.exception("Delivery %s could not be taken down", delivery.pk)
        raise Temporary("Something went wrong on our side while we took it down.") from error


def _still_there(delivery: Delivery, error: NetworkError) -> None:
    """It stands where it stood; a person reads why, and asks again or deletes it by hand."""
    asking = Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.DELETE, finished_at=None).last()
    cause = str(error)
    with writing():
        trouble = f"It could not be taken down. {cause}"
        if Delivery.objects.filter(pk=delivery.pk, state=SENT).update(trouble=trouble, lease_until=None):
            notices.still_there(delivery, cause)
        _finisher(delivery, "", cause, error)()
    if isinstance(error, NeedsReconnect) and asking:
        note_refused(delivery, error, asking)


def _who_asked(delivery: Delivery) -> str:
    asking = Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.DELETE, finished_at=None).last()
    return asking.message if asking else "it was asked for"


def _finisher(delivery: Delivery, outcome: str, message: str, error: NetworkError | None = None) -> Any:
    """What completes the attempts that are open."""

    def finish() -> None:
        Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.DELETE, finished_at=None).update(
            finished_at=clock.now(),
            outcome=outcome,
            message=message,
            words=error.words if error else "",
            status=error.status if error else None,
        )

    return finish
