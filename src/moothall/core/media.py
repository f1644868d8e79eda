"""Kept files over HTTP: what the public pages show to everyone, the rest to staff."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from moothall.core.access import public

PUBLIC_FOLDERS = ("newsroom/", "channels/")
"""Folders whose files stand on public pages. Names are content hashes: a file never changes."""

FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """One file. Outside the public folders only for people who are signed in; to others it does not exist."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, name))
        # What the name comes to, without any "..": it decides who may see the file.
        is_public = path.relative_to(settings.MEDIA_ROOT).as_posix().startswith(PUBLIC_FOLDERS)
        if not is_public and not request.user.is_authenticated:
            raise Http404
        content = path.read_bytes()
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # no such file, or no name that a file could have
        raise Http404 from error
    response = HttpResponse(content, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response["Cache-Control"] = FOR_EVER if is_public else "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
