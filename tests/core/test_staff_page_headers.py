"""What the mark ``needs`` adds to a page, and where it sends people whose session has ended."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from moothall.core.access import needs

DECIDE = "/posts/12/decide/3/"


class Person:
    """Somebody who may do everything."""

    is_authenticated = True

    def may(self, permission: str) -> bool:
        return True


@needs("post.see")
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


@needs("people.manage")
def secret(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret", headers={"Cache-Control": "no-store"})


def directives(response: Any) -> set[str]:
    return set(response["Cache-Control"].split(", "))


def sent(**headers: str) -> str:
    """Where a form leads that is sent after the session has ended."""
    request = RequestFactory().post(DECIDE, **headers)
    request.user = AnonymousUser()
    return str(page(request)["Location"])  # type: ignore[index]


def test_a_staff_page_is_kept_by_nobody_else_and_asked_for_again() -> None:
    request = RequestFactory().get("/posts/")
    request.user = Person()  # type: ignore[assignment]
    assert directives(page(request)) == {"private", "no-cache"}


def test_a_view_that_shows_a_secret_keeps_its_own_word() -> None:
    request = RequestFactory().get("/people/invite/")
    request.user = Person()  # type: ignore[assignment]
    assert "no-store" in directives(secret(request))


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_page_is_come_back_to(method: str) -> None:
    request = getattr(RequestFactory(), method)("/posts/?page=2")
    request.user = AnonymousUser()
    assert page(request)["Location"] == "/account/login/?next=/posts/%3Fpage%3D2"  # type: ignore[index]


def test_what_was_sent_leads_back_to_the_page_with_the_form() -> None:
    assert sent(HTTP_REFERER="http://testserver/posts/12/?all=1#decide") == "/account/login/?next=/posts/12/%3Fall%3D1"
    assert sent(HTTP_REFERER="http://testserver") == "/account/login/?next=/"


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://elsewhere.example/posts/12/",
        "http://testserver.elsewhere.example/",
        "http://testserver@elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
def test_it_leads_nowhere_else(referer: str) -> None:
    assert sent(HTTP_REFERER=referer) == "/account/login/?next=/today/"


def test_a_page_read_over_https_is_not_left_for_http() -> None:
    headers = {"wsgi.url_scheme": "https", "HTTP_REFERER": "http://testserver/posts/12/"}
    assert sent(**headers) == "/account/login/?next=/today/"
