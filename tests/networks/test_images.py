"""Pictures made to fit."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from moothall.networks.base import Media
from moothall.networks.errors import Rejected, Temporary
from moothall.networks.images import fit

ALL = ("image/jpeg", "image/png", "image/webp")


def picture(folder: Path, width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> Media:
    """A picture of noise, the hardest thing to compress; half transparent in mode RGBA."""
    noise = random.Random(width * height).randbytes(width * height * len(mode))
    path = folder / f"noise.{kind.lower()}"
    image = Image.frombytes(mode, (width, height), noise)
    image.save(path, kind)
    return Media(path, f"image/{kind.lower()}", width, height, path.stat().st_size)


def test_a_picture_that_fits_is_left_as_it_is(tmp_path: Path) -> None:
    media = picture(tmp_path, 40, 30)
    fitted = fit(media, media.size, ALL, 1200)
    assert fitted.data == media.path.read_bytes()
    assert (fitted.content_type, fitted.width, fitted.height) == ("image/png", 40, 30)


def test_a_large_picture_loses_quality_before_size(tmp_path: Path) -> None:
    media = picture(tmp_path, 800, 600)
    slightly = fit(media, media.size // 2, ALL)
    assert (slightly.width, slightly.height) == (800, 600)
    much = fit(media, 20_000, ALL)
    assert len(much.data) <= 20_000
    assert much.width < 800
    assert much.width / much.height == pytest.approx(800 / 600, rel=0.02)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    media = picture(tmp_path, 400, 300)
    assert fit(media, 20_000, ALL).data == fit(media, 20_000, ALL).data


def test_the_encoded_picture_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    for types in (("image/jpeg",), ("image/png",), ("image/webp",)):
        fitted = fit(picture(tmp_path, 300, 200, "RGBA"), 30_000, types)
        with Image.open(BytesIO(fitted.data)) as image:
            assert Image.MIME[image.format or ""] == fitted.content_type == types[0]
            assert image.size == (fitted.width, fitted.height)


def test_transparency_is_kept_where_the_network_can(tmp_path: Path) -> None:
    media = picture(tmp_path, 300, 200, "RGBA")
    assert fit(media, 30_000, ALL).content_type == "image/webp"
    assert fit(media, 30_000, ("image/jpeg",)).content_type == "image/jpeg"


def test_a_network_may_count_pixels(tmp_path: Path) -> None:
    fitted = fit(picture(tmp_path, 400, 300), 10_000_000, ALL, 30_000)
    assert fitted.width * fitted.height <= 30_000


def test_a_kind_that_the_network_does_not_take_is_changed(tmp_path: Path) -> None:
    assert fit(picture(tmp_path, 40, 30), 10_000_000, ("image/jpeg",)).content_type == "image/jpeg"


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    media = picture(tmp_path, 400, 300)
    with pytest.raises(Rejected, match="smaller than 100 bytes"):
        fit(media, 100, ALL)
    with pytest.raises(Rejected, match="only image/avif"):
        fit(media, 1_000, ("image/avif",))
    media.path.write_bytes(b"no picture")
    with pytest.raises(Rejected, match="can't be read"):
        fit(media, 1_000, ("image/avif",))
    media.path.unlink()
    with pytest.raises(Temporary, match="own storage"):
        fit(media, 1_000, ALL)
