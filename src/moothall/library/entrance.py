"""How much one request may bring. Only the library's upload page takes videos, and only from those who may add them:
Django writes a body to the disk before any view sees it, whoever sends it.
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie
from django.urls import reverse

Scope = dict[str, Any]


async def most_bytes(scope: Scope) -> int:
    """The bound for the body of the request with this ASGI scope."""
    if scope["method"] != "POST" or scope["path"] != reverse("library-upload"):
        return int(settings.UPLOAD_REQUEST_BYTES)
    may_add = await sync_to_async(_may_add)(_session_key(scope))
    return int(settings.UPLOAD_LIBRARY_BYTES if may_add else settings.UPLOAD_REQUEST_BYTES)


def _session_key(scope: Scope) -> str:
    """Of the session that the request's cookie names; empty if none."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


def _may_add(session_key: str) -> bool:
    """Whether somebody is signed in there who may add to the library."""
    if not session_key:
        return False
    close_old_connections()
    try:
        request = HttpRequest()
        request.session = SessionStore(session_key)
        user: Any = get_user(request)  # checks that the session is younger than the password
        return bool(user.is_authenticated and user.may("media.add"))
    finally:
        close_old_connections()
