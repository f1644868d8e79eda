"""How allauth works in this house: by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from moothall.accounts import queries
from moothall.accounts.models import Invitation, User

INVITATION_SESSION = "invitation_token"


def invitation_in(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link this browser has followed."""
    token = request.session.get(INVITATION_SESSION, "")
    return queries.open_invitation(token) if token else None


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open only to a browser that followed an invitation's link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_in(request) is not None

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There are no user names; the address is the name."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        invitation = invitation_in(request)
        if invitation:
            user.name = invitation.name
        saved: User = super().save_user(request, user, form, commit)
        return saved
