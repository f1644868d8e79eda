"""Writes to the register: permission, change and record in one place. Those about credentials: ``connecting.py``."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.accounts.queries import holders
from moothall.channels import facts, known, profiles, signing_out
from moothall.channels.models import NEVER_DRIVEN, Channel, Connection, FormerHandle, State
from moothall.core import clock, localtime, pictures
from moothall.core.pictures import Picture
from moothall.newsroom import queries as newsroom
from moothall.records.actions import capture

ADDRESS_TAKEN = (
    "This is, or was, the address of another channel’s page in the Newsroom, and old links lead there. "
    "Choose another handle."
)
EDITABLE = (*facts.COLUMNS, "picture", "picture_alt")


def ref(channel: Channel) -> str:
    """By what name records know the channel."""
    return f"channel:{channel.pk}"


def save_channel(actor: User, channel: Channel, *, picture: Picture | None = None, why: str = "") -> None:
    """Add ``channel``, or keep its changes. ``picture`` replaces the one it had.

    Raises ``ValidationError`` where the register would no longer hold together. A channel that closes loses its
    credentials; one whose handle changes is tested again at once.
    """
    if picture is not None:
        channel.picture.name = pictures.keep(picture, "channels")
    if not channel.picture:
        channel.picture_alt = ""
    with transaction.atomic():
        old = Channel.objects.select_for_update().filter(pk=channel.pk).first()
        require(actor, "channel.edit", channel)
        if old is not None:
            require(actor, "channel.edit", old)
            _keep_what_stays(old, channel)
        channel.full_clean()
        if channel.network == "newsroom" and channel.handle in addresses_of_others({channel.handle: channel.pk}):
            raise ValidationError({"handle": ADDRESS_TAKEN})
        before, after = facts.to_record(old) if old else {}, facts.to_record(channel)
        changed = [name for name in after if before.get(name) != after[name]]
        if old is not None and not changed:
            return
        if old is None:
            channel.save()
        else:
            channel.save(update_fields=EDITABLE)
            _follow_up(actor, old, channel)
        is_ours = not known.has_own_sign_in(channel.network)
        if is_ours:  # its pages stand in the same database: they change with the register, or neither does
            profiles.show(channel)
        capture(
            _kind(old, channel),
            ref(channel),
            actor=actor,
            why=why,
            before={name: before[name] for name in changed if before},
            after={name: after[name] for name in changed},
        )
    if not is_ours:
        profiles.show(channel)


def set_state(
    actor: User,
    channel: Channel,
    state: str,
    *,
    successor: Channel | None = None,
    closed_on: date | None = None,
    why: str = "",
) -> None:
    """Move ``channel`` to ``state``. A closed one has a closing day, by default today, and perhaps a successor."""
    is_closed = state == State.CLOSED
    channel.state = state
    channel.successor = successor if is_closed else None
    channel.closed_on = (closed_on or localtime.local(clock.now()).date()) if is_closed else None
    save_channel(actor, channel, why=why)


def keep_exported(actor: User) -> None:
    """Keep a record that somebody took the whole register away in a file."""
    capture("register.exported", "register", actor=actor)


def addresses_of_others(handles: Mapping[str, int | None]) -> set[str]:
    """Those Newsroom handles, each wanted for the channel of this id, that another one's page there has or had."""
    return {handle for handle, ref in newsroom.holders(handles).items() if ref != str(handles[handle])}


def _kind(old: Channel | None, channel: Channel) -> str:
    if old is None:
        return "channel.added"
    if channel.state == State.CLOSED and old.state != State.CLOSED:
        return "channel.closed"
    return "channel.changed"


def _keep_what_stays(old: Channel, channel: Channel) -> None:
    if old.slug != channel.slug:
        raise ValidationError(
            {"slug": f"The short name “{old.slug}” stays: it is in the address of the channel’s page."}
        )
    if old.network != channel.network and Connection.objects.filter(channel=old).exists():
        raise ValidationError(
            {"network": f"This channel is connected to {known.label(old.network)}. Disconnect it before you move it."}
        )


def _follow_up(actor: User, old: Channel, channel: Channel) -> None:
    """What a change of state, capacity or handle means for the connection."""
    connection = Connection.objects.select_for_update().filter(channel=channel).first()
    if connection is None:
        return
    if not known.same_handle(old.handle, channel.handle):
        today = localtime.local(clock.now()).date()
        FormerHandle.objects.create(channel=channel, handle=old.handle, until=today)
        Connection.objects.filter(pk=connection.pk).update(check_due_at=clock.now())
    if channel.state == State.CLOSED:
        forget_connection(actor, connection, why="The channel was closed.")
    elif channel.capacity in NEVER_DRIVEN:
        forget_connection(actor, connection, why="Staff never drive an elected person’s channel.")


def forget_connection(actor: User, connection: Connection, *, why: str) -> None:
    """Delete the credentials of a channel, and tell its network so once the transaction has committed.

    Call it in a transaction; the caller has asked for permission.
    """
    signing_out.after_commit(connection)
    connection.delete()
    capture(
        "channel.disconnected",
        f"channel:{connection.channel_id}",
        actor=actor,
        why=why,
        before={"remote_id": connection.remote_id, "connected_at": connection.connected_at},
    )


def note_spoke(channel_id: int, at: datetime) -> None:
    """A post went out on this channel. Its delivery keeps the record."""
    Channel.objects.filter(pk=channel_id).update(last_spoke_at=at)


@transaction.atomic
def note_broken(channel: Channel, cause: str, *, connected_at: datetime | None = None) -> None:
    """The network refused the channel's credentials: it must be reconnected. Only this error ever breaks one.

    The owner and the deputy are told; where neither works here, those who could reconnect it. ``connected_at`` names
    the connection whose credentials were refused: if another has taken its place meanwhile, that one is left alone.
    """
    refused = Connection.objects.filter(channel=channel)
    if connected_at is not None:
        refused = refused.filter(connected_at=connected_at)
    newly = refused.filter(broken_since=None).update(broken_since=clock.now(), trouble=cause[:1000])
    if not newly:
        refused.update(trouble=cause[:1000])
        return
    people = {person for person in (channel.owner, channel.deputy) if person and person.is_active}
    notify(
        people or holders("channel.connect", channel.service),
        f"{channel} must be connected again before anything goes out on it. {cause}"[:500],
        reverse("register-channel", args=[channel.slug]),
    )
    capture("channel.broken", ref(channel), actor=None, why=cause)
