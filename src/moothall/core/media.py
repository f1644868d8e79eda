"""Kept files over HTTP: what the public pages show to everyone, the rest to the staff whose it is."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from moothall.core import ranges
from moothall.core.access import public

PUBLIC_FOLDERS = ("newsroom/", "channels/", "wall/")
"""Folders whose files stand on public pages. Names are content hashes: a file never changes."""

PERMISSIONS = {"pictures/": "media.see", "videos/": "media.see", "captions/": "media.see", "cards/": "post.see"}
"""What it takes to see the files of a folder. Any other folder that is not public is open to all staff.

The picture of a link card tells what a post will be about before it is out: it is for those who see posts. What a
network shows of it is that network's own copy.
"""

FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """One file. Outside the public folders only for people with the right to it; to others it does not exist."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, name))
        # What the name comes to, without any "..": it decides who may see the file.
        plain = path.relative_to(settings.MEDIA_ROOT).as_posix()
        is_public = plain.startswith(PUBLIC_FOLDERS)
        if not is_public and not _may_see(request, plain):
            raise Http404
        response = _answer(path, request.headers.get("Range", ""))
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # no such file, or no name that a file could have
        raise Http404 from error
    response["Cache-Control"] = FOR_EVER if is_public else "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(path: Path, asked: str) -> HttpResponse:
    """The file, or the part of it that ``asked``, the request's ``Range``, names."""
    size = path.stat().st_size
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        part = ranges.wanted(asked, size)
    except ranges.NotThere:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if part is None:
        return HttpResponse(path.read_bytes(), content_type=kind, headers={"Accept-Ranges": "bytes"})
    with path.open("rb") as file:
        file.seek(part.start)
        content = file.read(len(part))
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}"}
    return HttpResponse(content, status=206, content_type=kind, headers=headers)


def _may_see(request: HttpRequest, name: str) -> bool:
    """Whether the person may see the private file ``name``."""
    if not request.user.is_authenticated:
        return False
    needed = next((permission for folder, permission in PERMISSIONS.items() if name.startswith(folder)), "staff")
    return request.user.may(needed)
