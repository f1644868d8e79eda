"""Pictures that people upload, written by Pillow as cameras, telephones and drawing programs write them."""

import errno
import io
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from moothall.core import pictures
from moothall.core.pictures import Picture, clean_upload, keep

GREEN, RED, BLUE, WHITE = (23, 83, 59), (168, 32, 26), (29, 79, 145), (255, 255, 255)


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def uploaded(content: bytes, name: str = "canal.jpg") -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def cleaned(image: Image.Image, kind: str = "JPEG", **options: Any) -> Picture:
    return clean_upload(uploaded(written(image, kind, **options)))


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content))
    image.load()
    return image


def refusal(content: bytes, name: str = "canal.jpg") -> str:
    with pytest.raises(ValidationError) as refused:
        clean_upload(uploaded(content, name))
    return " ".join(refused.value.messages)


def is_close(image: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def four_corners() -> Image.Image:
    """64 × 48: green top left, red top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (64, 48), WHITE)
    image.paste(GREEN, (0, 0, 32, 24))
    image.paste(RED, (32, 0, 64, 24))
    image.paste(BLUE, (0, 24, 32, 48))
    return image


def camera_data(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: how it was held, its maker, when and where."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Exampleshire Telephones"
    exif[ExifTags.Base.DateTime] = "2026:10:06 14:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (53.0, 11.0, 24.0), 3: "W", 4: (1.0, 42.0, 0.0)})
    return exif


# --- What is kept of a picture ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_is_kept(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {
        "exif": camera_data(),
        "icc_profile": profile,
        "xmp": b"<x:xmpmeta>Rowan Pike</x:xmpmeta>",
    }
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Author", "Rowan Pike")
        del options["xmp"]
    if kind == "JPEG":
        options["comment"] = b"Taken by Rowan Pike"
    before = Image.open(io.BytesIO(written(four_corners(), kind, **options)))
    assert before.getexif().get_ifd(ExifTags.IFD.GPSInfo), "The picture that comes in says where it was taken."
    clean = cleaned(four_corners(), kind, **options)
    after = opened(clean)
    assert not dict(after.getexif())
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    for secret in (b"Exampleshire Telephones", b"Rowan Pike", b"2026:10:06", b"ICC_PROFILE", b"Exif", b"GPS"):
        assert secret not in clean.content


UPRIGHT_AS = {
    1: (GREEN, RED, BLUE, WHITE),
    2: (RED, GREEN, WHITE, BLUE),
    3: (WHITE, BLUE, RED, GREEN),
    4: (BLUE, WHITE, GREEN, RED),
    5: (GREEN, BLUE, RED, WHITE),
    6: (BLUE, GREEN, WHITE, RED),
    7: (WHITE, RED, BLUE, GREEN),
    8: (RED, WHITE, GREEN, BLUE),
}
"""The colours of the corners, row by row, once the picture is turned as its orientation says (Exif 2.32, 4.6.4)."""


@pytest.mark.parametrize("orientation", UPRIGHT_AS)
def test_it_is_turned_as_the_camera_was_held(orientation: int) -> None:
    clean = cleaned(four_corners(), exif=camera_data(orientation), quality=95)
    assert (clean.width, clean.height) == ((64, 48) if orientation < 5 else (48, 64))
    image, right, low = opened(clean), clean.width - 6, clean.height - 6
    for at, colour in zip([(5, 5), (right, 5), (5, low), (right, low)], UPRIGHT_AS[orientation], strict=True):
        assert is_close(image, at, colour), (at, image.getpixel(at), colour)


def test_an_unreadable_orientation_does_not_cost_the_picture() -> None:
    content = bytearray(written(four_corners(), exif=camera_data(6)))
    place = content.index(b"Exif\0\0") + 6
    content[place : place + 60] = bytes(60)
    assert clean_upload(uploaded(bytes(content))).width == 64


def test_colours_of_a_wider_space_are_brought_home() -> None:
    """A space in which red and green have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    odd = profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
    clean = cleaned(Image.new("RGB", (16, 16), RED), "PNG", icc_profile=odd)
    assert is_close(opened(clean), (8, 8), (RED[1], RED[0], RED[2]))


@pytest.mark.parametrize("profile", [b"no colour profile at all", b"\0" * 200])
def test_a_broken_colour_profile_does_not_cost_the_picture(profile: bytes) -> None:
    clean = cleaned(Image.new("RGB", (16, 16), RED), "PNG", icc_profile=profile)
    assert is_close(opened(clean), (8, 8), RED)


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("CMYK", (16, 16), (0, 200, 200, 0)), "JPEG", (255, 55, 55)),
        (Image.new("L", (16, 16), 100), "JPEG", (100, 100, 100)),
        (Image.new("RGB", (16, 16), RED).quantize(4), "PNG", RED),
        (Image.new("1", (16, 16), 1), "PNG", WHITE),
        (Image.new("I;16", (16, 16), 40_000), "PNG", (156, 156, 156)),
        (Image.new("RGBA", (16, 16), (*BLUE, 255)), "PNG", BLUE),
        (Image.new("RGBA", (16, 16), (*BLUE, 255)), "WEBP", BLUE),
    ],
    ids=["CMYK", "grey", "palette", "black and white", "16 bits of grey", "opaque PNG", "opaque WebP"],
)
def test_every_kind_of_colour_becomes_a_plain_jpeg(image: Image.Image, kind: str, colour: tuple[int, int, int]) -> None:
    clean = cleaned(image, kind)
    assert (clean.content_type, clean.suffix) == ("image/jpeg", ".jpg")
    assert opened(clean).mode == "RGB"
    assert is_close(opened(clean), (8, 8), colour)


def test_what_is_see_through_stays_so() -> None:
    half = Image.new("RGBA", (16, 16), (*BLUE, 100))
    grey = Image.new("LA", (16, 16), (100, 50))
    keyed = Image.new("RGB", (16, 16), BLUE)
    for clean, alpha in (
        (cleaned(half, "PNG"), 100),
        (cleaned(half, "WEBP", lossless=True), 100),
        (cleaned(grey, "PNG"), 50),
        (cleaned(keyed, "PNG", transparency=BLUE), 0),
        (cleaned(keyed.quantize(4), "PNG", transparency=0), 0),
    ):
        assert (clean.content_type, clean.suffix) == ("image/png", ".png")
        assert opened(clean).getpixel((8, 8))[3] == alpha  # type: ignore[index]


def test_a_huge_picture_is_made_smaller_and_keeps_its_shape() -> None:
    clean = cleaned(Image.new("RGB", (6000, 3000), GREEN))
    assert (clean.width, clean.height) == (4096, 2048)


# --- What is refused --------------------------------------------------------------------------------------------------


def test_the_content_decides_and_not_the_name() -> None:
    assert clean_upload(uploaded(written(four_corners(), "PNG"), "notes.txt")).content_type == "image/jpeg"
    for content in (b"<script>alert(1)</script>", b"%PDF-1.7", b"", b"GIF89a", written(four_corners(), "GIF")):
        assert "is not a picture we can read" in refusal(content, "reading.jpg")
    assert "is not a picture" in refusal(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "drawing.svg")
    assert "is not a picture" in refusal(written(four_corners(), "TIFF"), "scan.jpg")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (64, 48), RED)]
    assert "moves" in refusal(written(four_corners(), kind, save_all=True, append_images=frames), "party.png")


def test_a_telephones_photo_with_more_pictures_behind_it_does_not_move() -> None:
    clean = clean_upload(uploaded(written(four_corners(), "MPO", save_all=True, append_images=[four_corners()])))
    assert is_close(opened(clean), (5, 5), GREEN)


@pytest.mark.parametrize(("width", "height"), [(7_000, 9_000), (9_000, 11_000), (20_000, 20_000)])
def test_a_small_file_of_too_many_pixels_is_refused_before_it_takes_memory(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = written(Image.new("1", (width, height)), "PNG")
    assert len(bomb) < 100_000
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("It was decoded."))
    assert "more than 25 million pixels" in refusal(bomb)


def test_a_file_of_too_many_bytes_is_refused(settings: Any) -> None:
    settings.UPLOAD_IMAGE_BYTES = 2**20
    assert "is larger than 1 MB" in refusal(bytes(2**20 + 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused_in_words(kind: str, share: float) -> None:
    whole = written(Image.effect_noise((200, 150), 60).convert("RGB"), kind)
    said = refusal(whole[: int(len(whole) * share)])
    assert "damaged or incomplete" in said or "is not a picture" in said


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "MPO"]), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255))))
@hypothesis_settings(max_examples=150, deadline=None)
def test_whatever_is_in_a_file_it_is_a_picture_or_a_refusal(kind: str, changes: list[tuple[float, int]]) -> None:
    image = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    content = bytearray(written(image, kind, exif=camera_data(6)))
    for place, value in changes:
        content[int(place * len(content))] = value
    try:
        clean = clean_upload(uploaded(bytes(content)))
    except ValidationError:
        return
    assert opened(clean).size == (clean.width, clean.height)


# --- Keeping ----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(1, 40), st.binary(min_size=3, max_size=3), st.sampled_from(["JPEG", "PNG"]))
@hypothesis_settings(max_examples=40, deadline=None)
def test_the_same_upload_is_the_same_picture(width: int, height: int, colour: bytes, kind: str) -> None:
    content = written(Image.new("RGB", (width, height), tuple(colour)), kind, exif=camera_data())
    one, other = clean_upload(uploaded(content)), clean_upload(uploaded(content, "copy.png"))
    assert one.digest == other.digest
    assert one == other


def test_a_picture_is_kept_once_under_its_contents_name(settings: Any) -> None:
    clean = cleaned(four_corners())
    name = keep(clean, "pictures")
    assert name == f"pictures/{clean.digest[:2]}/{clean.digest}.jpg"
    path = pictures.path_of(name)
    assert path.read_bytes() == clean.content
    assert path.stat().st_mode & 0o777 == 0o644
    first = path.stat().st_mtime_ns
    assert keep(clean, "pictures") == name
    assert path.stat().st_mtime_ns == first
    assert files_in(settings.MEDIA_ROOT) == [path]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The kernel lets this process write no more than ``size`` bytes to a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100])
def test_where_there_is_no_room_nothing_is_left_behind(size: int, settings: Any) -> None:
    clean = cleaned(four_corners())
    with room_for(size), pytest.raises(OSError, match="File too large"):
        keep(clean, "pictures")
    assert files_in(settings.MEDIA_ROOT) == []
    keep(clean, "pictures")
    assert len(files_in(settings.MEDIA_ROOT)) == 1


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_late_leaves_nothing_behind(
    step: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    clean = cleaned(four_corners())
    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(OSError, match="Input/output error"):
            keep(clean, "pictures")
    assert files_in(settings.MEDIA_ROOT) == []


def files_in(folder: str | Path) -> list[Path]:
    return [each for each in Path(folder).rglob("*") if each.is_file()]
