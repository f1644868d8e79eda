"""What every staff page shows about the person who is signed in."""

from django.conf import settings
from django.http import HttpRequest

from moothall.accounts import queries


def notices(request: HttpRequest) -> dict[str, object]:
    """``unread_notices``: how many notices the person has not seen; ``practice``: whether one-click sign-in exists."""
    user = getattr(request, "user", None)
    count = queries.unread(user).count() if user is not None and user.is_authenticated else 0
    return {"unread_notices": count, "practice": settings.DEBUG}
