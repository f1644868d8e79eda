"""What every staff page shows about publishing."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from moothall.publishing import pausing


def pauses(request: HttpRequest) -> dict[str, Any]:
    """``pauses``: what is paused now, in words, with why; asked for only by a page that shows it.

    ``may_pause``: whether the person may switch it.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "pauses": SimpleLazyObject(lambda: [(pausing.words(each), each.reason) for each in pausing.current()]),
        "may_pause": SimpleLazyObject(lambda: user.may("publishing.pause")),
    }
