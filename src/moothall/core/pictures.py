"""Pictures that people upload: checked by content, turned upright, re-encoded, and stripped of all metadata."""

import hashlib
import io
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

ACCEPTED = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 4096
JPEG_QUALITY = 90


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
    if (upload.size or 0) > settings.UPLOAD_IMAGE_BYTES:
        most = settings.UPLOAD_IMAGE_BYTES // 2**20
        raise ValidationError(f"“{upload.name}” is larger than {most} MB. Save a smaller copy and add that.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(upload.read()), formats=ACCEPTED)
            _refuse_unusable(image, upload.name or "This file")
            return _encode(_flatten(image))
    except UnidentifiedImageError as error:
        raise ValidationError(
            f"“{upload.name}” is not a picture we can read. Save it as JPEG, PNG or WebP and add it again."
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(
            f"“{upload.name}” is damaged or incomplete. Open it on your computer, save it again and add that."
        ) from error


def _refuse_unusable(image: Image.Image, name: str) -> None:
    if image.width * image.height > settings.UPLOAD_IMAGE_PIXELS:
        most = settings.UPLOAD_IMAGE_PIXELS // 1_000_000
        raise ValidationError(f"“{name}” has more than {most} million pixels. Save a smaller copy and add that.")
    if getattr(image, "n_frames", 1) > 1:
        raise ValidationError(f"“{name}” moves. Save one frame of it as a JPEG or PNG and add that.")


def _flatten(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, no larger than any network shows, and with nothing but its pixels."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if profile and image.mode == "RGB":
        image = _to_srgb(image, profile)
    image = image.convert("RGBA" if see_through else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


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


def keep(picture: Picture, folder: str) -> str:
    """Store ``picture`` under ``folder`` by its content's hash; returns the name below the media folder.

    Written under another name, flushed to the disk and renamed: a crash or a full disk leaves no half picture behind.
    """
    name = f"{folder}/{picture.digest[:2]}/{picture.digest}{picture.suffix}"
    target = Path(settings.MEDIA_ROOT) / name
    if target.exists():
        return name
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
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


def path_of(name: str) -> Path:
    """Where a kept file lies."""
    return Path(settings.MEDIA_ROOT) / name
