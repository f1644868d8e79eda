"""What a page says after somebody asked for something: that it was done, or why not."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

Result = TypeVar("Result")


def attempt(request: HttpRequest, act: Callable[[], Result], said: str | Callable[[Result], str] = "") -> bool:
    """Do ``act``, and have the next page say ``said`` (of what came of it), or why it was refused. Whether it was done.

    An act refuses by ``ValidationError``, and has changed nothing then.
    """
    try:
        result = act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if words := said if isinstance(said, str) else said(result):
        messages.success(request, words)
    return True
