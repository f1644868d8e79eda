"""What the names in a file of posts stand for: services, channels and assets that its reader may use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.channels import queries as channel_queries
from moothall.channels.models import Channel
from moothall.library import queries as library
from moothall.library.models import Asset, AssetState
from moothall.planning import post_cells
from moothall.publishing.content import Enclosed

LARGEST_ID = 2**31 - 1
SHOWN = 60
"""Characters of a name that an error repeats."""


@dataclass(frozen=True)
class Known:
    """By lower-case name: services, channels, and the assets of each name or number."""

    services: dict[str, Service]
    channels: dict[str, Channel]
    assets: dict[str, list[Asset]]

    @classmethod
    def load(cls, user: User, picture_cells: Iterable[str]) -> "Known":
        """All that ``user`` may name, in three queries; of the media library, what the cells name."""
        services: dict[str, Service] = {}
        for service in account_queries.services_for(user, "post.write"):
            services |= {service.slug.lower(): service, service.name.lower(): service}
        channels: dict[str, Channel] = {}
        for channel in channel_queries.drivable(user):
            channels |= {str(channel).lower(): channel, channel.slug.lower(): channel}
        return cls(services, channels, _assets(user, picture_cells))

    def channel(self, name: str) -> Channel:
        """Raises ``ValidationError``."""
        found = self.channels.get(name.strip().lower())
        if found is None:
            near = get_close_matches(name.lower()[:SHOWN], [each.slug for each in self.channels.values()], n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise ValidationError(
                f"There is no live channel with the short name “{name.strip()[:SHOWN]}” for which you may write.{hint}"
            )
        return found

    def channels_in(self, cell: str) -> list[Channel]:
        """The channels that a cell names, each once."""
        return list(dict.fromkeys(self.channel(name) for name in post_cells.listed(cell)))

    def service(self, cell: str, channels: Sequence[Channel]) -> Service:
        """The service that a cell names; without a name, the first channel's, or the only one that there is."""
        name = cell.strip()
        if name:
            if name.lower() not in self.services:
                raise ValidationError(f"There is no service “{name[:SHOWN]}” for which you may write.")
            return self.services[name.lower()]
        if channels:
            return channels[0].service
        own = {each.pk: each for each in self.services.values()}
        if len(own) != 1:
            raise ValidationError("Say for which service this is.")
        return next(iter(own.values()))

    def pictures_in(self, cell: str) -> list[Enclosed]:
        """The assets that a cell names, with the descriptions of the media library."""
        return [Enclosed(each, each.alt) for each in dict.fromkeys(map(self._asset, post_cells.listed(cell)))]

    def _asset(self, name: str) -> Asset:
        found = self.assets.get(name.removeprefix("#").lower(), [])
        if not found:
            raise ValidationError(f"The media library has no “{name[:SHOWN]}” that is open to you.")
        if len(found) > 1:
            numbers = ", ".join(str(each.pk) for each in found[:5])
            raise ValidationError(f"Several are called “{name[:SHOWN]}”. Give the number of one: {numbers}.")
        if found[0].state == AssetState.FAILED:
            raise ValidationError(f"“{name[:SHOWN]}” cannot be used. {found[0].trouble}")
        return found[0]


def _assets(user: User, cells: Iterable[str]) -> dict[str, list[Asset]]:
    names = {name.removeprefix("#").lower() for cell in cells for name in _listed(cell)}
    if not names:
        return {}
    numbers = [int(name) for name in names if name.isascii() and name.isdecimal() and len(name) <= 10]
    named = library.visible(user).annotate(low=Lower("original_name"))
    is_meant = Q(low__in=names) | Q(pk__in=[each for each in numbers if each <= LARGEST_ID])
    found: dict[str, list[Asset]] = {}
    for asset in named.filter(is_meant).prefetch_related("crops"):
        for name in {asset.original_name.lower(), str(asset.pk)} & names:
            found.setdefault(name, []).append(asset)
    return found


def _listed(cell: str) -> list[str]:
    try:
        return post_cells.listed(cell)
    except ValidationError:  # its row will say so
        return []
