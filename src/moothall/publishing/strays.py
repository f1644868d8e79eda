"""What a rehearsal's copy of a post says of itself, so that it is never sent to a real network."""

from moothall.channels import known
from moothall.publishing.models import Delivery

REHEARSES = "rehearses"
"""In the content of a revision: the id of the revision whose approval it carries."""


def is_stray(sending: Delivery) -> bool:
    """Whether this is a rehearsal's post that would leave the practice network."""
    return REHEARSES in sending.revision.content and sending.channel.network != known.PRACTICE
