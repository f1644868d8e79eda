"""Kept files over HTTP: what the public pages show to everyone, the rest to staff."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from moothall.core.access import public

PUBLIC_FOLDERS = ("newsroom/", "channels/")
"""Folders whose files stand on public pages. Names are content hashes: a file never changes."""

FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file. Outside the public folders only for people who are signed in; to others it does not exist."""
    is_public = name.startswith(PUBLIC_FOLDERS)
    if not is_public and not request.user.is_authenticated:
        raise Http404
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, name)).open("rb")  # noqa: SIM115 - FileResponse closes it
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response["Cache-Control"] = FOR_EVER if is_public else "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
