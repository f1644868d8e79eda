"""Roles for the whole organisation need a second factor; and what allauth's pages show, no browser keeps."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

PRACTICE_SESSION = "signed_in_for_practice"
"""Set in the session by the one-click sign-in of the example council, which exists in debug only."""


def account_pages() -> str:
    """How the addresses of allauth's pages begin."""
    return reverse("account_login").removesuffix("login/")


class KeepNoCopyMiddleware:
    """allauth's pages show the key for an authenticator app, recovery codes and forms for passwords."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(account_pages()):
            patch_cache_control(response, private=True, no_store=True)
        return response


class SecondFactorMiddleware:
    """Sends a person with such a role to set a second factor up before they can do anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_missing(request) and not request.path.startswith(self._always_open()):
            messages.info(
                request,
                "Your role needs a second step at sign-in. Set up an authenticator app or a passkey to go on.",
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        if not request.user.is_authenticated or not request.user.has_organisation_role():
            return False
        if settings.DEBUG and request.session.get(PRACTICE_SESSION):
            return False
        return not is_mfa_enabled(request.user)

    @staticmethod
    def _always_open() -> tuple[str, ...]:
        return (account_pages(), settings.STATIC_URL, reverse("brand-css"), reverse("brand-logo"))
