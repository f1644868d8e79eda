"""Kept files over HTTP: who gets which, and that nobody gets out of the folder."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from moothall.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "MOOTHALL_SECRET_KEY=never-to-be-served"


@pytest.fixture
def kept(settings: Any) -> Path:
    """A public picture, one of the staff's media library, and something that lies beside the folder."""
    root = Path(settings.MEDIA_ROOT)
    for name in ("newsroom/ab/public.jpg", "channels/cd/face.png", "pictures/ef/private.jpg", "brand/logo.png"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_bytes(name.encode())
    (root.parent / "moothall.env").write_text(SECRET)
    return root


def test_what_stands_on_public_pages_is_for_everyone_and_for_ever(client: Client, kept: Path) -> None:
    for name, kind in (("newsroom/ab/public.jpg", "image/jpeg"), ("channels/cd/face.png", "image/png")):
        answer = client.get(f"/media/{name}")
        assert answer.content == name.encode()
        assert answer["Content-Type"] == kind
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies


def test_the_media_library_is_for_those_who_see_posts(client: Client, kept: Path, signed_in: Any) -> None:
    assert client.get("/media/pictures/ef/private.jpg").status_code == 404
    without_a_role = signed_in(factories.person())
    assert without_a_role.get("/media/pictures/ef/private.jpg").status_code == 404
    assert without_a_role.get("/media/channels/../pictures/ef/private.jpg").status_code == 404
    answer = signed_in(factories.person((Role.AUTHOR, factories.service()))).get("/media/pictures/ef/private.jpg")
    assert answer.content == b"pictures/ef/private.jpg"
    assert "private" in answer["Cache-Control"]
    gone = factories.person((Role.AUTHOR, factories.service()))
    browser = signed_in(gone)
    gone.is_active = False
    gone.save()
    assert browser.get("/media/pictures/ef/private.jpg").status_code == 404


def test_the_picture_of_a_link_card_is_for_those_who_see_posts(kept: Path, signed_in: Any) -> None:
    (kept / "cards/gh").mkdir(parents=True)
    (kept / "cards/gh/card.jpg").write_bytes(b"card")
    assert signed_in(factories.person()).get("/media/cards/gh/card.jpg").status_code == 404
    for role in (Role.DESK, Role.RECORDS_OFFICER):
        assert signed_in(factories.person((role, None))).get("/media/cards/gh/card.jpg").content == b"card"
    author = factories.person((Role.AUTHOR, factories.service()))
    assert signed_in(author).get("/media/cards/gh/card.jpg").content == b"card"


def test_what_else_is_kept_is_for_all_staff(client: Client, kept: Path, signed_in: Any) -> None:
    assert client.get("/media/brand/logo.png").status_code == 404
    assert signed_in(factories.person()).get("/media/brand/logo.png").status_code == 200


def test_without_the_second_step_that_a_role_needs_no_kept_file_is_shown(client: Client, kept: Path) -> None:
    client.force_login(factories.person((Role.DESK, None)), backend=django_settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/media/pictures/ef/private.jpg")["Location"] == "/account/2fa/"


@pytest.mark.parametrize(
    "name",
    [
        "newsroom/../pictures/ef/private.jpg",
        "newsroom/%2e%2e/pictures/ef/private.jpg",
        "newsroom/./../pictures/ef/private.jpg",
        "newsroom//../pictures/ef/private.jpg",
    ],
)
def test_no_detour_leads_a_stranger_into_the_media_library(client: Client, kept: Path, name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../moothall.env",
        "newsroom/../../moothall.env",
        "newsroom/%2e%2e/%2e%2e/moothall.env",
        "/etc/passwd",
        "newsroom/..%2f..%2fmoothall.env",
        "",
        ".",
        "newsroom",
        "newsroom/ab",
        "newsroom/none.jpg",
        "newsroom/ab/public.jpg/more",
        "newsroom/%00",
        "newsroom/" + "x" * 300,
        "newsroom/é\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    ],
)
def test_nothing_else_exists_for_anybody(client: Client, kept: Path, signed_in: Any, name: str) -> None:
    for browser in (client, signed_in(factories.person())):
        answer = browser.get(f"/media/{name}")
        assert answer.status_code == 404
        assert SECRET.encode() not in answer.content


def test_files_are_only_read(client: Client, kept: Path) -> None:
    assert client.post("/media/newsroom/ab/public.jpg").status_code == 405
    assert client.head("/media/newsroom/ab/public.jpg").status_code == 200
