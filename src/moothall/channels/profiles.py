"""How a channel presents itself on the networks that let Moothall say so."""

import logging
from pathlib import Path

from moothall.channels import known, queries
from moothall.channels.models import Channel, State
from moothall.networks import registry
from moothall.networks.base import Account, Profile, ShowsProfile
from moothall.networks.errors import NetworkError

log = logging.getLogger(__name__)


def profile(channel: Channel) -> Profile:
    """The channel as its audience should see it."""
    return Profile(
        display_name=channel.display_name,
        summary=channel.purpose,
        capacity=str(channel.capacity),
        service=channel.service.name,
        is_public=channel.is_public,
        is_closed=channel.state == State.CLOSED,
        picture=Path(channel.picture.path) if channel.picture else None,
        picture_alt=channel.picture_alt,
    )


def show(channel: Channel) -> None:
    """Tell the network, if it listens and the channel is connected. Moothall's own networks need no connection: a
    channel that has lost it by closing must be seen to be closed.

    A network that will not listen now is no trouble: each good check of the connection tells it again.
    """
    network = registry.networks().get(channel.network)
    if not isinstance(network, ShowsProfile):
        return
    is_ours = not known.has_own_sign_in(channel.network)
    if not is_ours and not queries.is_connected(channel):
        return
    try:
        account = Account(str(channel.pk), channel.handle) if is_ours else queries.account(channel)
        network.show_profile(account, profile(channel))
    except NetworkError as error:
        log.warning("%s did not take the profile of channel %s: %s", network.label, channel.pk, type(error).__name__)
