"""By what a delivery's post is made, and known again on its network."""

from dataclasses import replace
from datetime import timedelta

from moothall.core import clock
from moothall.library import queries as library
from moothall.networks.base import Draft, Reply
from moothall.networks.errors import Rejected
from moothall.publishing.content import card_of
from moothall.publishing.models import Delivery

NEIGHBOURS = timedelta(days=1)
"""How far back we know a channel's other posts apart from one that is looked for: further than any network looks."""


def draft_of(delivery: Delivery) -> Draft:
    """The delivery as its network's adapter takes it. ``Rejected`` if it is a reply and we do not know to what."""
    return Draft(
        delivery.text,
        tuple(map(library.media, delivery.media)),
        language=delivery.language,
        dated=delivery.dated,
        options=delivery.options,
        card=card_of(delivery.card),
        reply=_reply_of(delivery) if delivery.part > 1 else None,
    )


def _reply_of(delivery: Delivery) -> Reply:
    """The first part of the thread, and the part before."""
    same = Delivery.objects.filter(revision=delivery.revision_id, channel=delivery.channel_id)
    stands = dict(same.filter(part__in=(1, delivery.part - 1)).exclude(remote_id="").values_list("part", "remote_id"))
    if 1 not in stands or delivery.part - 1 not in stands:
        raise Rejected(
            f"{delivery.channel} has not told us where the part before stands, so this one cannot reply to it. "
            "Cancel the rest, and write it as a post of its own."
        )
    return Reply(stands[1], stands[delivery.part - 1])


def sought(draft: Draft) -> Draft:
    """``draft`` to look for. If the clock was put back since the first attempt, the post is older than that says."""
    return replace(draft, dated=min(draft.dated, clock.now())) if draft.dated else draft


def others_on_the_channel(delivery: Delivery) -> frozenset[str]:
    """Remote ids that are known to belong to other deliveries."""
    others = Delivery.objects.filter(channel=delivery.channel_id).exclude(pk=delivery.pk).exclude(remote_id="")
    if delivery.dated:
        others = others.filter(sent_at__gte=min(delivery.dated, clock.now()) - NEIGHBOURS)
    return frozenset(others.values_list("remote_id", flat=True))
