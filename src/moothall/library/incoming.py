"""Uploads as they came, until they are processed: in a private folder that no page serves."""

import hashlib
import logging
import os
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from moothall.core import clock
from moothall.library.models import Asset
from moothall.library.sniffing import HEAD_BYTES, is_apple_picture, sniff
from moothall.networks.base import MediaKind

log = logging.getLogger(__name__)

FORGOTTEN = timedelta(days=1)
"""A file that no asset has asked for by then never will be: its upload was broken off."""


@dataclass(frozen=True)
class Raw:
    """A kept upload: its name in the private folder, and the SHA-256 of its content."""

    name: str
    digest: str


def check(upload: "UploadedFile[Any]") -> MediaKind:
    """What kind of file it is, by its content. Raises ``ValidationError`` if we do not take it."""
    name = upload.name or "This file"
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    if is_apple_picture(head):
        raise ValidationError(f"“{name}” is a HEIC or AVIF picture. Save it as JPEG and add that.")
    found = sniff(head)
    if found is None:
        raise ValidationError(
            f"“{name}” is no picture, GIF or video that we can use. Save it as JPEG, PNG, WebP, GIF or MP4 and add "
            "that."
        )
    most = settings.UPLOAD_VIDEO_BYTES if found.kind == MediaKind.VIDEO else settings.UPLOAD_IMAGE_BYTES
    if (upload.size or 0) > most:
        raise ValidationError(f"“{name}” is larger than {most // 2**20} MB. Save a smaller copy and add that.")
    return found.kind


def keep(upload: "UploadedFile[Any]") -> Raw:
    """Store the upload, piece by piece, and flush it to the disk. Raises ``ValidationError`` if that fails."""
    name, digest = uuid.uuid4().hex, hashlib.sha256()
    try:
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path_of(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in upload.chunks():
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.exception("An upload could not be stored")
        drop(name)
        raise ValidationError(
            f"“{upload.name}” could not be stored here. Try again in a while; if it happens again, tell whoever runs "
            "Moothall that its disk may be full."
        ) from error
    return Raw(name, digest.hexdigest())


def path_of(name: str) -> Path:
    return _folder() / name


def drop(name: str) -> None:
    """Delete a kept upload. One that is gone is no error."""
    if name:
        path_of(name).unlink(missing_ok=True)


def drop_forgotten() -> None:
    """Delete what no asset waits for."""
    if not _folder().is_dir():
        return
    before = (clock.now() - FORGOTTEN).timestamp()
    old = [path.name for path in _folder().iterdir() if path.stat().st_mtime < before]
    waited_for = set(Asset.objects.filter(raw__in=old).values_list("raw", flat=True))
    for name in set(old) - waited_for:
        drop(name)


def _folder() -> Path:
    return Path(settings.INCOMING_ROOT)
