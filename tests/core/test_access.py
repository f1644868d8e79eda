"""The two marks of a view, without any view of ours."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from moothall.core.access import PUBLIC, needs, public


class Person:
    """Somebody with one permission."""

    is_authenticated = True

    def may(self, permission: str) -> bool:
        return permission == "post.see"


@needs("post.see")
def posts(request: HttpRequest, number: int = 0) -> HttpResponse:
    """The posts."""
    return HttpResponse(f"post {number}")


@needs("people.manage")
def people(request: HttpRequest) -> HttpResponse:
    return HttpResponse("people")


@public
def front(request: HttpRequest) -> HttpResponse:
    return HttpResponse("front")


def asked(user: Any, path: str = "/posts/?page=2") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


def test_a_marked_view_says_who_may_see_it_and_stays_itself() -> None:
    assert posts.permission == "post.see"  # type: ignore[attr-defined]
    assert front.permission == PUBLIC  # type: ignore[attr-defined]
    assert posts.__name__ == "posts"
    assert posts.__doc__ == "The posts."


def test_who_has_the_permission_sees_the_page() -> None:
    assert posts(asked(Person()), number=3).content == b"post 3"  # type: ignore[attr-defined]
    assert front(asked(AnonymousUser())).content == b"front"


def test_who_has_another_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        people(asked(Person()))


def test_a_stranger_signs_in_first_and_comes_back() -> None:
    answer = posts(asked(AnonymousUser()))
    assert answer["Location"] == "/account/login/?next=/posts/%3Fpage%3D2"
