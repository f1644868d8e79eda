"""The desk's mailbox, over IMAP. A mail leaves the inbox only when what it says is committed here.

Killed anywhere in between, the next look finds the mail again, knows it by its digest, and only moves it. Sources: RFC
3501 and 6851 (MOVE).
"""

import logging
from dataclasses import dataclass, field
from imaplib import IMAP4
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import OperationalError
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from moothall.contributions import mails
from moothall.contributions.mail_reading import read
from moothall.core import queue

log = logging.getLogger(__name__)

TAKEN, TOO_LARGE = "Taken", "Too large"
"""Folders beside the inbox: what was taken, and what was not."""
AT_A_LOOK = 50
SECONDS = 20.0
TROUBLES = (OSError, IMAP4.error, ImapToolsError)


@dataclass(frozen=True)
class Address:
    """Where the mailbox is, and how one signs in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    is_encrypted: bool


def address(url: str) -> Address:
    """``imaps://user:password@host:993/INBOX`` in its parts; user and password are percent-encoded in it."""
    parts = urlsplit(url)
    is_encrypted = parts.scheme == "imaps"
    return Address(
        host=parts.hostname or "",
        port=parts.port or (993 if is_encrypted else 143),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_encrypted=is_encrypted,
    )


def opened(where: Address) -> BaseMailBox:
    """The mailbox, signed in, at its folder. Raises one of ``TROUBLES``."""
    kind = MailBox if where.is_encrypted else MailBoxUnencrypted
    return kind(where.host, where.port, timeout=SECONDS).login(where.user, where.password, where.folder)


def read_all() -> int:
    """Take what lies in the mailbox. Returns how many mails; what goes wrong is said in the log and tried again."""
    done = 0
    try:
        with opened(address(settings.DESK_MAILBOX)) as box:
            for name in (TAKEN, TOO_LARGE):
                if not box.folder.exists(name):
                    box.folder.create(name)
            for uid in box.uids("UNDELETED")[:AT_A_LOOK]:
                if queue.is_stopping():
                    break
                done += _taken(box, uid)
    except TROUBLES as error:
        log.warning("The desk's mailbox could not be read: %s", type(error).__name__)
    return done


def _taken(box: BaseMailBox, uid: str) -> bool:
    """Whether it was taken. One mail that cannot be keeps no other from being read."""
    try:
        return _take(box, uid)
    except (*TROUBLES, OperationalError):
        raise
    except Exception as error:
        log.error("A mail in the desk's mailbox could not be taken and stays there: %s", type(error).__name__)
        return False


def _take(box: BaseMailBox, uid: str) -> bool:
    size = _size(box, uid)
    if size > mails.MOST_BYTES:
        head = read(_fetched(box, uid, "BODY.PEEK[HEADER]"))
        mails.note_too_large(head.message_id, head.sender, head.subject, size)
        box.move(uid, TOO_LARGE)
        return True
    raw = _fetched(box, uid, "BODY.PEEK[]")
    if not raw:
        return False  # another reader was quicker, and moved it
    mails.take(raw)
    box.move(uid, TAKEN)
    return True


def _size(box: BaseMailBox, uid: str) -> int:
    status, answer = box.client.uid("FETCH", uid, "(RFC822.SIZE)")
    said = answer[0] if status == "OK" and answer else b""
    digits = bytes(said if isinstance(said, bytes) else b"").partition(b"RFC822.SIZE ")[2]
    number = digits.split(b")")[0].split()[:1]
    return int(number[0]) if number and number[0].isdigit() else 0


def _fetched(box: BaseMailBox, uid: str, what: str) -> bytes:
    status, answer = box.client.uid("FETCH", uid, f"({what})")
    if status != "OK":
        return b""
    return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), b"")
