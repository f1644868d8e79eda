"""How a delivery moves: the state table, the claim, the send step, and what becomes of each answer.

The table below is the whole of it; ``move`` refuses anything else. Every move is one conditional UPDATE: it happens
only if the delivery is still in the state, and still under the lease, that the mover believes in.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import OuterRef, Q, QuerySet, Subquery

from moothall.core import clock
from moothall.core.database import writing
from moothall.core.retry import backoff
from moothall.library import queries as library
from moothall.publishing import notices, pausing
from moothall.publishing.models import Attempt, Delivery, DeliveryState
from moothall.records.actions import Actor, capture

WAITING, SENDING, SENT, FAILED, UNCONFIRMED, HELD, CANCELLED, DELETED = DeliveryState

MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    WAITING: frozenset({SENDING, HELD, UNCONFIRMED, CANCELLED}),
    SENDING: frozenset({SENT, WAITING, FAILED, UNCONFIRMED}),
    FAILED: frozenset({WAITING, CANCELLED}),
    UNCONFIRMED: frozenset({SENT, WAITING}),
    HELD: frozenset({WAITING, CANCELLED}),
    SENT: frozenset({DELETED}),
    CANCELLED: frozenset(),
    DELETED: frozenset(),
}

MOST_TRIES = 10
"""With the waits of ``core.retry`` some two hours; then a person is asked."""

MOST_AT_A_LOOK = 20
"""How many deliveries that turn out to be held are passed over at one claim; the next claim sees the rest."""

in_hand: set[str] = set()
"""The tokens of what this process is sending now. Adding, discarding and copying are each one step for all threads."""


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
    only_if: Mapping[str, Any] | None = None,
    then: Callable[[], object] | None = None,
    **changes: Any,
) -> bool:
    """Move ``delivery`` if it is still in ``before`` and as ``only_if`` says. ``False``: it was not; nothing changed.

    Call it in a transaction. ``then`` writes whatever else is true only if the move took place; it comes before the
    record, which holds the lock on the chain of records until the commit. Out of *sending* moves only who knows the
    lease: ``only_if`` then has its token.
    """
    if after not in MOVES[before]:
        raise WrongMove(f"No delivery goes from {before} to {after}.")
    changes = {"token": "", "lease_until": None} | changes
    same = {"token": ""} | dict(only_if or {})
    if not Delivery.objects.filter(pk=delivery.pk, state=before, **same).update(state=after, **changes):
        return False
    if then:
        then()
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


def in_turn() -> QuerySet[Delivery]:
    """The waiting deliveries that nothing but time keeps back, in the order in which they go out.

    A later part of a thread is not among them until the part before stands on the network: if that one failed, is
    unconfirmed or held, the rest of its thread waits for it, and the channel's other posts go on. What is paused is not
    among them either.
    """
    before = Delivery.objects.filter(
        revision=OuterRef("revision"), channel=OuterRef("channel"), part=OuterRef("part") - 1
    )
    waiting = Delivery.objects.filter(state=WAITING).annotate(before=Subquery(before.values("state")[:1]))
    return pausing.unpaused(waiting.filter(Q(part=1) | Q(before=SENT))).order_by("due_at", "pk")


def ready_channels() -> list[int]:
    """The channels on which something can be sent now, the one that is most behind its time first.

    Not one that is sending, and not one whose next delivery waits for another try.
    """
    now = clock.now()
    following: dict[int, datetime | None] = {}
    for channel_id, try_after in in_turn().filter(due_at__lte=now).values_list("channel_id", "try_after"):
        following.setdefault(channel_id, try_after)
    sending = set(Delivery.objects.filter(state=SENDING).values_list("channel_id", flat=True))
    return [
        channel_id
        for channel_id, try_after in following.items()
        if channel_id not in sending and (try_after is None or try_after <= now)
    ]


def claim(channel_id: int) -> Claim | None:
    """Take the channel's next delivery, in the order in which they are due; ``None`` if nothing is to be done now.

    A delivery that waits for another try holds back those behind it: a channel's posts go out in their order. One that
    shows somebody whose consent has run out is held, and the next one taken.
    """
    now = clock.now()
    in_line = in_turn().filter(channel_id=channel_id).select_related("channel", "revision__post__author")
    for following in in_line[:MOST_AT_A_LOOK]:
        if following.due_at > now or (following.try_after and following.try_after > now):
            return None
        if lapsed := without_consent([following], now).get(following.pk):
            hold(following, lapsed)
            continue
        try:
            with writing():
                return _take(following)
        except IntegrityError:
            return None  # another delivery of this channel is being sent: one at a time keeps their order
    return None


def _take(following: Delivery) -> Claim | None:
    """Begin the attempt, unless there was another since ``following`` was read: it may have been told to wait."""
    now = clock.now()
    token = uuid.uuid4().hex
    seen, following.tries, following.dated = following.tries, following.tries + 1, following.dated or now
    attempt = Attempt(delivery=following, kind=Attempt.Kind.SEND, started_at=now)
    moved = move(
        following,
        WAITING,
        SENDING,
        why="it was due",
        only_if={"tries": seen, "due_at": following.due_at},
        then=attempt.save,
        token=token,
        lease_until=now + settings.DELIVERY_LEASE,
        tries=following.tries,
        dated=following.dated,
    )
    return Claim(following, attempt, token) if moved else None


# --- Holding ----------------------------------------------------------------------------------------------------------


def hold(delivery: Delivery, why: str) -> bool:
    """Keep a waiting delivery from going out until a person decides on it; its author is told why.

    One that a person had sent again after an unclear answer may be live already. It is in doubt again, not held: we go
    on looking for it, and only when it is known not to be there is there anything to hold.
    """
    with writing():
        if delivery.is_insisted:
            doubt: dict[str, Any] = {"is_insisted": False, "look_at": clock.now(), "looks": 0}
            return move(delivery, WAITING, UNCONFIRMED, why=why, only_if={"is_insisted": True}, trouble=why, **doubt)
        told = partial(notices.held, delivery, why)
        unsent = {"is_insisted": False}
        return move(delivery, WAITING, HELD, why=why, only_if=unsent, then=told, trouble=why, try_after=None)


def without_consent(deliveries: Iterable[Delivery], at: datetime) -> dict[int, str]:
    """Why some of ``deliveries`` may not be shown at ``at``, by their id: they show somebody who no longer agrees."""
    assets = {each.pk: {facts.get("asset") for facts in each.media} for each in deliveries if each.media}
    if not assets:
        return {}
    lapsed = library.lapsed_among(set().union(*assets.values()) - {None}, at)
    said = "The consent {} for “{}” no longer holds."
    return {
        pk: said.format(consent.reference, consent.asset)
        for pk, shown in assets.items()
        for consent in lapsed
        if consent.asset_id in shown
    }


# --- Leases -----------------------------------------------------------------------------------------------------------


def keep_leases() -> None:
    """Renew the leases of what this process is sending: a slow server is no dead worker."""
    if not in_hand:
        return
    now = clock.now()
    until = now + settings.DELIVERY_LEASE
    ours = Delivery.objects.filter(state=SENDING, token__in=list(in_hand))
    ours.exclude(lease_until__range=(now + settings.DELIVERY_LEASE / 2, until)).update(lease_until=until)


def end_leases() -> int:
    """Whatever is still *sending* when its lease has run out was cut off: nobody knows whether it went out.

    A lease that reaches further than any can was given before the clock was put back; it has ended too.
    """
    now = clock.now()
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * settings.DELIVERY_LEASE)
    ended = 0
    for delivery in Delivery.objects.filter(over, state=SENDING).select_related("channel", "revision__post__author"):
        with writing():
            ended += _cut_off(delivery)
    return ended


def _cut_off(delivery: Delivery) -> bool:
    trouble = "The work was cut off while this was being sent. It may be live."

    def finish() -> None:
        running = Attempt.objects.filter(delivery=delivery, kind=Attempt.Kind.SEND, finished_at=None)
        running.update(finished_at=clock.now(), outcome=UNCONFIRMED, message=trouble)

    lease = {"token": delivery.token, "lease_until": delivery.lease_until}
    return unconfirmed(delivery, trouble, why="the lease ran out", only_if=lease, then=finish)


def unconfirmed(
    delivery: Delivery, trouble: str, *, why: str, only_if: Mapping[str, Any], then: Callable[[], object]
) -> bool:
    now = clock.now()

    def tell() -> None:
        then()
        notices.unconfirmed(delivery)

    return move(
        delivery,
        SENDING,
        UNCONFIRMED,
        why=why,
        only_if=only_if,
        then=tell,
        trouble=trouble,
        may_be_live=True,
        is_insisted=False,
        unconfirmed_at=now,
        look_at=now + backoff(1),
        looks=0,
    )
