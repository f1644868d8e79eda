"""What a person decides about a delivery that did not simply go out."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import actions as channel_actions
from moothall.core import clock, queue
from moothall.networks.base import Published
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


@transaction.atomic
def it_is_there(actor: User, delivery: Delivery, address: str = "") -> None:
    """A person has seen the post on the network, and may give its address."""
    require(actor, "delivery.decide", delivery)
    now = clock.now()
    changes = sent_changes(Published("", address), now)
    if not move(delivery, UNCONFIRMED, SENT, why=f"{actor.name} saw it there", actor=actor, **changes):
        raise ValidationError(MEANWHILE)
    channel_actions.note_spoke(delivery.channel_id, now)


@transaction.atomic
def send_again(actor: User, delivery: Delivery) -> None:
    """Send an unconfirmed or failed delivery again. The network is asked for the post first, where it can be."""
    require(actor, "delivery.decide", delivery)
    state = DeliveryState(delivery.state)
    if state not in (UNCONFIRMED, FAILED):
        raise ValidationError(MEANWHILE)
    changes: dict[str, Any] = {"is_insisted": True, "tries": 0, "try_after": None, "look_at": None, "trouble": ""}
    if not move(delivery, state, WAITING, why=f"{actor.name} asked to send it again", actor=actor, **changes):
        raise ValidationError(MEANWHILE)
    queue.wake_each(tasks.drain, [delivery.channel_id])


@transaction.atomic
def cancel(actor: User, delivery: Delivery) -> None:
    """Do not send it after all."""
    require(actor, "delivery.decide", delivery)
    state = DeliveryState(delivery.state)
    if state not in (WAITING, FAILED) or not move(
        delivery, state, CANCELLED, why=f"{actor.name} cancelled it", actor=actor
    ):
        raise ValidationError("This can no longer be cancelled. Read the post again.")
