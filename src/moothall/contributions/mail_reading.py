"""Reading a mail: from the bytes that came to a typed, bounded ``ReadMail``. Pure, and never raises for what came.

Sources: RFC 5322 and 2045 (form), RFC 3834 (automatic answers), RFC 2919 (lists).
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from moothall.contributions.mail_quoting import own_words, words_of_html
from moothall.contributions.mail_vouchers import vouchers

MOST_PARTS = 200
MOST_MEDIA = 10
SMALLEST_PICTURE = 4_000
"""Bytes. Pictures within the text that are smaller are logos and lines."""
LONGEST_WORDS = 20_000
LONGEST_HEADER = 2_000
_TRACES = ("received", "return-path", "delivered-to", "x-original-to", "authentication-results", "x-spam-status")
_NAMES_AN_ADDRESS = re.compile(r"[^@\s<>\"(),;:\\]+@[^@\s<>\"(),;:\\]+\.[^@\s<>\"(),;:\\]+")
_MEDIA = ("image", "video")
_NO_WORDS = "This mail could not be read. The whole of it is kept below."


@dataclass(frozen=True)
class Enclosure:
    """A picture or video that was attached."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class ReadMail:
    """What a mail says. ``sender`` is empty if it names none, or several."""

    digest: str
    """SHA-256 of it without what servers on the way added."""
    message_id: str
    sender: str
    sender_name: str
    subject: str
    words: str
    written_at: datetime | None
    enclosures: tuple[Enclosure, ...] = ()
    left_out: tuple[str, ...] = ()
    """What was attached and is not taken, each with why."""
    automatic: str = ""
    """Why it is no person's mail to us; empty if it may be one."""
    vouchers: tuple[str, ...] = ()
    """The ``authserv-id`` of the servers that say that it comes from the sender's domain."""
    answers: tuple[str, ...] = ()
    """The message ids that it refers to."""


def read(raw: bytes, *, return_path: str | None = None) -> ReadMail:
    """Read a mail. ``return_path`` is the envelope's sender where the transport knows it; empty is the null one."""
    digest = _digest(raw)
    try:
        return _read(raw, digest, return_path)
    except Exception:  # the email package has its bounds, and a stranger finds them: whatever came is kept, not lost
        return ReadMail(digest, "", "", "", "", _NO_WORDS, None)


def _read(raw: bytes, digest: str, return_path: str | None) -> ReadMail:
    message = message_from_bytes(raw, policy=policy.compat32)
    sender_name, sender = _sender(message)
    subject = _header(message, "subject")
    parts = list(_leaves(message))
    is_forwarded = subject.lower().lstrip().startswith(("fw:", "fwd:"))
    enclosures, left_out = _enclosures(parts)
    words = _words(parts, is_forwarded)
    if len(words) > LONGEST_WORDS:
        words, left_out = words[:LONGEST_WORDS], [*left_out, "The end of the text: it is longer than we take"]
    return ReadMail(
        digest=digest,
        message_id=_header(message, "message-id")[:500],
        sender=sender,
        sender_name=sender_name[:200],
        subject=subject[:300],
        words=words,
        written_at=_date(message),
        enclosures=tuple(enclosures),
        left_out=tuple(left_out),
        automatic=_automatic(message, return_path),
        vouchers=tuple(vouchers(_authentication_results(message), sender)),
        answers=tuple(re.findall(r"<[^<>\s]{1,500}>", _header(message, "in-reply-to", "references"))),
    )


# --- The same mail again ----------------------------------------------------------------------------------------------


def _digest(raw: bytes) -> str:
    """Of the mail without the headers that each server on its way adds: it may come by two ways."""
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept, is_trace = [], False
    for line in head.split(b"\n"):
        if not line[:1].isspace():
            is_trace = line.partition(b":")[0].strip().lower().decode("latin-1") in _TRACES
        if not is_trace:
            kept.append(line)
    return hashlib.sha256(b"\n".join(kept) + gap + body.rstrip(b"\n")).hexdigest()


# --- Headers ----------------------------------------------------------------------------------------------------------


def _header(message: Message, *names: str) -> str:
    """The headers' text, decoded as far as that goes, in one line."""
    found = []
    for name in names:
        for value in message.get_all(name, [])[:5]:
            found.append(_decoded(str(value)[:LONGEST_HEADER]))
    return _clean(" ".join(found))


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError, ValueError):
        return value


def _clean(text: str) -> str:
    """One line of printable characters, none of which a database refuses."""
    text = _storable(text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _sender(message: Message) -> tuple[str, str]:
    """Name and address of the one who says that they wrote it; both empty if that is nobody or several."""
    values = [str(value)[:LONGEST_HEADER] for value in message.get_all("from", [])]
    if len(values) != 1:
        return "", ""
    found = [(name, address) for name, address in getaddresses(values) if address]
    if len(found) != 1 or not _NAMES_AN_ADDRESS.fullmatch(found[0][1]) or len(found[0][1]) > 320:
        return "", ""
    return _clean(_decoded(found[0][0])), found[0][1].lower()


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("date", "")))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _authentication_results(message: Message) -> list[str]:
    """The first few that are whole: half of one may say the contrary."""
    values = [" ".join(str(each).split()) for each in message.get_all("authentication-results", [])[:10]]
    return [each for each in values if len(each) <= LONGEST_HEADER]


def _automatic(message: Message, return_path: str | None) -> str:
    """Why no person wrote this to us, by the headers that machines set; empty if nothing says so."""
    submitted = _header(message, "auto-submitted").lower()
    precedence = _header(message, "precedence").lower()
    path = _header(message, "return-path") if return_path is None else return_path or "<>"
    content_type = message.get_content_type()
    if submitted and not submitted.startswith("no"):
        return "It was sent by a machine (Auto-Submitted)"
    if path == "<>" or content_type in ("multipart/report", "message/delivery-status"):
        return "It tells of a mail that could not be delivered"
    if message.get("list-id") or message.get("list-unsubscribe") or precedence == "list":
        return "It came by a mailing list"
    if precedence in ("bulk", "junk", "auto_reply"):
        return "It was sent by a machine (Precedence)"
    if message.get("x-autoreply") or message.get("x-autorespond") or message.get("x-autoresponder"):
        return "It is an automatic answer"
    if message.get("x-auto-response-suppress") and message.get("x-ms-exchange-inbox-rules-loop"):
        return "It is an automatic answer"
    return ""


# --- Parts ------------------------------------------------------------------------------------------------------------


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, not those of a mail within the mail, and not without end."""
    waiting: list[Message] = [message]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting = [each for each in inner if isinstance(each, Message)] + waiting
        else:
            yield part


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _words(parts: Sequence[Message], is_forwarded: bool) -> str:
    """The plain text, or, where there is none, what the HTML says."""
    plain = [_text(part) for part in parts if part.get_content_type() == "text/plain" and not _is_attached(part)]
    words = own_words("\n".join(plain), is_forwarded=is_forwarded)
    if words:
        return words
    html = [_text(part) for part in parts if part.get_content_type() == "text/html" and not _is_attached(part)]
    return words_of_html("\n".join(html), is_forwarded=is_forwarded)


def _text(part: Message) -> str:
    """Its text, by the character set that it names or, if that is a lie, by one that always works."""
    content = _content(part)
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8", "cp1252"):
        try:
            return _storable(content.decode(charset))
        except (LookupError, UnicodeError, ValueError):
            continue
    return _storable(content.decode("latin-1"))


def _storable(text: str) -> str:
    """Without what no database takes: some character sets have halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _content(part: Message) -> bytes:
    found: Any = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _enclosures(parts: Sequence[Message]) -> tuple[list[Enclosure], list[str]]:
    """The pictures and videos, and what else was attached, with why it is left out."""
    taken: list[Enclosure] = []
    left_out: list[str] = []
    for part in parts:
        is_media = part.get_content_maintype() in _MEDIA
        if not is_media and not _is_attached(part):
            continue
        name = _clean(_decoded(str(part.get_filename() or "")))[:150] or f"attachment.{part.get_content_subtype()}"
        content = _content(part)
        if not is_media and part.get_content_type() != "application/octet-stream":
            left_out.append(f"{name}: neither a picture nor a video")
        elif not content or (len(content) < SMALLEST_PICTURE and part.get_content_disposition() != "attachment"):
            left_out.append(f"{name}: too small to be a photo")
        elif len(taken) == MOST_MEDIA:
            left_out.append(f"{name}: more than {MOST_MEDIA} pictures")
        else:
            taken.append(Enclosure(name, content))
    return taken, left_out
