"""The peer that is measured beside us: django-tasks-db as it comes, one task a delivery, run by its own worker.

No claim, no attempt, no record, no order, no looking for a post that may be live: what a short script would do. The
call of the adapter is the same.
"""

from django_tasks import task

from moothall.channels import queries
from moothall.channels.models import Channel
from moothall.networks import registry
from moothall.networks.base import Draft


@task()
def send(channel_id: int, text: str, key: str) -> str:
    """Post ``text``; returns the remote id."""
    channel = Channel.objects.get(pk=channel_id)
    return registry.network(channel.network).publish(queries.account(channel), Draft(text), key).remote_id
