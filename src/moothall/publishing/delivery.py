"""How a delivery moves: the state table, the claim, the send step, and what becomes of each answer.

The table below is the whole of it; ``move`` refuses anything else. Every move is one conditional UPDATE: it happens
only if the delivery is still in the state, and still under the lease, that the mover believes in.
"""

import logging
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q

from moothall.channels import actions as channel_actions
from moothall.channels import queries as channel_queries
from moothall.channels.models import Connection
from moothall.core import clock
from moothall.core.database import writing
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Network, Published
from moothall.networks.errors import NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.publishing import notices
from moothall.publishing.identity import draft_of, others_on_the_channel, sought
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
"""With the waits of ``core.retry`` some two hours; then a person is asked."""

LONGEST_URL = 500

_in_hand: set[str] = set()
"""The tokens of what this process is sending now. Adding, discarding and copying are each one step for all threads."""


class WrongMove(Exception):
    """A move that the state table does not know: a mistake in the code, never in the data."""


class LeaseLost(Exception):
    """The delivery was taken from this worker before it had sent anything."""


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


def ready_channels() -> list[int]:
    """The channels on which something can be sent now, the one that is most behind its time first.

    Not one that is sending, and not one whose next delivery waits for another try.
    """
    now = clock.now()
    following: dict[int, datetime | None] = {}
    due = Delivery.objects.filter(state=WAITING, due_at__lte=now).order_by("due_at", "pk")
    for channel_id, try_after in due.values_list("channel_id", "try_after"):
        following.setdefault(channel_id, try_after)
    sending = set(Delivery.objects.filter(state=SENDING).values_list("channel_id", flat=True))
    return [
        channel_id
        for channel_id, try_after in following.items()
        if channel_id not in sending and (try_after is None or try_after <= now)
    ]


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
    try:
        with writing():
            return _take(following)
    except IntegrityError:
        return None  # another delivery of this channel is being sent: one at a time keeps their order


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
        only_if={"tries": seen},
        then=attempt.save,
        token=token,
        lease_until=now + settings.DELIVERY_LEASE,
        tries=following.tries,
        dated=following.dated,
    )
    return Claim(following, attempt, token) if moved else None


# --- Leases -----------------------------------------------------------------------------------------------------------


def keep_leases() -> None:
    """Renew the leases of what this process is sending: a slow server is no dead worker."""
    if not _in_hand:
        return
    now = clock.now()
    until = now + settings.DELIVERY_LEASE
    ours = Delivery.objects.filter(state=SENDING, token__in=list(_in_hand))
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
    return _unconfirmed(delivery, trouble, why="the lease ran out", only_if=lease, then=finish)


# --- Sending ----------------------------------------------------------------------------------------------------------


def send(claimed: Claim) -> None:
    """Make the attempt that ``claimed`` stands for, and settle what came of it. No transaction is open meanwhile."""
    _in_hand.add(claimed.token)
    try:
        _send(claimed)
    finally:
        _in_hand.discard(claimed.token)


def _send(claimed: Claim) -> None:
    try:
        published = _call(claimed)
    except LeaseLost:
        log.warning("Delivery %s was taken from a worker that had stood still", claimed.delivery.pk)
    except Temporary as error:
        _settle_temporary(claimed, error)
    except (NeedsReconnect, Rejected) as error:
        _settle_refused(claimed, error)
    except OutcomeUnknown as error:
        _settle(claimed, UNCONFIRMED, error=error)
    except Exception:  # a fault of our own, at a point we do not know: the post may be live, and the worker goes on
        log.exception("Delivery %s met an error that no adapter should raise", claimed.delivery.pk)
        _settle(
            claimed, UNCONFIRMED, error=OutcomeUnknown("Something went wrong on our side while this was being sent.")
        )
    else:
        _settle_sent(claimed, published)


def _call(claimed: Claim) -> Published:
    delivery = claimed.delivery
    network, account, draft = _prepared(delivery)
    if delivery.may_be_live:
        try:
            found = network.find(account, sought(draft), delivery.key, others_on_the_channel(delivery))
        except NetworkError:
            if not delivery.is_insisted:
                raise
        else:
            if found:
                return found
            delivery.is_insisted = False  # it is not there: whatever is said now is said of this sending
    if not Delivery.objects.filter(pk=delivery.pk, state=SENDING, token=claimed.token).exists():
        raise LeaseLost
    return network.publish(account, draft, delivery.key)


def _prepared(delivery: Delivery) -> tuple[Network, Account, Draft]:
    """All that a call takes. Whatever goes wrong here, nothing has left us yet."""
    slug = delivery.channel.network
    if slug not in registry.networks():
        raise Rejected(f"The network “{slug}” is no longer in Moothall’s settings.")
    if not delivery.channel.is_driven:
        raise Rejected(f"{delivery.channel} is not live any more. Make it live again, or cancel this.")
    try:
        return registry.network(slug), channel_queries.account(delivery.channel), draft_of(delivery)
    except NetworkError:
        raise
    except Exception as error:  # a database that is away, most likely: it will be back
        log.exception("Delivery %s could not be prepared", delivery.pk)
        raise Temporary("Something went wrong on our side before this was sent.") from error


def note_refused(delivery: Delivery, error: NeedsReconnect, attempt: Attempt) -> None:
    """The channel must be reconnected, unless it was since ``attempt`` began."""
    used = Connection.objects.filter(channel=delivery.channel_id, connected_at__lte=attempt.started_at).first()
    if used:
        channel_actions.note_broken(delivery.channel, str(error), connected_at=used.connected_at)


# --- Settling ---------------------------------------------------------------------------------------------------------


def _settle_temporary(claimed: Claim, error: Temporary) -> None:
    tries = claimed.delivery.tries
    if tries >= MOST_TRIES:
        _settle(claimed, FAILED, error=error)
        return
    wait = max(backoff(tries), error.retry_after or backoff(1))
    _settle(claimed, WAITING, error=error, try_after=clock.now() + wait)


def _settle_refused(claimed: Claim, error: NeedsReconnect | Rejected) -> None:
    """It failed; unless a person had it sent again, and whether it went out the first time could not be asked."""
    if claimed.delivery.is_insisted:
        message = f"{error} Whether it went out the first time, the network did not say."
        _settle(claimed, UNCONFIRMED, error=OutcomeUnknown(message, words=error.words, status=error.status))
    else:
        _settle(claimed, FAILED, error=error)
    if isinstance(error, NeedsReconnect):
        note_refused(claimed.delivery, error, claimed.attempt)


def _settle_sent(claimed: Claim, published: Published) -> None:
    try:
        _settle(claimed, SENT, **sent_changes(published, clock.now()))
    except IntegrityError:
        # That post counts for another delivery with the same words: both were unconfirmed, and the other was looked for
        # first. It takes nothing away from either if this one makes a post anew, which a network that remembers keys
        # does only for a new one.
        error = Temporary("The post that the network showed us belongs to another delivery with the same words.")
        _settle(claimed, WAITING, error=error, key=make_key(clock.now(), secrets.randbits(10)), may_be_live=True)


def _settle(claimed: Claim, after: DeliveryState, *, error: NetworkError | None = None, **changes: Any) -> None:
    """Write down how an attempt ended. A worker whose lease has run out meanwhile changes nothing."""
    delivery = claimed.delivery
    trouble = str(error) if error else ""

    def finish() -> None:
        now = clock.now()
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

    ours = {"token": claimed.token}
    with writing():
        if after == UNCONFIRMED:
            settled = _unconfirmed(delivery, trouble, why=trouble, only_if=ours, then=finish)
        else:
            if after == FAILED:
                changes["is_insisted"] = False  # that it is not there is certain now
            changes = {"trouble": trouble} | changes
            settled = move(delivery, SENDING, after, why=trouble, only_if=ours, then=finish, **changes)
    if not settled:
        log.warning("Delivery %s was settled by somebody else before its answer came", delivery.pk)


def is_web_address(url: str) -> bool:
    """Whether a network's word for where a post stands can be kept and shown as a link."""
    return url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL and url.isprintable()


def sent_changes(published: Published, now: datetime) -> dict[str, Any]:
    """What a delivery becomes once its post is known to stand on the network."""
    return {
        "remote_id": published.remote_id,
        "url": published.url if is_web_address(published.url) else "",
        "sent_at": now,
        "trouble": "",
        "may_be_live": False,
        "look_at": None,
    }


def _unconfirmed(
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
