"""Records of what people change about their own way in. allauth makes these changes, and tells us right after each."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator

from moothall.accounts.models import User
from moothall.records.actions import capture


def connect() -> None:
    """Begin to listen."""
    account_signals.email_changed.connect(keep_email_changed)
    account_signals.password_changed.connect(keep_password_changed)
    account_signals.password_set.connect(keep_password_set)
    account_signals.password_reset.connect(keep_password_reset)
    mfa_signals.authenticator_added.connect(keep_authenticator_added)
    mfa_signals.authenticator_removed.connect(keep_authenticator_removed)
    mfa_signals.authenticator_reset.connect(keep_authenticator_reset)


def keep_email_changed(
    sender: type, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any
) -> None:
    """Somebody's address is now another one. Whoever signs up has none before, and that is no change."""
    if from_email_address and from_email_address.email != to_email_address.email:
        before, after = {"email": from_email_address.email}, {"email": to_email_address.email}
        capture("person.email_changed", f"user:{user.pk}", actor=user, before=before, after=after)


def keep_password_changed(sender: type, user: User, **kwargs: Any) -> None:
    """Somebody who knew their password chose another."""
    capture("person.password_changed", f"user:{user.pk}", actor=user)


def keep_password_set(sender: type, user: User, **kwargs: Any) -> None:
    """Somebody who had no password chose one."""
    capture("person.password_set", f"user:{user.pk}", actor=user)


def keep_password_reset(sender: type, user: User, **kwargs: Any) -> None:
    """Somebody who followed the link in an e-mail chose a password."""
    capture("person.password_reset", f"user:{user.pk}", actor=user)


def keep_authenticator_added(sender: type, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Somebody set up an authenticator app, a passkey, or got their first recovery codes."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _keep_codes_generated(user)
    else:
        capture("person.second_step_added", f"user:{user.pk}", actor=user, after=_about(authenticator))


def keep_authenticator_removed(sender: type, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Somebody gave one of these up, or their codes went with the last."""
    capture("person.second_step_removed", f"user:{user.pk}", actor=user, before=_about(authenticator))


def keep_authenticator_reset(sender: type, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Somebody got fresh recovery codes: nothing else is ever reset."""
    _keep_codes_generated(user)


def _keep_codes_generated(user: User) -> None:
    capture("person.recovery_codes_generated", f"user:{user.pk}", actor=user)


def _about(authenticator: Authenticator) -> dict[str, str]:
    """What may be known of it: its kind, and the name its owner gave it if there is one."""
    about = {"kind": str(authenticator.type)}
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        about["name"] = str(authenticator)  # allauth's own name for it is the owner's
    return about
