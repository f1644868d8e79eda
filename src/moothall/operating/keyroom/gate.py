"""Who comes into the room: the one browser that first had the address. And nothing of it stays in that browser."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render

from moothall.operating.keyroom import addresses, room
from moothall.operating.keyroom.room import Room
from moothall.operating.keyroom.views import trouble

COOKIE = "moothall-key-room"
METHODS = ("GET", "HEAD", "POST")


class Gate:
    """Middleware. An address is ``/secret/page/``: the page is found by what follows the secret.

    Somebody without the secret is told nothing, not even that there is a room. The address is good once: the browser
    that uses it first gets a cookie, without which it leads nowhere any more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = room.current()
        with here.lock, addresses.named(addresses.OURS, f"/{here.token}/"):
            here.tick()
            response = self._let_in(request, here)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return trouble(request, error)

    def _let_in(self, request: HttpRequest, here: Room) -> HttpResponse:
        request.get_host()  # refuses names that are not this machine's
        secret, slash, page = request.path_info.removeprefix("/").partition("/")
        if not slash or here.is_closed or not _same(secret, here.token):
            return HttpResponseNotFound()
        request.path_info = f"/{page}"
        request.urlconf = addresses.OURS  # Django looks for it
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if not here.browser and request.method == "GET" and not page:
            return _welcome(request, here)
        if not here.browser or not _same(request.COOKIES.get(COOKIE, ""), here.browser):
            return render(request, "keyroom/taken.html", status=403)
        if request.method == "POST" and not _is_from_here(request):
            return render(request, "keyroom/elsewhere.html", status=403)
        return self.get_response(request)


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(), expected.encode())


def _welcome(request: HttpRequest, here: Room) -> HttpResponse:
    """Remember the browser, and let it come again with its cookie."""
    here.browser = secrets.token_urlsafe(32)
    response = HttpResponseRedirect(request.path)
    response.set_cookie(COOKIE, here.browser, path=f"/{here.token}/", httponly=True, samesite="Strict")
    return response


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the page that sent this is one of the room's. A browser always says so of a form."""
    here = f"{request.scheme}://{request.get_host()}"
    if origin := request.headers.get("Origin"):
        return origin == here
    return request.headers.get("Referer", "").startswith(f"{here}/")
