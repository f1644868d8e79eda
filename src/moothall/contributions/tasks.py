"""Background work of this room. The rows say what is to be done; a queue row only wakes a worker."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django_tasks import task

from moothall.contributions import answering, following, mailbox, mails
from moothall.core import queue
from moothall.library import offering

MAILBOX_SECONDS = 10.0
"""How often the desk's mailbox is looked into."""
TIDIED_EVERY = timedelta(hours=1)


def sweep() -> None:
    """Follow the posts, send what answers are owed, look into the mailbox, forget what was kept long enough."""
    following.sweep()
    answering.sweep()
    if settings.DESK_MAILBOX and cache.add("desk-mailbox-read", True, MAILBOX_SECONDS):
        queue.wake(read_mailbox)
    if cache.add("contributions-tidied", True, TIDIED_EVERY.total_seconds()):
        mails.forget()
        offering.drop_forgotten()


@task
def read_mailbox() -> None:
    """May take a while: the mail server answers when it likes."""
    mailbox.read_all()
