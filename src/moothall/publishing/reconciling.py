"""Finding out what became of an unconfirmed delivery: by looking for the post, or by a person's word."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F

from moothall.channels import actions as channel_actions
from moothall.channels import queries as channel_queries
from moothall.core import clock
from moothall.core.database import writing
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Published
from moothall.networks.errors import NeedsReconnect, NetworkError, Temporary
from moothall.publishing import notices, removing
from moothall.publishing.delivery import (
    CANCELLED,
    MOST_TRIES,
    SENT,
    UNCONFIRMED,
    WAITING,
    move,
)
from moothall.publishing.identity import draft_of, others_on_the_channel, sought
from moothall.publishing.models import Attempt, Delivery
from moothall.publishing.sending import note_refused, sent_changes
from moothall.records.actions import Actor

log = logging.getLogger(__name__)

MOST_LOOKS = 8
"""With the waits of ``core.retry`` about an hour; then it is a person's turn."""


def due(**which: Any) -> list[Delivery]:
    """The unconfirmed deliveries that should be looked for now.

    So should one whose look lies further off than any is ever planned: the clock was put back since. Later, by that
    clock, its post would seem to be older than the delivery.
    """
    now = clock.now()
    unsure = Delivery.objects.filter(**which, state=UNCONFIRMED).exclude(look_at=None)
    return [
        each
        for each in unsure.select_related("channel", "revision__post__author").order_by("look_at")
        if each.look_at and not now < each.look_at <= now + max(backoff(max(each.looks, 1)), settings.DELIVERY_LEASE)
    ]


def take(delivery: Delivery) -> bool:
    """Lease the look to this worker. ``False``: another one has it."""
    same = Delivery.objects.filter(pk=delivery.pk, state=UNCONFIRMED, look_at=delivery.look_at)
    return bool(same.update(look_at=clock.now() + settings.DELIVERY_LEASE))


def look(delivery: Delivery, *, actor: Actor | None = None) -> bool:
    """Ask the network whether it has the post. ``True`` if that settled the matter, one way or the other.

    Two looks at once are harmless: each moves the delivery only from the state it saw.
    """
    now = clock.now()
    Delivery.objects.filter(pk=delivery.pk, state=UNCONFIRMED).update(looks=F("looks") + 1)
    delivery.refresh_from_db()
    if delivery.state != UNCONFIRMED:
        return False
    attempt = Attempt.objects.create(delivery=delivery, kind=Attempt.Kind.LOOK, started_at=now)
    try:
        found = find(delivery)
    except NetworkError as error:
        _finish(attempt, str(error), words=error.words, status=error.status)
        _look_later(delivery)
        if isinstance(error, NeedsReconnect):
            note_refused(delivery, error, attempt)
        return False
    if found:
        return _found(delivery, found, attempt, actor)
    if (
        registry.network(delivery.channel.network).find_is_authoritative
        and now >= settles_at(delivery)
        and delivery.tries < MOST_TRIES
    ):
        return _not_there(delivery, attempt, actor)
    _finish(attempt, "It was not found. The network may still be working on it.")
    _look_later(delivery)
    return False


def find(delivery: Delivery) -> Published | None:
    """The post on the network, if it is there. Raises the errors of ``networks.errors``."""
    try:
        network = registry.network(delivery.channel.network)
        account = channel_queries.account(delivery.channel)
        return network.find(account, sought(draft_of(delivery)), delivery.key, others_on_the_channel(delivery))
    except NetworkError:
        raise
    except Exception as error:  # a fault of our own must not end the looking
        log.exception("Delivery %s could not be looked for", delivery.pk)
        raise Temporary("Something went wrong on our side while we looked for it.") from error


def settles_at(delivery: Delivery) -> datetime:
    """From when on a request that was under way when we lost it must have arrived or perished."""
    return (delivery.unconfirmed_at or clock.now()) + settings.DELIVERY_SETTLES


def end_looks(delivery: Delivery) -> None:
    """Close the looks that were cut off, once the matter is settled without them."""
    Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.LOOK, finished_at=None).update(
        finished_at=clock.now(), message="This look was cut off."
    )


def end_old_looks() -> None:
    """Close the looks whose worker is gone: no look takes as long as a lease."""
    Attempt.objects.filter(
        delivery__state=UNCONFIRMED,
        kind=Attempt.Kind.LOOK,
        finished_at=None,
        started_at__lt=clock.now() - settings.DELIVERY_LEASE,
    ).update(finished_at=clock.now(), message="This look was cut off.")


def _found(delivery: Delivery, found: Published, attempt: Attempt, actor: Actor | None) -> bool:
    now = clock.now()

    def finish() -> None:
        _finish(attempt, "It is there.", outcome=SENT)
        end_looks(delivery)
        channel_actions.note_spoke(delivery.channel_id, now)

    changes = sent_changes(found, now)
    try:
        with writing():
            moved = move(
                delivery, UNCONFIRMED, SENT, why="it was found on the network", actor=actor, then=finish, **changes
            )
    except IntegrityError:  # found at the same moment for another delivery with the same words
        _finish(attempt, "The post that was found belongs to another delivery.")
        _look_later(delivery)
        return False
    if not moved:
        _finish(attempt, "It is there.")
    return moved


def _not_there(delivery: Delivery, attempt: Attempt, actor: Actor | None) -> bool:
    """It waits again or, if it was to follow what was taken down, it is cancelled."""
    is_cut_off = removing.is_cut_off(delivery)

    def finish() -> None:
        becomes = "It is cancelled, as its thread was taken down." if is_cut_off else "It is sent again."
        _finish(attempt, f"It is not there. {becomes}", outcome=CANCELLED if is_cut_off else WAITING)
        end_looks(delivery)

    with writing():
        moved = move(
            delivery,
            UNCONFIRMED,
            WAITING,
            why="it is not on the network",
            actor=actor,
            only_if={"unconfirmed_at": delivery.unconfirmed_at},  # this answer is about that sending, and no later one
            then=finish,
            trouble="",
            look_at=None,
            try_after=None,
            **{"may_be_live": False, "is_insisted": False} if is_cut_off else {},
        )
        if moved and is_cut_off:
            move(delivery, WAITING, CANCELLED, why="what it was to follow was taken down", actor=actor)
    if not moved:
        _finish(attempt, "It is not there.")
    return moved


def _look_later(delivery: Delivery) -> None:
    """Plan the next look; after the last one it is a person's turn."""
    unsure = Delivery.objects.filter(pk=delivery.pk, state=UNCONFIRMED)
    if delivery.looks < MOST_LOOKS:
        unsure.update(look_at=clock.now() + backoff(delivery.looks))
    elif unsure.exclude(look_at=None).update(look_at=None):
        notices.needs_a_person(delivery)


def _finish(attempt: Attempt, message: str, *, outcome: str = "", words: str = "", status: int | None = None) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(
        finished_at=clock.now(), message=message, outcome=outcome, words=words, status=status
    )
