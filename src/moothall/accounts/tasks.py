"""Notices by e-mail. A notice owes its e-mail until ``email_due_at`` is cleared; a queue row only wakes a worker."""

import logging
import textwrap
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django_tasks import task

from moothall.accounts.models import Notice
from moothall.core import clock, queue
from moothall.core.retry import backoff

log = logging.getLogger(__name__)

BATCH = 50
MOST_TRIES = 8
SUBJECT_LENGTH = 120
LEASE = timedelta(minutes=5)
"""Longer than a mail server can keep us waiting: each of its answers may take ``settings.EMAIL_TIMEOUT``."""


def sweep() -> None:
    """Wake a worker if an e-mail is due."""
    if Notice.objects.filter(email_due_at__lte=clock.now()).exists():
        queue.wake(send_notices)


@task
def send_notices() -> None:
    """Send what is due. Each notice is leased by moving its due time on, so that two workers do not send it twice."""
    due = Notice.objects.filter(email_due_at__lte=clock.now()).select_related("user").order_by("email_due_at", "pk")
    for notice in due[:BATCH]:
        leased = Notice.objects.filter(pk=notice.pk, email_due_at=notice.email_due_at).update(
            email_due_at=clock.now() + LEASE, email_tries=notice.email_tries + 1
        )
        if not leased:
            continue
        if notice.user.is_active:
            _send(notice)
        else:
            Notice.objects.filter(pk=notice.pk).update(email_due_at=None)


def _send(notice: Notice) -> None:
    row = Notice.objects.filter(pk=notice.pk)
    body = render_to_string("accounts/email/notice.txt", {"notice": notice, "link": settings.SITE_URL + notice.path})
    try:
        send_mail(_subject(notice.text), body, None, [notice.user.email])
    except (SMTPException, OSError) as error:
        tries = notice.email_tries + 1
        log.warning("Notice %s could not be e-mailed, try %s: %s", notice.pk, tries, type(error).__name__)
        later = None if tries >= MOST_TRIES else clock.now() + backoff(tries)
        row.update(email_due_at=later)
    else:
        row.update(email_due_at=None, emailed_at=clock.now())


def _subject(text: str) -> str:
    """One line, as a subject must be."""
    return textwrap.shorten(text, SUBJECT_LENGTH, placeholder="…")
