"""Whether channels are looked after: what is missing, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moothall.accounts.models import User
from moothall.channels import known, queries
from moothall.channels.models import Channel, Connection, State, TwoStep
from moothall.core import clock

DORMANT_DAYS = 30
"""After how many silent days a channel is remarked on, unless somebody asks for another number."""


class Kind(StrEnum):
    """What can be amiss, the gravest first."""

    BROKEN = "broken"
    TROUBLE = "trouble"
    NOT_CONNECTED = "not_connected"
    NO_OWNER = "no_owner"
    OWNER_LEFT = "owner_left"
    TWO_STEP = "two_step"
    SILENT = "silent"


HEADINGS = {
    Kind.BROKEN: "Must be connected again",
    Kind.TROUBLE: "Connection in trouble",
    Kind.NOT_CONNECTED: "Live and not connected",
    Kind.NO_OWNER: "No owner",
    Kind.OWNER_LEFT: "Owner has left",
    Kind.TWO_STEP: "2-step sign-in missing",
    Kind.SILENT: "Silent",
}


@dataclass(frozen=True)
class Remark:
    """One thing amiss with a channel: ``message`` says what, ``advice`` what to do."""

    channel: Channel
    kind: Kind
    message: str
    advice: str

    @property
    def heading(self) -> str:
        return HEADINGS[self.kind]

    @property
    def tone(self) -> str:
        return "red" if self.kind is Kind.BROKEN else "amber"


def remarks(user: User, silent_days: int = DORMANT_DAYS) -> list[Remark]:
    """All that is amiss with the channels that ``user`` may edit, the gravest first."""
    now = clock.now()
    found = [remark for channel in queries.editable(user) for remark in of(channel, now, silent_days)]
    gravity = list(Kind)
    return sorted(found, key=lambda remark: (gravity.index(remark.kind), remark.channel.display_name))


def grouped(found: list[Remark]) -> list[tuple[str, list[Remark]]]:
    """Remarks under their headings, the gravest first."""
    groups = ((HEADINGS[kind], [remark for remark in found if remark.kind is kind]) for kind in Kind)
    return [group for group in groups if group[1]]


def count_broken(user: User) -> int:
    """How many channels that ``user`` may edit can carry nothing until they are connected again."""
    return queries.editable(user).filter(connection__broken_since__isnull=False).count()


def of(channel: Channel, now: datetime, silent_days: int = DORMANT_DAYS) -> list[Remark]:
    """All that is amiss with ``channel``, the gravest first. A closed or only proposed channel needs no care."""
    if channel.state not in (State.LIVE, State.DORMANT):
        return []
    found = [_connection(channel), _owner(channel), _two_step(channel), _silent(channel, now, silent_days)]
    return [Remark(channel, *remark) for remark in found if remark]


def connection_of(channel: Channel) -> Connection | None:
    """The channel's connection, without a query where it was read along with the channel."""
    return getattr(channel, "connection", None)


def _connection(channel: Channel) -> tuple[Kind, str, str] | None:
    connection = connection_of(channel)
    if connection is None:
        if not channel.is_driven:
            return None
        return Kind.NOT_CONNECTED, "Moothall is not connected to it: nothing can go out.", "Connect it."
    if connection.broken_since:
        return Kind.BROKEN, connection.trouble, "Connect it again. Nothing goes out on it until then."
    if connection.trouble:
        return Kind.TROUBLE, connection.trouble, "Nothing for now: we try again by ourselves. If it lasts, test it."
    return None


def _owner(channel: Channel) -> tuple[Kind, str, str] | None:
    if channel.owner is None:
        return Kind.NO_OWNER, "Nobody answers for it.", "Name an owner."
    if not channel.owner.is_active:
        return (
            Kind.OWNER_LEFT,
            f"{channel.owner.name} no longer works here.",
            "Name a new owner, and change the account’s password and recovery contact.",
        )
    return None


def _two_step(channel: Channel) -> tuple[Kind, str, str] | None:
    if channel.two_step == TwoStep.ON or not known.has_own_sign_in(channel.network):
        return None
    if channel.two_step == TwoStep.OFF:
        return Kind.TWO_STEP, "One stolen password is enough to take it.", "Switch it on there, then say so here."
    return Kind.TWO_STEP, "Nobody has said whether it is on.", "Look at the network, then say so here."


def _silent(channel: Channel, now: datetime, days: int) -> tuple[Kind, str, str] | None:
    """Only of channels that Moothall drives: of others it does not know when they spoke."""
    if not channel.is_driven:
        return None
    advice = "Say something, or mark it as dormant, or close it and name its successor."
    if channel.last_spoke_at is None:
        age = (now - channel.registered_at).days
        message = f"It has said nothing in the {age} days since it was added."
    else:
        age = (now - channel.last_spoke_at).days
        message = f"It last spoke {age} days ago."
    return (Kind.SILENT, message, advice) if age >= days else None
