"""Pictures that people upload: checked by content, turned upright, re-encoded, and stripped of all metadata."""

import hashlib
import io
import os
import struct
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

ACCEPTED = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 4096
JPEG_QUALITY = 90
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by the value of its EXIF orientation (CIPA DC-008, Exif 2.32)."""
SHRUNK_AT_ONCE = ("L", "LA", "RGB", "RGBA", "CMYK")
"""Modes whose pixels can be averaged as they are. Of a palette's numbers, say, there is no average."""
UNFINISHED = ".unfinished-"
"""How the names of files begin that are still being written in the media folder."""


_one_at_a_time = threading.Lock()
"""A large picture takes a few hundred megabytes for a second or so. Many at once would take all there is."""


@dataclass(frozen=True)
class Picture:
    """A re-encoded picture. ``size`` in bytes; ``suffix`` with its dot."""

    content: bytes
    content_type: str
    suffix: str
    width: int
    height: int

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def clean_upload(upload: "UploadedFile[Any]") -> Picture:
    """The picture in ``upload``, made safe. Raises ``ValidationError`` with what to do instead."""
    name = upload.name or "This file"
    if (upload.size or 0) > settings.UPLOAD_IMAGE_BYTES:
        most = settings.UPLOAD_IMAGE_BYTES // 2**20
        raise ValidationError(f"“{name}” is larger than {most} MB. Save a smaller copy and add that.")
    try:
        with _one_at_a_time:
            return _encode(_flatten(_opened(upload, name)))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, settings.UPLOAD_DECODED_PIXELS) from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            f"“{name}” is not a picture we can read. Save it as JPEG, PNG or WebP and add it again."
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            f"“{name}” is damaged or incomplete. Open it on your computer, save it again and add that."
        ) from error


def _opened(upload: "UploadedFile[Any]", name: str) -> Image.Image:
    """The picture, still to be decoded: opening reads no more than the header.

    So what has too many pixels is refused before it takes memory, and a large JPEG is set to be read at half its size.
    """
    image = Image.open(io.BytesIO(upload.read()), formats=ACCEPTED)
    is_halved = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    _refuse_unusable(image, name, settings.UPLOAD_IMAGE_PIXELS if is_halved else settings.UPLOAD_DECODED_PIXELS)
    if image.width * image.height > settings.UPLOAD_DECODED_PIXELS:
        image.draft(None, (image.width // 2, image.height // 2))
    return image


def _refuse_unusable(image: Image.Image, name: str, most_pixels: int) -> None:
    if image.width * image.height > most_pixels:
        raise _too_many_pixels(name, most_pixels)
    # A telephone's JPEG may carry more pictures behind the first (MPO): previews and depth, and nothing that moves.
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise ValidationError(f"“{name}” moves. Save one frame of it as a JPEG or PNG and add that.")


def _too_many_pixels(name: str, most: int) -> ValidationError:
    return ValidationError(
        f"“{name}” has more than {most // 1_000_000} million pixels. Save a smaller copy and add that."
    )


def _flatten(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, no larger than any network shows, and with nothing but its pixels.

    It is made smaller before anything copies it, where its mode allows.
    """
    profile = image.info.get("icc_profile")
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode in SHRUNK_AT_ONCE and "transparency" not in image.info:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    image = _upright(image)
    if profile and image.mode == "RGB":
        image = _to_srgb(image, profile)
    if image.mode.startswith("I"):  # 16 bits of grey, of which we keep the upper eight
        image = image.point(lambda grey: grey * (1 / 256)).convert("L")
    if image.mode != (mode := "RGBA" if see_through else "RGB"):
        image = image.convert(mode)
    if see_through and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")  # nothing shows through: a photograph as PNG would be ten times the size
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held. Pillow's own ``exif_transpose`` also rewrites the EXIF, and fails on odd ones."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except (OSError, SyntaxError, ValueError, struct.error):
        return image  # unreadable EXIF goes the way of all EXIF
    turn = TURNS.get(orientation) if isinstance(orientation, int) else None
    return image.transpose(turn) if turn is not None else image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken colour profile is dropped; the picture itself is good
    return converted or image


def _encode(image: Image.Image) -> Picture:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG", optimize=True)
        return Picture(out.getvalue(), "image/png", ".png", *image.size)
    image.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), "image/jpeg", ".jpg", *image.size)


def shrunk(picture: Picture, longest_side: int) -> Picture:
    """``picture`` with no side longer than that, in pixels; itself if it is small enough."""
    if max(picture.width, picture.height) <= longest_side:
        return picture
    with _one_at_a_time, Image.open(io.BytesIO(picture.content), formats=ACCEPTED) as image:
        image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
        return _encode(image)


def keep(picture: Picture, folder: str) -> str:
    """Store ``picture`` under ``folder`` by its content's hash; returns the name below the media folder.

    Written under another name, flushed to the disk and renamed: a crash or a full disk leaves no half picture behind.
    """
    name = f"{folder}/{picture.digest[:2]}/{picture.digest}{picture.suffix}"
    target = Path(settings.MEDIA_ROOT) / name
    if target.exists():
        return name
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(picture.content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return name


def cut(name: str, box: tuple[int, int, int, int]) -> Picture:
    """A part of the kept picture ``name``: from left and top to right and bottom, in its pixels."""
    with _one_at_a_time, Image.open(path_of(name), formats=ACCEPTED) as image:
        return _encode(image.crop(box))


def path_of(name: str) -> Path:
    """Where a kept file lies."""
    return Path(settings.MEDIA_ROOT) / name
