"""What a person decides about a delivery that did not simply go out."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import actions as channel_actions
from moothall.core import clock, queue
from moothall.networks.base import Published
from moothall.networks.errors import NetworkError
from moothall.publishing import reconciling, tasks
from moothall.publishing.delivery import CANCELLED, FAILED, SENT, UNCONFIRMED, WAITING, move, sent_changes
from moothall.publishing.models import Delivery, DeliveryState

MEANWHILE = "This has changed meanwhile. Read the post again."


def look_again(actor: User, delivery: Delivery) -> bool:
    """Ask the network now whether it has the post. ``True`` if that settled it."""
    require(actor, "delivery.decide", delivery)
    if delivery.state != UNCONFIRMED:
        raise ValidationError(MEANWHILE)
    return reconciling.look(delivery, actor=actor)


def it_is_there(actor: User, delivery: Delivery, address: str = "") -> None:
    """A person has seen the post on the network, and may give its address.

    Their word decides. If the network can be asked, its own id for the post is kept too: without it, another delivery
    with the same words could be taken for this one.
    """
    require(actor, "delivery.decide", delivery)
    if delivery.state != UNCONFIRMED:
        raise ValidationError(MEANWHILE)
    seen = _identified(delivery)
    now = clock.now()

    def finish() -> None:
        reconciling.end_looks(delivery)
        channel_actions.note_spoke(delivery.channel_id, now)

    changes = sent_changes(Published(seen.remote_id, address or seen.url), now)
    with transaction.atomic():
        _moved(delivery, UNCONFIRMED, SENT, why=f"{actor.name} saw it there", actor=actor, then=finish, **changes)


def _identified(delivery: Delivery) -> Published:
    try:
        return reconciling.find(delivery) or Published("", "")
    except NetworkError:
        return Published("", "")


@transaction.atomic
def send_again(actor: User, delivery: Delivery) -> None:
    """Send an unconfirmed or failed delivery again. The network is asked for the post first, where it can be.

    An unconfirmed one waits until the first sending must have arrived or perished, lest it goes out beside it.
    """
    require(actor, "delivery.decide", delivery)
    state = DeliveryState(delivery.state)
    if state not in (UNCONFIRMED, FAILED):
        raise ValidationError(MEANWHILE)
    _moved(
        delivery,
        state,
        WAITING,
        why=f"{actor.name} asked to send it again",
        actor=actor,
        then=lambda: reconciling.end_looks(delivery),
        is_insisted=state == UNCONFIRMED,
        tries=0,
        try_after=_not_before(delivery) if state == UNCONFIRMED else None,
        look_at=None,
        trouble="",
    )
    queue.wake_each(tasks.drain, [delivery.channel_id])


def _not_before(delivery: Delivery) -> datetime:
    """When the first sending has settled; soon, even if the clock was put back since."""
    return min(reconciling.settles_at(delivery), clock.now() + settings.DELIVERY_SETTLES)


@transaction.atomic
def cancel(actor: User, delivery: Delivery) -> None:
    """Do not send it after all. One that may be live, because it is being sent again, cannot be cancelled."""
    require(actor, "delivery.decide", delivery)
    state = DeliveryState(delivery.state)
    if state not in (WAITING, FAILED):
        raise ValidationError("This can no longer be cancelled. Read the post again.")
    why = f"{actor.name} cancelled it"
    _moved(delivery, state, CANCELLED, why=why, actor=actor, only_if={"is_insisted": False})


def _moved(delivery: Delivery, before: DeliveryState, after: DeliveryState, **how: Any) -> None:
    if not move(delivery, before, after, **how):
        raise ValidationError(MEANWHILE)
