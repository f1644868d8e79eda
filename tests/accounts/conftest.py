"""An administrator, and a mail server that really takes mail."""

from collections.abc import Iterator
from typing import Any

import pytest

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from tests import factories
from tests.peers.mail import MailServer


@pytest.fixture
def administrator(db: None) -> User:
    return factories.person((Role.ADMINISTRATOR, None), name="Alder Finch")


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """The server that Moothall's settings name."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server
