"""Reading the register."""

from collections.abc import Iterable
from dataclasses import asdict, fields

from django.db.models import Q, QuerySet

from moothall.accounts.models import User
from moothall.accounts.permissions import services_for
from moothall.channels import known
from moothall.channels.models import NEVER_DRIVEN, Channel, Connection, State
from moothall.core import sealing
from moothall.networks import registry
from moothall.networks.base import Account, Limits
from moothall.networks.errors import NeedsReconnect

IN_ORDER = ("display_name", "network", "slug")
"""How lists of channels are ordered: whole, so that the same register is always the same file."""


def drivable(user: User, permission: str = "post.write") -> QuerySet[Channel]:
    """The channels through which ``user`` may speak."""
    found = Channel.objects.filter(state=State.LIVE, network__in=registry.networks()).select_related("service")
    found = found.exclude(capacity__in=NEVER_DRIVEN)
    services = services_for(user.standing, permission)
    return found if services is None else found.filter(service__in=services)


def whole_register() -> QuerySet[Channel]:
    """Every channel with all that a list of them names, in one query."""
    found = Channel.objects.select_related("service", "owner", "deputy", "successor", "connection")
    return found.order_by(*IN_ORDER)


def editable(user: User) -> QuerySet[Channel]:
    """The channels that ``user`` may change, and whose health they see."""
    services = services_for(user.standing, "channel.edit")
    found = whole_register()
    return found if services is None else found.filter(service__in=services)


def directory() -> QuerySet[Channel]:
    """What the public may see: every channel but proposed ones and those nobody outside can reach."""
    found = Channel.objects.exclude(state=State.PROPOSED).exclude(network=known.PRACTICE)
    return found.select_related("service", "successor").order_by(*IN_ORDER)


def matching(channels: QuerySet[Channel], *, q: str = "", **exactly: object) -> QuerySet[Channel]:
    """``channels`` narrowed to these words, each of which must be somewhere, and to these exact values."""
    for word in q.split():
        sign_free = word.removeprefix("@")
        channels = channels.filter(
            Q(display_name__icontains=word)
            | Q(handle__icontains=sign_free)
            | Q(purpose__icontains=word)
            | Q(service__name__icontains=word)
        )
    return channels.filter(**exactly)


def is_connected(channel: Channel) -> bool:
    """Whether Moothall holds credentials for the channel, good or not."""
    return Connection.objects.filter(channel=channel).exists()


def account(channel: Channel) -> Account:
    """``channel`` as its adapter sees it, credentials opened.

    Raises ``NeedsReconnect`` if it was never connected or if its credentials cannot be opened.
    """
    connection = Connection.objects.filter(channel=channel).first()
    if connection is None:
        raise NeedsReconnect(f"{channel} is not connected.")
    try:
        credentials = sealing.open_sealed(connection.sealed)
    except sealing.CannotOpen as error:
        raise NeedsReconnect(f"The stored credentials of {channel} cannot be opened. Connect it again.") from error
    return Account(str(channel.pk), channel.handle, credentials, limits_of(connection))


def connected_among(channels: Iterable[Channel]) -> set[int]:
    """The ids of those of ``channels`` that are connected and not broken."""
    well = Connection.objects.filter(channel__in=list(channels), broken_since=None)
    return set(well.values_list("channel_id", flat=True))


def limits(channel: Channel) -> Limits:
    """What the channel's server accepts, or the network's usual limits while it has not told us."""
    connection = Connection.objects.filter(channel=channel).first()
    return limits_of(connection) if connection else registry.network(channel.network).limits


def limits_of(connection: Connection) -> Limits:
    """The limits kept with a connection. Unknown fields, of an older version, are passed over."""
    names = {field.name for field in fields(Limits)}
    kept = {name: value for name, value in connection.limits.items() if name in names}
    kept["image_types"] = tuple(kept.get("image_types", Limits(characters=1).image_types))
    return Limits(**kept)


def limits_to_keep(limits: Limits) -> dict[str, object]:
    """``limits`` as ``Connection.limits`` keeps them."""
    return asdict(limits)
