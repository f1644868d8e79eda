"""Telling the desk: what anybody of the staff may do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.contributions import credits, states
from moothall.contributions.models import TAKEN_BACK, Contribution, Mail, People, State, Way
from moothall.core import clock
from moothall.events.models import Event
from moothall.library.models import Asset
from moothall.records.actions import capture

LONGEST_OFFLINE = timedelta(days=30)
"""A phone that says it was told earlier than that has a wrong clock."""
MOST_PICTURES = 10


@dataclass(frozen=True)
class Told:
    """What somebody told the desk."""

    once: uuid.UUID
    words: str = ""
    event: Event | None = None
    service: Service | None = None
    place: str = ""
    happened_at: datetime | None = None
    may_be_named: bool = False
    people: str = People.NOT_ASKED
    pictures: Sequence[Asset] = ()
    told_at: datetime | None = None
    """On the phone; ``None``: now."""


def tell(actor: User, told: Told) -> Contribution:
    """Tell the desk. What is sent twice, by a phone that did not hear the answer, is one contribution."""
    require(actor, "contribution.offer")
    if earlier := earlier_of(actor, told.once):
        if earlier.words == told.words.strip():
            return earlier
        # The same form again with other words: somebody went back to it. That is another thing told, and not lost.
        told = replace(told, once=uuid.uuid5(told.once, told.words.strip()))
        if again := earlier_of(actor, told.once):
            return again
    if not told.words.strip() and not told.pictures:
        raise ValidationError("Say what happened, or add a picture.")
    if len(told.pictures) > MOST_PICTURES:
        raise ValidationError(f"Send at most {MOST_PICTURES} pictures at once.")
    try:
        with transaction.atomic():
            return _made(actor, told)
    except IntegrityError as error:
        at_the_same_moment = earlier_of(actor, told.once)
        if at_the_same_moment is None:
            raise ValidationError("This could not be taken. Open the page again and send it once more.") from error
        return at_the_same_moment


def earlier_of(actor: User, once: uuid.UUID) -> Contribution | None:
    """What ``actor`` told the desk by this name, if it came."""
    return Contribution.objects.filter(once=once, contributor=actor).first()


def _made(actor: User, told: Told) -> Contribution:
    now = clock.now()
    said_at = told.told_at if told.told_at and told.told_at > now - LONGEST_OFFLINE else now
    made = Contribution.objects.create(
        event=told.event,
        door=Way.WEB,
        contributor=actor,
        is_sender_verified=True,
        words=told.words.strip(),
        service=told.service,
        place=told.place.strip(),
        happened_at=told.happened_at,
        may_be_named=told.may_be_named,
        people=told.people,
        once=told.once,
        told_at=min(said_at, now),
        received_at=now,
    )
    made.assets.set(told.pictures)
    keep_offered(made)
    return made


def keep_offered(made: Contribution) -> None:
    """Record that it came. Only one who may be named is named: the record outlives the contribution."""
    actor = made.contributor if made.may_be_named else None
    after = {"door": made.door, "event": made.event_id, "service": made.service_id, "state": made.state}
    capture("contribution.offered", f"contribution:{made.pk}", actor=actor, after=after)


@transaction.atomic
def set_naming(actor: User, contribution: Contribution, may_be_named: bool) -> None:
    """Change one's mind about being named. The wall follows at once."""
    require(actor, "contribution.offer")
    own = Contribution.objects.select_for_update().filter(contributor=actor).get(pk=contribution.pk)
    if own.door == Way.OWN_ACCOUNT:
        raise ValidationError("Whether your own account names you is set under “My accounts”.")
    if own.may_be_named == may_be_named:
        return
    own.may_be_named = may_be_named
    own.save(update_fields=["may_be_named"])
    credits.settle_for(own)
    after = {"may_be_named": may_be_named}
    capture("contribution.naming", f"contribution:{own.pk}", actor=actor if may_be_named else None, after=after)


@transaction.atomic
def take_back(actor: User, contribution: Contribution) -> None:
    """Take back what one told, while nobody has it in hand: it is gone, and of a mail only that the same is not taken
    again."""
    require(actor, "contribution.offer")
    own = Contribution.objects.select_for_update().filter(contributor=actor).get(pk=contribution.pk)
    if own.state not in (State.WAITING, State.KEPT, State.QUARANTINED) or own.door == Way.OWN_ACCOUNT:
        raise ValidationError("The desk has this in hand already. Ask them to leave it.")
    ref = f"contribution:{own.pk}"
    before = {"door": own.door, "event": own.event_id}
    states.part(own)
    Mail.objects.filter(contribution=own).update(sealed=None, sender="", subject="", why=TAKEN_BACK, left_out=[])
    own.delete()
    capture("contribution.taken_back", ref, actor=None, before=before)
