"""Reading the register."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from django.db.models import Q, QuerySet

from moothall.accounts.models import User
from moothall.accounts.permissions import services_for
from moothall.channels import known
from moothall.channels.models import NEVER_DRIVEN, Channel, Connection, ServerApp, State
from moothall.channels.sessions import Keeper, Remembered, opened
from moothall.core import sealing
from moothall.networks import registry
from moothall.networks.base import Account, App, Limits, LimitsRates, Rate
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
    return Account(
        str(channel.pk),
        channel.handle,
        _credentials(channel, connection),
        limits_of(connection, channel.network),
        Keeper(connection),
    )


def rates_among(channels: Iterable[Channel]) -> dict[int, tuple[Rate, ...]]:
    """How often each of these channels may post, by its id, in one query. Empty: as often as it likes."""
    chosen = [each for each in channels if isinstance(registry.networks().get(each.network), LimitsRates)]
    connections = {each.channel_id: each for each in Connection.objects.filter(channel__in=chosen)}
    return {each.pk: _rates(each, connections.get(each.pk)) for each in chosen}


def _rates(channel: Channel, connection: Connection | None) -> tuple[Rate, ...]:
    network = registry.network(channel.network)
    try:
        credentials = _credentials(channel, connection) if connection else {}
    except NeedsReconnect:
        credentials = {}
    account = Account(str(channel.pk), channel.handle, credentials)
    return network.rates(account) if isinstance(network, LimitsRates) else ()


def last_account(connection: Connection) -> Account:
    """The account as it was connected, with all that it takes to sign out after the connection is gone.

    Raises ``NeedsReconnect`` if its credentials cannot be opened.
    """
    channel = connection.channel
    credentials = _credentials(channel, connection)
    app = app_on(channel.network, credentials.get("server", ""))
    if app is not None and app.client_id == credentials.get("client_id"):
        credentials["client_secret"] = app.client_secret
    return Account(str(channel.pk), channel.handle, credentials, keeper=Remembered(opened(connection.session)))


def _credentials(channel: Channel, connection: Connection) -> dict[str, str]:
    try:
        return sealing.open_sealed(connection.sealed)
    except sealing.CannotOpen as error:
        raise NeedsReconnect(f"The stored credentials of {channel} cannot be opened. Connect it again.") from error


def app_on(network: str, server: str) -> App | None:
    """Moothall as this server knows it; ``None`` if it never registered there, or no key opens what it was given."""
    kept = ServerApp.objects.filter(network=network, server=server).first()
    try:
        return App(kept.client_id, sealing.open_sealed(kept.sealed)["client_secret"]) if kept else None
    except sealing.CannotOpen:
        return None


def connected_among(channels: Iterable[Channel]) -> set[int]:
    """The ids of those of ``channels`` that are connected and not broken."""
    well = Connection.objects.filter(channel__in=list(channels), broken_since=None)
    return set(well.values_list("channel_id", flat=True))


def limits(channel: Channel) -> Limits:
    """What the channel's server accepts, or the network's usual limits while it has not told us."""
    connection = Connection.objects.filter(channel=channel).first()
    return limits_of(connection, channel.network) if connection else registry.network(channel.network).limits


def limits_among(channels: Iterable[Channel]) -> dict[int, Limits]:
    """The same for many channels on networks that are there, by their id, in one query."""
    chosen = [each for each in channels if each.network in registry.networks()]
    connections = {each.channel_id: each for each in Connection.objects.filter(channel__in=chosen)}
    return {
        each.pk: limits_of(connections[each.pk], each.network)
        if each.pk in connections
        else registry.network(each.network).limits
        for each in chosen
    }


def limits_of(connection: Connection, network: str) -> Limits:
    """The limits kept with a connection; what an older version did not keep is the network's usual one."""
    names = {field.name for field in fields(Limits)}
    kept: dict[str, Any] = {name: value for name, value in connection.limits.items() if name in names}
    if "image_types" in kept:
        kept["image_types"] = tuple(kept["image_types"])
    return replace(registry.network(network).limits, **kept)


def limits_to_keep(limits: Limits) -> dict[str, object]:
    """``limits`` as ``Connection.limits`` keeps them."""
    return asdict(limits)
