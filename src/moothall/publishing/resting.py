"""When an evergreen post may be said again on a channel."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from moothall.channels.models import Channel
from moothall.core import localtime
from moothall.publishing.models import Delivery, DeliveryState, Post, ReadyMade

UNSAID = (DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.DELETED)
"""States of a delivery of which nobody has heard, and nobody will unless a person decides so."""

Sayings = dict[tuple[int, int], list[datetime]]
"""By the ids of an evergreen post and a channel: when it was said there, and when it is to be, in order."""


def earliest(said: Iterable[datetime], rest: timedelta, wanted: datetime) -> datetime:
    """The first moment from ``wanted`` on that is ``rest`` or more away from all that is ``said``, or planned. Pure."""
    found = wanted
    for moment in sorted(said):
        if found - rest < moment < found + rest:
            found = moment + rest
    return found


def sayings(
    evergreens: Iterable[ReadyMade], channels: Iterable[Channel] | None = None, *, but_for: Post | None = None
) -> Sayings:
    """When each of ``evergreens`` was said and is to be said, on these channels or on all. One query.

    ``but_for`` is a post that does not count, as it is about to move.
    """
    found: Sayings = defaultdict(list)
    deliveries = Delivery.objects.filter(revision__post__made_from__in=list(evergreens), part=1)
    deliveries = deliveries.exclude(state__in=UNSAID)
    if channels is not None:
        deliveries = deliveries.filter(channel__in=list(channels))
    if but_for is not None:
        deliveries = deliveries.exclude(revision__post=but_for)
    fields = ("revision__post__made_from", "channel", "sent_at", "due_at")
    for evergreen, channel, sent_at, due_at in deliveries.values_list(*fields):
        found[evergreen, channel].append(sent_at or due_at)
    return {key: sorted(moments) for key, moments in found.items()}


def rest(evergreen: ReadyMade) -> timedelta:
    return timedelta(days=evergreen.rest_days)


OTHERWISE = "Choose {} or later."
"""What to do if it may not be said; the moment from which on it may goes in."""


def refusal(
    evergreen: ReadyMade, channel: Channel, when: datetime, *, but_for: Post | None = None, instead: str = OTHERWISE
) -> str:
    """Why ``evergreen`` may not be said on ``channel`` at ``when``, and what to do ``instead`` (see ``OTHERWISE``).

    Empty if nothing is against it.
    """
    if evergreen.kind != ReadyMade.Kind.EVERGREEN or not evergreen.rest_days:
        return ""
    said = sayings([evergreen], [channel], but_for=but_for).get((evergreen.pk, channel.pk), [])
    free = earliest(said, rest(evergreen), when)
    if free == when:
        return ""
    near = min(said, key=lambda moment: abs(moment - when))
    return (
        f"“{evergreen}” was said or is planned here on {localtime.words(near)}, and rests for {evergreen.rest_days} "
        f"days. {instead.format(localtime.words(free))}"
    )


def refuse_unrested(post: Post, channels: Iterable[Channel], when: datetime, instead: str = OTHERWISE) -> None:
    """Raise ``ValidationError`` if the post was made from an evergreen one that still rests on any of ``channels``."""
    if post.made_from is None:
        return
    refusals = ((each, refusal(post.made_from, each, when, but_for=post, instead=instead)) for each in channels)
    if found := [f"{channel}: {why}" for channel, why in refusals if why]:
        raise ValidationError(found)
