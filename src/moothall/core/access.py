"""Who may see a page. Every view is marked with one of these two; a test fails on a view that is not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PUBLIC = "public"


def public(view: View) -> View:
    """Anyone on the internet may see this page."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def needs(permission: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Only a person who has ``permission`` for something at all may see this page.

    Whether they have it for the one thing the page is about is asked by the view, or by the action it calls.
    Nobody else's cache keeps the page, and the browser asks again before it shows its copy. Going back still finds what
    was typed, which a ``no-store`` would throw away: that is for views that show a secret, which set it themselves.
    """

    def mark(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.headers.get("Accept") == "application/json":  # a script: it could do nothing with a page
                    return JsonResponse({"trouble": ["You are signed out. Sign in again."]}, status=401)
                return redirect_to_login(_way_back(request))
            if not request.user.may(permission):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_cache=True)
            return response

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return mark


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: to this page or, if something was sent to it, to the page that it was sent from."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return resolve_url(settings.LOGIN_REDIRECT_URL)
