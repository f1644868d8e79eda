"""How allauth works in this house: by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from moothall.accounts import queries
from moothall.accounts.models import Invitation

INVITATION_SESSION = "invitation_token"


def invitation_in(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link this browser has followed."""
    token = request.session.get(INVITATION_SESSION, "")
    return queries.open_invitation(token) if token else None


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open only to a browser that followed an invitation's link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_in(request) is not None

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """There are no user names; the address is the name."""
