"""Two lists of addresses in one process: the room's, which it serves, and the web application's, which it names."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf

OURS = "moothall.operating.keyroom.urls"


@contextmanager
def named(urlconf: str | None, below: str) -> Iterator[None]:
    """Meanwhile names lead to the addresses of this list (``None``: the web application's)."""
    before = get_urlconf(), get_script_prefix()
    set_urlconf(urlconf)
    set_script_prefix(below)
    try:
        yield
    finally:
        set_urlconf(before[0])
        set_script_prefix(before[1])
