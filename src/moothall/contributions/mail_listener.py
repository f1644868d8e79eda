"""Mail handed over by the council's own mail server, by LMTP or SMTP: ``moothall mail``.

It takes mail for the desk's address and for nobody else, one mail for one recipient at a time, and says "250" only when
the mail is committed. If the database is away, or the disk is full, it says "451": the mail
server keeps the mail and tries again.
"""

import asyncio
import logging
import signal
from functools import partial

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from moothall.contributions import mails

log = logging.getLogger(__name__)

IDENT = "Moothall"
WAITS_SECONDS = 60.0
"""For the next command of whoever hands mail over."""


class Handler:
    """aiosmtpd asks it at each step of a mail's way in."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.strip("<>").lower() != settings.DESK_ADDRESS.lower():
            return "550 5.1.1 Nobody here has that address"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        try:
            await sync_to_async(_take, thread_sensitive=False)(raw, envelope.mail_from or "")
        except Exception:  # whatever it is, the mail server keeps the mail
            log.exception("A mail could not be kept; the mail server will try again")
            return "451 4.3.0 Try again in a while"
        return "250 2.0.0 The desk has it"


def _take(raw: bytes, return_path: str) -> None:
    close_old_connections()
    try:
        mails.take(raw, return_path=return_path)
    except DatabaseError:
        connection.close()
        raise
    finally:
        close_old_connections()


async def serve(host: str, port: int, *, smtp: bool = False) -> None:
    """Listen until SIGTERM or SIGINT; what is being taken then is finished."""
    kind = SMTP if smtp else LMTP
    make = partial(kind, Handler(), data_size_limit=mails.MOST_BYTES, ident=IDENT, timeout=WAITS_SECONDS)
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    server = await loop.create_server(make, host, port)
    log.info("Taking mail for %s at %s, port %s", settings.DESK_ADDRESS, host, port)
    async with server:
        await stopping.wait()
