"""Records of people's own way in: what they change about it, and how those who may do more than contribute sign in.

allauth does these things, and tells us right after each.
"""

from collections.abc import Mapping
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from moothall.accounts.models import Service, Unit, User
from moothall.accounts.roles import Role
from moothall.records import refs
from moothall.records.actions import capture


def connect() -> None:
    """Begin to listen, and tell records what people, services and units are called."""
    account_signals.user_logged_in.connect(keep_signed_in)
    account_signals.email_changed.connect(keep_email_changed)
    account_signals.password_changed.connect(keep_password_changed)
    account_signals.password_set.connect(keep_password_set)
    account_signals.password_reset.connect(keep_password_reset)
    mfa_signals.authenticator_added.connect(keep_authenticator_added)
    mfa_signals.authenticator_removed.connect(keep_authenticator_removed)
    mfa_signals.authenticator_reset.connect(keep_authenticator_reset)
    mfa_signals.authentication_failed.connect(keep_second_step_failed)
    refs.name_with("user", _names_of_people)
    refs.name_with("person", _names_of_people)
    refs.name_with("service", lambda pks: dict(Service.objects.filter(pk__in=pks).values_list("pk", "name")))
    refs.name_with("unit", lambda pks: dict(Unit.objects.filter(pk__in=pks).values_list("pk", "name")))


def keep_signed_in(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody who may do more than contribute came in with a second step: with which, and not from where."""
    steps = [each for each in get_authentication_records(request, user) if each["method"] == "mfa"]
    if steps and _may_more_than_contribute(user):
        after = {"second_step": str(steps[-1]["type"])}
        capture("person.signed_in", f"user:{user.pk}", actor=user, after=after)


def keep_second_step_failed(sender: type, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A code was wrong where such a person is asked for one. Who typed it, nobody knows: it may have been anybody."""
    if _may_more_than_contribute(user):
        after = {"second_step": str(authenticator.type)}
        capture("person.second_step_failed", f"user:{user.pk}", actor=None, after=after)


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


def _may_more_than_contribute(user: User) -> bool:
    """Whether they have any role but that of a contributor: the others change what the public sees, or hold more."""
    standing = user.standing
    return bool(standing.organisation or frozenset().union(*standing.services.values()) - {Role.CONTRIBUTOR})


def _about(authenticator: Authenticator) -> dict[str, str]:
    """What may be known of it: its kind, and the name its owner gave it if there is one."""
    about = {"kind": str(authenticator.type)}
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        about["name"] = str(authenticator)  # allauth's own name for it is the owner's
    return about


def _names_of_people(pks: list[int]) -> Mapping[int, str]:
    return dict(User.objects.filter(pk__in=pks).values_list("pk", "name"))
