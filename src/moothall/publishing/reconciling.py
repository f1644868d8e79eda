"""Finding out what became of an unconfirmed delivery: by looking for the post, or by a person's word."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from moothall.channels import actions as channel_actions
from moothall.channels import queries as channel_queries
from moothall.core import clock
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Published
from moothall.networks.errors import NetworkError
from moothall.publishing import notices
from moothall.publishing.delivery import (
    MOST_TRIES,
    SENT,
    UNCONFIRMED,
    WAITING,
    draft_of,
    move,
    others_on_the_channel,
    sent_changes,
)
from moothall.publishing.models import Attempt, Delivery
from moothall.records.actions import Actor

MOST_LOOKS = 8
"""With the waits of ``core.retry`` about an hour; then it is a person's turn."""


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
    network = registry.network(delivery.channel.network)
    try:
        account = channel_queries.account(delivery.channel)
        found = network.find(account, draft_of(delivery), delivery.key, others_on_the_channel(delivery))
    except NetworkError as error:
        _finish(attempt, str(error), words=error.words, status=error.status)
        _look_later(delivery)
        return False
    if found:
        return _found(delivery, found, attempt, actor)
    if network.find_is_authoritative and _has_settled(delivery, now) and delivery.tries < MOST_TRIES:
        return _not_there(delivery, attempt, actor)
    _finish(attempt, "It was not found. The network may still be working on it.")
    _look_later(delivery)
    return False


def _has_settled(delivery: Delivery, now: datetime) -> bool:
    """Whether a request that was under way when we lost it must have arrived or perished by now."""
    return delivery.unconfirmed_at is not None and now >= delivery.unconfirmed_at + settings.DELIVERY_SETTLES


def _found(delivery: Delivery, found: Published, attempt: Attempt, actor: Actor | None) -> bool:
    now = clock.now()
    try:
        with transaction.atomic():
            moved = move(
                delivery, UNCONFIRMED, SENT, why="it was found on the network", actor=actor, **sent_changes(found, now)
            )
            _finish(attempt, "It is there.", outcome=SENT if moved else "")
            if moved:
                channel_actions.note_spoke(delivery.channel_id, now)
    except IntegrityError:  # found at the same moment for another delivery with the same words
        _finish(attempt, "The post that was found belongs to another delivery.")
        _look_later(delivery)
        return False
    return moved


def _not_there(delivery: Delivery, attempt: Attempt, actor: Actor | None) -> bool:
    with transaction.atomic():
        moved = move(
            delivery,
            UNCONFIRMED,
            WAITING,
            why="it is not on the network",
            actor=actor,
            trouble="",
            look_at=None,
            try_after=None,
        )
        _finish(attempt, "It is not there. It is sent again.", outcome=WAITING if moved else "")
    return moved


def _look_later(delivery: Delivery) -> None:
    """Plan the next look; after the last one it is a person's turn."""
    later = clock.now() + backoff(delivery.looks) if delivery.looks < MOST_LOOKS else None
    updated = Delivery.objects.filter(pk=delivery.pk, state=UNCONFIRMED).update(look_at=later)
    if updated and delivery.looks == MOST_LOOKS:
        notices.needs_a_person(delivery)


def _finish(attempt: Attempt, message: str, *, outcome: str = "", words: str = "", status: int | None = None) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(
        finished_at=clock.now(), message=message, outcome=outcome, words=words, status=status
    )
