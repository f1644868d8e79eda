"""A channel's history, told from its records."""

from dataclasses import dataclass
from datetime import datetime

from moothall.channels import facts
from moothall.channels.facts import Change
from moothall.records import queries as records

SHOWN = 50
TITLES = {
    "channel.added": "Added to the register",
    "channel.changed": "Changed",
    "channel.closed": "Closed",
    "channel.connected": "Connected",
    "channel.reconnected": "Connected again",
    "channel.disconnected": "Disconnected",
    "channel.resealed": "Credentials sealed with another key",
    "channel.broken": "Connection lost",
    "channel.recovered": "Connection well again",
}
TONES = {
    "channel.connected": "green",
    "channel.reconnected": "green",
    "channel.broken": "red",
    "channel.recovered": "green",
}


@dataclass(frozen=True)
class Moment:
    """One act, and what it changed."""

    title: str
    at: datetime
    by: str
    why: str
    tone: str
    changes: tuple[Change, ...]


def of(ref: str) -> list[Moment]:
    """The latest acts on a channel, the newest first."""
    return [
        Moment(
            TITLES.get(record.kind, record.kind),
            record.at,
            record.actor_name,
            record.why,
            TONES.get(record.kind, ""),
            _changes(record.before, record.after),
        )
        for record in records.of(ref).reverse()[:SHOWN]
    ]


def _changes(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    """Only what the register shows; of a new channel that is not all told again."""
    if not before:
        return ()
    told = (*facts.COLUMNS, "picture_alt")
    return tuple(Change(name, before.get(name, ""), after.get(name, "")) for name in told if name in after)
