"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from moothall.core import council, navigation


def page(request: HttpRequest) -> dict[str, Any]:
    """The council and, for a signed-in person, the navigation. Both are asked for only by a page that shows them."""
    everything: Any = SimpleLazyObject(lambda: navigation.groups(request))
    return {
        "council": SimpleLazyObject(council.current),
        "site_url": settings.SITE_URL,
        "navigation": everything,
        "phone_navigation": SimpleLazyObject(lambda: navigation.for_phones(everything)),
    }
