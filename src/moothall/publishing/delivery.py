"""How a delivery moves: the state table, the claim, the send step, and what becomes of each answer.

The table below is the whole of it; ``move`` refuses anything else. Every move is one conditional UPDATE: it happens
only if the delivery is still in the state, and still under the lease, that the mover believes in.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from moothall.channels import actions as channel_actions
from moothall.channels import queries as channel_queries
from moothall.core import clock, pictures
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Draft, Media, Published
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.publishing import notices
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records.actions import Actor, capture

log = logging.getLogger(__name__)

WAITING, SENDING, SENT, FAILED, UNCONFIRMED, CANCELLED = DeliveryState

MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    WAITING: frozenset({SENDING, CANCELLED}),
    SENDING: frozenset({SENT, WAITING, FAILED, UNCONFIRMED}),
    FAILED: frozenset({WAITING, CANCELLED}),
    UNCONFIRMED: frozenset({SENT, WAITING}),
    SENT: frozenset(),
    CANCELLED: frozenset(),
}

MOST_TRIES = 10
"""With the waits of ``core.retry`` some two and a half hours; then a person is asked."""


class WrongMove(Exception):
    """A move that the state table does not know: a mistake in the code, never in the data."""


@dataclass(frozen=True)
class Claim:
    """A delivery that this worker, and no other, is sending, until the lease runs out."""

    delivery: Delivery
    attempt: Attempt
    token: str


def move(
    delivery: Delivery,
    before: DeliveryState,
    after: DeliveryState,
    *,
    why: str,
    actor: Actor | None = None,
    under: str = "",
    **changes: Any,
) -> bool:
    """Move ``delivery`` if it is still in ``before`` under that lease's token. ``False``: it was not, and nothing changed.

    Call it in a transaction, together with whatever else is true only if the move took place.
    """
    if after not in MOVES[before]:
        raise WrongMove(f"No delivery goes from {before} to {after}.")
    changes = {"token": "", "lease_until": None} | changes
    moved = Delivery.objects.filter(pk=delivery.pk, state=before, token=under).update(state=after, **changes)
    if not moved:
        return False
    kept = {name: value for name, value in changes.items() if name in ("remote_id", "url", "trouble") and value}
    capture(
        f"delivery.{after.value}",
        f"delivery:{delivery.pk}",
        actor=actor,
        why=why,
        before={"state": before.value},
        after={"state": after.value, **kept},
    )
    return True


# --- Claiming ---------------------------------------------------------------------------------------------------------


def claim(channel_id: int) -> Claim | None:
    """Take the channel's next delivery, in the order in which they are due; ``None`` if nothing is to be done now.

    A delivery that waits for another try holds back those behind it: a channel's posts go out in their order.
    """
    now = clock.now()
    following = (
        Delivery.objects.filter(channel_id=channel_id, state=WAITING)
        .select_related("channel", "revision__post")
        .order_by("due_at", "pk")
        .first()
    )
    if following is None or following.due_at > now or (following.try_after and following.try_after > now):
        return None
    token = uuid.uuid4().hex
    try:
        with transaction.atomic():
            if not move(following, WAITING, SENDING, why="it was due", **_lease(token, now)):
                return None
            attempt = Attempt.objects.create(delivery=following, kind=Attempt.Kind.SEND, started_at=now)
    except IntegrityError:
        return None  # another delivery of this channel is being sent: one at a time keeps their order
    following.refresh_from_db(fields=["state", "dated", "tries", "may_be_live", "is_insisted"])
    return Claim(following, attempt, token)


def _lease(token: str, now: datetime) -> dict[str, Any]:
    return {
        "token": token,
        "lease_until": now + settings.DELIVERY_LEASE,
        "tries": F("tries") + 1,
        "dated": Coalesce("dated", now),
    }


def end_leases() -> int:
    """Whatever is still *sending* when its lease has run out was cut off: nobody knows whether it went out."""
    now = clock.now()
    ended = 0
    for delivery in Delivery.objects.filter(state=SENDING, lease_until__lt=now).select_related(
        "channel", "revision__post__author"
    ):
        with transaction.atomic():
            trouble = "The work was cut off while this was being sent. It may be live."
            ended += _unconfirmed(delivery, delivery.token, trouble, why="the lease ran out")
            Attempt.objects.filter(delivery=delivery, finished_at=None).update(
                finished_at=now, outcome=UNCONFIRMED, message=trouble
            )
    return ended


# --- Sending ----------------------------------------------------------------------------------------------------------


def send(claimed: Claim) -> None:
    """Make the one attempt that ``claimed`` stands for, and settle what came of it. No transaction is open meanwhile."""
    try:
        published = _call(claimed.delivery)
    except Temporary as error:
        _settle_temporary(claimed, error)
    except NeedsReconnect as error:
        _settle(claimed, FAILED, error=error)
        channel_actions.note_broken(claimed.delivery.channel, str(error))
    except Rejected as error:
        _settle(claimed, FAILED, error=error)
    except OutcomeUnknown as error:
        _settle(claimed, UNCONFIRMED, error=error)
    except Exception:  # a fault of our own, at a point we do not know: the post may be live, and the worker goes on
        log.exception("Delivery %s met an error that no adapter should raise", claimed.delivery.pk)
        _settle(
            claimed, UNCONFIRMED, error=OutcomeUnknown("Something went wrong on our side while this was being sent.")
        )
    else:
        _settle(claimed, SENT, published=published)


def _call(delivery: Delivery) -> Published:
    network = registry.network(delivery.channel.network)
    account = channel_queries.account(delivery.channel)
    draft = draft_of(delivery)
    if delivery.may_be_live:
        try:
            found = network.find(account, draft, delivery.key, others_on_the_channel(delivery))
        except Temporary:
            if not delivery.is_insisted:
                raise
            found = None
        if found:
            return found
    return network.publish(account, draft, delivery.key)


def draft_of(delivery: Delivery) -> Draft:
    """The delivery as its network's adapter takes it."""
    media = tuple(
        Media(
            path=pictures.path_of(each["name"]),
            content_type=each["content_type"],
            width=each["width"],
            height=each["height"],
            size=each["size"],
            alt=each["alt"],
        )
        for each in delivery.media
    )
    return Draft(delivery.text, media, dated=delivery.dated)


def others_on_the_channel(delivery: Delivery) -> frozenset[str]:
    """Remote ids that are known to belong to other deliveries."""
    others = Delivery.objects.filter(channel=delivery.channel_id).exclude(pk=delivery.pk).exclude(remote_id="")
    if delivery.dated:
        others = others.filter(sent_at__gte=delivery.dated - settings.DELIVERY_SETTLES)
    return frozenset(others.values_list("remote_id", flat=True))


# --- Settling ---------------------------------------------------------------------------------------------------------


def _settle_temporary(claimed: Claim, error: Temporary) -> None:
    tries = claimed.delivery.tries
    if tries >= MOST_TRIES:
        _settle(claimed, FAILED, error=error)
        return
    wait = max(backoff(tries), error.retry_after or backoff(1))
    _settle(claimed, WAITING, error=error, try_after=clock.now() + wait)


def _settle(
    claimed: Claim,
    after: DeliveryState,
    *,
    published: Published | None = None,
    error: NetworkError | None = None,
    **changes: Any,
) -> None:
    """Write down how an attempt ended. A worker whose lease has run out meanwhile changes nothing."""
    now = clock.now()
    delivery = claimed.delivery
    trouble = str(error) if error else ""
    with transaction.atomic():
        if after == UNCONFIRMED:
            settled = _unconfirmed(delivery, claimed.token, trouble, why=trouble)
        else:
            if published:
                changes |= sent_changes(published, now)
            settled = move(delivery, SENDING, after, why=trouble, under=claimed.token, trouble=trouble, **changes)
        if not settled:
            log.warning("Delivery %s was settled by somebody else before its answer came", delivery.pk)
            return
        Attempt.objects.filter(pk=claimed.attempt.pk).update(
            finished_at=now,
            outcome=after,
            message=trouble,
            words=error.words if error else "",
            status=error.status if error else None,
        )
        if after == SENT:
            channel_actions.note_spoke(delivery.channel_id, now)
        if after == FAILED:
            notices.failed(delivery, trouble)


def sent_changes(published: Published, now: datetime) -> dict[str, Any]:
    """What a delivery becomes once its post is known to stand on the network."""
    return {
        "remote_id": published.remote_id,
        "url": published.url,
        "sent_at": now,
        "trouble": "",
        "may_be_live": False,
        "look_at": None,
    }


def _unconfirmed(delivery: Delivery, token: str, trouble: str, *, why: str) -> bool:
    now = clock.now()
    moved = move(
        delivery,
        SENDING,
        UNCONFIRMED,
        why=why,
        under=token,
        trouble=trouble,
        may_be_live=True,
        is_insisted=False,
        unconfirmed_at=now,
        look_at=now + backoff(1),
        looks=0,
    )
    if moved:
        notices.unconfirmed(delivery)
    return moved
