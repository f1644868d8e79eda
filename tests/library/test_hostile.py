"""Files that are not what they say, or that are made to do harm."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from PIL import Image

from moothall.accounts.models import Notice
from moothall.core import pictures
from moothall.library import actions, incoming
from moothall.library.animations import MOST_FRAMES
from moothall.library.models import Asset
from tests.library import films
from tests.library.conftest import uploaded

pytestmark = pytest.mark.django_db

Add = Callable[..., Asset]

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><title>Hello</title>" + SCRIPT, "picture.jpg"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "drawing.svg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "drawing.png"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "film.mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "film.mp4"),
        (b"%PDF-1.7 ", "leaflet.jpg"),
        (b"MZ\x90\x00", "setup.png"),
        (b"x", "short.gif"),
    ],
)
def test_what_is_no_picture_is_refused_at_the_door_whatever_its_name(add: Add, content: bytes, name: str) -> None:
    with pytest.raises(ValidationError, match="is no picture, GIF or video that we can use"):
        add(content, name)
    assert not Asset.objects.exists()
    assert not incoming.path_of("x").parent.exists()


def test_a_heic_is_named_and_what_to_do_is_said(add: Add) -> None:
    with pytest.raises(ValidationError, match=r"HEIC or AVIF picture\. Save it as JPEG"):
        add(b"\x00\x00\x00\x18ftypheic" + bytes(40), "IMG_0001.jpg")


def test_what_hides_behind_a_picture_does_not_come_through(add: Add) -> None:
    for content in (films.photograph() + SCRIPT, films.photograph("PNG") + SCRIPT):
        asset = add(content, "polyglot.html")
        assert asset.state == "ready"
        assert asset.name.endswith((".jpg", ".png"))
        assert b"script" not in pictures.path_of(asset.name).read_bytes()


def test_what_hides_in_a_gif_does_not_come_through(add: Add) -> None:
    asset = add(films.gif("red", "blue", comment=SCRIPT) + SCRIPT, "polyglot.gif")
    assert asset.state == "ready"
    assert b"script" not in pictures.path_of(asset.name).read_bytes()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb() -> bytes:
    """A PNG of some kilobytes that would be 2.5 thousand million pixels."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(5_000_000)))
        + chunk(b"IEND", b"")
    )


def vast_gif() -> bytes:
    """A small GIF that says it has four thousand million pixels."""
    small = films.gif("red", "blue")
    return small[:6] + struct.pack("<HH", 65_000, 65_000) + small[10:]


@pytest.mark.parametrize(
    ("content", "name", "trouble"),
    [
        (films.photograph(size=(300, 200))[:600], "half.jpg", "damaged or incomplete"),
        (bomb(), "bomb.png", "million pixels"),
        (films.gif("red", "blue")[:60], "half.gif", "damaged or incomplete"),
        (vast_gif(), "vast.gif", "too large"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "empty.png", "not a picture we can read"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(200), "empty.mp4", "damaged or incomplete"),
        (b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40, "noise.webm", "damaged or incomplete"),
        (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(100), "empty.avi", "damaged or incomplete"),
    ],
)
def test_what_is_damaged_or_vast_says_so_and_leaves_nothing(add: Add, content: bytes, name: str, trouble: str) -> None:
    asset = add(content, name)
    assert asset.state == "failed"
    assert trouble in asset.trouble
    assert (asset.name, asset.raw) == ("", "")
    assert list(incoming.path_of("x").parent.iterdir()) == []
    assert not [path for path in pictures.path_of("").rglob("*") if path.is_file()]
    assert trouble in Notice.objects.get(user=asset.added_by).text


def test_a_film_cut_off_in_the_middle_is_not_taken_for_a_whole_one(add: Add, tmp_path: Path) -> None:
    whole = add(films.film(tmp_path / "film.mp4", seconds=4, size=(320, 240)).read_bytes(), "film.mp4")
    content = pictures.path_of(whole.name).read_bytes()  # its index stands in front, so that the rest still opens
    asset = add(content[: len(content) * 6 // 10], "half.mp4")
    assert (asset.state, asset.name) == ("failed", "")
    assert "damaged or incomplete" in asset.trouble


def test_a_gif_of_too_many_frames_is_refused(add: Add) -> None:
    frames = [Image.new("RGB", (8, 8), (number % 250, 0, 0)) for number in range(MOST_FRAMES + 2)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=20)
    asset = add(out.getvalue(), "long.gif")
    assert asset.state == "failed"
    assert "Save it as a video" in asset.trouble


def test_the_raw_upload_is_never_served(add: Add, alice: Any, libraries: Any, signed_in: Any) -> None:
    asset = actions.add(alice, uploaded(films.photograph()), service=libraries)
    assert incoming.path_of(asset.raw).exists()
    browser: Client = signed_in(alice)
    for name in (
        asset.raw,
        f"incoming/{asset.raw}",
        f"../incoming/{asset.raw}",
        f"pictures/../../incoming/{asset.raw}",
    ):
        assert browser.get(f"/media/{name}").status_code == 404
    assert incoming.path_of(asset.raw).stat().st_mode & 0o077 == 0
