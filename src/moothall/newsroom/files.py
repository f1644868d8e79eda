"""The Newsroom's own copies: public files, apart from the staff's media library."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from moothall.core.pictures import UNFINISHED

_PIECE = 1_000_000
"""How many bytes are in hand at a time: a video may be large."""


def keep_copy(path: Path | None) -> str:
    """Copy a file into the open, under its content's hash; returns the name below the media folder. Empty for ``None``.

    Written under another name, flushed to the disk and renamed: a crash or a full disk leaves no half file behind.
    Raises ``OSError``.
    """
    if path is None:
        return ""
    folder = Path(settings.MEDIA_ROOT) / "newsroom"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as copy, path.open("rb") as original:
            while piece := original.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        os.chmod(temporary, 0o644)
        name = digest.hexdigest()
        target = folder / name[:2] / f"{name}{path.suffix}"
        target.parent.mkdir(exist_ok=True)
        os.replace(temporary, target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target.relative_to(settings.MEDIA_ROOT).as_posix()
