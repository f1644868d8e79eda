"""Fill an empty database with channels, and with deliveries that fall due at a moment to come.

    python -m bench.council SERVER-URL DUE SPREAD [--peer]

``DUE`` in Unix time, ``SPREAD`` in seconds. With ``--peer`` the deliveries go into the plain queue instead.
"""

import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from bench import plain_queue  # noqa: E402 - these import models, which need the settings
from bench.schedule import CHANNELS, schedule  # noqa: E402
from moothall.accounts.models import Service, User  # noqa: E402
from moothall.channels.models import Channel, Connection, State  # noqa: E402
from moothall.channels.queries import account, limits_to_keep  # noqa: E402
from moothall.core import sealing  # noqa: E402
from moothall.networks import registry  # noqa: E402
from moothall.networks.base import Draft  # noqa: E402
from moothall.networks.keys import make_key  # noqa: E402
from moothall.operating import house  # noqa: E402
from moothall.publishing.models import Delivery, Post, Revision, Verdict  # noqa: E402


def make_channels(author: User, server: str) -> list[Channel]:
    """Connected channels, each with a token of its own; the adapter is tried on the first."""
    service, _ = Service.objects.get_or_create(name="Libraries", slug="libraries")
    now = datetime.now(UTC)
    made = []
    for number in range(CHANNELS):
        channel = Channel.objects.create(
            network="mastodon",
            handle=f"channel{number}@exampleshire.example",
            slug=f"channel-{number}",
            display_name=f"Channel {number}",
            service=service,
            owner=author,
            state=State.LIVE,
        )
        Connection.objects.create(
            channel=channel,
            sealed=sealing.seal({"server": server, "access_token": f"token-{number}"}),
            remote_id=str(number),
            limits=limits_to_keep(registry.network("mastodon").limits),
            connected_at=now,
            checked_at=now,
            check_due_at=now + timedelta(days=1),
        )
        made.append(channel)
    return made


def approve(author: User, channel: Channel, number: int, text: str, due_at: datetime) -> None:
    """An approved post with its one delivery."""
    post = Post.objects.create(service=channel.service, author=author, text=text)
    revision = Revision.objects.create(
        post=post, number=1, content={}, sent_by=author, sent_at=due_at, verdict=Verdict.APPROVED
    )
    Delivery.objects.create(revision=revision, channel=channel, text=text, key=make_key(due_at, number), due_at=due_at)


def main(server: str, due: str, spread: str, *options: str) -> None:
    house.prepare()
    author = User.objects.create(email="author@exampleshire.example", name="Hazel Marsh")
    channels = make_channels(author, server)
    registry.network("mastodon").identify(account(channels[0]))
    registry.network("mastodon").check(Draft("A try"), registry.network("mastodon").limits)
    first = datetime.fromtimestamp(float(due), UTC)
    for number, (text, after) in enumerate(schedule(float(spread))):
        channel, due_at = channels[number % CHANNELS], first + timedelta(seconds=after)
        if "--peer" in options:
            plain_queue.send.using(run_after=due_at).enqueue(channel.pk, text, make_key(due_at, number))
        else:
            approve(author, channel, number, text, due_at)


if __name__ == "__main__":
    main(*sys.argv[1:])
