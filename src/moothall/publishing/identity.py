"""By what a delivery's post is made, and known again on its network."""

from dataclasses import replace
from datetime import timedelta

from moothall.core import clock
from moothall.networks.base import Draft
from moothall.publishing import queries
from moothall.publishing.models import Delivery

NEIGHBOURS = timedelta(days=1)
"""How far back we know a channel's other posts apart from one that is looked for: further than any network looks."""


def draft_of(delivery: Delivery) -> Draft:
    """The delivery as its network's adapter takes it."""
    return Draft(delivery.text, tuple(map(queries.media, delivery.media)), dated=delivery.dated)


def sought(draft: Draft) -> Draft:
    """``draft`` to look for. If the clock was put back since the first attempt, the post is older than that says."""
    return replace(draft, dated=min(draft.dated, clock.now())) if draft.dated else draft


def others_on_the_channel(delivery: Delivery) -> frozenset[str]:
    """Remote ids that are known to belong to other deliveries."""
    others = Delivery.objects.filter(channel=delivery.channel_id).exclude(pk=delivery.pk).exclude(remote_id="")
    if delivery.dated:
        others = others.filter(sent_at__gte=min(delivery.dated, clock.now()) - NEIGHBOURS)
    return frozenset(others.values_list("remote_id", flat=True))
