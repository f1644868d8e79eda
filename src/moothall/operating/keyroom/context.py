"""What every page of the room knows."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from moothall.core import council
from moothall.operating.keyroom import room


def page(request: HttpRequest) -> dict[str, Any]:
    """``council``: its name alone, for its colour and logo come from other pages; ``room``: when it closes."""
    named = SimpleLazyObject(lambda: SimpleNamespace(name=council.current().name))
    return {"council": named, "room": room.current()}
