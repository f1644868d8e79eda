"""Saying where to listen."""

from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.events.models import Place
from moothall.records.actions import capture


@transaction.atomic
def add(actor: User, *, network: str, way: str, address: str, channel: Channel | None = None) -> Place:
    """Listen at another place."""
    require(actor, "event.manage")
    made = Place.objects.create(network=network, way=way, address=address, channel=channel)
    after = {"network": network, "way": way, "address": address, "channel": channel.slug if channel else ""}
    capture("place.added", f"place:{made.pk}", actor=actor, after=after)
    return made


@transaction.atomic
def switch(actor: User, place: Place, *, is_on: bool) -> None:
    """Listen there, or no longer. How far it was heard is kept, and read on from there."""
    require(actor, "event.manage")
    changed: dict[str, object] = {"is_on": is_on}
    if not is_on:
        changed |= {"token": "", "lease_until": None, "connected_at": None, "trouble": "", "cannot_search": ""}
    Place.objects.filter(pk=place.pk).update(**changed)
    capture("place.switched", f"place:{place.pk}", actor=actor, after={"address": place.address, "is_on": is_on})
