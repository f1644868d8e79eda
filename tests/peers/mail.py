"""A mail server that keeps what it is sent, for as long as a test runs."""

import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.peers.processes import free_port


@dataclass(frozen=True)
class Mail:
    """A message with its envelope: whom the sender named to the server, whatever the headers say."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailServer:
    """An SMTP server without sign-in or encryption, from `start()` (or entering the context) to `stop()`.

    `host` and `port` are its address; `mails` has what it took, oldest first.
    """

    host = "127.0.0.1"
    port: int

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._arrived = threading.Condition()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on a free loopback port."""
        self.port = free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port, server_hostname="localhost")
        self._controller.start()

    def stop(self) -> None:
        """Listen no more; `mails` stays."""
        self._controller.stop()

    def wait_for(self, count: int, timeout: float = 10) -> list[Mail]:
        """The mails, once there are `count` of them. Raises `TimeoutError` after `timeout` seconds."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.mails) >= count, timeout):
                raise TimeoutError(f"{len(self.mails)} of {count} mails came within {timeout} s.")
            return list(self.mails)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message; called by aiosmtpd, in its thread."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        with self._arrived:
            self.mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
            self._arrived.notify_all()
        return "250 OK"
