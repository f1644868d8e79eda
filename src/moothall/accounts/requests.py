"""The request that a view behind ``core.access.needs`` gets."""

from django.http import HttpRequest

from moothall.accounts.models import User


class StaffRequest(HttpRequest):
    """A request whose user is a signed-in person: ``needs`` has turned everyone else away. For annotations only."""

    user: User
