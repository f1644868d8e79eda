"""The send step: make the attempt, and settle what came of it."""

import logging
import secrets
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError

from moothall.channels import actions as channel_actions
from moothall.channels import queries as channel_queries
from moothall.channels.models import Connection
from moothall.core import clock, http
from moothall.core.database import writing
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Account, Draft, Network, Published
from moothall.networks.errors import Halted, NeedsReconnect, NetworkError, OutcomeUnknown, Rejected, Temporary
from moothall.networks.keys import make_key
from moothall.publishing import notices, pausing, strays
from moothall.publishing.delivery import (
    FAILED,
    MOST_TRIES,
    SENDING,
    SENT,
    UNCONFIRMED,
    WAITING,
    Claim,
    in_hand,
    move,
    unconfirmed,
)
from moothall.publishing.identity import draft_of, others_on_the_channel, sought
from moothall.publishing.models import Attempt, Delivery, DeliveryState

log = logging.getLogger(__name__)

LONGEST_URL = 500


class LeaseLost(Exception):
    """The delivery was taken from this worker before it had sent anything."""


def send(claimed: Claim) -> None:
    """Make the attempt that ``claimed`` stands for, and settle what came of it. No transaction is open meanwhile."""
    in_hand.add(claimed.token)
    try:
        _send(claimed)
    finally:
        in_hand.discard(claimed.token)


def _send(claimed: Claim) -> None:
    refuse = partial(pausing.refuse, claimed.delivery.service_id)
    try:
        with http.before_each_request(refuse):
            published = _call(claimed)
    except LeaseLost:
        log.warning("Delivery %s was taken from a worker that had stood still", claimed.delivery.pk)
    except (Halted, http.Halted) as error:
        # Not a try: the network was not asked for the post. It is held when the sweep finds it.
        _settle(claimed, WAITING, error=Halted(str(error)), tries=claimed.delivery.tries - 1)
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
    if pause := pausing.over(delivery.service_id):  # a network that Moothall itself serves makes no request that asks
        raise Halted(f"Posts are paused: {pause.reason}")
    return network.publish(account, draft, delivery.key)


def _prepared(delivery: Delivery) -> tuple[Network, Account, Draft]:
    """All that a call takes. Whatever goes wrong here, nothing has left us yet."""
    slug = delivery.channel.network
    if slug not in registry.networks():
        raise Rejected(f"The network “{slug}” is no longer in Moothall’s settings.")
    if strays.is_stray(delivery):
        raise Rejected(f"This is a rehearsal’s post, and {delivery.channel} is a real channel. It is not sent.")
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
        _settle_for_good(claimed, error)
        return
    wait = max(backoff(tries), error.retry_after or backoff(1))
    _settle(claimed, WAITING, error=error, try_after=clock.now() + wait)


def _settle_for_good(claimed: Claim, error: NeedsReconnect | Rejected | Temporary) -> None:
    """It failed; unless a person had it sent again, and whether it went out the first time could not be asked."""
    if claimed.delivery.is_insisted:
        message = f"{error} Whether it went out the first time, the network did not say."
        _settle(claimed, UNCONFIRMED, error=OutcomeUnknown(message, words=error.words, status=error.status))
    else:
        _settle(claimed, FAILED, error=error)


def _settle_refused(claimed: Claim, error: NeedsReconnect | Rejected) -> None:
    _settle_for_good(claimed, error)
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
            settled = unconfirmed(delivery, trouble, why=trouble, only_if=ours, then=finish)
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
