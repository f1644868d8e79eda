"""Connecting channels: credentials sealed, tested with a real call, tested again each day."""

from collections.abc import Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import known, profiles, queries, sessions, signing_out
from moothall.channels.actions import forget_connection, note_broken, ref
from moothall.channels.models import NEVER_DRIVEN, Channel, Connection, State
from moothall.core import clock, sealing
from moothall.core.retry import backoff
from moothall.networks import registry
from moothall.networks.base import Account, Identity
from moothall.networks.errors import NeedsReconnect, NetworkError, Rejected, Temporary
from moothall.records.actions import capture

CHECK_EVERY = timedelta(days=1)
RETRY_FIRST = timedelta(minutes=5)
RETRY_LONGEST = timedelta(hours=6)


def connect(actor: User, channel: Channel, credentials: Mapping[str, str]) -> None:
    """Test ``credentials`` with the network and keep them, sealed, in place of any before.

    Raises ``ValidationError`` for a channel that is never connected, and a ``NetworkError`` where the network did not
    accept the credentials or could not be asked. Then nothing has changed.
    """
    require(actor, "channel.connect", channel)
    refuse_unconnectable(channel)
    keeper = sessions.Remembered()
    identity = _identify(Account(str(channel.pk), channel.handle, dict(credentials), keeper=keeper), channel.network)
    with transaction.atomic():
        current = Channel.objects.select_for_update().get(pk=channel.pk)
        refuse_unconnectable(current)
        if (current.network, current.handle) != (channel.network, channel.handle):
            raise ValidationError("The channel was changed while we asked its network. Look at it and try again.")
        before = Connection.objects.select_for_update().filter(channel=channel).first()
        if before is not None:
            signing_out.after_commit(before, unless=credentials)
        now = clock.now()
        Connection.objects.update_or_create(
            channel=channel,
            defaults={
                "sealed": sealing.seal(credentials),
                "session": sessions.to_keep(keeper.load()),
                "session_token": "",
                "session_until": None,
                "remote_id": identity.remote_id,
                "limits": queries.limits_to_keep(identity.limits),
                "connected_at": now,
                **_well(),
            },
        )
        capture(
            "channel.reconnected" if before else "channel.connected",
            ref(channel),
            actor=actor,
            before=_to_record(before) if before else None,
            after={"remote_id": identity.remote_id, "connected_at": now},
        )
    profiles.show(current)


def disconnect(actor: User, channel: Channel, *, why: str = "") -> None:
    """Forget a channel's credentials. Nothing goes out on it until it is connected again."""
    require(actor, "channel.connect", channel)
    with transaction.atomic():
        connection = Connection.objects.select_for_update().filter(channel=channel).first()
        if connection is not None:
            forget_connection(actor, connection, why=why)


def check_now(actor: User, channel: Channel) -> str:
    """Test the connection because a person asks. Returns what is the matter; empty if nothing is."""
    require(actor, "channel.connect", channel)
    return check_connection(channel) if queries.is_connected(channel) else f"{channel} is not connected."


def check_connection(channel: Channel) -> str:
    """Test the connection with a real call and note what came of it.

    Returns the cause of trouble; empty after a good check, and for a channel that is not connected. Only
    ``NeedsReconnect`` breaks the connection: any other error is noted, and the check tried again.
    """
    connection = Connection.objects.filter(channel=channel).first()
    if connection is None:
        return ""
    try:
        identity = _identify(queries.account(channel), channel.network)
    except NeedsReconnect as error:
        note_broken(channel, cause(error), connected_at=connection.connected_at)
        _note(connection, check_due_at=clock.now() + CHECK_EVERY)
        return cause(error)
    except NetworkError as error:
        _note_trouble(connection, error)
        return cause(error)
    _note_well(connection, identity)
    if current := Channel.objects.select_related("service").filter(pk=channel.pk).first():
        profiles.show(current)  # it may have been closed, or hidden, while we asked
    return ""


def why_unconnectable(channel: Channel) -> str:
    """Why staff never connect this channel; empty for one that they may."""
    try:
        refuse_unconnectable(channel)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def refuse_unconnectable(channel: Channel) -> None:
    """Raise ``ValidationError`` with the reason for which staff never connect this channel, if there is one."""
    if channel.capacity in NEVER_DRIVEN:
        raise ValidationError(
            f"This is an elected person’s own channel ({channel.get_capacity_display().lower()}). "
            "It is listed here, and staff never drive it."
        )
    if not known.is_drivable(channel.network):
        raise ValidationError(
            f"Moothall cannot post to {channel.network_label}. The channel is listed here all the same."
        )
    if channel.state == State.CLOSED:
        raise ValidationError("This channel is closed. Open it again before you connect it.")


def _identify(account: Account, network: str) -> Identity:
    """Whom the network takes these credentials for. Raises ``NeedsReconnect`` if that is not the channel's account."""
    if not known.is_drivable(network):
        raise Rejected(f"The network “{network}” is no longer in Moothall’s settings.")
    identity = registry.network(network).identify(account)
    if not known.same_handle(identity.handle, account.handle):
        raise NeedsReconnect(
            f"These credentials sign in as @{identity.handle.removeprefix('@')}, and this channel is "
            f"@{account.handle}. Sign in as the channel’s own account, or correct the channel’s handle."
        )
    return identity


def cause(error: NetworkError) -> str:
    """What went wrong in one sentence or two, with the server's own words where it had any."""
    return f"{error} It said: “{error.words}”." if error.words else str(error)


def _well() -> dict[str, object]:
    """The fields of a connection that has just passed a check."""
    now = clock.now()
    return {
        "checked_at": now,
        "check_due_at": now + CHECK_EVERY,
        "failed_checks": 0,
        "broken_since": None,
        "trouble": "",
    }


def _note_well(connection: Connection, identity: Identity) -> None:
    with transaction.atomic():
        noted = _note(
            connection,
            **_well(),
            remote_id=identity.remote_id,
            limits=queries.limits_to_keep(identity.limits),
        )
        if noted and connection.broken_since:
            capture("channel.recovered", f"channel:{connection.channel_id}", actor=None, before=_to_record(connection))


def _note_trouble(connection: Connection, error: NetworkError) -> None:
    tries = connection.failed_checks + 1
    wait = backoff(tries, first=RETRY_FIRST, longest=RETRY_LONGEST)
    if isinstance(error, Temporary) and error.retry_after:
        wait = min(max(wait, error.retry_after), CHECK_EVERY)
    _note(connection, check_due_at=clock.now() + wait, failed_checks=tries, trouble=cause(error)[:1000])


def _note(connection: Connection, **values: object) -> bool:
    """Note what a check found, unless the channel was reconnected or disconnected while it ran."""
    same = Connection.objects.filter(pk=connection.pk, connected_at=connection.connected_at)
    return bool(same.update(**{"checked_at": clock.now(), **values}))


def _to_record(connection: Connection) -> dict[str, object]:
    """What a record keeps of a connection: never the credentials."""
    return {
        "remote_id": connection.remote_id,
        "connected_at": connection.connected_at,
        "broken_since": connection.broken_since,
        "trouble": connection.trouble,
    }
