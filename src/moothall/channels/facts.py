"""A channel as plain text, one value a column: what the register's CSV holds and what a record keeps."""

from dataclasses import dataclass

from moothall.channels.models import Channel

COLUMNS = (
    "network",
    "handle",
    "slug",
    "address",
    "display_name",
    "purpose",
    "capacity",
    "language",
    "service",
    "owner",
    "deputy",
    "voice",
    "state",
    "successor",
    "two_step",
    "recovery_contact",
    "opened_on",
    "closed_on",
)
"""Everything that an editor may change, but for the picture. docs/users/channels.md explains each."""

LABELS = {
    "slug": "short name",
    "voice": "voice notes",
    "two_step": "2-step sign-in",
    "opened_on": "in use since",
    "closed_on": "closed on",
    "display_name": "display name",
    "recovery_contact": "recovery contact",
    "picture_alt": "description of the picture",
}
"""Words for people; every other column is its own word."""


def as_text(channel: Channel) -> dict[str, str]:
    """The channel by column: people by e-mail address, services and channels by short name, days as YYYY-MM-DD."""
    return {
        "network": channel.network,
        "handle": channel.handle,
        "slug": channel.slug,
        "address": channel.address,
        "display_name": channel.display_name,
        "purpose": channel.purpose,
        "capacity": str(channel.capacity),
        "language": channel.language,
        "service": channel.service.slug,
        "owner": channel.owner.email if channel.owner else "",
        "deputy": channel.deputy.email if channel.deputy else "",
        "voice": channel.voice,
        "state": str(channel.state),
        "successor": channel.successor.slug if channel.successor else "",
        "two_step": str(channel.two_step),
        "recovery_contact": channel.recovery_contact,
        "opened_on": channel.opened_on.isoformat() if channel.opened_on else "",
        "closed_on": channel.closed_on.isoformat() if channel.closed_on else "",
    }


def to_record(channel: Channel) -> dict[str, str]:
    """What a record keeps of the channel."""
    return {**as_text(channel), "picture": channel.picture.name or "", "picture_alt": channel.picture_alt}


def label(column: str) -> str:
    return LABELS.get(column, column)


@dataclass(frozen=True)
class Change:
    """One value, as it was and as it is."""

    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return label(self.column).capitalize()
