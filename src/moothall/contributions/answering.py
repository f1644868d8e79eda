"""Answers by e-mail to what came by e-mail. An answer owes its mail until ``due_at`` is cleared.

Each says that it is automatic, names what it answers, and has a message id that we know again (RFC 3834).
"""

import logging
import textwrap
import uuid
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django_tasks import task

from moothall.contributions.models import Answer, Contribution, Mail
from moothall.core import clock, queue
from moothall.core.retry import backoff

log = logging.getLogger(__name__)

BATCH = 50
MOST_TRIES = 8
MOST_AN_HOUR = 20
"""To one address. Two machines that answer each other come to an end."""
SUBJECT_LENGTH = 200
LEASE = timedelta(minutes=5)


def answer(contribution: Contribution, paragraphs: Iterable[str]) -> Answer | None:
    """Owe whoever sent ``contribution`` a mail; in the caller's transaction. ``None``: they had too many already."""
    now = clock.now()
    address = contribution.sender_address
    if Answer.objects.filter(to__iexact=address, made_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        log.warning("No answer about contribution %s: too many to that address within an hour", contribution.pk)
        return None
    mail = Mail.objects.filter(contribution=contribution).first()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    made = Answer.objects.create(
        contribution=contribution,
        to=address,
        subject=_subject(contribution),
        body="\n\n".join([*paragraphs, _foot(contribution)]) + "\n",
        message_id=f"<contribution-{contribution.pk}-{uuid.uuid4().hex}@{host}>",
        answers_id=mail.message_id if mail else "",
        due_at=now,
    )
    queue.wake(send_answers)
    return made


def _subject(contribution: Contribution) -> str:
    said = contribution.subject or str(contribution)
    said = said if said.lower().startswith("re:") else f"Re: {said}"
    return textwrap.shorten(said, SUBJECT_LENGTH, placeholder="…") or "Re: what you told the desk"


def _foot(contribution: Contribution) -> str:
    return f"This is about what you told the desk (number {contribution.pk}). Moothall wrote this mail by itself."


def sweep() -> None:
    """Wake a worker if an answer is due."""
    if Answer.objects.filter(due_at__lte=clock.now()).exists():
        queue.wake(send_answers)


@task
def send_answers() -> None:
    """Send what is due. Each is leased by moving its due time on, so that two workers do not send it twice."""
    for owed in Answer.objects.filter(due_at__lte=clock.now()).order_by("due_at", "pk")[:BATCH]:
        leased = Answer.objects.filter(pk=owed.pk, due_at=owed.due_at)
        if leased.update(due_at=clock.now() + LEASE, tries=owed.tries + 1):
            _send(owed)


def _send(owed: Answer) -> None:
    row = Answer.objects.filter(pk=owed.pk)
    headers = {"Message-ID": owed.message_id, "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if owed.answers_id:
        headers |= {"In-Reply-To": owed.answers_id, "References": owed.answers_id}
    sender = settings.DESK_ADDRESS or None
    try:
        EmailMessage(owed.subject, owed.body, sender, [owed.to], headers=headers).send()
    except (SMTPException, OSError) as error:
        tries = owed.tries + 1
        log.warning("Answer %s could not be e-mailed, try %s: %s", owed.pk, tries, type(error).__name__)
        row.update(due_at=None if tries >= MOST_TRIES else clock.now() + backoff(tries))
    except ValueError:  # a header that no mail may have, from a hostile sender
        log.warning("Answer %s cannot be written as a mail", owed.pk)
        row.update(due_at=None)
    else:
        row.update(due_at=None, sent_at=clock.now())
