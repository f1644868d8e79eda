"""Taking a mail that came to the desk: once, however often and by whichever way it comes. All of it is kept sealed."""

import base64
import uuid
import zlib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.contributions import answering, states
from moothall.contributions.mail_reading import Enclosure, ReadMail, read
from moothall.contributions.models import Answer, Contribution, Mail, State, Way
from moothall.contributions.offering import keep_offered
from moothall.core import clock, sealing
from moothall.core.database import writing
from moothall.events.models import Event
from moothall.library import offering
from moothall.library.models import Asset
from moothall.records.actions import capture

MOST_BYTES = 26 * 2**20
"""Of a mail. Encoded for mail, a picture is a third larger than its file."""
KEPT = timedelta(days=30)
MOST_AN_HOUR = 60
"""From one address; the rest waits in quarantine."""
MAILS = uuid.UUID("0b6f6a3e-5d39-4d0e-8f0c-2f5f2f7f7e11")
"""The name space of the ids of contributions that are mails."""
THANKS = (
    "Thank you. The desk has what you told it, and you will hear what becomes of it.",
    "You are not named unless you say so, under “What I told” in Moothall.",
)


def take(raw: bytes, *, return_path: str | None = None) -> Mail:
    """Take a mail. When this returns, it is committed; the mailbox may forget it.

    ``return_path`` is the envelope's sender where the transport knows it. The same mail again changes nothing. Raises
    only what the database raises.
    """
    mail = read(raw, return_path=return_path)
    earlier = Mail.objects.filter(digest=mail.digest).first()
    if earlier:
        return earlier
    try:
        with writing():
            return _taken(mail, raw)
    except IntegrityError:
        return Mail.objects.get(digest=mail.digest)  # it came by two ways at the same moment


def _taken(mail: ReadMail, raw: bytes) -> Mail:
    now = clock.now()
    row = Mail.objects.create(
        digest=mail.digest,
        message_id=mail.message_id,
        sender=mail.sender,
        subject=mail.subject,
        why=_aside(mail),
        left_out=list(mail.left_out),
        sealed=_sealed(raw),
        received_at=now,
        kept_until=now + KEPT,
    )
    if not row.why:
        _contribute(mail, row)
    return row


def _aside(mail: ReadMail) -> str:
    """Why the mail is left aside; empty if it is for the desk."""
    if mail.message_id and Answer.objects.filter(message_id=mail.message_id).exists():
        return "It is a mail of ours, come back"
    if mail.sender and mail.sender == settings.DESK_ADDRESS.lower():
        return "It says that we sent it ourselves"
    return mail.automatic


def _contribute(mail: ReadMail, row: Mail) -> None:
    sender = User.objects.active().filter(email__iexact=mail.sender).first() if mail.sender else None
    is_verified = bool(settings.MAIL_AUTHSERV) and settings.MAIL_AUTHSERV.lower() in mail.vouchers
    why = _doubt(mail, sender, is_verified)
    now = clock.now()
    made = Contribution.objects.create(
        event=_running(),
        door=Way.EMAIL,
        contributor=sender,
        sender_address=mail.sender,
        is_sender_verified=is_verified,
        subject=mail.subject,
        words=mail.words,
        once=uuid.uuid5(MAILS, mail.digest),
        told_at=min(mail.written_at or now, now),
        received_at=now,
        state=State.QUARANTINED if why else State.WAITING,
        reason=why,
    )
    row.contribution = made
    row.save(update_fields=["contribution"])
    if not why:
        _take_pictures(made, row, mail.enclosures)
        answering.answer(made, THANKS)
    keep_offered(made)


def _doubt(mail: ReadMail, sender: User | None, is_verified: bool) -> str:
    """Why the mail goes to quarantine; empty if it need not."""
    if sender is None:
        return f"{mail.sender or 'Its sender'} is nobody’s address here"
    if not sender.may("contribution.offer"):
        return "Its sender may not tell the desk"
    if settings.MAIL_AUTHSERV and not is_verified:
        return "It says that a colleague sent it, and the mail server does not vouch for that"
    lately = Mail.objects.filter(sender=mail.sender, received_at__gt=clock.now() - timedelta(hours=1)).count()
    return f"More than {MOST_AN_HOUR} mails from this address within an hour" if lately > MOST_AN_HOUR else ""


def _running() -> Event | None:
    """The event that is on, if it is one alone: a mail does not say which it means."""
    now = clock.now()
    on = list(Event.objects.filter(starts_at__lte=now, ends_at__gt=now, rehearses=None)[:2])
    return on[0] if len(on) == 1 else None


def _take_pictures(made: Contribution, row: Mail, enclosures: Sequence[Enclosure]) -> None:
    """Into the library. What it refuses is said at the desk, and kept with the mail."""
    for number, each in enumerate(enclosures):
        once = uuid.uuid5(made.once, str(number))
        try:
            made.assets.add(offering.offer(SimpleUploadedFile(each.name, each.content), once=once))
        except ValidationError as error:
            row.left_out.append(f"{each.name}: {' '.join(error.messages)}")
    row.save(update_fields=["left_out"])


# --- Quarantine -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(actor: User, contribution: Contribution) -> list[Asset]:
    """Let a mail out of quarantine: only now are its pictures opened. Returns them."""
    require(actor, "contribution.handle")
    locked = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if locked.state != State.QUARANTINED:
        raise ValidationError("This is not in quarantine any more.")
    row = Mail.objects.select_for_update().get(contribution=locked)

    def open_up() -> None:
        _take_pictures(locked, row, read(whole(row)).enclosures)

    states.move(locked, State.WAITING, actor=actor, also={"reason": ""}, then=open_up)
    return list(locked.assets.all())


# --- Keeping ----------------------------------------------------------------------------------------------------------


def _sealed(raw: bytes) -> bytes:
    return sealing.seal({"mail": base64.b85encode(zlib.compress(raw)).decode()}).encode()


def whole(row: Mail) -> bytes:
    """All of the mail as it came; nothing once it is no longer kept. Raises ``sealing.CannotOpen``."""
    if row.sealed is None:
        return b""
    return zlib.decompress(base64.b85decode(sealing.open_sealed(bytes(row.sealed).decode())["mail"]))


def forget() -> None:
    """Throw away what was kept long enough: the sealed mails, and the rows of those left aside."""
    now = clock.now()
    Mail.objects.filter(kept_until__lte=now, contribution=None).delete()
    Mail.objects.filter(kept_until__lte=now, sealed__isnull=False).update(sealed=None)


def note_too_large(message_id: str, sender: str, subject: str, size: int) -> Mail:
    """A mail that is too large to be taken stays where it is; the desk is told that it is there."""
    now = clock.now()
    values = {
        "message_id": message_id[:500],
        "sender": sender[:320],
        "subject": subject[:300],
        "why": f"It is larger than {MOST_BYTES // 2**20} MB ({size // 2**20} MB). It is still in the mailbox",
        "kept_until": now + KEPT,
    }
    digest = uuid.uuid5(MAILS, f"{message_id} {sender} {subject} {size}").hex
    row, is_new = Mail.objects.get_or_create(digest=digest, defaults=values)
    if is_new:
        capture("mail.too_large", f"mail:{row.pk}", actor=None, after={"size": size})
    return row
