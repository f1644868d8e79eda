"""Small makers of incidents, and of what stands on their channels."""

from typing import Any

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.incidents import actions
from moothall.incidents.models import Incident
from moothall.publishing import delivery, removing, sending, tasks
from moothall.publishing.models import Delivery, Post
from tests import factories

LESSON = {
    "title": "Two accounts on one telephone",
    "what_happened": "A post that was meant for a private account went out on one of ours.",
    "what_changes": "Accounts of ours are no longer signed in to on private telephones.",
}


def opened(by: User, channel: Channel | None, kind: str = "hacked", **values: str) -> Incident:
    """An incident that ``by`` has just opened."""
    return actions.open_incident(by, kind, channel, **values)


def send_all(channel: Channel) -> None:
    """What a worker does until nothing is due on the channel."""
    while claimed := delivery.claim(channel.pk):
        sending.send(claimed)


def sent(*channels: Channel, text: str = "Story time at ten.") -> Post:
    """A post that stands on these channels."""
    rows = factories.approved(*channels, text=text)
    for each in channels:
        send_all(each)
    return rows[0].revision.post


def remove_all() -> None:
    """What a worker does until nothing is left to take down, or nothing moves."""
    for _ in range(10):
        for each in removing.due():
            tasks.take_down.func(each.pk)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
