"""A person who is new meets the policies: once, on the way to the page that they are sent to after signing in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moothall.policies import actions, queries
from moothall.policies.models import Met

FROM = "today"
"""The url name of the only page that somebody is sent away from: nobody is kept from their work."""


class WelcomeMiddleware:
    """Sends whoever has something to acknowledge, and was never met with it, to the welcome page.

    It stands after the one that asks for a second factor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """Answer instead of the view, where somebody is to be met."""
        is_today = request.resolver_match is not None and request.resolver_match.url_name == FROM
        if not is_today or request.method != "GET" or not request.user.is_authenticated:
            return None
        if Met.objects.filter(user=request.user).exists() or not queries.due(request.user):
            return None
        actions.meet(request.user)
        return redirect("policies-welcome")
