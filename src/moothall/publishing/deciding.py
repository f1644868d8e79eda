"""What a person decides about a delivery that did not simply go out."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import actions as channel_actions
from moothall.channels.models import Channel
from moothall.core import clock, localtime, queue
from moothall.networks.base import Published
from moothall.networks.errors import NetworkError
from moothall.publishing import pausing, reconciling, removing, resting, tasks
from moothall.publishing.delivery import (
    CANCELLED,
    FAILED,
    HELD,
    SENT,
    UNCONFIRMED,
    WAITING,
    hold,
    move,
    without_consent,
)
from moothall.publishing.models import Delivery, DeliveryState
from moothall.publishing.sending import sent_changes

CANCELLABLE = (WAITING, FAILED, HELD)
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
    _refuse_cut_off(delivery)
    _refuse_unrested(delivery, clock.now(), "Try again from {} on.")
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


def cancel(actor: User, delivery: Delivery) -> None:
    """Do not send it after all, nor the parts of its thread that follow it.

    One that may be live, because it is being sent again, cannot be cancelled; unless what it was to follow was taken
    down, so that it is sent no more. Then the network is asked for it first.
    """
    require(actor, "delivery.decide", delivery)
    is_cleared_up = _is_given_up(delivery)
    if is_cleared_up:
        _clear_up(actor, delivery)
    with transaction.atomic():
        rest = rest_of_its_thread(delivery)
        if not is_cleared_up and DeliveryState(rest[0].state) not in CANCELLABLE:
            raise ValidationError("This can no longer be cancelled. Read the post again.")
        why = f"{actor.name} cancelled it"
        for each in rest:
            state = DeliveryState(each.state)
            if state in CANCELLABLE:
                _moved(each, state, CANCELLED, why=why, actor=actor, only_if={"is_insisted": False})


def _is_given_up(delivery: Delivery) -> bool:
    """Whether a part of a thread may be live and is never sent again, as what it was to follow was taken down."""
    in_doubt = delivery.state == UNCONFIRMED or (delivery.state == WAITING and delivery.is_insisted)
    return in_doubt and removing.is_cut_off(delivery)


def _clear_up(actor: User, delivery: Delivery) -> None:
    """Find out whether it went out. If it did not, it is cancelled with that; otherwise ``ValidationError``."""
    if delivery.state == WAITING:
        hold(delivery, "What it was to follow was taken down while this was being sent again. It may be live.")
    Delivery.objects.filter(pk=delivery.pk, state=UNCONFIRMED).update(tries=0)  # no number of tries ends this looking
    reconciling.look(delivery, actor=actor)
    delivery.refresh_from_db()
    if delivery.state == SENT:
        raise ValidationError("It went out after all, and is live. Take it down instead.")
    if delivery.state == UNCONFIRMED:
        raise ValidationError("The network does not say yet whether it went out. Cancel it again in a few minutes.")


def rest_of_its_thread(delivery: Delivery) -> list[Delivery]:
    """The delivery and the later parts of its thread, in order, locked."""
    same = Delivery.objects.filter(revision=delivery.revision_id, channel=delivery.channel_id, part__gte=delivery.part)
    return list(same.select_for_update(of=("self",)).select_related("channel", "revision__post").order_by("part"))


@transaction.atomic
def release(actor: User, delivery: Delivery, at: datetime | None = None) -> None:
    """Send a held delivery after all, with the held parts behind it: now, or ``at`` a new time.

    Raises ``ValidationError`` if it must still be held, or was decided on meanwhile.
    """
    require(actor, "delivery.decide", delivery)
    now = clock.now()
    if pause := pausing.over(delivery.service_id):
        raise ValidationError(f"Posts are still paused: {pause.reason} Wait until the comms desk lets them go on.")
    if at and at <= now:
        raise ValidationError(f"{localtime.words(at)} has passed. Choose a later time, or send it now.")
    held = [each for each in rest_of_its_thread(delivery) if each.state == HELD]
    for lapsed in without_consent(held, at or now).values():
        raise ValidationError(f"{lapsed} Cancel this, and write the post without it.")
    if not held:
        raise ValidationError(MEANWHILE)
    _refuse_cut_off(held[0])
    _refuse_unrested(held[0], at or now, "Give it a new time: {} or later. Or cancel it.")
    why = f"{actor.name} let it go out" + (f" on {localtime.words(at)}" if at else "")
    for each in held:
        _moved(each, HELD, WAITING, why=why, actor=actor, due_at=at or now, trouble="")
    queue.wake_each(tasks.drain, [delivery.channel_id])


def _refuse_cut_off(delivery: Delivery) -> None:
    if removing.is_cut_off(delivery):
        raise ValidationError("What this was to follow was taken down, so it cannot go out any more. Cancel it.")


def _refuse_unrested(delivery: Delivery, when: datetime, instead: str) -> None:
    """Raise ``ValidationError`` if an evergreen text still rests: it may have been said or planned here meanwhile.

    A thread that has begun is carried to its end.
    """
    post = delivery.revision.post
    if delivery.part == 1 and post.made_from_id:
        channel = Channel.objects.select_for_update().get(pk=delivery.channel_id)  # it is said once
        resting.refuse_unrested(post, [channel], when, instead)


def _moved(delivery: Delivery, before: DeliveryState, after: DeliveryState, **how: Any) -> None:
    if not move(delivery, before, after, **how):
        raise ValidationError(MEANWHILE)
