"""Making a calendar feed's secret address, and taking it away."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.core import clock
from moothall.planning import queries
from moothall.planning.models import CalendarFeed, SecretFeed
from moothall.records.actions import capture

TOKEN_BYTES = 32
MOST_FEEDS = 20


@dataclass(frozen=True)
class Made:
    """A new feed with its secret, which nothing can tell again."""

    feed: SecretFeed
    token: str


@transaction.atomic
def make(actor: User, service: Service | None) -> Made:
    """An address for ``actor`` alone, of one service's posts or, without it, of all that they may see."""
    require(actor, "post.see", service)
    after = {"service": service.slug if service else "all"}
    return keep(actor, CalendarFeed(service=service), queries.feeds(actor).count(), after)


def keep(actor: User, feed: SecretFeed, has: int, after: dict[str, Any]) -> Made:
    """Give ``feed`` to ``actor``, who ``has`` so many of its kind that work, with a secret of its own.

    Call it in a transaction; the caller has asked for permission. ``after`` goes to the record.
    """
    if has >= MOST_FEEDS:
        raise ValidationError(f"You have {MOST_FEEDS} addresses already. Take one away first.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed.user, feed.token_hash = actor, token_hash(token)
    feed.save()
    capture(f"{_kind(feed)}.made", ref(feed), actor=actor, after=after)
    return Made(feed, token)


@transaction.atomic
def revoke(actor: User, feed: SecretFeed) -> None:
    """The address stops working at once."""
    if feed.user_id != actor.pk:
        raise PermissionDenied("This is another person's address.")
    if not type(feed)._default_manager.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise ValidationError("This address was taken away already.")
    capture(f"{_kind(feed)}.revoked", ref(feed), actor=actor)


def ref(feed: SecretFeed) -> str:
    """By what name records know the address."""
    return f"{_kind(feed)}:{feed.pk}"


def _kind(feed: SecretFeed) -> str:
    """ "calendar_feed" """
    return str(feed._meta.verbose_name).replace(" ", "_")


def token_hash(token: str) -> str:
    """What is kept of a feed's token."""
    return hashlib.sha256(token.encode()).hexdigest()
