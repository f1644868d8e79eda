"""How allauth works in this house: by invitation only."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from moothall.accounts import queries
from moothall.accounts.models import Invitation
from moothall.core import sealing

log = logging.getLogger(__name__)

INVITATION_SESSION = "invitation_id"
"""Not its token: whoever reads the table of sessions must not find a link that works."""


def invitation_in(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link this browser has followed."""
    pk = request.session.get(INVITATION_SESSION)
    return queries.still_open(pk) if pk else None


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open only to a browser that followed an invitation's link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_in(request) is not None

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """There are no user names; the address is the name."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that chooses a new password."""
        return _on_this_site(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """The link that confirms an address."""
        return _on_this_site(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's e-mails. A mail server that is away must not undo what the person just did."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            log.warning("The e-mail %s could not be sent: %s", template_prefix, type(error).__name__)


def _on_this_site(link: str) -> str:
    """A link of allauth's at the address the operator gave: it takes host and port from whoever made the request."""
    return settings.SITE_URL + urlsplit(link).path


class MFAAdapter(DefaultMFAAdapter):
    """What an authenticator app and recovery codes are made from is sealed, as channels' credentials are."""

    def encrypt(self, text: str) -> str:
        """``text``, for the database."""
        return sealing.seal({"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        """What ``encrypt`` was given. Raises ``ValidationError``, which the forms show, if no key opens it."""
        try:
            return sealing.open_sealed(encrypted_text)["text"]
        except sealing.CannotOpen as error:
            log.error("A second step cannot be opened: the key that it was sealed with is missing")
            raise ValidationError(
                "Moothall cannot check your second step: a key is missing. Tell the people who run it."
            ) from error
