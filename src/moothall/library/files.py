"""The library's own files in the media folder, named by their content's hash."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from moothall.core import pictures
from moothall.library.models import Asset, Crop

PICTURES, VIDEOS, CAPTIONS = "pictures", "videos", "captions"
"""Folders. ``core.media`` says who may see what is in them."""


def unfinished(name: str, suffix: str) -> Path:
    """Where to write a file that ``keep`` takes. ``name`` is the writer's alone."""
    folder = Path(settings.MEDIA_ROOT) / VIDEOS
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{pictures.UNFINISHED}{name}{suffix}"


def keep(path: Path, folder: str, suffix: str) -> str:
    """Move a written file to its place below the media folder; returns its name there."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    name = f"{folder}/{digest[:2]}/{digest}{suffix}"
    target = pictures.path_of(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(0o644)
    path.replace(target)
    return name


def keep_words(words: str, folder: str, suffix: str) -> str:
    """Store a text; returns its name below the media folder."""
    path = unfinished(os.urandom(16).hex(), suffix)
    path.write_text(words, encoding="utf-8")
    return keep(path, folder, suffix)


def drop_unused(names: Iterable[str]) -> None:
    """Delete those of the files that no asset and no crop has any more: what was uploaded twice is one file."""
    for name in filter(None, names):
        of_asset = Asset.objects.filter(Q(name=name) | Q(still=name) | Q(captions=name))
        if not of_asset.exists() and not Crop.objects.filter(name=name).exists():
            pictures.path_of(name).unlink(missing_ok=True)
